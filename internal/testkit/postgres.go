package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"tael/internal/throwaway"
)

// postgresSettings make a server fast; it survives no power cut.
var postgresSettings = []string{
	"fsync=off", "full_page_writes=off", "max_connections=300", "shared_buffers=64MB", "autovacuum=off",
	"log_min_messages=fatal",
}

// StartPostgres starts a server for a test that needs one of its own, with further
// settings as name=value.
func StartPostgres(settings ...string) (*throwaway.Postgres, error) {
	return throwaway.StartPostgres(slices.Concat(postgresSettings, settings)...)
}

// OwnPostgres is a server that a test may stop and change, which ends with it.
// Where there can be none the test is skipped, unless nothing may be.
func OwnPostgres(t testing.TB, settings ...string) *throwaway.Postgres {
	t.Helper()
	return own(t, func() (*throwaway.Postgres, error) { return StartPostgres(settings...) })
}

// OwnPostgresOnVolume is OwnPostgres with a part of the cluster on a file system
// of its own that can be filled.
func OwnPostgresOnVolume(t testing.TB, part string, megabytes int, settings ...string) *throwaway.Postgres {
	t.Helper()
	return own(t, func() (*throwaway.Postgres, error) {
		return throwaway.StartPostgresOnVolume(part, megabytes, slices.Concat(postgresSettings, settings)...)
	})
}

func own(t testing.TB, start func() (*throwaway.Postgres, error)) *throwaway.Postgres {
	t.Helper()
	postgres, err := start()
	if errors.Is(err, throwaway.ErrNoPostgres) {
		Missing(t, err)
	}
	if errors.Is(err, throwaway.ErrNoVolume) {
		t.Skip(err) // a right, which nothing that is installed can give; .ci/run says so
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(postgres.Stop)
	return postgres
}

// postgresServer is where the tests of a process make their databases.
type postgresServer struct {
	before, after string              // of a database's name in its address
	template      string              // a database with the schema and nothing else
	own           *throwaway.Postgres // nil: the one that postgresVariable names
	untouched     string              // the template's state
	restore       string              // the statements that bring its rows back

	mu    sync.Mutex
	empty []string // databases that tests have given back, as new
}

// thePostgres starts the server when the first test asks for it.
var thePostgres = sync.OnceValues(startPostgres)

// started is what StopPostgres has to stop.
var started *postgresServer

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
		started = s
		return s, s.prepare()
	}
	own, err := StartPostgres()
	if err != nil {
		return nil, err
	}
	started, s.own = s, own
	return s, s.prepare()
}

// StopPostgres ends the server of the tests, if there is one; of one that was there
// before it takes away what they made. TestMain calls it.
func StopPostgres() {
	switch {
	case started == nil:
	case started.own != nil:
		started.own.Stop()
	default:
		for _, name := range append(started.empty, started.template) {
			if err := started.execute("DROP DATABASE IF EXISTS " + name); err != nil {
				fmt.Fprintln(os.Stderr, err)
			}
		}
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
	if err := migrate(s.address(s.template)); err != nil {
		return err
	}
	return s.remember()
}

// FreePorts are ports of 127.0.0.1 for servers that have to be told theirs.
func FreePorts(t testing.TB, count int) []int {
	t.Helper()
	ports, err := throwaway.FreePorts(count)
	if errors.Is(err, throwaway.ErrNoPostgres) {
		Missing(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return ports
}

// ListeningPostgres is OwnPostgres on a port of 127.0.0.1 as well.
func ListeningPostgres(t testing.TB) (server *throwaway.Postgres, port int) {
	t.Helper()
	ports := FreePorts(t, 1)
	return OwnPostgres(t, "listen_addresses=127.0.0.1", fmt.Sprint("port=", ports[0])), ports[0]
}

// SecurePostgres lets a server speak TLS where it listens, with a certificate that
// is good for names and vouches for itself, and returns the path of that.
func SecurePostgres(t testing.TB, server *throwaway.Postgres, names ...string) (issuer string) {
	t.Helper()
	certificate, key := Certificate(t, names...)
	for _, file := range []struct {
		setting, name string
		content       []byte
	}{{"ssl_cert_file", "server.crt", certificate}, {"ssl_key_file", "server.key", key}} {
		path, err := server.WritePrivate(file.name, file.content)
		if err == nil {
			err = server.Execute(fmt.Sprintf("ALTER SYSTEM SET %s = '%s'", file.setting, path))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := server.Execute("ALTER SYSTEM SET ssl = on"); err != nil {
		t.Fatal(err)
	}
	server.Halt()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(server.Folder(), "server.crt")
}
