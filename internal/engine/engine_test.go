package engine_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/store"
	"tael/internal/testkit"
)

// tally is what goroutines were told: the sum of what was acknowledged.
type tally struct {
	mu           sync.Mutex
	given        [customers]money.Amount
	acknowledged int
	refused      int
}

// Many who give and take at once never overdraw, and the figures end as the
// sum of what each was told (domain.md §11.6).
func TestParallelAllocationsNeitherOverdrawNorGetLost(t *testing.T) {
	t.Parallel()
	batchSizes(t, func(t *testing.T, d testkit.Database, batchMax int) {
		const line, goroutines = 1000, 64
		each := 40
		if testing.Short() {
			each = 10
		}
		w := newWorld(t, d, batchMax, line)
		seed := randomness(t)
		var sum tally
		var running sync.WaitGroup
		for g := range goroutines {
			running.Go(func() { w.giveAndTake(rand.New(rand.NewPCG(seed, uint64(g))), each, &sum) })
		}
		running.Wait()
		left := money.Amount(line)
		for i := range customers {
			left -= sum.given[i]
			if got := w.credit(i); got != sum.given[i] || got < 0 {
				t.Errorf("customer %d has %d, was given %d", i, got, sum.given[i])
			}
		}
		if got := w.line(); got != left || got < 0 {
			t.Errorf("the line is %d, should be %d", got, left)
		}
		if transfers := len(w.remarks()); transfers != sum.acknowledged+2 { // its line and its quota
			t.Errorf("%d transfers, %d allocations acknowledged", transfers, sum.acknowledged)
		}
		if sum.refused == 0 || sum.acknowledged == 0 {
			t.Errorf("%d acknowledged, %d refused: the bounds were not tried", sum.acknowledged, sum.refused)
		}
		w.verify()
	})
}

func (w *world) giveAndTake(random *rand.Rand, each int, sum *tally) {
	for range each {
		i, amount := random.IntN(customers), money.Amount(1+random.IntN(200))
		if random.IntN(3) == 0 {
			amount = -amount
		}
		o, err := w.insist(allocation(i, amount, "load"))
		sum.mu.Lock()
		switch {
		case err == nil:
			sum.acknowledged++
			sum.given[i] += amount
		case errors.Is(err, ledger.ErrLineExceeded), errors.Is(err, ledger.ErrCreditInsufficient):
			sum.refused++
		default:
			w.t.Errorf("allocate %d: %v", amount, err)
		}
		sum.mu.Unlock()
		if o.Partner.Line < 0 || o.Customer.Credit < 0 {
			w.t.Errorf("overdrawn: %+v", o)
		}
	}
}

// One command that cannot be executed answers an error by itself; those beside
// it in the batch are executed, once each (design.md §4).
func TestOneBadCommandDoesNotFailItsNeighbours(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		const poison = "poison"
		trigger := `CREATE TRIGGER poison BEFORE INSERT ON transfer WHEN NEW.remark = 'poison'
			BEGIN SELECT RAISE(ABORT, 'poisoned'); END`
		if d == testkit.Postgres {
			trigger = `ALTER TABLE transfer ADD CONSTRAINT poison CHECK (remark <> 'poison')`
		}
		panicking := allocation(1, 5, poison)
		panicking.Answer = func(ledger.Outcome) any { panic("no answer") }
		unwritable := allocation(1, 5, poison)
		unwritable.Answer = func(ledger.Outcome) any { return func() {} }
		unwritable.Key = &store.IdempotencyKey{Account: root, Action: "Allocate", Key: "k"}
		nonsense := allocation(1, 5, poison)
		nonsense.Claims = []store.Claim{{Do: store.Statement{SQL: `INSERT INTO nowhere VALUES (1)`}}}
		for name, c := range map[string]struct {
			damage string
			bad    engine.Request
		}{
			"its answer panics":               {"", panicking},
			"its answer cannot be recorded":   {"", unwritable},
			"its claim cannot be made":        {"", nonsense},
			"the database refuses its remark": {trigger, allocation(1, 5, poison)},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := newWorld(t, d, 0, 1000)
				if c.damage != "" {
					w.sql(c.damage)
				}
				var requests []engine.Request
				for i := range 5 {
					requests = append(requests, allocation(1, 10, fmt.Sprintf("before %d", i)))
				}
				requests = append(requests, c.bad)
				for i := range 5 {
					requests = append(requests, allocation(1, 10, fmt.Sprintf("after %d", i)))
				}
				g := w.shut(context.Background())
				all := w.queue(context.Background(), requests...)
				g.open(t)
				checkNeighbours(t, w, all)
			})
		}
	})
}

