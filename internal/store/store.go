// Package store holds all SQL of Tael: every statement stands beside the
// function that runs it, in one text for SQLite and PostgreSQL. It knows no
// wire and no business rule.
package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"

	"go.opentelemetry.io/otel/trace"

	"tael/internal/audit"
	"tael/internal/ledger"
	"tael/internal/vault"
)

// Errors of every function of this package.
var (
	// ErrUnavailable says that the database cannot serve now and that nothing
	// was changed; the same call may succeed later.
	ErrUnavailable = errors.New("database unavailable")
	// ErrAgain says that the database took work back, or that a connection was
	// lost before it had any effect: it may work at once.
	ErrAgain = errors.New("to be tried again")
	// ErrOutdated is the ErrAgain of a batch that began with what is remembered of its
	// tree, which is not so any more.
	ErrOutdated = fmt.Errorf("begun with what was remembered: %w", ErrAgain)
	// ErrRefused says that the database does not take the values of a statement, or
	// holds what they do not go with: nothing was changed, and trying again is no use.
	ErrRefused = errors.New("refused by the database")
	// ErrNotDurable says that the server is set up to lose commits in a crash.
	ErrNotDurable = errors.New("commits would not outlive a crash")
	// ErrInDoubt says that the database did not tell whether a commit happened.
	ErrInDoubt = errors.New("commit in doubt")
	// ErrNotFound says that there is no such row.
	ErrNotFound = errors.New("not found")
	// ErrSchema says that a newer release has been at the database.
	ErrSchema = errors.New("the database's schema is newer than this release knows")
	// ErrOldSchema says that the schema has to be brought up to date first.
	ErrOldSchema = errors.New("the database's schema is of an earlier release: run tael migrate")
	// ErrForeign says that a file holds no database of Tael.
	ErrForeign = errors.New("not a database of Tael, or an emptied one")
	// ErrDamaged says that pages of the database file are damaged.
	ErrDamaged = errors.New("the database file is damaged: restore a backup")
	// ErrSetting says that the database was made with another setting.
	ErrSetting = errors.New("the database was made with another setting")
)

// Statement is one SQL statement with its arguments. It must be the same text
// on both databases. Columns is how many columns it returns; 0 for none.
type Statement struct {
	SQL     string
	Args    []any
	Columns int
	// AllTrees marks the few that are not about one tree and so reach every node
	// of a distributed database: the operator's lists, and proofs.
	AllTrees bool
}

// Row is one row of a statement's result: int64, string, []byte or nil.
type Row []any

// Int is the integer in column i.
func (r Row) Int(i int) int64 { return r[i].(int64) }

// Text is the text in column i.
func (r Row) Text(i int) string { return r[i].(string) }

// Bytes are the bytes in column i.
func (r Row) Bytes(i int) []byte { return r[i].([]byte) }

// Store is an open database.
type Store struct {
	database database
	vault    *vault.Vault
	chainKey []byte
	auditKey []byte
	settings ledger.Settings
	traced   []trace.SpanStartOption // of spans that wait for the database

	partners  gatherer[int64, int64, ledger.Partner] // by root and UIN
	customers gatherer[int64, int64, ledger.Customer]
	amounts   gatherer[int64, int64, ledger.Customer] // with their vouchers' figures only
	keys      gatherer[struct{}, string, keyRead]

	memory memory
}

// Account names a member of a tree.
type Account struct {
	Root int64
	Uin  int64
}

// Options say how to open a database.
type Options struct {
	// Address is the path of an SQLite file, or the URL of a PostgreSQL database.
	Address  string
	Postgres PostgresOptions
	// Vault decrypts what the database keeps secret.
	Vault *vault.Vault
	// Settings are recorded by the first Open that has any; later ones must
	// agree. Nil takes those recorded.
	Settings *ledger.Settings
	// Migrate brings the schema up to date; without it the schema has to be.
	Migrate bool
	// Watch, where set, is told of every statement of a transaction before it
	// runs and, with done, after. Its error stands for a lost connection: the
	// transaction gets no further. Tests crash and record there.
	Watch func(statement Statement, done bool) error
}

// Open opens a database and checks that the schema is this release's and that
// the master key and the settings are those it was made with. Errors:
// ErrSchema, ErrOldSchema, ErrSetting, vault.ErrKey, and those of the database.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{vault: o.Vault, traced: toDatabase(o.Address)}
	d, err := openDatabase(ctx, &o, s.memory.clear)
	if err != nil {
		return nil, err
	}
	s.database = d
	s.partners.open(s, "SELECT partner", s.loadPartners)
	s.customers.open(s, "SELECT customer", s.loadCustomers)
	s.amounts.open(s, "SELECT customer", s.loadAmounts)
	s.keys.open(s, "SELECT secret_key", s.loadKeys)
	if err := s.prepare(ctx, o); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", Redacted(o.Address), err), d.close())
	}
	return s, nil
}

// openDatabase opens a database; connected is told where another may have come to be
// behind its address.
func openDatabase(ctx context.Context, o *Options, connected func()) (database, error) {
	if IsPostgres(o.Address) {
		return openPostgres(ctx, o.Address, o.Postgres, o.Watch, connected)
	}
	return openSQLite(ctx, o.Address, o.Watch)
}

