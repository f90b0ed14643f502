package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

//go:embed migrations/*.sql
var migrations embed.FS

// versionTable is where the schema's version stands.
const versionTable = "goose_db_version"

// migrate checks the schema's version and, if asked to, brings it up to date.
// Migrations only go forward, and only add: a server of the release before
// that is running goes on running.
func migrate(ctx context.Context, db *sql.DB, up bool) error {
	if !up {
		return checkVersion(ctx, db)
	}
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(database.DialectSQLite3, db, files)
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
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// checkVersion compares the schema's version with this release's, and writes
// nothing.
func checkVersion(ctx context.Context, db *sql.DB) error {
	var current int64
	row := db.QueryRowContext(ctx, `SELECT MAX(version_id) FROM `+versionTable+` WHERE is_applied`)
	if err := row.Scan(&current); err != nil {
		return classify(err)
	}
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	switch target := int64(len(files)); {
	case current > target:
		return fmt.Errorf("%w: it has version %d, this release knows %d", ErrSchema, current, target)
	case current < target:
		return fmt.Errorf("%w: it has version %d, this release needs %d", ErrOldSchema, current, target)
	}
	return nil
}