func checkNeighbours(t *testing.T, w *world, all []*pending) {
	t.Helper()
	for i, p := range all {
		result, err := p.wait(t)
		if i == 5 {
			if err == nil || errors.Is(err, engine.ErrBusy) || errors.Is(err, engine.ErrUnknownOutcome) {
				t.Errorf("the bad one: %+v, %v", result, err)
			}
			continue
		}
		// The answers run on as if the bad one had never been there.
		neighbours := money.Amount(i + 1)
		if i > 5 {
			neighbours = money.Amount(i)
		}
		if err != nil || result.Answer.(ledger.Outcome).Customer.Credit != 10*neighbours {
			t.Errorf("request %d: %+v, %v", i, result, err)
		}
	}
	if n := w.times("poison"); n != 0 {
		t.Errorf("the bad one was executed %d times", n)
	}
	for i := range 5 {
		before, after := w.times(fmt.Sprintf("before %d", i)), w.times(fmt.Sprintf("after %d", i))
		if before != 1 || after != 1 {
			t.Errorf("neighbours %d were executed %d and %d times", i, before, after)
		}
	}
	if w.credit(1) != 100 {
		t.Errorf("credit %d, want 100", w.credit(1))
	}
	w.verify()
}

// A caller that gave up while it was queued gets its context's error at once,
// and its request is never executed.
func TestWhoGivesUpInTheQueueIsNotExecuted(t *testing.T) {
	t.Parallel()
	batchSizes(t, func(t *testing.T, d testkit.Database, batchMax int) {
		w := newWorld(t, d, batchMax, 1000)
		g := w.shut(context.Background())
		ctx, cancel := context.WithCancel(context.Background())
		impatient := w.queue(ctx, allocation(1, 5, "impatient"))
		patient := w.queue(context.Background(), allocation(1, 7, "patient"))
		cancel()
		if _, err := impatient[0].wait(t); !errors.Is(err, context.Canceled) {
			t.Errorf("it got %v", err)
		}
		g.open(t)
		if result, err := patient[0].wait(t); err != nil || result.Answer.(ledger.Outcome).Customer.Credit != 7 {
			t.Errorf("the patient one got %+v %v", result, err)
		}
		if n := w.times("impatient"); n != 0 {
			t.Errorf("it was executed %d times", n)
		}
		w.verify()
	})
}

// Who gives up while being executed learns what came of it all the same.
func TestWhoGivesUpDuringExecutionGetsTheAnswer(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1000)
		ctx, cancel := context.WithCancel(context.Background())
		g := w.shut(ctx)
		cancel()
		select {
		case err := <-g.done:
			t.Fatalf("it got %v before it was executed", err)
		case <-time.After(20 * time.Millisecond):
		}
		g.open(t)
		if n := w.times("gate"); n != 1 {
			t.Errorf("it was executed %d times", n)
		}
	})
}

