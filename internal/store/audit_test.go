package store_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tael/internal/audit"
	"tael/internal/ledger"
	"tael/internal/store"
	"tael/internal/testkit"
)

// calls are events of a tree, one a second from first on.
func calls(tree, first int64, n int, name string) []audit.Event {
	events := make([]audit.Event, n)
	for i := range events {
		events[i] = audit.Event{
			Root: tree, At: 1000 * (first + int64(i)), Action: "Query", Code: audit.OK, RequestID: fmt.Sprint(name, i),
			Caller: audit.Caller{Account: tree, SecretID: "AKIDkey", Address: netip.MustParseAddr("2001:db8::1")},
		}
	}
	return events
}

func appendCalls(t *testing.T, s *store.Store, events ...audit.Event) {
	t.Helper()
	for _, pages := range s.AuditChunks(audit.Pages(events)) {
		_, err := s.AppendCalls(context.Background(), pages)
		for began := time.Now(); isBusy(err) && time.Since(began) < patience; {
			_, err = s.AppendCalls(context.Background(), pages) // as the trail does
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// Servers that record the calls of the same trees do not get into each other's
// way, nor into that of writes: each call is there once and the chains hold.
func TestServersShareChains(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		plant(t, s)
		var running sync.WaitGroup
		for server := range 3 {
			other := open(t, path, "a")
			running.Go(func() {
				for round := range 10 {
					name := fmt.Sprintf("%d-%d-", server, round)
					appendCalls(t, other, append(calls(root, 1000, 3, name), calls(0, 1000, 2, "none "+name)...)...)
				}
			})
		}
		for range 10 {
			commit(t, s, &ledger.SetLine{Partner: root, Total: 7})
		}
		running.Wait()
		if n := len(recorded(t, s)); n != 90 {
			t.Errorf("%d calls", n)
		}
		if n := count(t, path, "audit", "root_uin = 0"); n != 60 {
			t.Errorf("%d pages without a tree", n)
		}
		verify(t, s)
	})
}

// Pages whose commit was not answered are found exactly where they are.
func TestCallsAppendedTellsWhatWasWritten(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		var lost atomic.Pointer[bool] // with which COMMIT the connection is lost: before it, or done
		o := options(t, d.New(t), "a", &ledger.Settings{PoolBounded: true})
		o.Watch = func(statement store.Statement, done bool) error {
			if when := lost.Load(); when != nil && statement.SQL == "COMMIT" && *when == done {
				return store.ErrUnavailable
			}
			return nil
		}
		s, err := store.Open(context.Background(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer shut(t, s)
		for _, committed := range []bool{false, true, false} { // the first also makes the chain
			pages := s.AuditChunks(audit.Pages(calls(root, 1000, 2, fmt.Sprint(committed))))[0]
			lost.Store(&committed)
			ticket, err := s.AppendCalls(context.Background(), pages)
			lost.Store(nil)
			if !errors.Is(err, store.ErrInDoubt) {
				t.Fatalf("connection lost at COMMIT, done %t: %v", committed, err)
			}
			for range 2 {
				if done, err := s.CallsAppended(context.Background(), ticket); err != nil || done != committed {
					t.Errorf("%t %v, want %t", done, err, committed)
				}
				appendCalls(t, s, calls(root, 1000, 1, "takes the place")...)
			}
		}
		verify(t, s)
	})
}

// What is removed for its age leaves a chain that verifies; what is removed
// otherwise, or said to be old, does not.
func TestPurgedAuditVerifies(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		plant(t, s)
		ctx := context.Background()
		appendCalls(t, s, calls(root, 1000, 10, "old")...)
		appendCalls(t, s, calls(root, 5000, 1, "new")...)
		appendCalls(t, s, calls(root, 1000, 1, "late")...) // waits for the one before it
		b := begin(t, s)
		b.Record(calls(root, 1000, 1, "write")[0])
		if err := b.Commit(nil); err != nil {
			t.Fatal(err)
		}
		before := ends(t, s)
		removed := 0
		for {
			n, err := s.PurgeAudit(ctx, root, 2000, 4)
			if err != nil || n > 8 {
				t.Fatalf("%d %v", n, err)
			}
			if removed += n; n == 0 {
				break
			}
			verify(t, s)
		}
		if removed != 11 {
			t.Errorf("%d pages removed", removed)
		}
		want := map[string]int{"new0": 1, "late0": 1}
		if diff := cmp.Diff(want, recorded(t, s)); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff(before, ends(t, s)); diff != "" {
			t.Errorf("the chains end elsewhere: %s", diff)
		}
		// Anchors of before the cut agree still.
		if err := s.VerifyAudit(ctx, before, func(store.AuditEnd) error { return nil }); err != nil {
			t.Error(err)
		}
		if n, err := s.PurgeAudit(ctx, root+1, 2000, 4); n != 0 || err != nil {
			t.Errorf("a tree without any: %d %v", n, err)
		}
		// Whoever removes a page and moves the cut has no seal for that.
		execute(t, path, `UPDATE audit_head SET cut_sequence = 11, cut_hash = (SELECT hash FROM audit
			WHERE writer = 1 AND sequence = 11) WHERE writer = 1`)
		execute(t, path, `DELETE FROM audit WHERE writer = 1 AND sequence = 11`)
		err := s.VerifyAudit(ctx, nil, func(store.AuditEnd) error { return nil })
		if !errors.Is(err, ledger.ErrBroken) || !strings.Contains(err.Error(), "begin with page 12, which Tael did not decide") {
			t.Error(err)
		}
	})
}

