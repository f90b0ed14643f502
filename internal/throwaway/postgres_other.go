//go:build !linux

// Package throwaway runs servers that are made for a test or a measurement; on
// this system there is none: who they run as, and that nothing is left behind, is
// arranged differently on each.
package throwaway

import (
	"errors"
	"os/exec"
)

// ErrNoPostgres says that there is no PostgreSQL to be run.
var ErrNoPostgres = errors.New("servers of the tests run on Linux only")

// Postgres is a PostgreSQL server of one's own; there is none here.
type Postgres struct{}

// StartPostgres says that there is none.
func StartPostgres(...string) (*Postgres, error) { return nil, ErrNoPostgres }

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

// Halt has nothing to halt.
func (*Postgres) Halt() {}

// Stop has nothing to stop.
func (*Postgres) Stop() {}

// AsOrdinaryUser leaves a command as it is.
func AsOrdinaryUser(*exec.Cmd) error { return nil }