// More than can be answered in a useful time is refused at once, and what is
// refused is not executed.
func TestFullQueueRefusesAtOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1000)
		g := w.shut(context.Background())
		ctx, cancel := context.WithCancel(context.Background())
		const last = 100 // whom a slow machine too has there before they have waited too long
		w.engine.Crowd(root, engine.QueueMax-last)
		var running sync.WaitGroup
		for range last {
			running.Go(func() {
				if _, err := w.do(ctx, allocation(1, 1, "queued")); !errors.Is(err, context.Canceled) {
					t.Errorf("queued: %v", err)
				}
			})
		}
		w.eventually("the queue is full", func() bool { return w.engine.Waiting(root) == engine.QueueMax })
		for range 3 {
			if _, err := w.do(context.Background(), allocation(1, 1, "surplus")); !errors.Is(err, engine.ErrBusy) {
				t.Errorf("surplus: %v", err)
			}
		}
		cancel()
		running.Wait()
		g.open(t)
		// Who gave up keeps his place until the worker comes by.
		w.eventually("the queue is empty", func() bool { return w.engine.Waiting(root) == 0 })
		w.mustDo(allocation(1, 1, "afterwards"))
		if got := w.remarks(); !slices.Equal(got[2:], []string{"gate", "afterwards"}) {
			t.Errorf("executed: %q", got[2:])
		}
	})
}

// Close refuses what is new and finishes what is there.
func TestCloseFinishesWhatItHas(t *testing.T) {
	t.Parallel()
	batchSizes(t, func(t *testing.T, d testkit.Database, batchMax int) {
		w := newWorld(t, d, batchMax, 1000)
		g := w.shut(context.Background())
		var requests []engine.Request
		for i := range 20 {
			requests = append(requests, allocation(1, 1, fmt.Sprint(i)))
		}
		all := w.queue(context.Background(), requests...)
		closed := make(chan struct{})
		go func() {
			w.engine.Close()
			close(closed)
		}()
		w.eventually("new requests are refused", func() bool {
			ctx, cancel := context.WithCancel(context.Background())
			cancel() // so that it is not executed where Close has not come so far yet
			_, err := w.do(ctx, allocation(1, 1, "late"))
			return errors.Is(err, engine.ErrBusy)
		})
		select {
		case <-closed:
			t.Error("Close did not wait")
		default:
		}
		g.open(t)
		<-closed
		for i, p := range all {
			// Close waits for the work, not for who asked.
			if _, err := p.wait(t); err != nil || w.times(fmt.Sprint(i)) != 1 {
				t.Errorf("request %d: %v, executed %d times", i, err, w.times(fmt.Sprint(i)))
			}
		}
		if w.times("late") != 0 {
			t.Error("a refused request was executed")
		}
		w.verify()
	})
}

// A clock that goes back does not take the transfers with it, nor a tree's
// vouchers out of step (design.md §4: max(now, last)).
func TestTransfersNeverGoBackInTime(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1000)
		for i, seconds := range []int{0, 100, 50, -3600, 200} {
			w.clock.Set(start.Add(time.Duration(seconds) * time.Second))
			w.mustDo(allocation(1, 1, fmt.Sprint(i)))
		}
		transfers, err := w.store.Transfers(context.Background(), store.TransferFilter{Root: root, From: 3, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, transfer := range transfers {
			got = append(got, (transfer.At-start.UnixMilli())/1000)
		}
		if want := []int64{0, 100, 100, 100, 200}; !slices.Equal(got, want) {
			t.Errorf("times %d, want %d", got, want)
		}
		w.verify()
	})
}

// A tree that does not exist is not made by the way, and not by a refusal.
func TestOnlyAcceptedCreationsMakeATree(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1000)
		other := allocation(1, 1, "")
		other.Root = 7
		if _, err := w.do(context.Background(), other); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("got %v", err)
		}
		other.Create = true
		if _, err := w.do(context.Background(), other); !errors.Is(err, ledger.ErrNotCustomer) {
			t.Errorf("got %v", err)
		}
		trees := 0
		err := w.store.Verify(context.Background(), nil, func(store.VerifiedTree, int) error {
			trees++
			return nil
		})
		if err != nil || trees != 1 {
			t.Errorf("%d trees: %v", trees, err)
		}
	})
}