// Whoever changes pages, so that they look old, does not have Tael remove them and
// seal that it did: they stay, for verify to find.
func TestPurgeKeepsWhatWasChanged(t *testing.T) {
	t.Parallel()
	for name, tampering := range map[string][]string{
		"time":            {`UPDATE audit SET second = 1 WHERE writer = 1 AND sequence <= 3`},
		"time of one":     {`UPDATE audit SET second = 1 WHERE writer = 1`, `UPDATE audit SET second = 5001 WHERE writer = 1 AND sequence = 2`},
		"removed":         {`DELETE FROM audit WHERE writer = 1 AND sequence = 1`, `UPDATE audit SET second = 1 WHERE writer = 1 AND sequence = 2`},
		"cut":             {`DELETE FROM audit WHERE writer = 1 AND sequence = 1`, `UPDATE audit_head SET cut_sequence = 1`, `UPDATE audit SET second = 1`},
		"another's event": {`UPDATE audit SET second = 1, events = '[]' WHERE writer = 1 AND sequence = 1`},
		"no hash":         {`UPDATE audit SET second = 1, hash = zeroblob(3) WHERE writer = 1 AND sequence = 1`},
		"no cut":          {`UPDATE audit SET second = 1`, `UPDATE audit_head SET cut_hash = zeroblob(3)`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, path := fresh(t, testkit.SQLite)
			plant(t, s)
			appendCalls(t, s, calls(root, 5000, 5, "")...)
			for _, sql := range tampering {
				execute(t, path, sql)
			}
			left := count(t, path, "audit", "root_uin <> 0")
			for range 2 {
				if n, err := s.PurgeAudit(context.Background(), root, 2000, 4); n != 0 || !errors.Is(err, ledger.ErrBroken) {
					t.Errorf("%d removed: %v", n, err)
				}
			}
			if n := count(t, path, "audit", "root_uin <> 0"); n != left {
				t.Errorf("%d of %d pages are left", n, left)
			}
			if err := s.VerifyAudit(context.Background(), nil, func(store.AuditEnd) error { return nil }); !errors.Is(err, ledger.ErrBroken) {
				t.Errorf("verify says %v", err)
			}
			commit(t, s, &ledger.SetLine{Partner: root, Total: 7}) // nobody keeps the lock
		})
	}
}

func ends(t *testing.T, s *store.Store) []store.AuditEnd {
	t.Helper()
	var all []store.AuditEnd
	if err := s.VerifyAudit(context.Background(), nil, func(end store.AuditEnd) error {
		all = append(all, end)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPurgeStrangers(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		var counts []audit.Strangers
		for minute := range int64(10) {
			counts = append(counts, audit.Strangers{Minute: minute, Calls: 1, Stranger: audit.Stranger{Code: "x"}})
		}
		for range 2 { // the second time they add up
			if err := s.CountStrangers(context.Background(), counts); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := s.PurgeStrangers(context.Background(), 8, 5); n != 5 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		if n, err := s.PurgeStrangers(context.Background(), 8, 5); n != 3 || err != nil {
			t.Errorf("%d %v", n, err)
		}
		if n := count(t, path, "stranger", "minute >= 8 AND calls = 2"); n != 2 {
			t.Errorf("%d left", n)
		}
	})
}

// Calls of many trees share a transaction, but for Citus, where those trees may lie
// on different nodes.
func TestCallsOfManyTreesAreWrittenTogether(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, _ := fresh(t, d)
		const trees = 100
		together := func(want int) {
			t.Helper()
			var events []audit.Event
			for i := range trees {
				events = append(events, calls(root+int64(i), 1000, 1, "one")...)
			}
			chunks := s.AuditChunks(audit.Pages(events))
			if len(chunks) != want {
				t.Errorf("%d transactions for %d trees, want %d", len(chunks), trees, want)
			}
			for _, pages := range chunks {
				if _, err := s.AppendCalls(t.Context(), pages); err != nil {
					t.Fatal(err)
				}
			}
		}
		together(2)
		if d == testkit.Postgres {
			s.PretendCitus()
			together(trees)
		}
		verify(t, s)
	})
}
