package store

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	goosedatabase "github.com/pressly/goose/v3/database"
	"github.com/pressly/goose/v3/lock"
)

// PostgresOptions say how to use a PostgreSQL. The zero value is the default.
type PostgresOptions struct {
	// Connections is how many are open for writes at most, and as many again for
	// reads; 0 is ConnectionsDefault.
	Connections int
	// StatementTimeout ends a statement, and LockTimeout the wait for a tree's
	// lock; 0 is the default.
	StatementTimeout time.Duration
	LockTimeout      time.Duration
	// Unprepared uses no prepared statements and sets nothing on connections:
	// for a PgBouncer in transaction mode.
	Unprepared bool
	// UnsafeDurability accepts a server that loses commits when it crashes.
	UnsafeDurability bool
}

// Defaults of PostgresOptions.
const (
	ConnectionsDefault      = 16
	StatementTimeoutDefault = 5 * time.Second
	LockTimeoutDefault      = 3 * time.Second
)

const (
	connectTimeout = 2 * time.Second
	// idleTimeout ends the transaction of a process that froze in the middle of
	// it, so that others get the tree's lock.
	idleTimeout = 5 * time.Second
	// answerMargin is how much longer than its own timeout a statement is waited
	// for: a server that is gone does not keep to it.
	answerMargin = time.Second
)

// postgres is a PostgreSQL server, or several of which one is the primary.
type postgres struct {
	config  *pgxpool.Config
	options PostgresOptions
	writes  *pgxpool.Pool
	reads   *pgxpool.Pool
	watch   func(statement Statement, done bool) error // see Options
	// distributed: it has Citus, whether or not the tables are spread already.
	distributed bool
}

