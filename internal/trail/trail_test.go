package trail_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
	"weak"

	"tael/internal/audit"
	"tael/internal/clock"
	"tael/internal/store"
	"tael/internal/testkit"
	"tael/internal/trail"
	"tael/internal/vault"
)

func TestMain(m *testing.M) { testkit.Main(m) }

const root = int64(200_000_001_000)

// call is a call with a name of its own.
func call(account int64, name string) audit.Event {
	return audit.Event{
		Root: root, At: 1_793_462_400_000, Action: "Query", Code: audit.OK, RequestID: name,
		Caller: audit.Caller{Account: account, SecretID: "AKIDkey", Address: netip.MustParseAddr("127.0.0.1")},
	}
}

func open(t *testing.T, address string, watch func(store.Statement, bool) error) *store.Store {
	t.Helper()
	v, err := vault.New(make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Options{
		Address: address, Postgres: testkit.PostgresOptions(), Vault: v, Migrate: true, Watch: watch,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func start(t *testing.T, s *store.Store) *trail.Trail {
	t.Helper()
	l := trail.New(s, &clock.Clock{}, slog.New(slog.DiscardHandler))
	t.Cleanup(l.Close)
	return l
}

// recorded counts the events of the tree by their requests.
func recorded(t *testing.T, s *store.Store) map[string]int64 {
	t.Helper()
	times := map[string]int64{}
	for filter := (store.AuditFilter{Root: root, Limit: 10_000}); ; {
		events, next, err := s.AuditEvents(context.Background(), filter)
		if err != nil {
			t.Fatal(err)
		}
		for i := range events {
			times[events[i].RequestID] += max(events[i].Count, 1)
		}
		if next == (store.AuditPlace{}) {
			break
		}
		filter.Before = next
	}
	err := s.VerifyAudit(context.Background(), nil, func(store.AuditEnd) error { return nil })
	if err != nil {
		t.Error(err)
	}
	return times
}

// Without anybody asking for it, calls are recorded soon; and with Close at last.
func TestCallsAreRecorded(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s := open(t, d.New(t), nil)
		l := start(t, s)
		l.Record(call(1, "a"))
		testkit.Eventually(t, "the call is recorded", func() bool { return l.Stats() == trail.Stats{Recorded: 1} })
		var running sync.WaitGroup
		for i := range 8 {
			running.Go(func() {
				for n := range 500 {
					l.Record(call(int64(i), fmt.Sprint(i, " ", n)))
				}
			})
		}
		running.Wait()
		l.Close()
		l.Record(call(1, "late"))
		times := recorded(t, s)
		if len(times) != 4001 || times["a"] != 1 || times["7 499"] != 1 || times["late"] != 0 {
			t.Errorf("%d calls", len(times))
		}
		l.Close() // again
	})
}

// Calls above a limit cost nothing to send: however many there are of an action
// in a second, they are one event, which counts them, in each half second in which
// the server writes.
func TestCallsAboveALimitAreCounted(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "tael.db"), nil)
	l := start(t, s)
	const calls = 10_000
	began := time.Now()
	limited := func(account int64, name string, at int64) audit.Event {
		e := call(account, name)
		e.At, e.Code = e.At+at, "RequestLimitExceeded"
		return e
	}
	for i := range calls {
		l.Record(limited(1, fmt.Sprint("first ", i), int64(i%1000)))
		l.Record(limited(2, fmt.Sprint("another's ", i), 0))
		l.Record(limited(1, fmt.Sprint("later ", i), 1000))
	}
	l.Record(call(1, "answered"))
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	writes := 2 + int(time.Since(began)/(500*time.Millisecond)) // at most
	times, events := map[string]int64{}, map[string]int{}
	for request, count := range recorded(t, s) {
		name := strings.TrimRight(request, " 0123456789")
		times[name] += count
		events[name]++
	}
	want := map[string]int64{"first": calls, "another's": calls, "later": calls, "answered": 1}
	if !maps.Equal(times, want) {
		t.Errorf("recorded: %v", times)
	}
	for name, n := range events {
		if n > writes {
			t.Errorf("%s: %d events, at most %d writes", name, n, writes)
		}
	}
	if stats := l.Stats(); stats != (trail.Stats{Recorded: 3*calls + 1}) {
		t.Errorf("%+v", stats)
	}
}

// A commit that was not answered is looked up: each call is recorded once,
// whether it was made or not.
func TestCallsInDoubtAreRecordedOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		var losing atomic.Bool
		var commits atomic.Int64
		random := rand.New(rand.NewPCG(1, 1))
		s := open(t, d.New(t), func(statement store.Statement, _ bool) error {
			if !losing.Load() || statement.SQL != "COMMIT" {
				return nil
			}
			commits.Add(1)
			if random.IntN(2) == 0 { // before it, or when it is done
				return store.ErrUnavailable
			}
			return nil
		})
		l := start(t, s)
		const calls = 15
		for i := range calls {
			losing.Store(true) // before it may be recorded by itself
			l.Record(call(1, fmt.Sprint(i)))
			for l.Flush(t.Context()) != nil { //nolint:revive // until it is written
			}
			losing.Store(false)
		}
		if n := commits.Load(); n < 2*calls {
			t.Errorf("only %d commits", n)
		}
		for request, n := range recorded(t, s) {
			if n != 1 {
				t.Errorf("%s is there %d times", request, n)
			}
		}
		if n := len(recorded(t, s)); n != calls {
			t.Errorf("%d calls", n)
		}
	})
}

