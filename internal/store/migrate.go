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

// migrate checks the schema's version and, if asked to, brings it up to date.
// Migrations only go forward, and only add: a server of the release before
// that is running goes on running.
func migrate(ctx context.Context, db *sql.DB, up bool) error {
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
	if current == target {
		return nil
	}
	if !up {
		return fmt.Errorf("%w: it has version %d, this release needs %d", ErrOldSchema, current, target)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
