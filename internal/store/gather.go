package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"tael/internal/tracing"
)

// gatherer lets reads of single rows share queries. While a query of a group
// runs, reads that arrive gather for the next one, which reads the rows of all of
// them; so a read sees everything committed before it was asked for, and load
// makes queries larger, not more. A group is what one query may read: a tree.
type gatherer[G, K comparable, V any] struct {
	// load reads the rows of some keys, each named once; who is not there is left
	// out. It makes no span: get makes one for each who shares the query.
	load func(ctx context.Context, group G, keys []K) (map[K]V, error)
	// patience is how long a read waits that found a query running, for that one
	// and its own together: no longer than load may take.
	patience time.Duration

	name   string // of a read's span
	traced []trace.SpanStartOption

	crowded atomic.Bool // the last query served more than one read, or was waited for
	mu      sync.Mutex
	groups  map[G]*gathering[K, V]
}

// gathering is the queries of a group that wait for the one that runs.
type gathering[K comparable, V any] struct {
	waiting []*sharedQuery[K, V]
}

type sharedQuery[K comparable, V any] struct {
	keys    []K
	has     map[K]bool // nil for a single read's keys
	joined  bool       // by more than the read that made it; guarded by mu
	readers int        // who still want it; guarded by mu
	done    chan struct{}
	rows    map[K]V
	err     error
}

// errReadFailed is what those get who shared a query that panicked.
var errReadFailed = errors.New("a shared read failed")

// gatheredMax is how many rows a query reads at most; a single read may ask for
// as many.
const gatheredMax = 200

func (g *gatherer[G, K, V]) open(
	s *Store, name string, load func(ctx context.Context, group G, keys []K) (map[K]V, error),
) {
	g.name, g.traced, g.load, g.patience = name, s.traced, load, s.database.readTime()
}

// get reads the rows of some keys, each named once; the result may hold others
// too and is not to be changed.
func (g *gatherer[G, K, V]) get(ctx context.Context, group G, keys ...K) (map[K]V, error) {
	_, span := tracing.Child(ctx, g.name, g.traced...)
	query, err := g.share(ctx, group, keys)
	if err == nil {
		err = query.err
		if span.IsRecording() {
			span.SetAttributes(attribute.Int("tael.asked", len(keys)), attribute.Int("tael.gathered", len(query.keys)))
		}
	}
	tracing.End(span, problemOf(err))
	if err != nil {
		return nil, err
	}
	return query.rows, nil
}

// share returns the query that has read some keys, when it is done.
func (g *gatherer[G, K, V]) share(ctx context.Context, group G, keys []K) (*sharedQuery[K, V], error) {
	g.mu.Lock()
	if g.groups == nil {
		g.groups = map[G]*gathering[K, V]{}
	}
	running := g.groups[group]
	if running == nil {
		query := newSharedQuery[K, V](keys)
		g.groups[group] = &gathering[K, V]{waiting: []*sharedQuery[K, V]{query}}
		g.mu.Unlock()
		g.run(ctx, group)
		return query, nil
	}
	query := running.join(keys)
	g.mu.Unlock()
	patience := time.NewTimer(g.patience)
	defer patience.Stop()
	select {
	case <-query.done:
		return query, nil
	case <-patience.C:
		g.leave(query)
		return nil, fmt.Errorf("%w: no answer to this read and the one before it in %s", ErrUnavailable, g.patience)
	case <-ctx.Done():
		g.leave(query)
		return nil, ctx.Err()
	}
}

// leave ends a read's interest in a query; one that nobody wants is not begun.
func (g *gatherer[G, K, V]) leave(query *sharedQuery[K, V]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	query.readers--
}

func newSharedQuery[K comparable, V any](keys []K) *sharedQuery[K, V] {
	return &sharedQuery[K, V]{keys: keys, readers: 1, done: make(chan struct{}), err: errReadFailed}
}

// join adds keys to the last query that waits, or to a new one behind it.
func (w *gathering[K, V]) join(keys []K) *sharedQuery[K, V] {
	if len(w.waiting) > 0 {
		last := w.waiting[len(w.waiting)-1]
		if len(last.keys)+len(keys) <= gatheredMax {
			last.joined = true
			last.readers++
			last.add(keys)
			return last
		}
	}
	query := newSharedQuery[K, V](keys)
	w.waiting = append(w.waiting, query)
	return query
}

func (q *sharedQuery[K, V]) add(keys []K) {
	if q.has == nil {
		q.has = make(map[K]bool, gatheredMax)
		for _, key := range q.keys {
			q.has[key] = true
		}
		q.keys = append(make([]K, 0, gatheredMax), q.keys...)
	}
	for _, key := range keys {
		if !q.has[key] {
			q.has[key] = true
			q.keys = append(q.keys, key)
		}
	}
}

