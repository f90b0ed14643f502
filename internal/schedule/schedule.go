// Package schedule runs sweeps at intervals: of several processes on one
// PostgreSQL one at a time runs each. River does the scheduling, in tables of its
// own that hold nothing else; this package knows no SQL and no data of Tael.
package schedule

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	_ "modernc.org/sqlite" // the driver of River's database beside an embedded one

	"tael/internal/store"
)

// Sweep is work that looks for itself what there is to do.
type Sweep struct {
	Name string
	// Every is how often it runs: first at the start where that is more often than
	// once an hour, so that restarts repeat nothing long.
	Every time.Duration
	// Takes is how long it may take, a minute by default: the next goes on where it
	// ended.
	Takes time.Duration
	// Run ends soon after its context does.
	Run func(context.Context) error
}

// Options say what to run, and where River keeps its tables.
type Options struct {
	// Address is that of Tael's database, or of another PostgreSQL database. There
	// River has a schema of its own; beside an SQLite file, which one process has to itself, a database
	// in memory, since nothing in it has to outlive the process.
	Address  string
	Postgres store.PostgresOptions
	Sweeps   []Sweep
	Log      *slog.Logger
}

const (
	// takesDefault is how long a sweep may take that does not say, and stuckAfter
	// when River no longer waits for one to end.
	takesDefault = time.Minute
	stuckAfter   = 2 * time.Hour
	// kept is for how long River remembers a sweep that is over.
	kept = time.Minute
	// stopTime is how long sweeps have to end when the server stops, and cancelTime
	// how long after their contexts were ended.
	stopTime   = 5 * time.Second
	cancelTime = 5 * time.Second
	queue      = "sweeps"
)

// Schedule runs sweeps until it is closed.
type Schedule struct {
	stop  func(context.Context) error
	abort func(context.Context) error
	close func() error
}

// Start makes River's tables where they are missing, and begins.
func Start(ctx context.Context, o Options) (*Schedule, error) {
	if store.IsPostgres(o.Address) {
		return startPostgres(ctx, o)
	}
	db, err := sql.Open("sqlite", ":memory:")
	if err != nil {
		return nil, err
	}
	// The database is there as long as its only connection.
	db.SetMaxOpenConns(1)
	db.SetConnMaxLifetime(0)
	s, err := start(ctx, riversqlite.New(db), "", o)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s.close = db.Close
	return s, nil
}

func startPostgres(ctx context.Context, o Options) (*Schedule, error) {
	pool, schema, err := openPostgres(ctx, o.Address, o.Postgres)
	if err != nil {
		return nil, err
	}
	s, err := start(ctx, riverpgxv5.New(pool), schema, o)
	if err != nil {
		pool.Close()
		return nil, err
	}
	s.close = func() error {
		pool.Close()
		return nil
	}
	return s, nil
}

// Migrate makes River's tables where they are missing, for servers that may not.
// Beside an SQLite file there are none.
func Migrate(ctx context.Context, address string, o store.PostgresOptions) error {
	if !store.IsPostgres(address) {
		return nil
	}
	pool, schema, err := openPostgres(ctx, address, o)
	if err != nil {
		return err
	}
	defer pool.Close()
	return migrate(ctx, riverpgxv5.New(pool), schema, slog.New(slog.DiscardHandler))
}

// openPostgres connects, and finds or makes River's schema. Two installations
// that share a database have Tael's tables in schemas of their own, and so these.
func openPostgres(ctx context.Context, address string, o store.PostgresOptions) (*pgxpool.Pool, string, error) {
	pool, err := store.SidePool(ctx, address, o, connections)
	if err != nil {
		return nil, "", err
	}
	var schema string
	var there bool
	err = pool.QueryRow(ctx, `SELECT current_schema() || '_jobs'`).Scan(&schema)
	if err == nil {
		err = pool.QueryRow(ctx, `SELECT COUNT(*) > 0 FROM pg_namespace WHERE nspname = $1`, schema).Scan(&there)
	}
	if err == nil && !there {
		_, err = pool.Exec(ctx, `CREATE SCHEMA IF NOT EXISTS `+pgx.Identifier{schema}.Sanitize())
		if taken, ok := errors.AsType[*pgconn.PgError](err); ok && taken.Code == uniqueViolation {
			err = nil // by another process, in this moment
		}
	}
	if err != nil {
		pool.Close()
		return nil, "", fmt.Errorf("the schema of jobs: %w", err)
	}
	return pool, schema, nil
}

const (
	connections     = 4
	uniqueViolation = "23505"
)

