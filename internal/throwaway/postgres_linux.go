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
	part     string  // Data or WAL, which is on a volume; "" without one
	volume   *volume // nil without one
	settings []string
	process  *exec.Cmd
	ended    chan struct{}
	guard    *guard // while it is frozen
}

// StartPostgres makes a cluster in a temporary folder and starts it, with settings
// as name=value.
func StartPostgres(settings ...string) (*Postgres, error) {
	return startPostgres("", 0, settings)
}

// Parts of a cluster that can be on a small volume.
const (
	Data = "data" // all but the write-ahead log
	WAL  = "wal"
)

// StartPostgresOnVolume is StartPostgres with a part of the cluster on a file
// system of its own, of some megabytes. ErrNoVolume: there can be none.
func StartPostgresOnVolume(part string, megabytes int, settings ...string) (*Postgres, error) {
	return startPostgres(part, megabytes, settings)
}

func startPostgres(part string, megabytes int, settings []string) (*Postgres, error) {
	bin, err := postgresBinaries()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("/tmp", "tael-pg-") // a socket's path must be short
	if err != nil {
		return nil, err
	}
	s := &Postgres{bin: bin, folder: folder, part: part, settings: settings}
	if err := s.initialize(megabytes); err != nil {
		s.remove()
		return nil, err
	}
	if err := s.Start(); err != nil {
		s.remove()
		return nil, err
	}
	return s, nil
}

func (s *Postgres) initialize(megabytes int) error {
	who, err := ordinaryUser()
	if err == nil && who != nil {
		err = os.Chown(s.folder, int(who.Uid), int(who.Gid))
	}
	if err != nil {
		return err
	}
	arguments := []string{"-U", "tael", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"}
	if s.part != "" {
		if err := os.Mkdir(s.folder+"/volume", 0o755); err != nil {
			return err
		}
		if s.volume, err = mountVolume(s.folder+"/volume", megabytes); err != nil {
			return err
		}
		arguments = append(arguments, "-X", s.place(WAL), "--wal-segsize=1") // MB: what it grows by
	}
	command := exec.Command(filepath.Join(s.bin, "initdb"), append(arguments, "-D", s.place(Data))...)
	command.Dir = s.folder
	if err := s.asOrdinaryUser(command); err != nil {
		return err
	}
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, output)
	}
	return nil
}

// place is the folder of a part of the cluster.
func (s *Postgres) place(part string) string {
	if part == s.part {
		return s.folder + "/volume/" + part
	}
	return s.folder + "/" + part
}

// asOrdinaryUser is AsOrdinaryUser where the cluster is.
func (s *Postgres) asOrdinaryUser(command *exec.Cmd) error {
	if s.volume == nil {
		return AsOrdinaryUser(command)
	}
	s.volume.inside(command)
	return nil
}

// Start starts the server of a cluster that does not run.
func (s *Postgres) Start() error {
	arguments := []string{"-D", s.place(Data), "-k", s.folder, "-c", "listen_addresses="}
	for _, setting := range s.settings {
		arguments = append(arguments, "-c", setting)
	}
	s.process = exec.Command(filepath.Join(s.bin, "postgres"), arguments...)
	if err := s.asOrdinaryUser(s.process); err != nil {
		return err
	}
	s.process.SysProcAttr.Pdeathsig = syscall.SIGQUIT // which ends its children too
	var err error
	s.ended, err = launch(s.process, s.folder, func() error { return s.Execute("SELECT 1") })
	return err
}

// Address is that of one of its databases.
func (s *Postgres) Address(database string) string {
	address := "postgres://tael@/" + database + "?host=" + s.folder
	for _, setting := range s.settings {
		if port, ok := strings.CutPrefix(setting, "port="); ok { // it is in the socket's name
			return address + "&port=" + port
		}
	}
	return address
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

// Settle vacuums a database, so that the server will not do so by itself, writes out
// all that has changed and has all of it in memory, as far as there is room: the
// small tables and indexes, which are read last, in any case.
func (s *Postgres) Settle(ctx context.Context, database string) error {
	conn, err := pgx.Connect(ctx, s.Address(database))
	if err != nil {
		return err
	}
	for _, statement := range []string{
		`VACUUM (ANALYZE)`,
		`CHECKPOINT`,
		`CREATE EXTENSION IF NOT EXISTS pg_prewarm`, // Debian has it with the server
		`SELECT pg_prewarm(oid) FROM (SELECT CAST(oid AS regclass) FROM pg_class
			WHERE relnamespace = CAST('public' AS regnamespace) AND relkind IN ('r', 'i')
			ORDER BY pg_relation_size(oid) DESC) AS largest_first`,
	} {
		if _, err = conn.Exec(ctx, statement); err != nil {
			break
		}
	}
	return errors.Join(err, conn.Close(ctx))
}

// Halt ends the server as it stands, without a checkpoint; Start brings it back.
func (s *Postgres) Halt() {
	if s.guard != nil {
		_ = s.Thaw() // a frozen server does not end
	}
	end(s.process, s.ended, syscall.SIGQUIT)
}

// Ended is closed when the server has ended, by itself too.
func (s *Postgres) Ended() <-chan struct{} { return s.ended }

// Fill leaves no room on the volume.
func (s *Postgres) Fill() error { return s.volume.fill() }

// Free makes room on the volume again.
func (s *Postgres) Free() error { return s.volume.free() }

// Freeze stops all processes of the server where they are, as a machine that hangs
// would: connections are still accepted, and nothing is answered.
func (s *Postgres) Freeze() error {
	guard, err := newGuard()
	if err != nil {
		return err
	}
	s.guard = guard
	first := s.process.Process.Pid
	if err := guard.stop(first); err != nil { // it starts no others from here on
		return err
	}
	for _, pid := range processesOf(first, "") {
		if err := guard.stop(pid); err != nil {
			return err
		}
	}
	return nil
}

// Thaw ends a Freeze.
func (s *Postgres) Thaw() error {
	guard := s.guard
	s.guard = nil
	return guard.end()
}

// WritePrivate puts a file beside the server's socket that only the server may
// read, and returns its path.
func (s *Postgres) WritePrivate(name string, content []byte) (string, error) {
	path := filepath.Join(s.folder, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		return "", err
	}
	who, err := ordinaryUser()
	if err != nil || who == nil {
		return path, err
	}
	return path, os.Chown(path, int(who.Uid), int(who.Gid))
}

// Stop ends the server and removes all of it.
func (s *Postgres) Stop() {
	s.Halt()
	s.remove()
}

func (s *Postgres) remove() {
	if s.volume != nil {
		s.volume.unmount()
	}
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
