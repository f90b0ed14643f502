package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"tael/internal/schedule"
	"tael/internal/store"
)

func migrateCommand() *cobra.Command {
	f, jobs := &databaseFlags{}, &jobsFlags{}
	citus := false
	command := &cobra.Command{
		Use:   "migrate",
		Short: "Bring a database's schema up to date, making the database where there is none",
		Long: `Brings a database's schema up to date. The server does so too when it starts; this command is for
those who want to do it at another time. Schemas only grow: servers of the release before that are
running go on running, but do not start again.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := fromEnvironment(command); err != nil {
				return err
			}
			if err := jobs.check(f); err != nil {
				return refused{err, exitUsage}
			}
			s, err := f.open(command.Context(), true, nil)
			if err != nil {
				return err
			}
			if citus {
				err = s.Distribute(command.Context())
			}
			if err := errors.Join(err, s.Close()); err != nil {
				return err
			}
			if err := schedule.Migrate(command.Context(), jobs.beside(f), f.postgres); err != nil {
				return err
			}
			_, err = fmt.Fprintf(command.OutOrStdout(), "%s is up to date\n", store.Redacted(f.address))
			return err
		},
	}
	f.register(command.Flags())
	jobs.register(command.Flags())
	command.Flags().BoolVar(&citus, "citus", false,
		"PostgreSQL with the extension Citus: spread the tables over its nodes by tree")
	return command
}
