package throwaway

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// ErrNoRedis says that there is no Redis to be run.
var ErrNoRedis = errors.New("no redis-server; Debian's package is redis-server")

// Redis is a Redis server of one's own, which keeps nothing.
type Redis struct {
	folder   string
	settings []string
	process  *exec.Cmd
	ended    chan struct{}
}

// StartRedis starts a server in a temporary folder, with settings as arguments of
// its command line.
func StartRedis(settings ...string) (*Redis, error) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return nil, ErrNoRedis
	}
	folder, err := os.MkdirTemp("/tmp", "tael-redis-") // a socket's path must be short
	if err != nil {
		return nil, err
	}
	s := &Redis{folder: folder, settings: settings}
	if err := s.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}

// Start starts a server that was halted, without what it held.
func (s *Redis) Start() error {
	s.process = exec.Command("redis-server", append([]string{
		"--port", "0", "--unixsocket", s.Socket(), "--dir", s.folder, "--save", "", "--appendonly", "no",
	}, s.settings...)...)
	s.process.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var err error
	s.ended, err = launch(s.process, s.folder, s.answers)
	return err
}

// answers is nil if the server says anything, if only that it wants a password.
func (s *Redis) answers() error {
	conn, err := net.Dial("unix", s.Socket())
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return err
	}
	if _, err := fmt.Fprint(conn, "PING\r\n"); err != nil {
		return err
	}
	_, err = conn.Read(make([]byte, 1))
	return err
}

// Socket is the path of its socket.
func (s *Redis) Socket() string { return s.folder + "/redis.sock" }

// Freeze stops the server from doing anything; Thaw lets it go on.
func (s *Redis) Freeze() error { return s.process.Process.Signal(syscall.SIGSTOP) }

// Thaw ends a Freeze.
func (s *Redis) Thaw() error { return s.process.Process.Signal(syscall.SIGCONT) }

// Halt kills the server; Start brings it back.
func (s *Redis) Halt() { end(s.process, s.ended, syscall.SIGKILL) }

// Stop ends the server and removes all of it.
func (s *Redis) Stop() {
	s.Halt()
	_ = os.RemoveAll(s.folder) // in a temporary folder
}
