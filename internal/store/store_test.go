package store_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/store"
	"tael/internal/testkit"
	"tael/internal/vault"
)

// Whatever the tests start has to end: goroutines too.
func TestMain(m *testing.M) {
	testkit.Main(m)
}

// patience is how long anything may take that has to happen.
const patience = time.Minute

// The tree of these tests: one reseller.
const root int64 = 200_000_001_000

var start = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// keyOf is the master key that a letter stands for.
func keyOf(letter byte) []byte { return bytes.Repeat([]byte{letter}, 32) }

func vaultOf(t *testing.T, letters string) *vault.Vault {
	t.Helper()
	var keys [][]byte
	for i := range len(letters) {
		keys = append(keys, keyOf(letters[i]))
	}
	v, err := vault.New(keys...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// try opens a database with the master keys of these letters.
func try(t *testing.T, path, letters string, settings *ledger.Settings) (*store.Store, error) {
	t.Helper()
	s, err := store.Open(context.Background(), options(t, path, letters, settings))
	if err == nil {
		t.Cleanup(func() { _ = s.Close() }) // some tests close it earlier
	}
	return s, err
}

func options(t *testing.T, path, letters string, settings *ledger.Settings) store.Options {
	t.Helper()
	return store.Options{
		Address: path, Postgres: testkit.PostgresOptions(), Vault: vaultOf(t, letters), Settings: settings, Migrate: true,
	}
}

func open(t *testing.T, path, letters string) *store.Store {
	t.Helper()
	s, err := try(t, path, letters, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func fresh(t *testing.T, d testkit.Database) (*store.Store, string) {
	t.Helper()
	path := d.Migrated(t)
	s, err := try(t, path, "a", &ledger.Settings{PoolBounded: true})
	if err != nil {
		t.Fatal(err)
	}
	return s, path
}

func shut(t *testing.T, s *store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// execute runs SQL behind the store's back.
func execute(t *testing.T, address, statement string, args ...any) {
	t.Helper()
	testkit.Execute(t, address, statement, args...)
}

// count is the number of rows of a table for which a condition holds.
func count(t *testing.T, address, table, condition string) int {
	t.Helper()
	return testkit.Count(t, address, "SELECT COUNT(*) FROM "+table+" WHERE "+condition)
}

// commit runs commands in one batch; all must be accepted. Where another store has
// written to the tree it runs them again, as an engine does.
func commit(t *testing.T, s *store.Store, commands ...ledger.Command) {
	t.Helper()
	err := store.ErrAgain
	for try := 0; errors.Is(err, store.ErrAgain) && try < 3; try++ {
		b := beginAs(t, s, false, commands...)
		for _, c := range commands {
			if _, err := b.State.Apply(c, ledger.Origin{RequestID: "r", Operator: "o"}); err != nil {
				t.Fatalf("%+v: %v", c, err)
			}
		}
		err = b.Commit(nil)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// begin begins a batch that may make claims, too.
func begin(t *testing.T, s *store.Store, commands ...ledger.Command) *store.Batch {
	t.Helper()
	return beginAs(t, s, true, commands...)
}

func beginAs(t *testing.T, s *store.Store, fresh bool, commands ...ledger.Command) *store.Batch {
	t.Helper()
	r := store.BatchRequest{Root: root, Create: true, Fresh: fresh, Now: func() int64 { return start.UnixMilli() }}
	for _, c := range commands {
		r.Needs.Need(c)
	}
	b, err := s.Begin(context.Background(), r)
	for began := time.Now(); isBusy(err) && time.Since(began) < patience; {
		b, err = s.Begin(context.Background(), r)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// isBusy reports whether nothing was done since the database had no time: of several
// that write to a file, one may miss its turn for five seconds where the disk is slow.
func isBusy(err error) bool {
	return errors.Is(err, store.ErrUnavailable) && !errors.Is(err, store.ErrInDoubt)
}

// plant makes the reseller with customers of these names.
func plant(t *testing.T, s *store.Store, names ...string) {
	t.Helper()
	commands := []ledger.Command{&ledger.AddPartner{Uin: root, Role: partner.Reseller, LineTotal: 1000 * money.Dollar}}
	for i, name := range names {
		commands = append(commands, &ledger.AddCustomer{
			Uin: root + int64(
				i,
			) + 1, Partner: root, Profile: ledger.Profile{Name: name, Remark: name, Mail: fmt.Sprintf("M%d@x.example", i)},
		})
	}
	commit(t, s, commands...)
}

func verify(t *testing.T, s *store.Store) {
	t.Helper()
	err := s.Verify(context.Background(), nil, func(store.VerifiedTree, int) error { return nil })
	err = errors.Join(err, s.VerifyAudit(context.Background(), nil, func(store.AuditEnd) error { return nil }))
	if err != nil {
		t.Errorf("verify: %v", err)
	}
}

// A file that does not exist becomes a database whose tables are those of the
// migrations, and opening it again changes nothing.
func TestFreshFileIsMigrated(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "with ? and # and %41 in it.db")
	for range 2 {
		s := open(t, path, "a")
		verify(t, s)
		shut(t, s)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	db, err := sql.Open(
		"sqlite",
		"file:"+filepath.ToSlash(filepath.Dir(path))+"/with%20%3f%20and%20%23%20and%20%2541%20in%20it.db",
	)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	rows, err := db.QueryContext(
		context.Background(),
		`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name`,
	)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	want := []string{
		"account_code", "attachment", "audit", "audit_head", "batch", "charge", "customer", "customer_mark", "due",
		"goose_db_version", "idempotency", "identity", "invitation", "invitation_gate", "invitation_token", "mail",
		"message", "partner", "partner_setting", "phone", "policy", "refund", "role", "secret_key", "setting", "stranger",
		"transfer", "tree",
		"verify_code", "voucher",
	}
	if diff := cmp.Diff(want, tables); diff != "" || rows.Err() != nil {
		t.Errorf("tables: %s %v", diff, rows.Err())
	}
}

// A database that a newer release has been at is left alone.
func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		plant(t, s)
		shut(t, s)
		execute(t, path, `INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, '1')`)
		if _, err := try(t, path, "a", nil); !errors.Is(err, store.ErrSchema) {
			t.Errorf("got %v", err)
		}
		execute(t, path, `DELETE FROM goose_db_version WHERE version_id = 9999`)
		verify(t, open(t, path, "a"))
	})
}

// Without Migrate a schema that is not this release's is refused and left as it
// is; "tael verify" must not change what it is to prove.
func TestOldSchemaIsRefusedUnlessItMayBeMigrated(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tael.db")
	o := store.Options{Address: path, Vault: vaultOf(t, "a")}
	if _, err := store.Open(context.Background(), o); !errors.Is(err, store.ErrForeign) {
		t.Errorf("empty file: got %v", err)
	}
	if n := count(t, path, "sqlite_master", "1 = 1"); n != 0 {
		t.Errorf("%d tables were made", n)
	}
	shut(t, open(t, path, "a"))
	execute(t, path, `UPDATE goose_db_version SET version_id = -version_id`)
	if _, err := store.Open(context.Background(), o); !errors.Is(err, store.ErrOldSchema) {
		t.Errorf("old schema: got %v", err)
	}
	execute(t, path, `UPDATE goose_db_version SET version_id = -version_id`)
	s, err := store.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	shut(t, s)
}

// What is no database is refused and not overwritten.
func TestOtherFilesAreRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "notes.txt")
	text := bytes.Repeat([]byte("these are my notes, not a database\n"), 300)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := try(t, path, "a", nil); err == nil {
		t.Error("it was opened")
	}
	if kept, err := os.ReadFile(path); err != nil || !bytes.Equal(kept, text) {
		t.Errorf("it was changed: %v", err)
	}
	if _, err := try(t, filepath.Join(t.TempDir(), "nowhere", "tael.db"), "a", nil); err == nil {
		t.Error("a database in a folder that does not exist was opened")
	}
}

// A database opens with the master key it was made with only.
func TestWrongMasterKeyIsRefused(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		key := s.ChainKey()
		shut(t, s)
		if _, err := try(t, path, "b", nil); !errors.Is(err, vault.ErrKey) {
			t.Errorf("got %v", err)
		}
		if got := open(t, path, "ba").ChainKey(); !bytes.Equal(got, key) {
			t.Error("with the right key in second place: another chain key")
		}
	})
}

// Balances depend on the setting, so it is fixed when the database is made.
func TestOtherSettingsAreRefused(t *testing.T) {
	t.Parallel()
	on, off := &ledger.Settings{PoolBounded: true}, &ledger.Settings{PoolBounded: false}
	for _, c := range []struct{ made, other *ledger.Settings }{{on, off}, {off, on}} {
		path := filepath.Join(t.TempDir(), "tael.db")
		s, err := try(t, path, "a", c.made)
		if err != nil {
			t.Fatal(err)
		}
		made := s.Settings()
		shut(t, s)
		if _, err := try(t, path, "a", c.other); !errors.Is(err, store.ErrSetting) {
			t.Errorf("made with %+v, opened with %+v: %v", c.made, c.other, err)
		}
		s = open(t, path, "a") // nil takes what is recorded
		if s.Settings() != made {
			t.Errorf("made with %+v, it has %+v", made, s.Settings())
		}
		shut(t, s)
	}
}

// containing is the condition that bytes contain a text.
func containing(address, column, text string) string {
	if testkit.IsPostgres(address) {
		return fmt.Sprintf("position('%s'::bytea IN %s) > 0", text, column)
	}
	return fmt.Sprintf("instr(%s, '%s') > 0", column, text)
}

// After Reseal the new master key opens everything and the old one nothing.
func TestResealMovesEverySecretToTheFirstKey(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		ctx := context.Background()
		operator := store.Identity{Uin: 1, Root: 1, Role: partner.Operator, Name: "O"}
		if err := s.PutOperator(ctx, operator, "AKID1", "secret 1", start); err != nil {
			t.Fatal(err)
		}
		idempotency := store.IdempotencyKey{Account: root, Action: "Create", Key: "k"}
		add := &ledger.AddPartner{Uin: root, Role: partner.Reseller}
		b := begin(t, s, add)
		if _, err := b.State.Apply(add, ledger.Origin{}); err != nil {
			t.Fatal(err)
		}
		claimAll(t, b, messageClaims(t, s, "123456"))
		answer := store.Answer{Parameters: [32]byte{1}, Response: []byte(`{"SecretKey":"s"}`), Secret: true}
		if err := b.Commit(map[store.IdempotencyKey]store.Answer{idempotency: answer}); err != nil {
			t.Fatal(err)
		}
		if n := count(t, path, "idempotency", containing(path, "answer", "SecretKey")); n != 0 {
			t.Error("an answer with a secret can be read in the database")
		}
		if n := count(t, path, "message", containing(path, "content", "123456")); n != 0 {
			t.Error("a code can be read in the database")
		}
		if n := count(t, path, "secret_key", containing(path, "secret", "secret 1")); n != 0 {
			t.Error("a secret can be read in the database")
		}
		chain := s.ChainKey()
		shut(t, s)

		s = open(t, path, "ba")
		for _, want := range []int{4, 0} { // the key, the chain's key, the answer and the message; then nothing
			if n, err := s.Reseal(ctx); err != nil || n != want {
				t.Errorf("Reseal changed %d, want %d: %v", n, want, err)
			}
		}
		shut(t, s)
		if _, err := try(t, path, "a", nil); !errors.Is(err, vault.ErrKey) {
			t.Errorf("with the old key: %v", err)
		}
		s = open(t, path, "b")
		key, err := s.Key(ctx, "AKID1")
		if err != nil || key.SecretKey != "secret 1" || !bytes.Equal(s.ChainKey(), chain) {
			t.Errorf("key %+v %v", key, err)
		}
		b, err = s.Begin(ctx, store.BatchRequest{
			Root: root, Keys: []store.IdempotencyKey{idempotency}, Now: func() int64 { return start.UnixMilli() },
		})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Rollback()
		if diff := cmp.Diff(answer, b.Answers[idempotency]); diff != "" {
			t.Errorf("recorded answer: %s", diff)
		}
	})
}

