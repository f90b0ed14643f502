package engine_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/store"
	"tael/internal/testkit"
)

// beginnings counts how the batches of a world begin.
type beginnings struct {
	memory   atomic.Int64 // with what the one before left; committed or not
	database atomic.Int64 // with a look at the tree
}

func (b *beginnings) watch(statement store.Statement, done bool) error {
	switch {
	case done:
	case strings.Contains(statement.SQL, "SET batch = CASE"):
		b.memory.Add(1)
	case strings.Contains(statement.SQL, "SET batch = batch + 1"):
		b.database.Add(1)
	}
	return nil
}

// neighbours are two engines on one database, as two processes have them.
func neighbours(t *testing.T, d testkit.Database, line money.Amount) (here, there *world, seen *beginnings) {
	t.Helper()
	there = newWorld(t, d, 0, line)
	seen = &beginnings{}
	here = &world{t: t, address: there.address, vault: there.vault, clock: there.clock, watch: seen.watch}
	here.open(0)
	t.Cleanup(here.close)
	return here, there, seen
}

// settle makes batches until they begin with what the one before left.
func (w *world) settle(seen *beginnings) {
	w.t.Helper()
	begun := seen.memory.Load()
	for i := range customers { // so that all of them are remembered
		w.mustDo(allocation(i, 1, "settle"))
		w.mustDo(allocation(i, -1, "settle"))
	}
	if seen.memory.Load() == begun {
		w.t.Fatal("no batch began with what is remembered")
	}
}

// A process alone with a tree does not ask for it before each batch.
func TestBatchBeginsWithWhatTheLastOneLeft(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		here, _, seen := neighbours(t, d, 1000)
		here.settle(seen)
		asked := seen.database.Load()
		for range 20 {
			here.mustDo(allocation(1, 1, "more"))
		}
		if seen.database.Load() != asked {
			t.Errorf("%d batches of 20 looked at the tree", seen.database.Load()-asked)
		}
		here.verify()
	})
}

// What another process has done to a tree counts, whatever this one remembers: it
// neither gives what is gone nor refuses what has come.
func TestNothingIsDecidedByMemoryAlone(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		here, there, seen := neighbours(t, d, 1000)
		here.settle(seen)
		there.mustDo(allocation(2, 995, "most of it"))
		if _, err := here.do(context.Background(), allocation(0, 6, "too much")); !errors.Is(err, ledger.ErrLineExceeded) {
			t.Errorf("6 of 5 that are left: %v", err)
		}
		here.settle(seen)
		there.mustDo(engine.Request{Root: root, Command: &ledger.SetLine{Partner: root, Total: 2000}})
		here.mustDo(allocation(0, 1005, "all of it"))
		if line := here.line(); line != 0 {
			t.Errorf("%d are left", line)
		}
		here.verify()
	})
}

// A key that was used is known, although a batch that begins with what is
// remembered does not look for it; others in the same batch do not suffer.
func TestKeyIsKnownThatWasNotLookedFor(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		here, there, seen := neighbours(t, d, 1000)
		if _, err := there.run(context.Background(), keyed(allocation(2, 5, "once"), "k", 1)); err != nil {
			t.Fatal(err)
		}
		here.settle(seen)
		begun := seen.memory.Load()
		gate := here.shut(context.Background())
		all := here.queue(context.Background(),
			allocation(1, 7, "neighbour"), keyed(allocation(2, 5, "twice"), "k", 1), keyed(allocation(2, 6, "other"), "k", 2))
		gate.open(t)
		if _, err := all[0].wait(t); err != nil {
			t.Error(err)
		}
		result, err := all[1].wait(t)
		if answer, replayed := read(t, result); err != nil || !replayed || answer.Credit != 5 {
			t.Errorf("the repeat got %+v, replayed: %t, %v", answer, replayed, err)
		}
		if _, err := all[2].wait(t); !errors.Is(err, engine.ErrKeyReused) {
			t.Errorf("other parameters: %v", err)
		}
		if seen.memory.Load() != begun+2 { // the gate's, and the one that found the key
			t.Errorf("%d batches began with what is remembered", seen.memory.Load()-begun)
		}
		if here.times("twice") != 0 || here.times("neighbour") != 1 {
			t.Errorf("executed: %v", here.remarks())
		}
		here.verify()
	})
}