// openPostgres connects; connected is told of every connection for writes that is
// made.
func openPostgres(
	ctx context.Context, address string, o PostgresOptions, watch func(Statement, bool) error, connected func(),
) (*postgres, error) {
	o = o.withDefaults()
	config, err := postgresConfig(address, o)
	if err != nil {
		return nil, err
	}
	d := &postgres{config: config, options: o, watch: watch}
	writes := config.Copy()
	writes.AfterConnect = func(context.Context, *pgx.Conn) error {
		connected()
		return nil
	}
	if d.writes, err = pgxpool.NewWithConfig(ctx, writes); err != nil {
		return nil, err
	}
	if d.reads, err = pgxpool.NewWithConfig(ctx, config.Copy()); err != nil {
		d.writes.Close()
		return nil, err
	}
	err = d.primary(ctx)
	if err == nil {
		d.distributed, err = d.hasCitus(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (o PostgresOptions) withDefaults() PostgresOptions {
	if o.Connections <= 0 {
		o.Connections = ConnectionsDefault
	}
	if o.StatementTimeout <= 0 {
		o.StatementTimeout = StatementTimeoutDefault
	}
	if o.LockTimeout <= 0 {
		o.LockTimeout = LockTimeoutDefault
	}
	return o
}

// postgresConfig reads an address. Hosts other than this machine have to prove
// who they are, unless the address says otherwise.
func postgresConfig(address string, o PostgresOptions) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(address)
	if err != nil {
		return nil, err // it leaves the password out
	}
	separator, given := sslMode(address)
	if given == "" && os.Getenv("PGSSLMODE") == "" && !isLocal(config.ConnConfig) {
		if config, err = pgxpool.ParseConfig(address + separator + "sslmode=verify-full"); err != nil {
			return nil, err
		}
	}
	config.MaxConns = int32(o.Connections)
	config.ConnConfig.ConnectTimeout = connectTimeout
	config.ConnConfig.OnNotice = func(conn *pgconn.PgConn, n *pgconn.Notice) {
		if n.Severity == "WARNING" {
			conn.CustomData()[warned] = n.Message
		}
	}
	if o.Unprepared {
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
		return config, nil
	}
	milliseconds := func(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
	for name, value := range map[string]string{
		"application_name":                    "tael",
		"statement_timeout":                   milliseconds(o.StatementTimeout),
		"lock_timeout":                        milliseconds(o.LockTimeout),
		"idle_in_transaction_session_timeout": milliseconds(idleTimeout),
		"tcp_keepalives_idle":                 "5", "tcp_keepalives_interval": "2", "tcp_keepalives_count": "3",
	} {
		if _, given := config.ConnConfig.RuntimeParams[name]; !given {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	return config, nil
}

// warned is where a connection keeps the last warning of its server.
const warned = "tael.warned"

// sslMode finds what an address says of sslmode, and what separates another
// parameter from it. User and password, before an @, may hold a ? of their own.
func sslMode(address string) (separator, given string) {
	_, rest, _ := strings.Cut(address, "://")
	if i := strings.IndexAny(rest, "@/"); i >= 0 && rest[i] == '@' {
		rest = rest[i+1:]
	}
	_, query, found := strings.Cut(rest, "?")
	if !found {
		return "?", ""
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return "&", "" // of what is not understood nothing is believed
	}
	return "&", values.Get("sslmode")
}

// isLocal reports whether all hosts of a configuration are this machine.
func isLocal(config *pgx.ConnConfig) bool {
	hosts := []string{config.Host}
	for _, fallback := range config.Fallbacks {
		hosts = append(hosts, fallback.Host)
	}
	for _, host := range hosts {
		if !strings.HasPrefix(host, "/") && host != "localhost" && !net.ParseIP(host).IsLoopback() {
			return false
		}
	}
	return true
}

func (d *postgres) close() error {
	d.writes.Close()
	d.reads.Close()
	return nil
}

// readTime is how long a number of statements may take together, and a read with
// the wait for its connection.
func (d *postgres) readTime() time.Duration { return d.options.StatementTimeout + answerMargin }

func (d *postgres) patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), d.readTime())
}

// read runs one statement. What a caller that has left no longer waits for runs
// to its end: ending it would cost the connection.
func (d *postgres) read(ctx context.Context, statement Statement) ([]Row, error) {
	patience, cancel := d.patience()
	defer cancel()
	deadline, _ := patience.Deadline()
	ctx, end := context.WithDeadline(ctx, deadline)
	defer end()
	return Retried(ctx, func() ([]Row, error) {
		if err := watched(d.watch, &statement, false); err != nil {
			return nil, classifyPostgres(err)
		}
		conn, err := d.acquire(ctx, d.reads)
		if err != nil {
			return nil, err
		}
		defer conn.Release()
		rows, err := conn.Query(patience, statement.SQL, statement.Args...)
		if err != nil {
			return nil, d.failed(conn, err)
		}
		all, err := collect(rows)
		return all, d.failed(conn, err)
	})
}

// acquire waits for a connection no longer than a transaction may take.
func (d *postgres) acquire(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Conn, error) {
	waiting, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	conn, err := pool.Acquire(waiting)
	if err != nil {
		return nil, classifyPostgres(err)
	}
	return conn, nil
}

// failed classifies an error and gives up a connection that leads to a server
// which only reads: another may be the primary by now.
func (d *postgres) failed(conn *pgxpool.Conn, err error) error {
	if refused, ok := errors.AsType[*pgconn.PgError](err); ok && refused.Code == readOnly {
		closeNow(conn.Conn())
	}
	return classifyPostgres(err)
}

// closeNow drops a connection without saying goodbye.
func closeNow(conn *pgx.Conn) {
	gone, cancel := context.WithCancel(context.Background())
	cancel()
	_ = conn.Close(gone) // nothing is expected of it any more
}

func collect(rows pgx.Rows) ([]Row, error) {
	defer rows.Close()
	var all []Row
	for rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return nil, err
		}
		all = append(all, values)
	}
	return all, rows.Err()
}

func (d *postgres) snapshot(ctx context.Context, fn func(run func(Statement, func(Row) error) error) error) error {
	conn, err := d.acquire(ctx, d.reads)
	if err != nil {
		return err
	}
	defer conn.Release()
	defer closeNow(conn.Conn()) // with the snapshot and its settings
	for _, statement := range []string{
		`BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY`,
		`SET LOCAL statement_timeout = 0`, // it may take as long as it takes
		`SET LOCAL idle_in_transaction_session_timeout = 0`,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return classifyPostgres(err)
		}
	}
	return fn(func(statement Statement, each func(Row) error) error {
		rows, err := conn.Query(ctx, statement.SQL, statement.Args...)
		if err != nil {
			return classifyPostgres(err)
		}
		defer rows.Close()
		for rows.Next() {
			values, err := rows.Values()
			if err != nil {
				return classifyPostgres(err)
			}
			if err := each(values); err != nil {
				return err
			}
		}
		return classifyPostgres(rows.Err())
	})
}