// A batch whose commit was not answered is found by its ticket exactly where it
// was committed, with transfers or without.
func TestCommittedTellsWhatWasCommitted(t *testing.T) {
	t.Parallel()
	give := &ledger.SetLine{Partner: root, Total: money.Dollar}
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
		plant(t, s)
		for what, commands := range map[string][]ledger.Command{"transfers": {give}, "no transfer": nil} {
			for _, committed := range []bool{false, true} {
				b := begin(t, s, commands...)
				for _, c := range commands {
					if _, err := b.State.Apply(c, ledger.Origin{RequestID: fmt.Sprint(what, committed)}); err != nil {
						t.Fatal(err)
					}
				}
				lost.Store(&committed)
				if err := b.Commit(nil); !errors.Is(err, store.ErrInDoubt) {
					t.Fatalf("%s, connection lost at COMMIT, done %t: %v", what, committed, err)
				}
				lost.Store(nil)
				for range 2 {
					if done, err := s.Committed(context.Background(), b.Ticket()); err != nil || done != committed {
						t.Errorf("%s: %t %v, want %t", what, done, err, committed)
					}
					commit(t, s, give) // takes the place that the other did not get
				}
			}
		}
	})
}

// Tael's tables are not put beside those of another program.
func TestForeignDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "other.db")
	execute(t, path, `CREATE TABLE theirs (x)`)
	if _, err := try(t, path, "a", nil); !errors.Is(err, store.ErrForeign) {
		t.Errorf("got %v", err)
	}
	if n := count(t, path, "sqlite_master", "type = 'table'"); n != 1 {
		t.Errorf("%d tables", n)
	}
}

// A file that is removed or replaced under the server takes no more writes,
// which would be lost with the process.
func TestRemovedFileIsNoticed(t *testing.T) {
	t.Parallel()
	s, path := fresh(t, testkit.SQLite)
	plant(t, s)
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Demo(context.Background()); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("read: %v", err)
	}
	if err := s.MarkDemo(context.Background(), false); !errors.Is(err, store.ErrUnavailable) {
		t.Errorf("write: %v", err)
	}
	if err := os.Rename(path+".away", path); err != nil {
		t.Fatal(err)
	}
	if err := s.MarkDemo(context.Background(), false); err != nil {
		t.Errorf("back again: %v", err)
	}
}

// Verify and backup begin on a database whatever its servers write: opening it
// waits for no lock.
func TestOpeningWaitsForNoWriter(t *testing.T) {
	t.Parallel()
	s, path := fresh(t, testkit.SQLite)
	shut(t, s)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(t.Context(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	again, err := store.Open(t.Context(), store.Options{
		Address: path, Vault: vaultOf(t, "a"), Settings: &ledger.Settings{PoolBounded: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	shut(t, again)
}
