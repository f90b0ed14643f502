//go:build !linux

// Package throwaway runs servers that are made for a test or a measurement; on
// this system there is none: who they run as, and that nothing is left behind, is
// arranged differently on each.
package throwaway

import (
	"context"
	"errors"
	"os/exec"
)

// ErrNoPostgres says that there is no PostgreSQL to be run.
var ErrNoPostgres = errors.New("servers of the tests run on Linux only")

// ErrNoVolume says that this process may not mount a file system.
var ErrNoVolume = ErrNoPostgres

// Postgres is a PostgreSQL server of one's own; there is none here.
type Postgres struct{}

// StartPostgres says that there is none.
func StartPostgres(...string) (*Postgres, error) { return nil, ErrNoPostgres }

// Parts of a cluster that can be on a small volume.
const (
	Data = "data"
	WAL  = "wal"
)

// StartPostgresOnVolume says that there is none.
func StartPostgresOnVolume(string, int, ...string) (*Postgres, error) { return nil, ErrNoPostgres }

// Start says that there is none.
func (*Postgres) Start() error { return ErrNoPostgres }

// Address is that of no database.
func (*Postgres) Address(string) string { return "" }

// Folder is none.
func (*Postgres) Folder() string { return "" }

// Program is none.
func (*Postgres) Program(string) string { return "" }

// Execute says that there is none.
func (*Postgres) Execute(string) error { return ErrNoPostgres }

// Ended never ends.
func (*Postgres) Ended() <-chan struct{} { return nil }

// Fill says that there is none.
func (*Postgres) Fill() error { return ErrNoPostgres }

// Free says that there is none.
func (*Postgres) Free() error { return ErrNoPostgres }

// Freeze says that there is none.
func (*Postgres) Freeze() error { return ErrNoPostgres }

// Thaw says that there is none.
func (*Postgres) Thaw() error { return ErrNoPostgres }

// WritePrivate says that there is none.
func (*Postgres) WritePrivate(string, []byte) (string, error) { return "", ErrNoPostgres }

// Settle says that there is none.
func (*Postgres) Settle(context.Context, string) error { return ErrNoPostgres }

// Halt has nothing to halt.
func (*Postgres) Halt() {}

// Stop has nothing to stop.
func (*Postgres) Stop() {}

// AsOrdinaryUser leaves a command as it is.
func AsOrdinaryUser(*exec.Cmd) error { return nil }
