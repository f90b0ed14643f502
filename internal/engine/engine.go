// Package engine makes ledger commands durable and fast. Commands of one tree
// queue up; one batch at a time takes all that wait, applies them in memory,
// writes, commits once and answers everyone. The size of a batch follows the
// load; no timer adds latency.
package engine

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"

	"tael/internal/audit"
	"tael/internal/clock"
	"tael/internal/ledger"
	"tael/internal/store"
	"tael/internal/tracing"
)

// Errors of Do, beside those of the command and its claims.
var (
	// ErrBusy says that nothing was executed and that trying again may help.
	ErrBusy = errors.New("busy")
	// ErrUnknownOutcome says that the database did not tell in time whether the
	// command was executed.
	ErrUnknownOutcome = errors.New("outcome unknown")
	// ErrKeyReused says that the idempotency key belongs to other parameters.
	ErrKeyReused = errors.New("idempotency key was used with other parameters")
)

// BatchMax is how many commands a batch takes at most: each writes up to four
// rows, and a transaction stays below a thousand.
const BatchMax = 240

const (
	// queueMax is how many commands of one tree may wait; more are refused at
	// once, since they could not be answered in a useful time.
	queueMax = 10_000
	// queueWait bounds the wait in a queue, which a batch before it that hangs or
	// is in doubt may hold up.
	queueWait = 5 * time.Second
	// lockWait bounds the wait for the database before anything is executed.
	lockWait = 5 * time.Second
	// doubtWait bounds the time in which a commit in doubt is looked up.
	doubtWait = 30 * time.Second
	// commitAttempts is how often a batch is tried whose commit turned out not to
	// have happened: a failover needs a second try, a full disk is not cured by it.
	commitAttempts = 3
)

// Request is one command on its way into a batch.
type Request struct {
	Root    int64
	Create  bool           // make the tree when there is none
	Command ledger.Command // nil where only the directory changes
	Claims  []store.Claim  // directory changes the command depends on
	Origin  ledger.Origin
	// Key makes the request safe to repeat; nil does not.
	Key        *store.IdempotencyKey
	Parameters [32]byte
	Secret     bool // the answer holds a secret
	// Audit, where set, is recorded with what the command changes.
	Audit *audit.Event
	// Answer makes the response of what the command left behind. It may run more
	// than once.
	Answer func(ledger.Outcome) any
}

// Result is what a request was answered: Answer, or, where the request had
// been executed before, Replay, the JSON of the answer it got then.
type Result struct {
	Answer any
	Replay []byte
}

// Attempt is one try at a batch.
type Attempt struct {
	Commands int
	Took     time.Duration
	// Result is one of Results.
	Result string
}

// What can come of an attempt.
const (
	Done    = "done"
	Again   = "again"    // the database took it back, or its connection was lost: it is tried again
	InDoubt = "in_doubt" // its commit was not answered: it is looked up
	Busy    = "busy"     // the database does not serve: nothing was executed
	Failed  = "failed"   // one of its commands cannot be executed
)

// Results are all of them.
var Results = []string{Done, Again, InDoubt, Busy, Failed}

func resultOf(err error) string {
	switch {
	case err == nil:
		return Done
	case errors.Is(err, store.ErrInDoubt):
		return InDoubt
	case errors.Is(err, store.ErrAgain):
		return Again
	case errors.Is(err, store.ErrUnavailable):
		return Busy
	}
	return Failed
}

// Engine runs requests on a store.
type Engine struct {
	// Observe, where set before the first request, is told of every attempt.
	Observe func(Attempt)

	store    *store.Store
	clock    *clock.Clock
	log      *slog.Logger
	batchMax int

	mu      sync.Mutex
	trees   map[int64]*queue
	closed  bool
	running sync.WaitGroup // workers

	idle    chan *queue   // workers without a tree take one here
	closing chan struct{} // closed when no tree gets work any more
}

type queue struct {
	root    int64
	waiting []*item
}

// idleTime is how long a worker without a tree waits for the next. A new one would
// have to grow its stack first.
const idleTime = time.Second

// The stages of an item. Only one of queued→taken and queued→dropped happens.
const (
	queued int32 = iota
	taken
	dropped
)

type item struct {
	Request
	stage  atomic.Int32
	span   trace.Span // of Do; nil where the request is not traced
	done   chan struct{}
	result Result
	err    error

	outcome ledger.Outcome // of the last attempt
}

// New makes an engine. batchMax limits the commands of a batch; 0 is BatchMax.
func New(s *store.Store, c *clock.Clock, log *slog.Logger, batchMax int) *Engine {
	if batchMax <= 0 || batchMax > BatchMax {
		batchMax = BatchMax
	}
	return &Engine{
		store: s, clock: c, log: log, batchMax: batchMax, trees: map[int64]*queue{},
		idle: make(chan *queue), closing: make(chan struct{}),
	}
}

// Close refuses new requests and waits for those it has.
func (e *Engine) Close() {
	e.mu.Lock()
	if !e.closed {
		e.closed = true
		close(e.closing)
	}
	e.mu.Unlock()
	e.running.Wait()
}

