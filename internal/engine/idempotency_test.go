package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/store"
	"tael/internal/testkit"
)

// keyed gives a request a key and parameters.
func keyed(r engine.Request, key string, parameters byte) engine.Request {
	r.Key = &store.IdempotencyKey{Account: root, Action: "Allocate", Key: key}
	r.Parameters = [32]byte{parameters}
	r.Answer = func(o ledger.Outcome) any { return answerOf(o) }
	return r
}

type allocated struct{ Credit money.Amount }

func answerOf(o ledger.Outcome) allocated { return allocated{o.Customer.Credit} }

// read decodes an answer, made or replayed.
func read(t *testing.T, result engine.Result) (answer allocated, replayed bool) {
	t.Helper()
	if result.Replay == nil {
		return result.Answer.(allocated), false
	}
	if err := json.Unmarshal(result.Replay, &answer); err != nil {
		t.Fatal(err)
	}
	return answer, true
}

// In one batch, the second of two equal keys gets the first's answer and the
// third, with other parameters, is refused (design.md §4).
func TestEqualKeysInOneBatch(t *testing.T) {
	t.Parallel()
	batchSizes(t, func(t *testing.T, d testkit.Database, batchMax int) {
		w := newWorld(t, d, batchMax, 1000)
		g := w.shut(context.Background())
		all := w.queue(context.Background(),
			keyed(allocation(1, 5, "first"), "k", 1),
			keyed(allocation(1, 5, "second"), "k", 1),
			keyed(allocation(1, 6, "third"), "k", 2),
			keyed(allocation(1, 7, "fourth"), "l", 1),
		)
		g.open(t)
		for i, want := range []struct {
			answer   allocated
			replayed bool
			err      error
		}{
			{allocated{5}, false, nil},
			{allocated{5}, true, nil},
			{allocated{}, false, engine.ErrKeyReused},
			{allocated{12}, false, nil},
		} {
			result, err := all[i].wait(t)
			if !errors.Is(err, want.err) {
				t.Fatalf("request %d: %v", i, err)
			}
			if want.err != nil {
				continue
			}
			if answer, replayed := read(t, result); answer != want.answer || replayed != want.replayed {
				t.Errorf("request %d: %+v, replayed %t", i, answer, replayed)
			}
		}
		if w.times("first") != 1 || w.times("second") != 0 || w.times("third") != 0 || w.times("fourth") != 1 {
			t.Errorf("executed: %q", w.remarks())
		}
		w.verify()
	})
}

// Where the first of two equal keys cannot be executed, the second takes its
// place; nothing was recorded.
func TestSecondOfEqualKeysTakesThePlaceOfAFailedFirst(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1000)
		bad := keyed(allocation(1, 5, "first"), "k", 1)
		bad.Answer = func(ledger.Outcome) any { panic("no answer") }
		g := w.shut(context.Background())
		all := w.queue(context.Background(), bad, keyed(allocation(1, 5, "second"), "k", 1))
		g.open(t)
		if _, err := all[0].wait(t); err == nil {
			t.Error("the first was executed")
		}
		result, err := all[1].wait(t)
		if err != nil {
			t.Fatal(err)
		}
		if answer, replayed := read(t, result); replayed || answer != (allocated{5}) {
			t.Errorf("the second got %+v, replayed %t", answer, replayed)
		}
		if w.times("first") != 0 || w.times("second") != 1 {
			t.Errorf("executed: %q", w.remarks())
		}
	})
}

// A recorded answer outlives the process, for 24 hours; an encrypted one too.
func TestReplaysSurviveARestartForADay(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1000)
		request := func(amount money.Amount) engine.Request { return keyed(allocation(1, amount, "once"), "k", 1) }
		secret := keyed(allocation(2, 9, "secret"), "s", 1)
		secret.Secret = true
		for _, r := range []engine.Request{request(5), secret} {
			if _, err := w.run(context.Background(), r); err != nil {
				t.Fatal(err)
			}
		}
		day := start.Add(24 * time.Hour)
		for _, c := range []struct {
			at       time.Time
			request  engine.Request
			answer   allocated
			replayed bool
		}{
			{start, request(5), allocated{5}, true},
			{start, secret, allocated{9}, true},
			{day.Add(-time.Millisecond), request(5), allocated{5}, true},
			{day.Add(-time.Millisecond), secret, allocated{9}, true},
			{day, request(5), allocated{10}, false},
			{day, request(5), allocated{10}, true},
		} {
			w.close()
			w.open(0)
			w.clock.Set(c.at)
			result, err := w.run(context.Background(), c.request)
			if err != nil {
				t.Fatal(err)
			}
			if answer, replayed := read(t, result); answer != c.answer || replayed != c.replayed {
				t.Errorf("at %s: %+v, replayed %t", c.at, answer, replayed)
			}
		}
		w.verify()
	})
}

// Refusals are not recorded: the same key may then do something else.
func TestRefusalLeavesTheKeyFree(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1000)
		if _, err := w.run(context.Background(), keyed(allocation(1, 5000, "a"), "k", 1)); !errors.Is(
			err,
			ledger.ErrLineExceeded,
		) {
			t.Fatal(err)
		}
		result, err := w.run(context.Background(), keyed(allocation(1, 5, "b"), "k", 2))
		if err != nil {
			t.Fatal(err)
		}
		if answer, replayed := read(t, result); replayed || answer != (allocated{5}) {
			t.Errorf("%+v, replayed %t", answer, replayed)
		}
	})
}

// A key belongs to an account and an action: others may use the same word.
func TestKeysOfOthersAreOthers(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1000)
		for i, k := range []store.IdempotencyKey{
			{Account: root, Action: "Allocate", Key: "k"},
			{Account: root + 1, Action: "Allocate", Key: "k"},
			{Account: root, Action: "Issue", Key: "k"},
			{Account: root, Action: "Allocate", Key: "K"},
		} {
			r := keyed(allocation(1, 5, "x"), "", 1)
			r.Key = &k
			result, err := w.run(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			if answer, replayed := read(t, result); replayed || answer.Credit != money.Amount(5*(i+1)) {
				t.Errorf("%+v: %+v, replayed %t", k, answer, replayed)
			}
		}
	})
}
