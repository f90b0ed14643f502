// Package throwaway runs servers that are made for a test or a measurement and
// leave nothing behind: they live in a temporary folder, are reached on a socket
// in it, and end with the process that started them.
package throwaway

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// ErrNoPostgres says that there is no PostgreSQL to be run.
var ErrNoPostgres = errors.New("no postgres binary; Debian's package is postgresql")

// Postgres is a PostgreSQL server of one's own.
type Postgres struct {
	bin      string
	folder   string
	settings []string
	process  *exec.Cmd
	ended    chan struct{}
}

// StartPostgres makes a cluster in a temporary folder and starts it, with settings
// as name=value.
func StartPostgres(settings ...string) (*Postgres, error) {
	bin, err := postgresBinaries()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("/tmp", "tael-pg-") // a socket's path must be short
	if err != nil {
		return nil, err
	}
	s := &Postgres{bin: bin, folder: folder, settings: settings}
	if err := s.initialize(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if err := s.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

func (s *Postgres) initialize() error {
	who, err := ordinaryUser()
	if err == nil && who != nil {
		err = os.Chown(s.folder, int(who.Uid), int(who.Gid))
	}
	if err != nil {
		return err
	}
	command := exec.Command(filepath.Join(s.bin, "initdb"), "-D", s.folder+"/data", "-U", "tael", "--auth=trust",
		"--encoding=UTF8", "--locale=C", "--no-sync")
	command.Dir = s.folder
	if err := AsOrdinaryUser(command); err != nil {
		return err
	}
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

// Start starts the server of a cluster that does not run.
func (s *Postgres) Start() error {
	arguments := []string{"-D", s.folder + "/data", "-k", s.folder, "-c", "listen_addresses="}
	for _, setting := range s.settings {
		arguments = append(arguments, "-c", setting)
	}
	s.process = exec.Command(filepath.Join(s.bin, "postgres"), arguments...)
	if err := AsOrdinaryUser(s.process); err != nil {
		return err
	}
	s.process.SysProcAttr.Pdeathsig = syscall.SIGQUIT // which ends its children too
	var err error
	s.ended, err = launch(s.process, s.folder, func() error { return s.Execute("SELECT 1") })
	return err
}

// Address is that of one of its databases.
func (s *Postgres) Address(database string) string {
	return "postgres://tael@/" + database + "?host=" + s.folder
}

// Folder is where its socket is.
func (s *Postgres) Folder() string { return s.folder }

// Program is the path of one of the programs that belong to it.
func (s *Postgres) Program(name string) string {
	path := filepath.Join(s.bin, name)
	if _, err := os.Stat(path); err != nil {
		return name // those for clients may be elsewhere in PATH
	}
	return path
}

// Execute runs a statement in its first database.
func (s *Postgres) Execute(statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.Address("postgres"))
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}

// Halt ends the server as it stands, without a checkpoint; Start brings it back.
func (s *Postgres) Halt() { end(s.process, s.ended, syscall.SIGQUIT) }

// Stop ends the server and removes all of it.
func (s *Postgres) Stop() {
	s.Halt()
	_ = os.RemoveAll(s.folder) // in a temporary folder
}

// AsOrdinaryUser makes a command run as somebody who is not root, whom PostgreSQL
// refuses, and end with this process.
func AsOrdinaryUser(command *exec.Cmd) error {
	who, err := ordinaryUser()
	command.SysProcAttr = &syscall.SysProcAttr{Credential: who, Pdeathsig: syscall.SIGKILL}
	return err
}

// ordinaryUser is whom to run a server as; nil is who we are.
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
		return "", ErrNoPostgres
	}
	slices.SortFunc(found, func(a, b string) int { return versionOf(a) - versionOf(b) })
	return filepath.Dir(found[len(found)-1]), nil
}

func versionOf(path string) int {
	version, _ := strconv.Atoi(strings.Split(path, "/")[4]) // 0 sorts first
	return version
}
