package store

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// postgresTransaction sends its statements in pipelines: a batch makes two round
// trips, BEGIN with all that is read and all that is written with COMMIT.
type postgresTransaction struct {
	database *postgres
	conn     *pgxpool.Conn
	begun    bool
	lost     bool // its connection
}

func (d *postgres) begin(ctx context.Context) (transaction, error) {
	conn, err := d.acquire(ctx, d.writes)
	if err != nil {
		return nil, err
	}
	return &postgresTransaction{database: d, conn: conn}, nil
}

func (t *postgresTransaction) run(statements ...Statement) ([][]Row, error) {
	return t.send(statements)
}

// errAtCommit marks what went wrong at COMMIT itself, or behind it.
var errAtCommit = errors.New("at COMMIT")

// Statements of a transaction's own.
const (
	beginSQL  = "BEGIN"
	commitSQL = "COMMIT"
)

// opening begins a transaction. Where connections are shared by a pooler, what
// others set on them at their start is set for this transaction alone.
func (t *postgresTransaction) opening() []Statement {
	begin := []Statement{{SQL: beginSQL}}
	if o := t.database.options; o.Unprepared {
		begin = append(begin,
			Statement{SQL: fmt.Sprintf(`SET LOCAL statement_timeout = %d`, o.StatementTimeout.Milliseconds())},
			Statement{SQL: fmt.Sprintf(`SET LOCAL lock_timeout = %d`, o.LockTimeout.Milliseconds())},
			Statement{SQL: fmt.Sprintf(`SET LOCAL idle_in_transaction_session_timeout = %d`, idleTimeout.Milliseconds())},
		)
	}
	return begin
}

// send runs statements in one round trip, after what has to come first.
func (t *postgresTransaction) send(statements []Statement) ([][]Row, error) {
	before := 0
	if !t.begun {
		t.begun = true
		opening := t.opening()
		before = len(opening)
		statements = append(opening, statements...)
	}
	results, err := t.pipeline(statements)
	if err != nil {
		return nil, t.database.failed(t.conn, err)
	}
	return results[before:], nil
}

// pipeline sends statements together and reads their results.
func (t *postgresTransaction) pipeline(statements []Statement) ([][]Row, error) {
	batch := &pgx.Batch{}
	var cut error
	for i := range statements {
		if cut = watched(t.database.watch, &statements[i], false); cut != nil {
			statements = statements[:i] // the connection is lost before this one
			break
		}
		batch.Queue(statements[i].SQL, statements[i].Args...)
	}
	patience, cancel := t.database.patience()
	defer cancel()
	sent := t.conn.SendBatch(patience, batch)
	results := make([][]Row, len(statements))
	for i := range statements {
		var err error
		if results[i], err = t.result(sent, &statements[i]); err != nil {
			t.end(sent)
			return nil, err
		}
	}
	if cut != nil {
		t.end(sent)
		return nil, cut
	}
	err := sent.Close()
	if err != nil && len(statements) > 0 && statements[len(statements)-1].SQL == commitSQL {
		err = fmt.Errorf("%w: %w", errAtCommit, err) // which was answered before that
	}
	return results, err
}

// end gives up a pipeline after an error, and its connection unless the server
// itself has refused a statement.
func (t *postgresTransaction) end(sent pgx.BatchResults) {
	err := sent.Close()
	if _, refused := errors.AsType[*pgconn.PgError](err); refused {
		return // it is the error that is known already
	}
	t.lost = true
	closeNow(t.conn.Conn())
}

func (t *postgresTransaction) result(sent pgx.BatchResults, statement *Statement) ([]Row, error) {
	var all []Row
	if statement.Columns == 0 {
		tag, err := sent.Exec()
		switch {
		case err != nil && statement.SQL == commitSQL:
			return nil, fmt.Errorf("%w: %w", errAtCommit, err)
		case err != nil:
			return nil, err
		case statement.SQL == commitSQL && tag.String() != commitSQL:
			return nil, fmt.Errorf("%w: it was answered %s", errAtCommit, tag)
		}
	} else {
		rows, err := sent.Query()
		if err != nil {
			return nil, err
		}
		if all, err = collect(rows); err != nil {
			return nil, err
		}
	}
	return all, watched(t.database.watch, statement, true)
}

// commit is in doubt after any error but one that kept the server from getting to
// COMMIT. A warning at COMMIT says that a standby does not have it, so that a failover
// would lose it.
func (t *postgresTransaction) commit(statements ...Statement) error {
	delete(t.conn.Conn().PgConn().CustomData(), warned)
	statements = append(slices.Clip(statements), Statement{SQL: commitSQL})
	_, err := t.send(statements)
	switch refused := isRefusal(err); {
	case refused && !errors.Is(err, errAtCommit):
		t.rollback()
		return err
	case err != nil && !refused:
		err = fmt.Errorf("%w: %w", errUnanswered, err)
	case err == nil:
		if warning, ok := t.conn.Conn().PgConn().CustomData()[warned]; ok {
			err = fmt.Errorf("the server warned: %s", warning)
		}
	}
	if err != nil {
		t.lost = true
		t.rollback()
		return fmt.Errorf("%w: %w", ErrInDoubt, err)
	}
	t.conn.Release()
	return nil
}

// isRefusal reports whether an error is a server's, of a statement: it then skips what
// was sent behind it. One that ends the connection says less: a pooler also sends it
// that no longer hears its server.
func isRefusal(err error) bool {
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return false
	}
	severity := refused.SeverityUnlocalized
	if severity == "" { // older poolers leave it out, and do not translate the other
		severity = refused.Severity
	}
	return severity == "ERROR"
}

func (t *postgresTransaction) rollback() {
	defer t.conn.Release() // which closes what is not idle
	if t.lost {
		closeNow(t.conn.Conn())
		return
	}
	if !t.begun {
		return
	}
	patience, cancel := t.database.patience()
	defer cancel()
	if _, err := t.conn.Exec(patience, "ROLLBACK"); err != nil {
		closeNow(t.conn.Conn())
	}
}

// Codes of PostgreSQL's errors that are looked at one by one.
const readOnly = "25006"

// classifyPostgres marks errors that say nothing against the statement itself as
// ErrUnavailable, and as ErrAgain those which another attempt may not meet.
func classifyPostgres(err error) error {
	if err == nil {
		return nil
	}
	refused, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
			return fmt.Errorf("%w: %w", ErrUnavailable, err) // it has waited long enough
		}
		if _, unproved := errors.AsType[*tls.CertificateVerificationError](err); unproved {
			return fmt.Errorf("%w: the server does not prove who it is; sslrootcert and sslmode in its address say "+
				"what is proof: %w", ErrUnavailable, err)
		}
		return fmt.Errorf("%w: %w: %w", ErrUnavailable, ErrAgain, err) // a connection
	}
	switch class := refused.Code[:2]; {
	case class == "40", class == "08", refused.Code == readOnly, // taken back; connection; a failover
		refused.Code == "57P01", refused.Code == "57P02", refused.Code == "57P03": // it stops, crashed, starts
		return fmt.Errorf("%w: %w: %w", ErrUnavailable, ErrAgain, err)
	case class == "22", class == "23": // its values are wrong
		return fmt.Errorf("%w: %w", ErrRefused, err)
	case strings.Contains("42 0A 21 26", class): // the statement is wrong
		return err
	}
	return fmt.Errorf("%w: %w", ErrUnavailable, err) // locked, out of something, damaged
}