// What memory refuses of a request with a key may have been executed long ago, also
// where the batch is committed for the sake of others.
func TestRefusedRepeatIsAskedOfTheTree(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		here, _, seen := neighbours(t, d, 1000)
		most := keyed(allocation(2, 900, "once"), "k", 1)
		if _, err := here.run(context.Background(), most); err != nil {
			t.Fatal(err)
		}
		here.settle(seen)
		gate := here.shut(context.Background())
		all := here.queue(context.Background(),
			allocation(1, 7, "neighbour"), most, keyed(allocation(2, 900, "other"), "k", 2),
			keyed(allocation(2, 900, "too much"), "l", 1))
		gate.open(t)
		if _, err := all[0].wait(t); err != nil {
			t.Error(err)
		}
		result, err := all[1].wait(t)
		if err != nil {
			t.Fatalf("the repeat: %v", err)
		}
		if answer, replayed := read(t, result); !replayed || answer.Credit != 900 {
			t.Errorf("the repeat got %+v, replayed: %t", answer, replayed)
		}
		if _, err := all[2].wait(t); !errors.Is(err, engine.ErrKeyReused) {
			t.Errorf("other parameters: %v", err)
		}
		if _, err := all[3].wait(t); !errors.Is(err, ledger.ErrLineExceeded) {
			t.Errorf("another key: %v", err)
		}
		if here.times("once") != 1 || here.times("neighbour") != 1 {
			t.Errorf("executed: %v", here.remarks())
		}
		here.verify()
	})
}

// However long a batch that began with what is remembered has waited for others, it
// runs again where they have changed the tree.
func TestBatchThatWaitedInVainRunsAgain(t *testing.T) {
	t.Parallel()
	there := newWorld(t, testkit.Postgres, 0, 1000)
	var late atomic.Bool
	seen := &beginnings{}
	here := &world{t: t, address: there.address, vault: there.vault, clock: there.clock}
	here.watch = func(statement store.Statement, done bool) error {
		if !done && strings.Contains(statement.SQL, "SET batch = CASE") && late.CompareAndSwap(true, false) {
			_, err := there.do(context.Background(), allocation(2, 5, "other"))
			time.Sleep(time.Second) // for as long as store.Retried tries
			return err
		}
		return seen.watch(statement, done)
	}
	here.open(0)
	t.Cleanup(here.close)
	here.settle(seen)
	late.Store(true)
	if _, err := here.do(context.Background(), allocation(1, 7, "late")); err != nil || late.Load() {
		t.Errorf("%v; it began with what is remembered: %t", err, !late.Load())
	}
	if here.times("late") != 1 || here.times("other") != 1 {
		t.Errorf("executed: %v", here.remarks())
	}
	here.verify()
}

// Two processes that write to one tree in turns answer as one would.
func TestHistoriesOfTwoProcessesAreLinearizable(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		here, there, seen := neighbours(t, d, modelLine)
		seed := randomness(t)
		var mu sync.Mutex
		var history []porcupine.Operation
		var running sync.WaitGroup
		began := time.Now()
		turn := make(chan struct{}, 1) // whose batches come one after the other, now and then
		for client, w := range []*world{here, there} {
			random := rand.New(rand.NewPCG(seed, uint64(client)))
			running.Go(func() {
				for range 12 {
					turn <- struct{}{}
					for n := range 12 {
						if n == 9 {
							<-turn
						}
						in := asked{true, random.IntN(customers), money.Amount(random.IntN(160) - 60)}
						called := time.Since(began).Nanoseconds()
						out := w.ask(in)
						mu.Lock()
						history = append(history, porcupine.Operation{
							ClientId: client, Input: in, Call: called, Output: out, Return: time.Since(began).Nanoseconds(),
						})
						mu.Unlock()
					}
				}
			})
		}
		running.Wait()
		if result := porcupine.CheckOperationsTimeout(model, history, checkTime); result != porcupine.Ok {
			t.Errorf("the history of %d operations is %s", len(history), result)
		}
		if seen.memory.Load() == 0 {
			t.Error("no batch began with what is remembered")
		}
		here.verify()
	})
}