// Check reads every page of an SQLite file; ErrDamaged says that some cannot be
// what was written. Of PostgreSQL it finds only that it is there.
func (s *Store) Check(ctx context.Context) error { return s.database.check(ctx) }

// Durable finds whether commits outlive a crash; else its error is ErrNotDurable.
func (s *Store) Durable(ctx context.Context) error { return s.database.durable(ctx) }

// Ready reports whether the database could be written to now.
func (s *Store) Ready(ctx context.Context) error { return s.database.ready(ctx) }

// Pools are the states of the database's connections.
func (s *Store) Pools() []Pool { return s.database.pools() }

// Close ends all work on the database.
func (s *Store) Close() error { return s.database.close() }

// Settings are those the database was made with.
func (s *Store) Settings() ledger.Settings { return s.settings }

// ChainKey seals the transfers of every tree of this database.
func (s *Store) ChainKey() []byte { return s.chainKey }

const chainKeySetting = "chain_key"

// prepare migrates and reads what was fixed when the database was made. The
// chain's key is random and kept encrypted, rather than computed from the
// master key, so that a new master key leaves the chains as they are.
func (s *Store) prepare(ctx context.Context, o Options) error {
	tables, ours, err := s.database.content(ctx)
	if err != nil {
		return err
	}
	if !ours && (tables > 0 || !o.Migrate) {
		return ErrForeign
	}
	if o.Migrate {
		err = s.database.migrate(ctx)
	} else {
		err = s.checkVersion(ctx)
	}
	if err != nil {
		return err
	}
	key := make([]byte, 32)
	rand.Read(key) // never fails
	sealed, err := s.vault.Seal(key, chainKeySetting)
	if err != nil {
		return err
	}
	if sealed, err = s.settle(ctx, chainKeySetting, sealed); err != nil {
		return err
	}
	if s.chainKey, err = s.vault.Open(sealed, chainKeySetting); err != nil {
		return fmt.Errorf("the database's secrets: %w", err)
	}
	s.auditKey = audit.Key(s.chainKey)
	return s.settleSettings(ctx, o.Settings)
}

// settleSettings records the settings that balances depend on, or compares
// them with those recorded.
func (s *Store) settleSettings(ctx context.Context, settings *ledger.Settings) error {
	var wanted ledger.Settings
	if settings != nil {
		wanted = *settings
	}
	s.settings.NoWarnings = wanted.NoWarnings
	for _, setting := range []struct {
		name    string
		wanted  bool
		inForce *bool
	}{
		{"pool_bounded_by_distributor", wanted.PoolBounded, &s.settings.PoolBounded},
		{"expired_vouchers_return", wanted.ExpiredReturn, &s.settings.ExpiredReturn},
	} {
		made, err := s.setting(ctx, setting.name)
		if err == nil && made == nil && settings != nil {
			made, err = s.settle(ctx, setting.name, []byte(strconv.FormatBool(setting.wanted)))
		}
		if err != nil {
			return err
		}
		if made == nil {
			continue
		}
		if *setting.inForce, err = strconv.ParseBool(string(made)); err != nil {
			return fmt.Errorf("setting %s: %w", setting.name, err)
		}
		if settings != nil && *setting.inForce != setting.wanted {
			return fmt.Errorf("%w: %s is %s in it", ErrSetting, setting.name, made)
		}
	}
	return nil
}

// setting reads a recorded value, or nil.
func (s *Store) setting(ctx context.Context, name string) ([]byte, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT value FROM setting WHERE name = $1`, Args: []any{name}, Columns: 1,
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0].Bytes(0), nil
}

// settle records a value unless there is one, and returns the one in force. It
// looks first: opening a database that others write to shall not wait for them.
func (s *Store) settle(ctx context.Context, name string, value []byte) ([]byte, error) {
	if made, err := s.setting(ctx, name); err != nil || made != nil {
		return made, err
	}
	rows, err := s.write(ctx,
		Statement{
			SQL:  `INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`,
			Args: []any{name, value},
		},
		Statement{SQL: `SELECT value FROM setting WHERE name = $1`, Args: []any{name}, Columns: 1},
	)
	if err != nil {
		return nil, err
	}
	return rows[1][0].Bytes(0), nil
}

// Settings that say how far the demo world is.
const (
	demoSetting   = "demo"        // the database holds keys that everybody knows
	filledSetting = "demo_filled" // nothing is missing from it
)

// Demo is how far a database is a demo world.
type Demo struct {
	Marked bool // it holds keys that everybody knows
	Filled bool // its demo world is complete
}

// MarkDemo records that the database holds keys that everybody knows and, once
// filled, that its demo world is complete.
func (s *Store) MarkDemo(ctx context.Context, filled bool) error {
	name := demoSetting
	if filled {
		name = filledSetting
	}
	_, err := s.settle(ctx, name, []byte("true"))
	return err
}

// Demo reads how far the database is a demo world.
func (s *Store) Demo(ctx context.Context) (Demo, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT name FROM setting WHERE name = $1 OR name = $2`, Args: []any{demoSetting, filledSetting}, Columns: 1,
	})
	var d Demo
	for _, row := range rows {
		d.Marked = d.Marked || row.Text(0) == demoSetting
		d.Filled = d.Filled || row.Text(0) == filledSetting
	}
	return d, err
}
