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
		Short: "Prove that the figures add up and that no transfer was changed or removed",
		Long: `Replays every transfer and compares balances, totals and hash chains with what the database says. It
works on a snapshot, beside live servers. Exit code 1 and the first contradiction if there is one, 4 if
the database could not be read.

Prints the last transfer of each tree. Keep that print somewhere else: --anchors compares with it and
so finds a tail that was cut off, which the database by itself cannot show.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) (err error) {
			if err := fromEnvironment(command); err != nil {
				return err
			}
			anchors, err := readAnchors(anchorFile)
			if err != nil {
				return refused{err, exitUsage}
			}
			s, err := f.open(command.Context(), false, nil)
			if err != nil {
				return unchecked(err)
			}
			defer func() { err = errors.Join(err, s.Close()) }()
			return prove(command.Context(), s, anchors, printerOf(command))
		},
	}
	f.register(command.Flags())
	command.Flags().StringVar(&anchorFile, "anchors", "", "`file` with what an earlier verify printed")
	return command
}

// readAnchors reads the lines of trees from an earlier print.
func readAnchors(path string) ([]store.Anchor, error) {
	if path == "" {
		return nil, nil
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	var anchors []store.Anchor
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		if !strings.HasPrefix(lines.Text(), "tree ") {
			continue
		}
		var a store.Anchor
		var hash string
		_, err := fmt.Sscanf(lines.Text(), "tree %d sequence %d hash %s", &a.Root, &a.Sequence, &hash)
		digest, hexErr := hex.DecodeString(hash)
		if err != nil || hexErr != nil || len(digest) != len(a.Head) {
			return nil, fmt.Errorf("%s: not a line of verify: %q", path, lines.Text())
		}
		a.Head = [32]byte(digest)
		anchors = append(anchors, a)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	if len(anchors) == 0 {
		return nil, fmt.Errorf("%s: no anchor in it", path)
	}
	return anchors, nil
}
