package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// take is the name of a database with the schema and nothing else: one that a
// test gave back, or a new one. To make one and to drop it costs more than what most
// tests do with it.
func (s *postgresServer) take() (name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if last := len(s.empty) - 1; last >= 0 {
		name, s.empty = s.empty[last], s.empty[:last]
		return name, nil
	}
	name = "test_" + strings.ToLower(rand.Text())
	return name, s.execute("CREATE DATABASE " + name + " TEMPLATE " + s.template)
}

// giveBack makes a database as new for the next test. One that is then not in every
// respect as the template is dropped.
func (s *postgresServer) giveBack(name string) error {
	state, err := s.renew(name)
	if err != nil || state != s.untouched {
		return errors.Join(err, s.execute("DROP DATABASE "+name+" WITH (FORCE)"))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.empty = append(s.empty, name)
	return nil
}

// remember keeps what the template holds: the rows that migrations make.
func (s *postgresServer) remember() (err error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.address(s.template))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	rows, err := conn.Query(ctx, `
		SELECT quote_ident(relname) FROM pg_class WHERE relnamespace = CAST('public' AS regnamespace) AND relkind = 'r'
			AND relname <> 'goose_db_version' ORDER BY relname`)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, table := range tables {
		s.restore += "DELETE FROM " + table + ";"
		var content *string
		if err := conn.QueryRow(ctx, "SELECT quote_literal(JSON_AGG(t)) FROM "+table+" AS t").Scan(&content); err != nil {
			return err
		}
		if content != nil {
			s.restore += fmt.Sprintf("INSERT INTO %s SELECT * FROM json_populate_recordset(CAST(NULL AS %[1]s), %s);",
				table, *content)
		}
	}
	s.untouched, err = state(ctx, conn)
	return err
}

// renew ends all other connections to a database, puts into its tables what the
// template has there, and returns its state.
func (s *postgresServer) renew(name string) (text string, err error) {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, s.address(name))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }()
	// A server that was killed may have left a statement that still runs.
	if _, err := conn.Exec(ctx, `
		SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
		return "", err
	}
	if text, err = state(ctx, conn); err != nil || text != s.untouched {
		return text, err // its tables may be others
	}
	_, err = conn.Exec(ctx, s.restore)
	return text, err
}

// state is a text that two databases share if their schemas have not been changed
// since they were made of one template, nor their settings, nor what is known of
// their tables' contents, and neither has grown much.
func state(ctx context.Context, conn *pgx.Conn) (text string, err error) {
	// Whatever changes a schema writes rows of the catalogue, or takes some away.
	const catalogue = `
		SELECT 'pg_class' AS name, oid, xmin FROM pg_class UNION ALL
		SELECT 'pg_attribute', attrelid, xmin FROM pg_attribute UNION ALL
		SELECT 'pg_constraint', oid, xmin FROM pg_constraint UNION ALL
		SELECT 'pg_index', indexrelid, xmin FROM pg_index UNION ALL
		SELECT 'pg_trigger', oid, xmin FROM pg_trigger UNION ALL
		SELECT 'pg_rewrite', oid, xmin FROM pg_rewrite UNION ALL
		SELECT 'pg_policy', oid, xmin FROM pg_policy UNION ALL
		SELECT 'pg_proc', oid, xmin FROM pg_proc UNION ALL
		SELECT 'pg_type', oid, xmin FROM pg_type UNION ALL
		SELECT 'pg_namespace', oid, xmin FROM pg_namespace UNION ALL
		SELECT 'pg_extension', oid, xmin FROM pg_extension UNION ALL
		SELECT 'pg_statistic', starelid, xmin FROM pg_statistic UNION ALL
		SELECT 'pg_db_role_setting', setrole, xmin FROM pg_db_role_setting
			WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())`
	err = conn.QueryRow(ctx, `
		SELECT STRING_AGG(FORMAT('%s %s %s %s', name, rows, oids, xmins), ', ' ORDER BY name)
			|| (SELECT FORMAT(', version %s', SUM(version_id)) FROM goose_db_version)
			|| CASE WHEN pg_database_size(current_database()) > 16000000 THEN ', large' ELSE '' END
		FROM (
			SELECT name, COUNT(*) AS rows, SUM(CAST(oid AS BIGINT)) AS oids, SUM(CAST(CAST(xmin AS TEXT) AS BIGINT)) AS xmins
			FROM (`+catalogue+`) AS all_rows GROUP BY name
		) AS catalogues`).Scan(&text)
	return text, err
}
