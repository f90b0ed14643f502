package store_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tael/internal/audit"
	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/store"
	"tael/internal/testkit"
)

// point is a place in a transaction: before or after its statement number n.
type point struct {
	n    int
	done bool
}

// crasher counts the statements of transactions and does something at each
// point, or at one.
type crasher struct {
	at      func(point, string) error
	before  int // statements, of the transactions of one command
	after   int
	running bool
}

func (c *crasher) watch(statement store.Statement, done bool) error {
	if !c.running {
		return nil
	}
	count := &c.before
	if done {
		count = &c.after
	}
	*count++
	return c.at(point{*count - 1, done}, statement.SQL)
}

// clone is a copy of the books that later entries leave alone.
func (b *books) clone() books {
	c := books{
		granted: maps.Clone(b.granted), spent: maps.Clone(b.spent), lineTotal: maps.Clone(b.lineTotal),
		allocated: maps.Clone(b.allocated), quotaTotal: maps.Clone(b.quotaTotal), given: maps.Clone(b.given),
		frozen: maps.Clone(b.frozen), vouchers: maps.Clone(b.vouchers), charges: maps.Clone(b.charges),
		refunds: maps.Clone(b.refunds), usages: maps.Clone(b.usages),
		owner: maps.Clone(b.owner), forced: maps.Clone(b.forced),
	}
	for id, v := range c.vouchers {
		v := *v
		c.vouchers[id] = &v
	}
	for id, charge := range c.charges {
		charge := *charge
		c.charges[id] = &charge
	}
	return c
}

// keyed runs a command under an idempotency key: replayed reports that it had
// been executed before.
func (s *simulation) keyed(c ledger.Command, key string) (o ledger.Outcome, replayed bool, err error) {
	result, err := s.engine.Do(context.Background(), engine.Request{
		Root: root, Command: c, Origin: ledger.Origin{RequestID: key, Operator: "o"},
		Key:        &store.IdempotencyKey{Account: root, Action: "Any", Key: key},
		Audit:      &audit.Event{At: start.UnixMilli(), Action: "Any", RequestID: key},
		Parameters: sha256.Sum256([]byte(key)),
		Answer:     func(o ledger.Outcome) any { return o },
	})
	if err != nil || result.Replay != nil {
		return ledger.Outcome{}, result.Replay != nil, err
	}
	return result.Answer.(ledger.Outcome), false, nil
}

// image is what a process that is killed at some point leaves on disk.
type image struct {
	path      string
	point     point
	statement string
	committed bool
}

// photograph copies the files of the database as they are.
func (s *simulation) photograph(p point, statement string) image {
	s.t.Helper()
	i := image{
		path: filepath.Join(s.t.TempDir(), "tael.db"), point: p, statement: statement,
		committed: statement == "COMMIT" && p.done,
	}
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(s.address + suffix)
		if err == nil {
			err = os.WriteFile(i.path+suffix, content, 0o600)
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
	return i
}

// restart opens an image as the next process would: it holds all of the command
// or nothing, and who repeats the command under its key has it done once.
func (s *simulation) restart(i image, before, after books, c ledger.Command, key string) {
	s.t.Helper()
	next := &simulation{t: s.t, random: s.random, address: i.path, now: s.now, settings: s.settings, books: before}
	if i.committed {
		next.books = after
	}
	next.clock.Set(s.now)
	next.open()
	next.compare()
	_, replayed, err := next.keyed(c, key)
	if err != nil || replayed != i.committed {
		s.t.Fatalf("%T at %+v of %s: repeated, it was answered %v, replayed: %t", c, i.point, i.statement, err, replayed)
	}
	next.books = after
	next.compare()
	next.compareVouchers()
	if n := recorded(s.t, next.store)[key]; n != 1 {
		s.t.Errorf("%q is in the audit %d times", key, n)
	}
	verify(s.t, next.store)
	next.close()
	if s.t.Failed() {
		s.t.Fatalf("%T at %+v of %s", c, i.point, i.statement)
	}
}

// A process that is killed between any two statements leaves a database that holds all of a command or nothing of it.
func TestKilledBetweenAnyTwoStatements(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := newSimulation(t, testkit.SQLite, 200+seed)
			s.close()
			var images []image
			killer := &crasher{at: func(p point, statement string) error {
				images = append(images, s.photograph(p, statement))
				return nil
			}}
			s.watch = killer.watch
			s.open()
			seen := 0
			for step := range 45 {
				s.pass()
				c, before, key := s.command(), s.clone(), fmt.Sprint("step ", step)
				images, killer.before, killer.after = nil, 0, 0
				killer.running = step%3 == 1
				o, _, err := s.keyed(c, key)
				killer.running = false
				if err != nil {
					s.refused(c, err)
					continue
				}
				s.book(c, o)
				after := s.clone()
				for _, i := range images {
					s.restart(i, before.clone(), after.clone(), c, key)
				}
				seen += len(images)
			}
			recalled := s.recalled.Load()
			t.Logf("seed %d: %d images, %d batches begun with what is remembered", 200+seed, seen, recalled)
			if seen < 100 || recalled == 0 {
				t.Errorf("only %d images, %d batches begun with what is remembered", seen, recalled)
			}
			s.close()
		})
	}
}

