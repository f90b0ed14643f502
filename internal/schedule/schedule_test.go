package schedule_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tael/internal/schedule"
	"tael/internal/testkit"
)

// Whatever the tests start has to end: goroutines too.
func TestMain(m *testing.M) { testkit.Main(m) }

// patience is how long something may take that has to happen.
const patience = 3 * time.Minute

func start(t *testing.T, address string, run func(context.Context) error) *schedule.Schedule {
	t.Helper()
	s, err := schedule.Start(t.Context(), schedule.Options{
		Address: address, Postgres: testkit.PostgresOptions(),
		Log:    slog.New(slog.NewTextHandler(t.Output(), nil)),
		Sweeps: []schedule.Sweep{{Name: "sweep", Every: 100 * time.Millisecond, Run: run}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func shut(t *testing.T, s *schedule.Schedule) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// until waits for a number of runs.
func until(t *testing.T, runs *atomic.Int64, count int64) {
	t.Helper()
	for deadline := time.Now().Add(patience); runs.Load() < count; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d runs, not %d", runs.Load(), count)
		}
	}
}

// A sweep runs again and again, never twice at a time in one process, and is over
// when Close returns.
func TestSweepsRunOneAtATime(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		var runs, running atomic.Int64
		s := start(t, d.New(t), func(ctx context.Context) error {
			if running.Add(1) > 1 {
				t.Error("two at a time")
			}
			select { // others come up meanwhile
			case <-time.After(300 * time.Millisecond):
			case <-ctx.Done():
			}
			running.Add(-1)
			runs.Add(1)
			return nil
		})
		until(t, &runs, 3)
		shut(t, s)
		if running.Load() != 0 {
			t.Error("a sweep goes on after Close")
		}
	})
}

// A sweep that does not end by itself ends by its context when the server stops.
func TestCloseEndsSweeps(t *testing.T) {
	t.Parallel()
	begun := make(chan struct{})
	var once sync.Once
	s := start(t, testkit.SQLite.New(t), func(ctx context.Context) error {
		once.Do(func() { close(begun) })
		<-ctx.Done()
		return ctx.Err()
	})
	<-begun
	shut(t, s)
}

// A sweep that takes longer than it may is ended, and comes again.
func TestSweepsTakeTheirTime(t *testing.T) {
	t.Parallel()
	ended := make(chan error)
	s, err := schedule.Start(t.Context(), schedule.Options{
		Address: testkit.SQLite.New(t), Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Sweeps: []schedule.Sweep{{
			Name: "sweep", Every: 100 * time.Millisecond, Takes: 50 * time.Millisecond,
			Run: func(ctx context.Context) error {
				select {
				case <-ctx.Done():
				case <-time.After(patience):
				}
				select {
				case ended <- context.Cause(ctx):
				case <-t.Context().Done():
				}
				return nil
			},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := <-ended; !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("ended by %v", err)
		}
	}
	go func() { // one more may be on its way
		for range ended {
			continue
		}
	}()
	shut(t, s)
	close(ended)
}

// Processes that start together on a new database share the work; when one goes,
// the others take over, also after all connections were cut.
func TestProcessesTakeOver(t *testing.T) {
	t.Parallel()
	address := testkit.Postgres.New(t)
	var runs [4]atomic.Int64
	var all [len(runs)]*schedule.Schedule
	var starting sync.WaitGroup
	for i := range all {
		starting.Go(func() {
			all[i] = start(t, address, func(context.Context) error {
				runs[i].Add(1)
				return nil
			})
		})
	}
	starting.Wait()
	if t.Failed() {
		return
	}
	for i := range all {
		before := int64(0)
		for n := i; n < len(all); n++ {
			before += runs[n].Load()
		}
		testkit.Execute(t, address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		for deadline := time.Now().Add(patience); ; time.Sleep(10 * time.Millisecond) {
			now := int64(0)
			for n := i; n < len(all); n++ {
				now += runs[n].Load()
			}
			if now >= before+3 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("no sweep runs in %d processes", len(all)-i)
			}
		}
		shut(t, all[i])
	}
}

// What River keeps is apart from Tael's tables, and of no interest for long.
func TestTablesAreApart(t *testing.T) {
	t.Parallel()
	address := testkit.Postgres.New(t)
	const query = `SELECT COUNT(*) FROM pg_tables WHERE schemaname = `
	tables := testkit.Count(t, address, query+`'public'`)
	for range 2 { // the second has nothing to do
		if err := schedule.Migrate(t.Context(), address, testkit.PostgresOptions()); err != nil {
			t.Fatal(err)
		}
	}
	if n := testkit.Count(t, address, query+`'public'`); n != tables {
		t.Errorf("%d tables became %d", tables, n)
	}
	if n := testkit.Count(t, address, query+`'public_jobs'`); n == 0 {
		t.Error("River has no tables")
	}
}
