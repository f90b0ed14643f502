package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func backupCommand() *cobra.Command {
	f := &databaseFlags{}
	var to string
	command := &cobra.Command{
		Use:   "backup",
		Short: "Copy a database, beside a running server, and verify the copy",
		Long: `Copies an SQLite database with all that is committed when the command starts, while servers go on
writing to it, and verifies the copy as tael verify does. --to gets its name last: where it exists, it is
whole and verified. Nothing is overwritten. A run that was killed leaves the name with .partial added.

The master key is not copied, and a backup without it cannot be opened, ever: keep a copy of it where the
backups are not.

Prints the last transfer of each tree, which serves as anchors. Exit code 1 if the copy contradicts itself,
4 if it could not be made or read. PostgreSQL has tools of its own for backups.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := fromEnvironment(command); err != nil {
				return err
			}
			if to == "" {
				return refused{errors.New("--to: say which file to make"), exitUsage}
			}
			if err := f.onlySQLite(); err != nil {
				return err
			}
			return unchecked(backup(command.Context(), f, to, printerOf(command)))
		},
	}
	f.registerFiles(command.Flags(), "`file` with the SQLite database")
	command.Flags().StringVar(&to, "to", "", "`file` to make")
	return command
}

func backup(ctx context.Context, f *databaseFlags, to string, p printer) (err error) {
	s, err := f.openAddress(ctx, false, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	d, err := newDraft(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.discard()) }()
	if err := s.Backup(ctx, d.path, p.copying()); err != nil {
		return err
	}
	if err := proveCopy(ctx, f, d.path, p); err != nil {
		return fmt.Errorf("the copy: %w", err)
	}
	if err := d.place(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s is a verified backup of %s, without the master key: that is in %s. "+
		"Keep a copy of it where the backups are not\n", to, f.address, f.keyPlace())
	return err
}

// proveCopy verifies a copy of a database, and leaves nothing open: what is in
// its log is then in the file.
func proveCopy(ctx context.Context, f *databaseFlags, path string, p printer) (err error) {
	s, err := f.openCopy(ctx, path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return prove(ctx, s, anchors{}, p)
}
