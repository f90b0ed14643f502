package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/store"
	"tael/internal/testkit"
)

// Reads share queries, yet each sees everything that was acknowledged before it
// was asked for (design.md §1.2).
func TestSharedReadsSeeWhatWasAcknowledgedBefore(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, _ := fresh(t, d)
		plant(t, s, "C")
		batches := int64(300)
		if testing.Short() {
			batches = 60
		}
		var acknowledged atomic.Int64
		var running sync.WaitGroup
		for reader := range 12 {
			running.Go(func() {
				for acknowledged.Load() < batches {
					least := money.Amount(acknowledged.Load())
					var got money.Amount
					var err error
					if reader%2 == 0 {
						var c ledger.Customer
						c, err = s.Customer(context.Background(), store.Account{Root: root, Uin: root + 1}, start.UnixMilli())
						got = c.Credit
					} else {
						var p ledger.Partner
						p, err = s.PartnerCredit(context.Background(), store.Account{Root: root, Uin: root})
						got = p.CustomerTotal
					}
					if err != nil || got < least || got > least+money.Amount(batches) {
						t.Errorf("read %d after %d was acknowledged: %v", got, least, err)
						return
					}
				}
			})
		}
		for range batches {
			commit(t, s, &ledger.Allocate{Partner: root, Customer: root + 1, Amount: 1})
			acknowledged.Add(1)
		}
		running.Wait()
	})
}

// A reader that gives up takes nobody's answer with it.
func TestReaderThatGivesUpDoesNotFailTheOthers(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, _ := fresh(t, d)
		plant(t, s)
		account := store.Account{Root: root, Uin: root}
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		var running sync.WaitGroup
		for reader := range 8 {
			running.Go(func() {
				for range 200 {
					ctx := context.Background()
					if reader%2 == 0 {
						ctx = gone
					}
					_, err := s.PartnerCredit(ctx, account)
					if err != nil && (ctx != gone || !errors.Is(err, context.Canceled)) {
						t.Errorf("reader %d: %v", reader, err)
					}
				}
			})
		}
		running.Wait()
	})
}

// childVariable marks a process that a test of this package started.
const childVariable = "TAEL_TEST_CHILD"

// A cell that is not of its column's type fails the reads of its row, whether
// by an error or by a panic that the gateway catches; it does not end the
// process, keeps nobody waiting, and once it is repaired all is well.
func TestDamagedCellFailsItsReadsAndNothingElse(t *testing.T) {
	t.Parallel()
	// In a process of its own, which a panic in a goroutine of the store ends.
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildReadsADamagedCell$", "-test.timeout=5m")
	child.Env = append(os.Environ(), childVariable+"=1")
	if out, err := child.CombinedOutput(); err != nil {
		t.Errorf("%v\n%.600s", err, out)
	}
}

// TestChildReadsADamagedCell is not a test: it is the process of the one above.
func TestChildReadsADamagedCell(t *testing.T) {
	if os.Getenv(childVariable) == "" {
		t.Skip("only a child process runs it")
	}
	s, path := fresh(t, testkit.SQLite) // PostgreSQL holds a column to its type
	plant(t, s)
	execute(t, path, `UPDATE partner SET line = 'much'`)
	var running sync.WaitGroup
	for range 8 {
		running.Go(func() {
			for range 50 {
				if err := caught(s); err == nil || errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("with a damaged cell: %v", err)
				}
			}
		})
	}
	running.Wait()
	execute(t, path, `UPDATE partner SET line = line_total`)
	if err := caught(s); err != nil {
		t.Errorf("after the repair: %v", err)
	}
}

// caught reads the reseller's figures; a panic is an error too.
func caught(s *store.Store) (err error) {
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v", problem)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	_, err = s.PartnerCredit(ctx, store.Account{Root: root, Uin: root})
	return err
}

// Verify works on a snapshot: whatever is committed beside it, it sees figures
// that belong together, and it holds nobody up.
func TestVerifyBesideWriters(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		plant(t, s, "C")
		done := make(chan struct{})
		var running sync.WaitGroup
		running.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
					commit(t, s, &ledger.Allocate{Partner: root, Customer: root + 1, Amount: money.Amount(1 + i%5)})
				}
			}
		})
		last, deadline := int64(0), time.Now().Add(2*time.Minute)
		for n := 0; (n < 30 || last < 30) && time.Now().Before(deadline); n++ {
			err := s.Verify(context.Background(), nil, func(v store.VerifiedTree, _ int) error {
				if v.Sequence < last {
					t.Errorf("the tree went from %d back to %d", last, v.Sequence)
				}
				last = v.Sequence
				return nil
			})
			if err != nil {
				t.Error(err)
				break
			}
		}
		close(done)
		running.Wait()
		if last < 30 {
			t.Errorf("next to nothing was written beside it: %d", last)
		}
		// Another program that has the file open sees the same.
		other := open(t, path, "a")
		verify(t, other)
	})
}

