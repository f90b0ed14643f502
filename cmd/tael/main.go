// Command tael runs Tael: the server, and what its operator needs beside it.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/google/uuid"
	"github.com/spf13/cobra"
)

// Exit codes, for scripts.
const (
	exitFailed    = 1 // the command did not succeed; verify, backup, restore: the figures do not add up
	exitUsage     = 2 // the command line is wrong
	exitRefused   = 3 // call: the server answered an error
	exitUnchecked = 4 // verify, backup, restore: the database could not be read, or its copy not written
)

// refused is a failure that carries its own exit code.
type refused struct {
	error
	code int
}

func main() {
	uuid.EnableRandPool() // request ids are no secrets
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := root().ExecuteContext(ctx)
	stop()
	if err == nil {
		return
	}
	fmt.Fprintln(os.Stderr, "tael:", err)
	if r, ok := errors.AsType[refused](err); ok {
		os.Exit(r.code)
	}
	os.Exit(exitFailed)
}

// noArguments refuses what no command expects.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return refused{fmt.Errorf("unexpected %q", args[0]), exitUsage}
	}
	return nil
}

func root() *cobra.Command {
	command := &cobra.Command{
		Use:   "tael",
		Short: "The system behind a cloud's partner programme, and a sandbox for one",
		Long: `Tael keeps the credit, vouchers and customers of a cloud's partner programme and answers in
Tencent Cloud API 3.0 (intlpartnersmgt 2022-09-28), so that the official SDKs and tccli work against it.

Flags of serve, migrate, verify, backup, restore and rotate-keys can be given as environment variables too:
--rate-limits is TAEL_RATE_LIMITS.`,
		Args:          noArguments,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	command.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return refused{fmt.Errorf("%w (see %s --help)", err, c.CommandPath()), exitUsage}
	})
	command.AddCommand(serveCommand(), callCommand(), migrateCommand(), verifyCommand(), backupCommand(),
		restoreCommand(), rotateKeysCommand(), benchCommand(), versionCommand())
	return command
}
