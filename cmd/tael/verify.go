package main

import (
	"bufio"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"tael/internal/store"
)

func verifyCommand() *cobra.Command {
	f := &databaseFlags{}
	var anchorFile string
	command := &cobra.Command{
		Use:   "verify",
		Short: "Prove that the figures add up and that nothing recorded was changed or removed",
		Long: `Replays every transfer and compares balances, totals and hash chains with what the database says. It
works on a snapshot, beside live servers. Exit code 1 and the first contradiction if there is one, 4 if
the database could not be read.

Prints the last transfer of each tree and the last pages of its audit. Keep that print somewhere else:
--anchors compares with it and so finds a tail that was cut off, which the database by itself cannot show.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) (err error) {
			if err := fromEnvironment(command); err != nil {
				return err
			}
			known, err := readAnchors(anchorFile)
			if err != nil {
				return refused{err, exitUsage}
			}
			s, err := f.open(command.Context(), false, nil)
			if err != nil {
				return unchecked(err)
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			return prove(command.Context(), s, known, printerOf(command))
		},
	}
	f.register(command.Flags())
	command.Flags().StringVar(&anchorFile, "anchors", "", "`file` with what an earlier verify printed")
	return command
}

// readAnchors reads the lines of trees from an earlier print.
func readAnchors(path string) (anchors, error) {
	var all anchors
	if path == "" {
		return all, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return all, err
	}
	defer func() { _ = file.Close() }() // only read
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "tree ") {
			continue
		}
		if err := all.read(lines.Text()); err != nil {
			return all, fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := lines.Err(); err != nil {
		return all, err
	}
	if all.none() {
		return all, fmt.Errorf("%s: no anchor in it", path)
	}
	return all, nil
}

// read adds the anchor in a line of verify's.
func (a *anchors) read(line string) error {
	var tree store.Anchor
	var end store.AuditEnd
	var hash string
	_, err := fmt.Sscanf(line, "tree %d audit %d sequence %d hash %s", &end.Root, &end.Writer, &end.Sequence, &hash)
	ofAudit := err == nil
	if !ofAudit {
		_, err = fmt.Sscanf(line, "tree %d sequence %d hash %s", &tree.Root, &tree.Sequence, &hash)
	}
	digest, hexErr := hex.DecodeString(hash)
	if err != nil || hexErr != nil || len(digest) != len(tree.Head) {
		return fmt.Errorf("not a line of verify: %q", line)
	}
	if ofAudit {
		end.Hash = [32]byte(digest)
		a.audit = append(a.audit, end)
		return nil
	}
	tree.Head = [32]byte(digest)
	a.trees = append(a.trees, tree)
	return nil
}
