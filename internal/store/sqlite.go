package store

import (
	"context"
	"database/sql"
	sqldriver "database/sql/driver"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"time"

	goosedatabase "github.com/pressly/goose/v3/database"
	driver "modernc.org/sqlite"
)

// sqlite is an embedded database: one connection writes, a few read.
type sqlite struct {
	path   string
	opened os.FileInfo // of the file that is open
	write  *sql.DB     // at most one connection
	reads  *sql.DB

	writing chan struct{} // holds a token while a transaction writes
	conn    *sql.Conn     // the writing connection; guarded by writing
	stmts   map[string]*sql.Stmt

	readStmts sync.Map // SQL text → *sql.Stmt

	watch func(statement Statement, done bool) error // see Options
}

// readersMax is how many reads run at once: a machine that embeds its database
// has few cores, and every connection has its own cache.
const readersMax = 4

// busyWait is the busy_timeout of pragmas.
const busyWait = 5 * time.Second

// pragmas of every connection. busy_timeout comes first so that the others
// wait for a lock too; synchronous=FULL makes a commit outlive a power cut.
const pragmas = "_pragma=busy_timeout(5000)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)" +
	"&_pragma=temp_store(MEMORY)&_pragma=cache_size(-32000)&_pragma=wal_autocheckpoint(4000)"

func openSQLite(ctx context.Context, path string, watch func(Statement, bool) error) (*sqlite, error) {
	// In a URL, so that a path with ? or # in it is still one path.
	base := "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + pragmas
	write, err := sql.Open("sqlite", base)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := write.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), write.Close())
	}
	reads, err := sql.Open("sqlite", base+"&_pragma=query_only(1)&_pragma=cache_size(-64000)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	reads.SetMaxOpenConns(readersMax)
	reads.SetMaxIdleConns(readersMax)
	opened, err := os.Stat(path)
	if err != nil {
		return nil, errors.Join(err, reads.Close(), write.Close())
	}
	return &sqlite{
		path: path, opened: opened, write: write, reads: reads,
		writing: make(chan struct{}, 1), stmts: map[string]*sql.Stmt{}, watch: watch,
	}, nil
}

// present checks that the open file is still the one that has the path: what
// is written to a file that was removed or replaced is lost with the process.
func (d *sqlite) present() error {
	now, err := os.Stat(d.path)
	if err != nil {
		return fmt.Errorf("%w: the database file was removed under the server: stop it only after rescuing the file: %w",
			ErrUnavailable, err)
	}
	if !os.SameFile(now, d.opened) {
		return fmt.Errorf("%w: %s was replaced under the server", ErrUnavailable, d.path)
	}
	return nil
}

// content says what a file holds before anything is written to it.
func (d *sqlite) content(ctx context.Context) (tables int, ours bool, err error) {
	rows, err := d.read(ctx, Statement{SQL: `SELECT name FROM sqlite_master WHERE type = 'table'`, Columns: 1})
	for _, row := range rows {
		ours = ours || row.Text(0) == versionTable
	}
	return len(rows), ours, err
}

// check reads every page of the file; its error says what is damaged.
func (d *sqlite) check(ctx context.Context) error {
	rows, err := d.read(ctx, Statement{SQL: `PRAGMA integrity_check(1)`, Columns: 1})
	if err == nil && (len(rows) != 1 || rows[0].Text(0) != "ok") {
		return fmt.Errorf("%w: %v", ErrDamaged, rows)
	}
	return err
}

// close waits for a transaction under way.
func (d *sqlite) close() error {
	d.writing <- struct{}{}
	defer func() { <-d.writing }()
	return errors.Join(d.reads.Close(), d.disconnect(), d.write.Close())
}

// disconnect ends the writing connection and with it what it has not committed.
// Closing it would only hand it back to the pool, open transaction included.
func (d *sqlite) disconnect() error {
	if d.conn == nil {
		return nil
	}
	var problems []error
	for _, stmt := range d.stmts {
		problems = append(problems, stmt.Close())
	}
	clear(d.stmts)
	err := d.conn.Raw(func(any) error { return sqldriver.ErrBadConn })
	if !errors.Is(err, sqldriver.ErrBadConn) {
		problems = append(problems, err)
	}
	d.conn = nil
	return errors.Join(problems...)
}

// readTime is that of a read that waits for a lock. What a disk that hangs takes
// is not bounded, only the wait of others behind it.
func (d *sqlite) readTime() time.Duration { return busyWait + answerMargin }

// read runs one statement on a reading connection.
func (d *sqlite) read(ctx context.Context, statement Statement) ([]Row, error) {
	if err := errors.Join(ctx.Err(), d.present(), watched(d.watch, &statement, false)); err != nil {
		return nil, err
	}
	stmt, err := d.prepared(statement.SQL)
	if err != nil {
		return nil, classify(err)
	}
	return query(stmt, statement)
}

// prepared finds or prepares a statement for the reading connections. Where
// two prepare the same one, the second stays until the database is closed.
func (d *sqlite) prepared(text string) (*sql.Stmt, error) {
	if stmt, ok := d.readStmts.Load(text); ok {
		return stmt.(*sql.Stmt), nil
	}
	stmt, err := d.reads.PrepareContext(context.Background(), text)
	if err == nil {
		d.readStmts.Store(text, stmt)
	}
	return stmt, err
}