// Do runs one request. A caller whose context ends while the request waits in
// the queue gets the context's error, and one whose request waits there for five
// seconds ErrBusy; then the request is not executed.
func (e *Engine) Do(ctx context.Context, r Request) (result Result, err error) {
	it := &item{Request: r, done: make(chan struct{})}
	if _, span := tracing.Child(ctx, "write"); span.IsRecording() {
		it.span = span
		defer func() { tracing.End(span, problemOf(err)) }()
	}
	if err := e.enqueue(it); err != nil {
		return Result{}, err
	}
	waited := time.NewTimer(queueWait)
	defer waited.Stop()
	var refusal error
	select {
	case <-it.done:
		return it.result, it.err
	case <-waited.C:
		refusal = fmt.Errorf("%w: not begun after %s", ErrBusy, queueWait)
	case <-ctx.Done():
		refusal = ctx.Err()
	}
	if it.stage.CompareAndSwap(queued, dropped) {
		return Result{}, refusal
	}
	<-it.done // it is being executed: what comes of it is the answer
	return it.result, it.err
}

// Queued is how many commands wait, in all trees.
func (e *Engine) Queued() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	waiting := 0
	for _, q := range e.trees {
		waiting += len(q.waiting)
	}
	return waiting
}

func (e *Engine) enqueue(it *item) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return ErrBusy
	}
	q := e.trees[it.Root]
	if q == nil {
		q = &queue{root: it.Root}
		e.trees[it.Root] = q
		e.assign(q)
	}
	if len(q.waiting) >= queueMax {
		return ErrBusy
	}
	q.waiting = append(q.waiting, it)
	return nil
}

// assign gives a tree to an idle worker, or to a new one.
func (e *Engine) assign(q *queue) {
	select {
	case e.idle <- q:
	default:
		e.running.Go(func() { e.work(q) })
	}
}

// work serves one tree after the other.
func (e *Engine) work(q *queue) {
	idle := time.NewTimer(idleTime)
	defer idle.Stop()
	for {
		e.serve(q)
		idle.Reset(idleTime)
		select {
		case q = <-e.idle:
		case <-idle.C:
			return
		case <-e.closing:
			return
		}
	}
}

// serve runs the batches of one tree until none is left.
func (e *Engine) serve(q *queue) {
	for {
		batch := e.take(q)
		if batch == nil {
			return
		}
		ctx, span := beginSpan(q.root, batch)
		e.run(ctx, q.root, batch)
		span.End()
		for _, it := range batch {
			close(it.done)
		}
	}
}

// take removes the next batch from a queue, or the empty queue itself.
func (e *Engine) take(q *queue) []*item {
	e.mu.Lock()
	defer e.mu.Unlock()
	var batch []*item
	for len(q.waiting) > 0 && len(batch) < e.batchMax {
		it := q.waiting[0]
		q.waiting = q.waiting[1:]
		if it.stage.CompareAndSwap(queued, taken) {
			batch = append(batch, it)
		}
	}
	if len(batch) == 0 {
		delete(e.trees, q.root)
	}
	return batch
}

// run executes a batch and settles what its items are answered. The context is
// the batch's own, whose callers may come and go: it never ends.
func (e *Engine) run(ctx context.Context, root int64, batch []*item) {
	err := e.attempt(ctx, root, batch)
	switch {
	case err == nil:
	case errors.Is(err, store.ErrUnavailable):
		fail(batch, fmt.Errorf("%w: %w", ErrBusy, err))
	case len(batch) > 1 && !errors.Is(err, ErrUnknownOutcome) && !errors.Is(err, store.ErrNotFound):
		// One of them cannot be executed; the others shall not suffer for it.
		for i := range batch {
			e.run(ctx, root, batch[i:i+1])
			if errors.Is(batch[i].err, ErrBusy) || errors.Is(batch[i].err, ErrUnknownOutcome) {
				fail(batch[i+1:], ErrBusy) // and shall not wait for each other either
				return
			}
		}
	default:
		fail(batch, err)
	}
}

// attempt executes a batch and, where its commit is in doubt, finds out what
// became of it: it returns nil when the batch was committed, ErrUnknownOutcome
// when that cannot be told in time, and other errors when it was not.
func (e *Engine) attempt(ctx context.Context, root int64, batch []*item) error {
	deadline := e.clock.Real().Add(doubtWait)
	for attempt := 1; ; attempt++ {
		ticket, err := store.Retried(ctx, func() (store.Ticket, error) { return e.execute(ctx, root, batch) })
		if !errors.Is(err, store.ErrInDoubt) {
			return err
		}
		e.log.WarnContext(ctx, "commit in doubt", "root", root, "attempt", attempt, "error", err)
		done, known := e.resolve(ctx, ticket, deadline)
		switch {
		case !known:
			return ErrUnknownOutcome
		case done:
			return nil
		case attempt == commitAttempts:
			return fmt.Errorf("not committed: %w: %w", store.ErrUnavailable, err)
		}
		// It was not committed and cannot be any more: it may run again.
	}
}

func fail(batch []*item, err error) {
	for _, it := range batch {
		it.result, it.err = Result{}, err
	}
}

// resolve finds out whether a batch in doubt was committed.
func (e *Engine) resolve(ctx context.Context, ticket store.Ticket, deadline time.Time) (done, known bool) {
	for pause := 10 * time.Millisecond; ; pause = min(2*pause, time.Second) {
		waiting, cancel := context.WithTimeout(ctx, lockWait)
		done, err := e.store.Committed(waiting, ticket)
		cancel()
		if err == nil {
			return done, true
		}
		if e.clock.Real().Add(pause).After(deadline) {
			e.log.ErrorContext(ctx, "outcome unknown", "error", err)
			return false, false
		}
		time.Sleep(pause)
	}
}
