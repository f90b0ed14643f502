package store

import (
	"context"
	"errors"
	"fmt"
	"net/url"

	driver "modernc.org/sqlite"
)

// stepPages is how much is copied before the context is asked again: 4 MB.
const stepPages = 1024

// Progress is how far a copy is, in bytes.
type Progress struct {
	Done, Total int64
}

// Backup copies all that is committed when it is called into the SQLite file at
// path, which must not hold anything yet. Writers are not held up, and however
// much they write it ends.
func (s *Store) Backup(ctx context.Context, path string, report func(Progress)) error {
	d, ok := s.database.(*sqlite)
	if !ok {
		return errors.New("only an SQLite database is copied this way")
	}
	if err := d.backup(ctx, path, report); err != nil {
		return fmt.Errorf("copy to %s: %w", path, err)
	}
	return nil
}

// copier is what a connection of the driver offers beside database/sql.
type copier interface {
	NewBackup(uri string) (*driver.Backup, error)
}

// backup holds one reading transaction from before the first page to the last.
// Without it SQLite would read a newer state at each step, and begin anew after
// every commit of another process: under load it would never end.
func (d *sqlite) backup(ctx context.Context, path string, report func(Progress)) error {
	if err := d.present(); err != nil {
		return err
	}
	conn, err := d.reads.Conn(ctx)
	if err != nil {
		return classify(err)
	}
	defer func() { _ = conn.Close() }() // back to the pool
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return classify(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	var pageSize, tables int64
	if err := tx.QueryRowContext(ctx, `PRAGMA page_size`).Scan(&pageSize); err != nil {
		return classify(err)
	}
	// BEGIN alone reads nothing: the first query decides what is copied.
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master`).Scan(&tables); err != nil {
		return classify(err)
	}
	return conn.Raw(func(raw any) error {
		// Nobody recovers a copy that was not finished, so it needs no journal.
		uri := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_pragma=journal_mode(OFF)&_pragma=synchronous(FULL)"
		b, err := raw.(copier).NewBackup(uri)
		if err != nil {
			return classify(err)
		}
		err = copyPages(ctx, b, func() {
			pages, left := int64(b.PageCount()), int64(b.Remaining())
			report(Progress{Done: (pages - left) * pageSize, Total: pages * pageSize})
		})
		if finished := b.Finish(); err == nil {
			err = finished // else it only repeats what the step said
		}
		return noRoom(err)
	})
}

// noRoom tells errors of writing, which only the copy can have, from the others:
// what SQLite calls them does not help who has to act.
func noRoom(err error) error {
	const full, writeFailed = 13, 778 // SQLITE_FULL, SQLITE_IOERR_WRITE
	var failure *driver.Error
	if errors.As(err, &failure) && (failure.Code() == full || failure.Code() == writeFailed) {
		return fmt.Errorf("the disk is full, or does not let the file grow: %w", err)
	}
	return classify(err)
}

func copyPages(ctx context.Context, b *driver.Backup, stepped func()) error {
	for more := true; more; {
		if err := ctx.Err(); err != nil {
			return err
		}
		var err error
		if more, err = b.Step(stepPages); err != nil {
			return err
		}
		stepped()
	}
	return nil
}
