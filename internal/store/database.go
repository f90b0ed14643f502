package store

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"
)

// database is what SQLite and PostgreSQL do alike. Errors wrap ErrUnavailable
// where they say nothing against the statement itself.
type database interface {
	// read runs one statement on its own.
	read(ctx context.Context, statement Statement) ([]Row, error)
	// readTime is how long a read is waited for at most, with all that it waits
	// for itself.
	readTime() time.Duration
	// begin starts a transaction. It need not speak to the database before run.
	begin(ctx context.Context) (transaction, error)
	// snapshot runs fn on one unchanging state of the database.
	snapshot(ctx context.Context, fn func(run func(Statement, func(Row) error) error) error) error
	// content says what is there before anything is written to it.
	content(ctx context.Context) (tables int, ours bool, err error)
	// migrate brings the schema up to date.
	migrate(ctx context.Context) error
	// check finds damaged pages, where it can.
	check(ctx context.Context) error
	// durable refuses a server whose commits do not outlive a crash.
	durable(ctx context.Context) error
	// ready reports whether transactions could run now.
	ready(ctx context.Context) error
	// oneTree reports whether a transaction has to keep to one tree. Those that
	// change money or members do so in any case.
	oneTree() bool
	pools() []Pool
	close() error
}

// Pool is the state of some of a database's connections.
type Pool struct {
	Name   string // what they are for: "reads" or "writes"
	Max    int
	Open   int
	Busy   int
	Waits  int64         // requests that had to wait for one, since the start
	Waited time.Duration // what they waited together
}

// transaction is one on a connection of its own, until commit or rollback. Its
// statements ignore the contexts of callers: a batch belongs to many.
type transaction interface {
	// run executes statements and returns the rows of each; after an error the
	// transaction can only be rolled back.
	run(statements ...Statement) ([][]Row, error)
	// commit executes statements and makes all durable. After ErrInDoubt it may
	// or may not have happened, and after errUnanswered it may still happen; after
	// other errors it did not.
	commit(statements ...Statement) error
	rollback()
}

// errUnanswered goes with the ErrInDoubt of a commit that the server may not have got
// yet: its connection was lost, but not what was sent on it.
var errUnanswered = errors.New("not answered")

// watched tells who watches of a statement; see Options.
func watched(watch func(Statement, bool) error, statement *Statement, done bool) error {
	if watch == nil {
		return nil
	}
	return watch(*statement, done)
}

// Redacted is an address without a password, fit to be shown.
func Redacted(address string) string {
	if !IsPostgres(address) {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "PostgreSQL"
	}
	u.RawQuery = "" // it may hold one too
	return u.Redacted()
}

// IsPostgres tells addresses of PostgreSQL from paths of SQLite files.
func IsPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// write runs statements in a transaction of their own.
func (s *Store) write(ctx context.Context, statements ...Statement) ([][]Row, error) {
	return Retried(ctx, func() ([][]Row, error) {
		tx, err := s.beginTransaction(ctx)
		if err != nil {
			return nil, err
		}
		rows, err := tx.run(statements...)
		if err != nil {
			tx.rollback()
			return nil, err
		}
		return rows, tx.commit()
	})
}

// retryWait bounds how long work is tried again that the database took back or
// whose connection was lost; more patience is the caller's to have.
const retryWait = time.Second

// Retried runs an attempt again while the database says that it may work at
// once: never one that may have had an effect.
func Retried[T any](ctx context.Context, attempt func() (T, error)) (T, error) {
	waiting, cancel := context.WithTimeout(ctx, retryWait)
	defer cancel()
	for pause := 2 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		value, err := attempt()
		if !errors.Is(err, ErrAgain) || errors.Is(err, ErrInDoubt) {
			return value, err
		}
		select {
		case <-time.After(pause/2 + rand.N(pause)): // apart from others who wait for the same
		case <-waiting.Done():
			return value, err
		}
	}
}