// While the database is away as many calls are remembered as there is room for,
// and the others are counted.
func TestCallsThatThereIsNoRoomForAreCounted(t *testing.T) {
	t.Parallel()
	address := testkit.SQLite.New(t)
	s := open(t, address, nil)
	l := start(t, s)
	testkit.Execute(t, address, `ALTER TABLE audit RENAME TO away`)
	const room, more = 1 << 17, 1000
	l.Record(call(1, "same"))
	// Once something was tried in vain, what there is no room for stays until that is written.
	if err := l.Flush(t.Context()); err == nil {
		t.Error("written to a table that is not there")
	}
	for range room - 1 + more {
		l.Record(call(1, "same"))
	}
	if stats := l.Stats(); stats.Waiting != room || stats.Missed != more {
		t.Errorf("%+v", stats)
	}
	testkit.Execute(t, address, `ALTER TABLE away RENAME TO audit`)
	testkit.Eventually(t, "all is recorded", func() bool { return l.Stats().Recorded == room+1 })
	times := recorded(t, s)
	if times["same"] != room || times[""] != more {
		t.Errorf("%v", times)
	}
}

// What the database does not take of one tree, whose chain was damaged, keeps nobody
// else's calls from being recorded, and does not end the process.
func TestOneTreeKeepsNobodyElseWaiting(t *testing.T) {
	t.Parallel()
	for name, damage := range map[string]string{
		"short hash":    `UPDATE audit_head SET hash = zeroblob(3) WHERE root_uin = 1`,
		"no number":     `UPDATE audit_head SET sequence = 'x' WHERE root_uin = 1`,
		"taken already": `UPDATE audit_head SET sequence = 0 WHERE root_uin = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := testkit.SQLite.New(t)
			l := start(t, open(t, address, nil))
			record := func(tree int64) {
				e := call(tree, "x")
				e.Root = tree
				l.Record(e)
			}
			record(1)
			if err := l.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			testkit.Execute(t, address, damage)
			for tree := range int64(4) {
				record(tree)
			}
			if err := l.Flush(t.Context()); err != nil {
				t.Error(err)
			}
			if stats := l.Stats(); stats != (trail.Stats{Recorded: 4, Missed: 1}) {
				t.Errorf("%+v", stats)
			}
			if n := testkit.Count(t, address, `SELECT COUNT(*) FROM audit`); n != 4 {
				t.Errorf("%d pages", n)
			}
		})
	}
}

// A server that is stopped when its database is back still says how many calls it
// had no room for.
func TestCloseCountsWhatThereWasNoRoomFor(t *testing.T) {
	t.Parallel()
	var away atomic.Bool
	address := testkit.SQLite.New(t)
	s := open(t, address, func(store.Statement, bool) error {
		if away.Load() {
			return store.ErrUnavailable
		}
		return nil
	})
	l := start(t, s)
	away.Store(true)
	const room, more = 1 << 17, 1000
	for range room {
		l.Record(call(1, "same"))
	}
	if err := l.Flush(t.Context()); err == nil {
		t.Error("written to a database that is away")
	}
	for range more {
		l.Record(call(1, "same"))
	}
	away.Store(false)
	l.Close()
	if times := recorded(t, s); times["same"] != room || times[""] != more {
		t.Errorf("%v", times)
	}
}

// A clock that was wrong and is put right does not have all later calls of nobody
// counted in the wrong minute; one that is a little late is in the newest.
func TestStrangersFollowTheClock(t *testing.T) {
	t.Parallel()
	address := testkit.SQLite.New(t)
	l := start(t, open(t, address, nil))
	const minute = int64(29_891_040)
	for _, at := range []int64{minute + 1, minute, minute + 500_000, minute + 2, minute + 2, minute - 1} {
		l.Count(audit.Stranger{Code: "x"}, time.Unix(60*at, 0))
	}
	if err := l.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for at, calls := range map[int64]int{1: 2, 500_000: 1, 2: 3} {
		if n := testkit.Count(t, address, `SELECT SUM(calls) FROM stranger WHERE minute = $1`, minute+at); n != calls {
			t.Errorf("%d calls in minute %d, not %d", n, at, calls)
		}
	}
}

// What waits to be counted keeps nothing of the requests but the id.
func TestStrangersKeepNoRequest(t *testing.T) {
	t.Parallel()
	var away atomic.Bool
	l := start(t, open(t, testkit.SQLite.New(t), func(store.Statement, bool) error {
		if away.Load() {
			return store.ErrUnavailable
		}
		return nil
	}))
	now := time.Now()
	count := func() weak.Pointer[byte] {
		request := make([]byte, 1<<20)
		copy(request, "AKIDsomebody")
		id := unsafe.String(unsafe.SliceData(request), 12)
		l.Count(audit.Stranger{SecretID: id, Code: "x"}, now)
		return weak.Make(unsafe.SliceData(request))
	}
	first := count()
	if err := l.Flush(t.Context()); err != nil { // it is known, and not counted any more
		t.Fatal(err)
	}
	away.Store(true)
	second := count()
	testkit.Eventually(t, "the requests are gone", func() bool {
		runtime.GC()
		return first.Value() == nil && second.Value() == nil
	})
}