// Processes that start together make the tables together: all but one fail and
// look again.
const (
	migrateAttempts = 20
	migratePause    = 100 * time.Millisecond
)

func migrate[Tx any](ctx context.Context, driver riverdriver.Driver[Tx], schema string, log *slog.Logger) error {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Schema: schema, Logger: log})
	if err != nil {
		return err
	}
	for attempt := 1; ; attempt++ {
		_, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		if err == nil {
			return nil
		}
		if attempt == migrateAttempts {
			return fmt.Errorf("the tables of jobs: %w", err)
		}
		select {
		case <-time.After(migratePause/2 + rand.N(migratePause)):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func start[Tx any](ctx context.Context, driver riverdriver.Driver[Tx], schema string, o Options) (*Schedule, error) {
	log := slog.New(quiet{o.Log.Handler()})
	if err := migrate(ctx, driver, schema, log); err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	w := &worker{sweeps: map[string]*running{}}
	var periodic []*river.PeriodicJob
	for _, sweep := range o.Sweeps {
		w.sweeps[sweep.Name] = &running{run: sweep.Run, takes: cmp.Or(sweep.Takes, takesDefault)}
		periodic = append(periodic, river.NewPeriodicJob(river.PeriodicInterval(sweep.Every),
			func() (river.JobArgs, *river.InsertOpts) {
				return sweepArgs{sweep.Name}, &river.InsertOpts{MaxAttempts: 1, Queue: queue}
			}, &river.PeriodicJobOpts{RunOnStart: sweep.Every < time.Hour}))
	}
	river.AddWorker(workers, w)
	client, err := river.NewClient(driver, &river.Config{
		Schema: schema, PollOnly: true, Logger: log, Workers: workers, PeriodicJobs: periodic,
		Queues:                      map[string]river.QueueConfig{queue: {MaxWorkers: 2 * len(o.Sweeps)}},
		RescueStuckJobsAfter:        stuckAfter,
		CompletedJobRetentionPeriod: kept, CancelledJobRetentionPeriod: kept, DiscardedJobRetentionPeriod: kept,
	})
	if err != nil {
		return nil, err
	}
	// It ends by Close alone, after the sweeps under way.
	if err := client.Start(context.WithoutCancel(ctx)); err != nil {
		return nil, err
	}
	return &Schedule{stop: client.Stop, abort: client.StopAndCancel}, nil
}

// Close lets sweeps under way end and stops.
func (s *Schedule) Close() error {
	patience, cancel := context.WithTimeout(context.Background(), stopTime)
	defer cancel()
	err := s.stop(patience)
	if errors.Is(err, context.DeadlineExceeded) {
		hurry, cancel := context.WithTimeout(context.Background(), cancelTime)
		defer cancel()
		err = s.abort(hurry)
	}
	return errors.Join(err, s.close())
}

// sweepArgs name a sweep in River's table.
type sweepArgs struct {
	Name string `json:"name"`
}

func (sweepArgs) Kind() string { return "sweep" }

// running is a sweep that runs at most once at a time in this process.
type running struct {
	run   func(context.Context) error
	takes time.Duration
	one   sync.Mutex
}

type worker struct {
	river.WorkerDefaults[sweepArgs]
	sweeps map[string]*running
}

// Timeout is how long a sweep may take.
func (w *worker) Timeout(job *river.Job[sweepArgs]) time.Duration {
	if sweep := w.sweeps[job.Args.Name]; sweep != nil {
		return sweep.takes
	}
	return takesDefault
}

// Work runs a sweep, unless it runs already: what comes up meanwhile is found
// by the next.
func (w *worker) Work(ctx context.Context, job *river.Job[sweepArgs]) error {
	sweep := w.sweeps[job.Args.Name]
	if sweep == nil || !sweep.one.TryLock() {
		return nil // of a newer release, or busy
	}
	defer sweep.one.Unlock()
	return sweep.run(ctx)
}

// quiet keeps what River tells of its ordinary life out of the log. Its errors
// are warnings: it goes on by itself, and nothing is lost with it.
type quiet struct{ slog.Handler }

func (q quiet) Handle(ctx context.Context, record slog.Record) error {
	record.Level = min(record.Level, slog.LevelWarn)
	record.Message = "jobs: " + record.Message
	return q.Handler.Handle(ctx, record)
}

func (q quiet) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && q.Handler.Enabled(ctx, level)
}

func (q quiet) WithAttrs(attrs []slog.Attr) slog.Handler { return quiet{q.Handler.WithAttrs(attrs)} }

func (q quiet) WithGroup(name string) slog.Handler { return quiet{q.Handler.WithGroup(name)} }
