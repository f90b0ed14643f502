package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"

	"tael/internal/store"
	"tael/internal/throwaway"
	"tael/internal/vault"
)

// StartPostgres starts a server for a test that needs one of its own. It is fast
// and survives no power cut.
func StartPostgres() (*throwaway.Postgres, error) {
	return throwaway.StartPostgres("fsync=off", "full_page_writes=off", "max_connections=300", "shared_buffers=64MB",
		"autovacuum=off", "log_min_messages=fatal")
}

// postgresServer is where the tests of a process make their databases.
type postgresServer struct {
	before, after string              // of a database's name in its address
	template      string              // a database with the schema and nothing else
	own           *throwaway.Postgres // nil: the one that postgresVariable names
}

// thePostgres starts the server when the first test asks for it.
var thePostgres = sync.OnceValues(startPostgres)

// started is what StopPostgres has to stop.
var started *throwaway.Postgres

func startPostgres() (*postgresServer, error) {
	s := &postgresServer{}
	if address := os.Getenv(postgresVariable); address != "" {
		before, query, _ := strings.Cut(address, "?")
		at := strings.LastIndex(before, "/")
		if at < len("postgres://") {
			return nil, fmt.Errorf("%s: write postgres://user@host/database", postgresVariable)
		}
		s.before = before[:at+1]
		if query != "" {
			s.after = "?" + query
		}
		return s, s.prepare()
	}
	own, err := StartPostgres()
	if err != nil {
		return nil, err
	}
	started, s.own = own, own
	return s, s.prepare()
}

// StopPostgres ends the server of the tests, if there is one. TestMain calls it.
func StopPostgres() {
	if started != nil {
		started.Stop()
	}
}

func (s *postgresServer) address(name string) string {
	if s.own != nil {
		return s.own.Address(name)
	}
	return s.before + name + s.after
}

// execute runs a statement outside the databases of tests.
func (s *postgresServer) execute(statement string) error {
	return executeAt(s.address("postgres"), statement)
}

func executeAt(address, statement string) error {
	conn, err := pgx.Connect(context.Background(), address)
	if err != nil {
		return err
	}
	_, err = conn.Exec(context.Background(), statement)
	return errors.Join(err, conn.Close(context.Background()))
}

// prepare makes the template of all databases: the schema, without settings.
func (s *postgresServer) prepare() error {
	s.template = "template_" + strings.ToLower(rand.Text())
	if err := s.execute("CREATE DATABASE " + s.template); err != nil {
		return err
	}
	v, err := vault.New(make([]byte, 32))
	if err != nil {
		return err
	}
	made, err := store.Open(context.Background(), store.Options{
		Address: s.address(s.template), Postgres: PostgresOptions(), Vault: v, Migrate: true,
	})
	if err != nil {
		return err
	}
	return errors.Join(made.Close(), executeAt(s.address(s.template), "DELETE FROM setting"))
}
