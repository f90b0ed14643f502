package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	goosedatabase "github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is where the schema's version stands.
const versionTable = "goose_db_version"

// migrateUp brings the schema up to date. Migrations only go forward, and only
// add: a server of the release before that is running goes on running. The lock,
// where one is given, keeps other processes from doing the same.
func migrateUp(ctx context.Context, dialect goosedatabase.Dialect, db *sql.DB, locker lock.Locker) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	var options []goose.ProviderOption
	if locker != nil {
		options = append(options, goose.WithLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db, files, options...)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if current > target {
		return fmt.Errorf("%w: it has version %d, this release knows %d", ErrSchema, current, target)
	}
	if current == target {
		return nil
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// checkVersion compares the schema's version with this release's, and writes
// nothing.
func (s *Store) checkVersion(ctx context.Context) error {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT MAX(version_id) FROM ` + versionTable + ` WHERE is_applied`, Columns: 1,
	})
	if err != nil {
		return err
	}
	files, err := fs.Glob(migrations, "migrations/*.sql") // in their order
	if err != nil {
		return err
	}
	target, err := goose.NumericComponent(files[len(files)-1])
	if err != nil {
		return err
	}
	switch current := rows[0].Int(0); {
	case current > target:
		return fmt.Errorf("%w: it has version %d, this release knows %d", ErrSchema, current, target)
	case current < target:
		return fmt.Errorf("%w: it has version %d, this release needs %d", ErrOldSchema, current, target)
	}
	return nil
}
