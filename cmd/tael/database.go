package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tael/internal/ledger"
	"tael/internal/store"
	"tael/internal/vault"
)

// masterKeyVariable holds master keys where no file does.
const masterKeyVariable = "TAEL_MASTER_KEY"

// keySuffix makes of a database's path that of the master key beside it.
const keySuffix = ".key"

// databaseFlags open the database of every command that needs one.
type databaseFlags struct {
	address  string
	keyFile  string
	postgres store.PostgresOptions
	made     bool // by open: there was no database file
}

func (f *databaseFlags) register(flags *pflag.FlagSet) {
	f.registerFiles(flags, "database: path of an SQLite `file`, or postgres://user@host/database")
	p := &f.postgres
	flags.IntVar(&p.Connections, "db-connections", store.ConnectionsDefault,
		"PostgreSQL: connections for writes at most, and as many again for reads")
	flags.DurationVar(&p.StatementTimeout, "db-statement-timeout", store.StatementTimeoutDefault,
		"PostgreSQL: what a statement may take")
	flags.DurationVar(&p.LockTimeout, "db-lock-timeout", store.LockTimeoutDefault,
		"PostgreSQL: how long to wait for a tree that another process writes to")
	flags.BoolVar(&p.Unprepared, "db-unprepared", false,
		"PostgreSQL: no prepared statements and no settings of connections, for PgBouncer in transaction mode")
	flags.BoolVar(&p.UnsafeDurability, "unsafe-durability", false,
		"PostgreSQL: accept a server that may lose commits when it crashes (fsync or synchronous_commit is off)")
}

// registerFiles is for commands that work on an SQLite file only; see onlySQLite.
func (f *databaseFlags) registerFiles(flags *pflag.FlagSet, about string) {
	flags.StringVar(&f.address, "db", "tael.db", about)
	flags.StringVar(&f.keyFile, "master-key-file", "",
		"`file` with master keys, one a line, the base64 of 32 bytes each; the first encrypts, all decrypt\n"+
			"(default: the value of TAEL_MASTER_KEY, else the path of the SQLite file with .key added)")
}

// onlySQLite refuses what is not the path of an SQLite file.
func (f *databaseFlags) onlySQLite() error {
	if f.isPostgres() {
		return refused{fmt.Errorf("--db %s: this is for SQLite files; PostgreSQL has pg_basebackup for it "+
			"(docs/operate.md, Backup and restore)", store.Redacted(f.address)), exitUsage}
	}
	if strings.Contains(f.address, "://") {
		return refused{fmt.Errorf("--db %s: use the path of an SQLite file", store.Redacted(f.address)), exitUsage}
	}
	return nil
}

// open opens the database. With change it is made where there is none, and its
// schema brought up to date. Nil settings are those it was made with.
func (f *databaseFlags) open(ctx context.Context, change bool, settings *ledger.Settings) (*store.Store, error) {
	if !f.isPostgres() && strings.Contains(f.address, "://") {
		return nil, refused{fmt.Errorf("--db %s: use a path or postgres://…", store.Redacted(f.address)), exitUsage}
	}
	if p := &f.postgres; p.Connections < 1 || p.StatementTimeout <= 0 || p.LockTimeout <= 0 {
		return nil, refused{errors.New("--db-connections and the --db timeouts must be more than 0"), exitUsage}
	}
	return f.openAddress(ctx, change, settings)
}

// openAddress is open without a look at the flags, for an address that is right.
func (f *databaseFlags) openAddress(
	ctx context.Context, change bool, settings *ledger.Settings,
) (*store.Store, error) {
	fresh, err := f.isFresh()
	if err != nil {
		return nil, err
	}
	if fresh && !change {
		return nil, fmt.Errorf("%s: no such database", f.address)
	}
	v, err := f.vault(fresh)
	if err != nil {
		return nil, err
	}
	f.made = fresh
	return store.Open(ctx, store.Options{
		Address: f.address, Postgres: f.postgres, Vault: v, Settings: settings, Migrate: change,
	})
}

// openCopy opens a copy of the database under another name: its master key is
// where the database's is.
func (f *databaseFlags) openCopy(ctx context.Context, path string) (*store.Store, error) {
	v, err := f.vault(false)
	if err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Options{Address: path, Vault: v})
}

func (f *databaseFlags) vault(fresh bool) (*vault.Vault, error) {
	keys, err := f.masterKeys(fresh)
	if err != nil {
		return nil, err
	}
	return vault.New(keys...)
}

func (f *databaseFlags) isPostgres() bool { return store.IsPostgres(f.address) }

// isFresh reports whether there is no database file yet. One that is missing while
// its log is still there was lost, not never made.
func (f *databaseFlags) isFresh() (bool, error) {
	if f.isPostgres() {
		return false, nil // the server has it or has not
	}
	info, err := os.Stat(f.address)
	switch {
	case err == nil && info.IsDir():
		return false, fmt.Errorf("%s is a folder", f.address)
	case err == nil && info.Size() > 0:
		return false, nil
	case err != nil && !errors.Is(err, os.ErrNotExist):
		return false, err
	}
	if _, err := os.Stat(filepath.Dir(f.address)); err != nil {
		return false, err
	}
	if log, err := os.Stat(f.address + "-wal"); err == nil && log.Size() > 0 {
		return false, fmt.Errorf("%s is missing or empty, but its log %s-wal is here: bring the database back, "+
			"or move the log away to start anew", f.address, f.address)
	}
	return true, nil
}

// keyPlace says where masterKeys finds the master keys of an SQLite file.
func (f *databaseFlags) keyPlace() string {
	switch {
	case f.keyFile != "":
		return f.keyFile
	case os.Getenv(masterKeyVariable) != "":
		return "the variable " + masterKeyVariable
	}
	return f.address + keySuffix
}

// masterKeys reads the master keys, or makes one beside a new database.
func (f *databaseFlags) masterKeys(fresh bool) ([][]byte, error) {
	if f.keyFile != "" {
		return vault.ReadKeys(f.keyFile)
	}
	if text := os.Getenv(masterKeyVariable); text != "" {
		keys, err := vault.ParseKeys(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", masterKeyVariable, err)
		}
		return keys, nil
	}
	if f.isPostgres() {
		return nil, refused{errors.New("a PostgreSQL database needs its master key: " +
			"give it with --master-key-file or " + masterKeyVariable), exitUsage}
	}
	path := f.address + keySuffix
	keys, err := vault.ReadKeys(path)
	if !errors.Is(err, os.ErrNotExist) {
		return keys, err
	}
	if !fresh {
		return nil, fmt.Errorf("%s: the database's master key is missing; give it with --master-key-file", path)
	}
	key, err := vault.CreateKey(path)
	return [][]byte{key}, err
}

// fromEnvironment sets flags that were not given from TAEL_… variables.
func fromEnvironment(command *cobra.Command) error {
	var problems []error
	command.Flags().VisitAll(func(flag *pflag.Flag) {
		name := "TAEL_" + strings.ToUpper(strings.ReplaceAll(flag.Name, "-", "_"))
		value, ok := os.LookupEnv(name)
		if !ok || flag.Changed {
			return
		}
		if err := flag.Value.Set(value); err != nil {
			problems = append(problems, refused{fmt.Errorf("%s=%s: not a value of --%s", name, value, flag.Name), exitUsage})
		}
	})
	return errors.Join(problems...)
}