// Two stores on one database, as two processes have them, lose nothing and see
// each other's commits.
func TestTwoStoresOnOneDatabase(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		path := d.New(t)
		stores := []*store.Store{open(t, path, "a"), open(t, path, "a")}
		plant(t, stores[0], "C")
		const each = 60
		var running sync.WaitGroup
		for _, s := range stores {
			running.Go(func() {
				for range each {
					commit(t, s, &ledger.Allocate{Partner: root, Customer: root + 1, Amount: 1})
				}
			})
		}
		running.Wait()
		for _, s := range stores {
			c, err := s.Customer(context.Background(), store.Account{Root: root, Uin: root + 1}, 0)
			if err != nil || c.Credit != 2*each {
				t.Errorf("credit %d, want %d: %v", c.Credit, 2*each, err)
			}
			verify(t, s)
		}
	})
}

// While the server keeps queries from ending, a read is answered in the time that
// one query may take, though it waits for the one before it first. Nothing of it
// stays behind, and afterwards reads see what was committed meanwhile.
func TestReadBehindOneThatHangsIsAnsweredInTime(t *testing.T) {
	t.Parallel()
	o := testkit.PostgresOptions()
	o.StatementTimeout = 6 * time.Second
	const bound = 13 * time.Second // 7 s by right; one query after the other would take 14
	s, address := obstinate(t, o, nil)
	unlock := locked(t, address, "partner")
	var running sync.WaitGroup
	for i := range 50 {
		running.Go(func() {
			time.Sleep(time.Duration(i) * 50 * time.Millisecond) // some find a query running, some do not
			began := time.Now()
			_, err := s.PartnerCredit(context.Background(), store.Account{Root: root, Uin: root})
			if took := time.Since(began); !errors.Is(err, store.ErrUnavailable) || took > bound {
				t.Errorf("read %d after %s: %v", i, took, err)
			}
		})
	}
	running.Wait()
	unlock()
	commit(t, s, &ledger.Allocate{Partner: root, Customer: root + 1, Amount: 7})
	p, err := s.PartnerCredit(context.Background(), store.Account{Root: root, Uin: root})
	if err != nil || p.CustomerTotal != 7 {
		t.Errorf("afterwards: %d %v", p.CustomerTotal, err)
	}
	for deadline := time.Now().Add(time.Minute); s.Pools()[1].Busy > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("connections are left behind: %+v", s.Pools())
		}
	}
}

// A query whose readers have all left before it could begin is not begun.
func TestQueryThatNobodyWaitsForIsNotBegun(t *testing.T) {
	t.Parallel()
	var begun atomic.Int64
	s, address := obstinate(t, testkit.PostgresOptions(), func(statement store.Statement, _ bool) error {
		if strings.Contains(statement.SQL, "JOIN partner") {
			begun.Add(1)
		}
		return nil
	})
	account := store.Account{Root: root, Uin: root}
	unlock := locked(t, address, "partner")
	begun.Store(0)
	first := make(chan error, 1)
	go func() {
		_, err := s.PartnerCredit(context.Background(), account)
		first <- err
	}()
	for begun.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	short, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	var running sync.WaitGroup
	for range 10 {
		running.Go(func() {
			if _, err := s.PartnerCredit(short, account); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("who left: %v", err)
			}
		})
	}
	running.Wait()
	unlock()
	if err := <-first; err != nil {
		t.Errorf("the first: %v", err)
	}
	time.Sleep(100 * time.Millisecond) // another would begin at once
	if begun.Load() != 1 {
		t.Errorf("%d queries were begun", begun.Load())
	}
	if _, err := s.PartnerCredit(context.Background(), account); err != nil {
		t.Errorf("the next: %v", err)
	}
}

// obstinate is a store on a PostgreSQL that keeps to no timeout of its own.
func obstinate(
	t *testing.T, o store.PostgresOptions, watch func(store.Statement, bool) error,
) (s *store.Store, address string) {
	t.Helper()
	address = testkit.Postgres.New(t)
	separator := "?"
	if strings.Contains(address, "?") {
		separator = "&"
	}
	s, err := store.Open(context.Background(), store.Options{
		Address:  address + separator + "statement_timeout=0&lock_timeout=0",
		Postgres: o, Vault: vaultOf(t, "a"), Settings: &ledger.Settings{}, Migrate: true, Watch: watch,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, s) })
	plant(t, s, "C")
	return s, address
}

// locked keeps every query from a table until it is unlocked.
func locked(t *testing.T, address, table string) (unlock func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), `BEGIN; LOCK TABLE `+table+` IN ACCESS EXCLUSIVE MODE`); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := conn.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}
