package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"tael/internal/store"
	"tael/internal/vault"
)

// postgresServer is the server of a test process.
type postgresServer struct {
	base     string // address up to the name of the database
	query    string
	template string // a database with the schema and nothing else

	folder  string
	process *exec.Cmd // nil: not ours
	ended   chan struct{}
}

func (s *postgresServer) address(name string) string { return s.base + "/" + name + s.query }

// thePostgres starts the server when the first test asks for it.
var thePostgres = sync.OnceValues(startPostgres)

func startPostgres() (*postgresServer, error) {
	if address := os.Getenv(postgresVariable); address != "" {
		before, query, _ := strings.Cut(address, "?")
		at := strings.LastIndex(before, "/")
		if at < len("postgres://") {
			return nil, fmt.Errorf("%s: write postgres://user@host/database", postgresVariable)
		}
		s := &postgresServer{base: before[:at]}
		if query != "" {
			s.query = "?" + query
		}
		return s, s.prepare()
	}
	s, err := StartPostgres(nil)
	if err != nil {
		return nil, err
	}
	ownServer = s
	return s.postgresServer, s.prepare()
}

// ownServer is to be stopped at the end; see StopPostgres.
var ownServer *PostgresServer

// StopPostgres ends the server of the tests, if there is one. TestMain calls it.
func StopPostgres() {
	if ownServer != nil {
		ownServer.Stop()
	}
}

// PostgresServer is a throw-away PostgreSQL on a socket of its own.
type PostgresServer struct {
	*postgresServer
	bin string
}

// StartPostgres makes a cluster in a temporary folder and starts it, with more
// settings as name=value.
func StartPostgres(settings []string) (*PostgresServer, error) {
	bin, err := postgresBinaries()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("/tmp", "tael-pg-") // a socket's path must be short
	if err != nil {
		return nil, err
	}
	s := &PostgresServer{bin: bin, postgresServer: &postgresServer{
		base: "postgres://tael@", query: "?host=" + folder, folder: folder,
	}}
	who, err := ordinaryUser()
	if err == nil && who != nil {
		err = os.Chown(folder, int(who.Uid), int(who.Gid))
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	initialize := exec.Command(filepath.Join(bin, "initdb"), "-D", folder+"/data", "-U", "tael", "--auth=trust",
		"--encoding=UTF8", "--locale=C", "--no-sync")
	initialize.SysProcAttr, initialize.Dir = &syscall.SysProcAttr{Credential: who}, folder
	if output, err := initialize.CombinedOutput(); err != nil {
		return nil, errors.Join(fmt.Errorf("initdb: %w\n%s", err, output), os.RemoveAll(folder))
	}
	if err := s.Start(settings); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

// Start starts the server of a cluster that does not run.
func (s *PostgresServer) Start(settings []string) error {
	who, err := ordinaryUser()
	if err != nil {
		return err
	}
	arguments := []string{"-D", s.folder + "/data", "-k", s.folder}
	for _, setting := range append([]string{
		"listen_addresses=", "fsync=off", "full_page_writes=off", "max_connections=300", "shared_buffers=64MB",
		"autovacuum=off", "log_min_messages=fatal",
	}, settings...) {
		arguments = append(arguments, "-c", setting)
	}
	log, err := os.OpenFile(s.folder+"/log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the process has it
	s.process = exec.Command(filepath.Join(s.bin, "postgres"), arguments...)
	s.process.Dir, s.process.Stdout, s.process.Stderr = s.folder, log, log
	s.process.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGQUIT}
	if err := s.process.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	s.ended = ended
	process := s.process
	go func() {
		_ = process.Wait() // how it ended does not matter
		close(ended)
	}()
	for range 500 {
		if err = s.execute("SELECT 1"); err == nil {
			return nil
		}
		select {
		case <-ended:
			text, _ := os.ReadFile(s.folder + "/log")
			return fmt.Errorf("postgres ended: %s", text)
		case <-time.After(20 * time.Millisecond):
		}
	}
	return fmt.Errorf("postgres does not answer: %w", err)
}

// Address is that of one of its databases.
func (s *PostgresServer) Address(database string) string { return s.address(database) }

// Signal sends a signal to the server's first process.
func (s *PostgresServer) Signal(signal syscall.Signal) error { return s.process.Process.Signal(signal) }

// Halt ends the server as it stands, without a checkpoint; Start brings it back.
func (s *PostgresServer) Halt() {
	_ = s.process.Process.Signal(syscall.SIGQUIT) // it may have ended
	<-s.ended
}

// Stop ends the server and removes all of it.
func (s *PostgresServer) Stop() {
	s.Halt()
	_ = os.RemoveAll(s.folder) // in a temporary folder
}

// Folder is where its socket is.
func (s *PostgresServer) Folder() string { return s.folder }

// AsOrdinaryUser makes a command run as somebody who is not root, and end with
// the test process.
func AsOrdinaryUser(command *exec.Cmd) error {
	who, err := ordinaryUser()
	command.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGKILL}
	return err
}

// ordinaryUser is whom to run a server as where the tests run as root, which
// PostgreSQL refuses.
func ordinaryUser() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil //nolint:nilnil // nil: as who we are
	}
	who, err := user.Lookup("nobody")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(who.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(who.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// postgresBinaries is the folder of the newest PostgreSQL's programs.
func postgresBinaries() (string, error) {
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres") // Debian's place, not in PATH
	if err != nil || len(found) == 0 {
		return "", errNoPostgres
	}
	slices.SortFunc(found, func(a, b string) int { return versionOf(a) - versionOf(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

func versionOf(path string) int {
	version, _ := strconv.Atoi(strings.Split(path, "/")[4]) // 0 sorts first
	return version
}

// execute runs a statement outside the databases of tests.
func (s *postgresServer) execute(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.address("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
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
	options := PostgresOptions()
	made, err := store.Open(context.Background(), store.Options{
		Address: s.address(s.template), Postgres: options, Vault: v, Migrate: true,
	})
	if err != nil {
		return err
	}
	if err := made.Close(); err != nil {
		return err
	}
	conn, err := pgx.Connect(context.Background(), s.address(s.template))
	if err != nil {
		return err
	}
	_, err = conn.Exec(context.Background(), "DELETE FROM setting")
	return errors.Join(err, conn.Close(context.Background()))
}