// snapshot runs fn on one unchanging state of the database.
func (d *sqlite) snapshot(ctx context.Context, fn func(run func(Statement, func(Row) error) error) error) error {
	tx, err := d.reads.BeginTx(ctx, nil)
	if err != nil {
		return classify(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	return fn(func(statement Statement, each func(Row) error) error {
		rows, err := tx.QueryContext(ctx, statement.SQL, statement.Args...)
		if err != nil {
			return classify(err)
		}
		return scan(rows, statement.Columns, each)
	})
}

func (d *sqlite) migrate(ctx context.Context) error {
	return migrateUp(ctx, goosedatabase.DialectSQLite3, d.write, nil)
}

// oneTree: all are in one file, and each transaction waits for the disk.
func (d *sqlite) oneTree() bool { return false }

func (d *sqlite) pools() []Pool {
	reads := d.reads.Stats()
	return []Pool{
		{Name: "writes", Max: 1, Open: 1, Busy: len(d.writing)},
		{
			Name: "reads", Max: reads.MaxOpenConnections, Open: reads.OpenConnections, Busy: reads.InUse,
			Waits: reads.WaitCount, Waited: reads.WaitDuration,
		},
	}
}

// durable: every connection has synchronous=FULL.
func (d *sqlite) durable(context.Context) error { return nil }

// ready finds a file that is gone or does not answer.
func (d *sqlite) ready(ctx context.Context) error {
	_, err := d.read(ctx, Statement{SQL: `SELECT 1`, Columns: 1})
	return err
}

// sqliteTransaction holds the writing connection until commit or rollback.
type sqliteTransaction struct {
	database *sqlite
	lost     bool // its connection
}

func (d *sqlite) begin(ctx context.Context) (transaction, error) {
	select {
	case d.writing <- struct{}{}:
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
	t := &sqliteTransaction{database: d}
	if err := d.present(); err != nil {
		<-d.writing
		return nil, err
	}
	if d.conn == nil {
		conn, err := d.write.Conn(ctx)
		if err != nil {
			<-d.writing
			return nil, classify(err)
		}
		d.conn = conn
	}
	if _, err := t.run(Statement{SQL: "BEGIN IMMEDIATE"}); err != nil {
		t.abandon()
		return nil, err
	}
	return t, nil
}

// run executes statements one after the other and returns the rows of each.
func (t *sqliteTransaction) run(statements ...Statement) ([][]Row, error) {
	results := make([][]Row, len(statements))
	for i := range statements {
		if err := t.watched(&statements[i], false); err != nil {
			return nil, err
		}
		stmt, err := t.prepared(statements[i].SQL)
		if err != nil {
			return nil, classify(err)
		}
		if results[i], err = query(stmt, statements[i]); err != nil {
			return nil, err
		}
		if err := t.watched(&statements[i], true); err != nil {
			return nil, err
		}
	}
	return results, nil
}

// watched tells who watches; an error loses the connection.
func (t *sqliteTransaction) watched(statement *Statement, done bool) error {
	err := watched(t.database.watch, statement, done)
	if err == nil {
		return nil
	}
	t.lost = true
	return classify(errors.Join(err, t.database.disconnect()))
}

func (t *sqliteTransaction) prepared(text string) (*sql.Stmt, error) {
	if stmt, ok := t.database.stmts[text]; ok {
		return stmt, nil
	}
	stmt, err := t.database.conn.PrepareContext(context.Background(), text)
	if err == nil {
		t.database.stmts[text] = stmt
	}
	return stmt, err
}

// commit leaves an error of COMMIT itself in doubt.
func (t *sqliteTransaction) commit(statements ...Statement) error {
	if _, err := t.run(statements...); err != nil {
		t.rollback()
		return err
	}
	_, err := t.run(Statement{SQL: "COMMIT"})
	if err != nil {
		t.rollback() // a COMMIT that SQLite refused outright leaves the transaction open
		return fmt.Errorf("%w: %w", ErrInDoubt, err)
	}
	<-t.database.writing
	return nil
}

func (t *sqliteTransaction) rollback() {
	if t.lost {
		t.abandon()
		return
	}
	if _, err := t.run(Statement{SQL: "ROLLBACK"}); err != nil {
		t.abandon()
		return
	}
	<-t.database.writing
}

// abandon gives up the connection: the database rolls back what it held.
func (t *sqliteTransaction) abandon() {
	_ = t.database.disconnect()
	<-t.database.writing
}

func query(stmt *sql.Stmt, statement Statement) ([]Row, error) {
	if statement.Columns == 0 {
		_, err := stmt.ExecContext(context.Background(), statement.Args...)
		return nil, classify(err)
	}
	rows, err := stmt.QueryContext(context.Background(), statement.Args...)
	if err != nil {
		return nil, classify(err)
	}
	var all []Row
	err = scan(rows, statement.Columns, func(row Row) error {
		all = append(all, row)
		return nil
	})
	return all, err
}

func scan(rows *sql.Rows, columns int, each func(Row) error) error {
	defer func() { _ = rows.Close() }() // Err below says what went wrong
	for rows.Next() {
		row := make(Row, columns)
		into := make([]any, columns)
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			return classify(err)
		}
		if err := each(row); err != nil {
			return err
		}
	}
	return classify(rows.Err())
}

// Result codes of SQLite that trying again cannot cure: the statement is wrong
// (SQLITE_ERROR, RANGE), or its values are (TOOBIG, CONSTRAINT, MISMATCH).
var (
	permanent = map[int]bool{1: true, 25: true}
	refusing  = map[int]bool{18: true, 19: true, 20: true}
)

// classify marks errors that say nothing about the statement itself as
// ErrUnavailable: a full disk, a lock, a file that is gone or damaged.
func classify(err error) error {
	var refused *driver.Error
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &refused):
	case permanent[refused.Code()&0xff]:
		return err
	case refusing[refused.Code()&0xff]:
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err)
}
