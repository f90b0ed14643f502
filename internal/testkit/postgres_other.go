//go:build !linux

package testkit

import (
	"os/exec"
	"syscall"
)

// Elsewhere tests do without PostgreSQL: who they run as, and that nothing is left
// behind, is arranged differently on each system.

type postgresServer struct{ template string }

func (*postgresServer) address(string) string { return "" }

func (*postgresServer) execute(string) error { return errNoPostgres }

func thePostgres() (*postgresServer, error) { return nil, errNoPostgres }

// StopPostgres has nothing to stop.
func StopPostgres() {}

// PostgresServer is a throw-away PostgreSQL; there is none here.
type PostgresServer struct{ postgresServer }

// StartPostgres says that there is none.
func StartPostgres([]string) (*PostgresServer, error) { return nil, errNoPostgres }

// Start says that there is none.
func (*PostgresServer) Start([]string) error { return errNoPostgres }

// Address is that of no database.
func (*PostgresServer) Address(string) string { return "" }

// Folder is none.
func (*PostgresServer) Folder() string { return "" }

// Signal reaches nobody.
func (*PostgresServer) Signal(syscall.Signal) error { return errNoPostgres }

// Halt has nothing to halt.
func (*PostgresServer) Halt() {}

// Stop has nothing to stop.
func (*PostgresServer) Stop() {}

// AsOrdinaryUser leaves a command as it is.
func AsOrdinaryUser(*exec.Cmd) error { return nil }
