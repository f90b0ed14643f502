package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"
)

func rotateKeysCommand() *cobra.Command {
	f := &databaseFlags{}
	command := &cobra.Command{
		Use:   "rotate-keys",
		Short: "Encrypt every secret in the database under the first master key",
		Long: `Encrypts every secret in the database under the first master key of --master-key-file. To replace a
master key: put the new one above the old one in the file, restart the servers, run this command, and
take the old one out of the file.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) (err error) {
			if err := fromEnvironment(command); err != nil {
				return err
			}
			s, err := f.open(command.Context(), false, nil)
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			changed, err := s.Reseal(command.Context())
			if err != nil {
				return err
			}
			_, err = fmt.Fprintf(command.OutOrStdout(), "%d secrets encrypted anew\n", changed)
			return err
		},
	}
	f.register(command.Flags())
	return command
}