func (d *postgres) content(ctx context.Context) (tables int, ours bool, err error) {
	rows, err := d.read(ctx, Statement{
		SQL:     `SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()`,
		Columns: 1,
	})
	for _, row := range rows {
		ours = ours || row.Text(0) == versionTable
	}
	return len(rows), ours, err
}

// patientConfig is for connections on which statements take as long as they do.
func (d *postgres) patientConfig() *pgx.ConnConfig {
	config := d.config.ConnConfig.Copy()
	for _, name := range [...]string{"statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"} {
		delete(config.RuntimeParams, name)
	}
	return config
}

// migrate runs the migrations on a connection without timeouts: an index of a
// large table takes its time. Of several processes one does it.
func (d *postgres) migrate(ctx context.Context) error {
	db := stdlib.OpenDB(*d.patientConfig())
	locker, err := lock.NewPostgresTableLocker()
	if err != nil {
		return err
	}
	return errors.Join(migrateUp(ctx, goosedatabase.DialectPostgres, db, locker), db.Close())
}

// oneTree: with Citus others may lie on other nodes.
func (d *postgres) oneTree() bool { return d.distributed }

func (d *postgres) pools() []Pool {
	pool := func(name string, p *pgxpool.Pool) Pool {
		s := p.Stat()
		return Pool{
			Name: name, Max: int(s.MaxConns()), Open: int(s.TotalConns()), Busy: int(s.AcquiredConns()),
			Waits: s.EmptyAcquireCount(), Waited: s.EmptyAcquireWaitTime(),
		}
	}
	return []Pool{pool("writes", d.writes), pool("reads", d.reads)}
}

// check leaves pages to the server, which has checksums for them.
func (d *postgres) check(ctx context.Context) error { return d.primary(ctx) }

func (d *postgres) durable(ctx context.Context) error {
	if d.options.UnsafeDurability {
		return nil
	}
	for _, name := range [...]string{"fsync", "synchronous_commit", "full_page_writes"} {
		rows, err := d.read(ctx, Statement{SQL: `SHOW ` + name, Columns: 1})
		if err != nil {
			return err
		}
		if value := rows[0].Text(0); value == "off" {
			return fmt.Errorf("%w: the server has %s = off", ErrNotDurable, name)
		}
	}
	return nil
}

// primary asks the server whether it is more than a standby. One that only reads for
// now may be looked at.
func (d *postgres) primary(ctx context.Context) error {
	return d.isFalse(ctx, `pg_is_in_recovery()`, "the server is a standby")
}

func (d *postgres) isFalse(ctx context.Context, condition, problem string) error {
	rows, err := d.read(ctx, Statement{SQL: `SELECT CAST(` + condition + ` AS TEXT)`, Columns: 1})
	if err == nil && rows[0].Text(0) != "false" {
		err = fmt.Errorf("%w: %s", ErrUnavailable, problem)
	}
	return err
}

// ready asks the server whether it is one that writes. Who asks is told in the
// time that ctx leaves; a server that hangs is waited for behind its back.
func (d *postgres) ready(ctx context.Context) error {
	asked := make(chan error, 1)
	go func() {
		// It is on where the server is a standby, too.
		asked <- d.isFalse(ctx, `CAST(current_setting('transaction_read_only') AS BOOLEAN)`, "the server only reads")
	}()
	select {
	case err := <-asked:
		return err
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

// SidePool opens connections to a PostgreSQL for what is no data of Tael, with
// the timeouts of all others. What they commit may be lost in a crash.
func SidePool(ctx context.Context, address string, o PostgresOptions, connections int) (*pgxpool.Pool, error) {
	o.Connections = connections
	config, err := postgresConfig(address, o.withDefaults())
	if err != nil {
		return nil, err
	}
	if o.Unprepared {
		// Others than the store need the types of parameters. Asking for them takes a
		// request of its own, which leaves nothing on the connection either.
		config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	} else {
		config.ConnConfig.RuntimeParams["synchronous_commit"] = "off"
	}
	return pgxpool.NewWithConfig(ctx, config)
}
