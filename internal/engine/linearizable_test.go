package engine_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/testkit"
)

// asked is what a client of the history asked for: an allocation, or the
// figures of the partner (customer < 0) or of a customer.
type asked struct {
	allocate bool
	customer int
	amount   money.Amount
}

// told is what it was told.
type told struct {
	refused bool
	line    money.Amount // not of a customer's figures
	credit  money.Amount // not of the partner's
}

// figures is the state of the model: one line and its customers.
type figures struct {
	line   money.Amount
	credit [customers]money.Amount
}

const modelLine = 300

// model is what allocations and queries mean when they come one at a time.
var model = porcupine.Model{
	Init: func() any { return figures{line: modelLine} },
	Step: func(state, input, output any) (bool, any) {
		s, in, out := state.(figures), input.(asked), output.(told)
		switch {
		case !in.allocate && in.customer < 0:
			return out == told{line: s.line}, s
		case !in.allocate:
			return out == told{credit: s.credit[in.customer]}, s
		case in.amount > 0 && in.amount > s.line, in.amount < 0 && s.credit[in.customer]+in.amount < 0:
			return out == told{refused: true}, s
		}
		s.line -= in.amount
		s.credit[in.customer] += in.amount
		return out == told{line: s.line, credit: s.credit[in.customer]}, s
	},
	DescribeOperation: func(input, output any) string { return fmt.Sprintf("%+v → %+v", input, output) },
}

// record lets clients work at the same time and writes down who asked what
// when, and was told what when.
func (w *world) record(seed uint64, clients, each int) []porcupine.Operation {
	var mu sync.Mutex
	var history []porcupine.Operation
	var running sync.WaitGroup
	began := time.Now()
	for client := range clients {
		random := rand.New(rand.NewPCG(seed, uint64(client)))
		running.Go(func() {
			for range each {
				in := asked{random.IntN(2) == 0, random.IntN(customers), money.Amount(random.IntN(160) - 60)}
				if !in.allocate && random.IntN(2) == 0 {
					in.customer = -1
				}
				called := time.Since(began).Nanoseconds()
				out := w.ask(in)
				returned := time.Since(began).Nanoseconds()
				mu.Lock()
				history = append(history, porcupine.Operation{
					ClientId: client, Input: in, Call: called, Output: out, Return: returned,
				})
				mu.Unlock()
			}
		})
	}
	running.Wait()
	return history
}

func (w *world) ask(in asked) told {
	switch {
	case !in.allocate && in.customer < 0:
		return told{line: w.line()}
	case !in.allocate:
		return told{credit: w.credit(in.customer)}
	}
	o, err := w.insist(allocation(in.customer, in.amount, ""))
	switch {
	case err == nil:
		return told{line: o.Partner.Line, credit: o.Customer.Credit}
	case errors.Is(err, ledger.ErrLineExceeded), errors.Is(err, ledger.ErrCreditInsufficient):
		return told{refused: true}
	}
	w.t.Errorf("allocate: %v", err)
	return told{}
}

// checkTime bounds the search for an order; it usually takes milliseconds.
const checkTime = patience

// Concurrent allocations and queries answer as if they had come one at a time,
// in an order that agrees with who waited for whom (design.md §9).
func TestHistoriesAreLinearizable(t *testing.T) {
	t.Parallel()
	rounds := 8
	if testing.Short() {
		rounds = 2
	}
	batchSizes(t, func(t *testing.T, d testkit.Database, batchMax int) {
		seed := randomness(t)
		refused := 0
		for round := range rounds {
			w := newWorld(t, d, batchMax, modelLine)
			history := w.record(seed+uint64(round), 8, 30)
			if result := porcupine.CheckOperationsTimeout(model, history, checkTime); result != porcupine.Ok {
				t.Fatalf("round %d: %s", round, result)
			}
			for _, operation := range history {
				if operation.Output.(told).refused {
					refused++
				}
			}
			w.verify()
			w.close()
		}
		if refused == 0 {
			t.Error("nothing was refused: the bounds were not tried")
		}
	})
}

// The check above can fail: a history with one wrong figure, a lost update or a
// doubled one is not accepted.
func TestCorruptedHistoriesAreNotLinearizable(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, modelLine)
		history := w.record(randomness(t), 4, 20)
		slices.SortFunc(history, func(a, b porcupine.Operation) int { return int(a.Call - b.Call) })
		end := history[len(history)-1].Return
		for _, operation := range history {
			end = max(end, operation.Return)
		}
		// One more read when all is quiet, so that every update is visible to it.
		history = append(history, porcupine.Operation{
			ClientId: 99, Input: asked{customer: -1}, Call: end + 1, Output: told{line: w.line()}, Return: end + 2,
		})
		if result := porcupine.CheckOperationsTimeout(model, history, checkTime); result != porcupine.Ok {
			t.Fatalf("as it was: %s", result)
		}
		update := slices.IndexFunc(history, func(o porcupine.Operation) bool {
			in := o.Input.(asked)
			return in.allocate && in.amount != 0 && !o.Output.(told).refused
		})
		doubled := history[update]
		doubled.ClientId = 98
		wrong := slices.Clone(history)
		wrong[len(wrong)-1].Output = told{line: w.line() + 1}
		for name, corrupted := range map[string][]porcupine.Operation{
			"wrong figure": wrong,
			"lost update":  slices.Delete(slices.Clone(history), update, update+1),
			"doubled":      append(slices.Clone(history), doubled),
		} {
			if result := porcupine.CheckOperationsTimeout(model, corrupted, checkTime); result != porcupine.Illegal {
				t.Errorf("%s: %s", name, result)
			}
		}
	})
}

// A stale read is told from one that came too early: what counts is whether it
// began after the allocation was answered.
func TestStaleReadIsNotLinearizable(t *testing.T) {
	t.Parallel()
	allocate := porcupine.Operation{
		ClientId: 0, Input: asked{allocate: true, amount: 10}, Call: 0, Return: 10,
		Output: told{line: modelLine - 10, credit: 10},
	}
	read := porcupine.Operation{
		ClientId: 1, Input: asked{customer: -1}, Call: 5, Output: told{line: modelLine}, Return: 20,
	}
	if !porcupine.CheckOperations(model, []porcupine.Operation{allocate, read}) {
		t.Error("a read beside the allocation may see the figure before it")
	}
	read.Call = 11
	if porcupine.CheckOperations(model, []porcupine.Operation{allocate, read}) {
		t.Error("a read after the allocation may not")
	}
}

// A read that begins after an allocation was answered sees it, though reads
// share their queries.
func TestReadsSeeWhatWasAnsweredBefore(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1_000_000)
		allocations := 400
		if testing.Short() {
			allocations = 100
		}
		done := make(chan struct{})
		var running sync.WaitGroup
		for range 4 { // readers that keep a query under way at all times
			running.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
						w.credit(0)
						w.line()
					}
				}
			})
		}
		for i := range allocations {
			w.mustDo(allocation(0, 1, ""))
			if credit, line := w.credit(0), w.line(); credit != money.Amount(i+1) || line != money.Amount(1_000_000-i-1) {
				t.Errorf("after %d allocations: credit %d, line %d", i+1, credit, line)
				break
			}
		}
		close(done)
		running.Wait()
	})
}
