package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"tael/internal/store"
)

func restoreCommand() *cobra.Command {
	f := &databaseFlags{}
	var from, anchorFile string
	command := &cobra.Command{
		Use:   "restore",
		Short: "Put a backup in the place of a database",
		Long: `Copies a backup, verifies the copy as tael verify does, and only then puts it at --db. Nothing is
overwritten: first stop the server and move the files of the old database away, all but its master key.
The server's user has to own the file: run this as that user.

The master key is that of the database which the backup was made of. It is not in the backup.

With --anchors the database is then compared with what an earlier verify or backup printed. Anchors that are
younger than the backup are contradicted, with exit code 1: the message says what the restore lost. The
database is in its place all the same. Exit code 1 before that if the backup contradicts itself, 4 if it
could not be read or copied; nothing is in place then.`,
		Args: noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			if err := fromEnvironment(command); err != nil {
				return err
			}
			if from == "" {
				return refused{errors.New("--from: say which backup"), exitUsage}
			}
			if err := f.onlySQLite(); err != nil {
				return err
			}
			known, err := readAnchors(anchorFile)
			if err != nil {
				return refused{err, exitUsage}
			}
			p := printerOf(command)
			if err := restore(command.Context(), f, from, p); err != nil {
				return unchecked(err)
			}
			if known.none() {
				return nil
			}
			return unchecked(compare(command.Context(), f, known, p))
		},
	}
	f.registerFiles(command.Flags(), "`file` to put the database in")
	command.Flags().StringVar(&from, "from", "", "`file` that tael backup made")
	command.Flags().StringVar(&anchorFile, "anchors", "", "`file` with what an earlier verify or backup printed")
	return command
}

func restore(ctx context.Context, f *databaseFlags, from string, p printer) (err error) {
	d, err := newDraft(f.address)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.discard()) }()
	if err := d.copyOf(ctx, from, p.copying()); err != nil {
		return err
	}
	// It is the copy that is verified: the backup may be where nothing can be
	// written, and what was read of it wrong shall be found too.
	switch err := proveCopy(ctx, f, d.path, p); {
	case errors.Is(err, store.ErrOldSchema):
		return fmt.Errorf("the copy of %s: %w; or restore it with the release that made it", from, err)
	case err != nil:
		return fmt.Errorf("the copy of %s: %w", from, err)
	}
	if err := d.place(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.out, "%s is the verified backup %s; its master key is in %s\n", f.address, from, f.keyPlace())
	return err
}

// copyOf makes the draft a copy of a database file, and refuses one that is not
// whole without its log.
func (d *draft) copyOf(ctx context.Context, from string, report func(store.Progress)) (err error) {
	for _, suffix := range []string{"-wal", "-journal"} {
		log, err := os.Stat(from + suffix)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err == nil && log.Size() > 0 {
			return refused{fmt.Errorf("%s is here: %s is a database in use or after a crash, and not whole without it; "+
				"make a backup of it first", from+suffix, from), exitUsage}
		}
	}
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	info, err := source.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() || info.Size() == 0 {
		return fmt.Errorf("%s: empty, or not a file", from)
	}
	target, err := os.OpenFile(d.path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	for done := int64(0); done < info.Size(); {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := io.CopyN(target, source, min(copyReport, info.Size()-done))
		if err != nil {
			return fmt.Errorf("copy %s to %s: %w", from, d.path, err)
		}
		done += n
		report(store.Progress{Done: done, Total: info.Size()})
	}
	return nil
}

// compare holds the restored database against anchors. It comes last, since
// anchors younger than the backup are no reason to do without it.
func compare(ctx context.Context, f *databaseFlags, known anchors, p printer) (err error) {
	s, err := f.openAddress(ctx, false, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	err = replay(ctx, s, known.trees, p, func(store.VerifiedTree) error { return nil })
	if err == nil {
		err = s.VerifyAudit(ctx, known.audit, func(store.AuditEnd) error { return nil })
	}
	if err != nil {
		return fmt.Errorf("%s is in place, but compared with the anchors: %w", f.address, err)
	}
	_, err = fmt.Fprintln(p.out, "the anchors agree")
	return err
}