// run makes the first query that waits. It is for all who share it, so it does
// not end with the context of one.
func (g *gatherer[G, K, V]) run(ctx context.Context, group G) {
	if g.crowded.Load() {
		// Requests that are ready to run get to join; without company this costs
		// nothing, and no timer is involved.
		runtime.Gosched()
	}
	g.mu.Lock()
	waiting := g.groups[group]
	query := waiting.waiting[0]
	waiting.waiting = waiting.waiting[1:] // from here on nobody joins it
	g.mu.Unlock()
	defer g.finish(ctx, group, query)
	defer func() {
		if problem := recover(); problem != nil { // a damaged row ends this read, not the process
			query.err = fmt.Errorf("%w: %v", errReadFailed, problem)
		}
	}()
	query.rows, query.err = g.load(context.WithoutCancel(ctx), group, query.keys)
}

// finish ends a query and starts the next one that somebody waits for.
func (g *gatherer[G, K, V]) finish(ctx context.Context, group G, query *sharedQuery[K, V]) {
	close(query.done)
	g.mu.Lock()
	defer g.mu.Unlock()
	next := g.groups[group]
	for len(next.waiting) > 0 && next.waiting[0].readers == 0 {
		next.waiting = next.waiting[1:]
	}
	waiting := len(next.waiting) > 0
	g.crowded.Store(query.joined || waiting)
	if !waiting {
		delete(g.groups, group)
		return
	}
	go g.run(ctx, group)
}

// rowsByUin reads members of a tree by their UINs, which are the first of some
// columns of a table.
func rowsByUin[V any](
	ctx context.Context, s *Store, root int64, uins []int64, names, table string, columns int, valueOf func(Row) V,
) (map[int64]V, error) {
	rows, err := s.database.read(ctx, selectByUin(root, uins, names, table, columns))
	values := make(map[int64]V, len(rows))
	for _, row := range rows {
		values[row.Int(0)] = valueOf(row)
	}
	return values, err
}

// selectByUin selects some columns of a table's rows by their UINs.
func selectByUin(root int64, uins []int64, names, table string, columns int) Statement {
	keys, args := listOf(uins, root)
	return Statement{
		SQL:  `SELECT ` + names + ` FROM ` + keys + ` CROSS JOIN ` + table + ` WHERE root_uin = $1 AND uin = wanted`,
		Args: args, Columns: columns,
	}
}

// listSizes are the numbers of keys that queries are made for, so that few texts
// are prepared: a list is filled up with what is nobody's key.
var listSizes = [...]int{1, 2, 4, 8, 20, 32, 64, 128, gatheredMax}

// listOf is a list of keys behind some arguments as a table to select from, whose
// one column is called wanted, and all arguments. There is at least one key, each
// named once; neither 0 nor "" is one.
//
// It is a table, and not IN ($2, $3, …), so that rows are found by their keys
// whatever a database believes of a table. PostgreSQL plans for a tree of average
// size: where most are small it reads all of a large one rather than look 200 keys
// up. The condition, which always holds, makes it expect a single key. SQLite takes
// tables in the order in which CROSS JOIN names them.
func listOf[K int64 | string](keys []K, before ...any) (text string, args []any) {
	size := listSize(len(keys))
	args = make([]any, len(before), len(before)+size)
	copy(args, before)
	for i := range size {
		var key K // of nobody
		if i < len(keys) {
			key = keys[i]
		}
		args = append(args, key)
	}
	_, isText := any(keys).([]string)
	return lists[list{len(before) + 1, size, isText}], args
}

// listSize is the size of a list of n keys.
func listSize(n int) int {
	for _, size := range listSizes {
		if size >= n {
			return size
		}
	}
	return gatheredMax
}

// list is what the text of a list depends on.
type list struct {
	first  int // number of its first argument
	size   int
	isText bool
}

// lists are the texts.
var lists = func() map[list]string {
	all := map[list]string{}
	for first := range 5 {
		for _, size := range listSizes {
			all[list{first, size, false}] = listText(first, size, "BIGINT", "column1 + 0")
			all[list{first, size, true}] = listText(first, size, "TEXT", "column1 || ''")
		}
	}
	return all
}()

func listText(first, size int, kind, itself string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "(SELECT column1 AS wanted FROM (VALUES (CAST($%d AS %s))", first, kind)
	for i := 1; i < size; i++ {
		fmt.Fprintf(&b, ", ($%d)", first+i)
	}
	fmt.Fprintf(&b, ") AS list WHERE column1 = %s) AS keys", itself)
	return b.String()
}