var errLost = errors.New("the connection is lost")

// A connection that is lost between any two statements, COMMIT's answer
// included, leaves no doubt: what was answered is so, and busy means that
// nothing was done.
func TestConnectionLostBetweenAnyTwoStatements(t *testing.T) {
	t.Parallel()
	seeds(t, 4, func(t *testing.T, d testkit.Database, seed uint64) {
		s := newSimulation(t, d, 300+seed)
		s.close()
		var losing point
		lost := ""
		loser := &crasher{at: func(p point, statement string) error {
			if p != losing || lost != "" {
				return nil
			}
			lost = statement
			return errLost
		}}
		s.watch = loser.watch
		s.open()
		seen, done := map[string]int{}, map[string]int{}
		for step := range 300 {
			s.pass()
			c, key := s.command(), fmt.Sprint("step ", step)
			losing, lost = point{s.random.IntN(18), s.random.IntN(2) == 1}, ""
			loser.before, loser.after, loser.running = 0, 0, true
			began := time.Now()
			o, replayed, err := s.keyed(c, key)
			took := time.Since(began)
			loser.running = false
			if lost != "" {
				seen["lost"]++
			}
			if errors.Is(err, engine.ErrBusy) && took < store.RetryWait {
				seen["busy at once"]++
			}
			if errors.Is(err, engine.ErrBusy) && lost != "" { // it may be asked again
				seen["busy"]++
				if o, replayed, err = s.keyed(c, key); replayed {
					t.Fatalf("%T, lost at %q: answered busy, but executed", c, lost)
				}
			} else if lost == "COMMIT" {
				seen["in doubt"]++
			}
			switch {
			case replayed:
				t.Fatalf("%T, lost at %q: a recorded answer to the first request", c, lost)
			case err == nil:
				s.book(c, o)
				done[key] = 1
			default:
				s.refused(c, err)
			}
			s.compare()
		}
		t.Logf("seed %d: %v", 300+seed, seen)
		// PostgreSQL's connections are made anew at once, so that nobody has to ask again:
		// unless that takes longer than it is waited for.
		if seen["lost"] < 50 || s.recalled.Load() == 0 || seen["in doubt"] == 0 || (seen["busy at once"] == 0) == (d == testkit.SQLite) {
			t.Error("not all of what can happen did")
		}
		s.engine.Close()
		if diff := cmp.Diff(done, recorded(t, s.store)); diff != "" {
			t.Errorf("the audit has other commands than were executed: %s", diff)
		}
		verify(t, s.store)
	})
}

// recorded counts the events of the tree by their requests.
func recorded(t *testing.T, s *store.Store) map[string]int {
	t.Helper()
	times := map[string]int{}
	for filter := (store.AuditFilter{Root: root, Limit: 1000}); ; {
		events, next, err := s.AuditEvents(context.Background(), filter)
		if err != nil {
			t.Fatal(err)
		}
		for i := range events {
			times[events[i].RequestID]++
		}
		if next == (store.AuditPlace{}) {
			return times
		}
		filter.Before = next
	}
}
