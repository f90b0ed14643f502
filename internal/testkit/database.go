package testkit

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"go.uber.org/goleak"

	"tael/internal/store"
	"tael/internal/throwaway"
	"tael/internal/vault"
)

// Database is a kind of database that tests run on.
type Database string

// The databases.
const (
	SQLite   Database = "sqlite"
	Postgres Database = "postgres"
)

// postgresVariable names a server on which tests may create databases, in place
// of one of their own.
const postgresVariable = "TAEL_TEST_POSTGRES"

// OnEach runs a test on each database, as a subtest. Where there is no
// PostgreSQL it says so and skips that one.
func OnEach(t *testing.T, test func(t *testing.T, d Database)) {
	t.Helper()
	for _, d := range []Database{SQLite, Postgres} {
		t.Run(string(d), func(t *testing.T) {
			t.Parallel()
			test(t, d)
		})
	}
}

// New makes an empty database that ends with the test and returns its address.
func (d Database) New(t testing.TB) string {
	t.Helper()
	if d == SQLite {
		return filepath.Join(t.TempDir(), "tael.db")
	}
	server, err := thePostgres()
	if errors.Is(err, throwaway.ErrNoPostgres) {
		Missing(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	name, err := server.take()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.giveBack(name); err != nil {
			t.Error(err)
		}
	})
	return server.address(name)
}

// Migrated is New with the schema in it: on SQLite a copy of a file that is made
// once, as its migrations take longer than most tests.
func (d Database) Migrated(t testing.TB) string {
	t.Helper()
	address := d.New(t)
	if d != SQLite {
		return address // it has the schema anyway
	}
	content, err := migratedFile()
	if err == nil {
		err = os.WriteFile(address, content, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// migratedFile is an SQLite database with the schema, without settings.
var migratedFile = sync.OnceValues(func() (content []byte, err error) {
	folder, err := os.MkdirTemp("", "tael-test-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	address := filepath.Join(folder, "tael.db")
	if err := migrate(address); err != nil {
		return nil, err
	}
	return os.ReadFile(address)
})

// migrate gives an empty database the schema and no settings, which would bind it
// to a master key.
func migrate(address string) error {
	v, err := vault.New(make([]byte, 32))
	if err != nil {
		return err
	}
	made, err := store.Open(context.Background(), store.Options{
		Address: address, Postgres: PostgresOptions(), Vault: v, Migrate: true,
	})
	if err != nil {
		return err
	}
	if err := made.Close(); err != nil {
		return err
	}
	const unsettle = "DELETE FROM setting"
	if IsPostgres(address) {
		return executeAt(address, unsettle)
	}
	db, err := sql.Open("sqlite", "file:"+address)
	if err != nil {
		return err
	}
	_, err = db.Exec(unsettle)
	return errors.Join(err, db.Close()) // which leaves all in the one file
}

// requiredVariable, where it is set, makes a program that is missing a failure.
const requiredVariable = "TAEL_TEST_ALL"

// Missing ends a test that lacks a program which err names: skipped, unless
// nothing may be.
func Missing(t testing.TB, err error) {
	t.Helper()
	if !NothingSkipped() {
		t.Skip(err)
	}
	t.Fatal(err)
}

// NothingSkipped reports whether every test has to run.
func NothingSkipped() bool { return os.Getenv(requiredVariable) != "" }

// IsPostgres tells the address of a PostgreSQL database from an SQLite path.
func IsPostgres(address string) bool { return strings.HasPrefix(address, "postgres://") }

// PostgresOptions are those of stores in tests: the server of the tests does not
// survive a power cut, and has many databases to serve.
func PostgresOptions() store.PostgresOptions {
	return store.PostgresOptions{Connections: 6, UnsafeDurability: true}
}

// Execute runs SQL on a database behind Tael's back and returns how many rows it
// affected.
func Execute(t testing.TB, address, statement string, args ...any) int64 {
	t.Helper()
	if !IsPostgres(address) {
		db, err := sql.Open("sqlite", "file:"+address+"?_pragma=busy_timeout(5000)")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		result, err := db.ExecContext(t.Context(), statement, args...)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := result.RowsAffected()
		if err != nil {
			t.Fatal(err)
		}
		return rows
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	tag, err := conn.Exec(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	return tag.RowsAffected()
}

// Count runs a query that returns one number.
func Count(t testing.TB, address, query string, args ...any) int {
	t.Helper()
	var n int
	QueryRow(t, address, query, args, &n)
	return n
}

// QueryRow runs a query that returns one row and reads its columns.
func QueryRow(t testing.TB, address, query string, args []any, columns ...any) {
	t.Helper()
	if !IsPostgres(address) {
		db, err := sql.Open("sqlite", "file:"+address+"?_pragma=busy_timeout(5000)")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if err := db.QueryRowContext(t.Context(), query, args...).Scan(columns...); err != nil {
			t.Fatal(err)
		}
		return
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	if err := conn.QueryRow(t.Context(), query, args...).Scan(columns...); err != nil {
		t.Fatal(err)
	}
}

// Main runs the tests of a package, ends the server that they may have started,
// and fails where a goroutine is left. Checks, if any, see to it after tests that
// succeeded; they return an exit code.
func Main(m *testing.M, checks ...func() int) {
	code := m.Run()
	for _, check := range checks {
		if code == 0 {
			code = check()
		}
	}
	StopPostgres()
	if code == 0 {
		code = checkGoroutines()
	}
	os.Exit(code)
}

// checkGoroutines fails where a goroutine stays. One that has been told to end
// may take as long as the slowest machine needs to run it again, and goleak by
// itself gives it half a second.
func checkGoroutines() int {
	for deadline := time.Now().Add(time.Minute); ; {
		err := goleak.Find()
		if err == nil {
			return 0
		}
		if time.Now().After(deadline) {
			fmt.Println("FAIL:", err)
			return 1
		}
	}
}
