package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"tael/internal/ledger"
	"tael/internal/store"
)

// treeLine is what is printed of each proved tree, and read as an anchor.
const treeLine = "tree %d sequence %d hash %x\n"

// auditLine is the same of each chain of the audit.
const auditLine = "tree %d audit %d sequence %d hash %x\n"

// anchors are what an earlier verify printed.
type anchors struct {
	trees []store.Anchor
	audit []store.AuditEnd
}

func (a *anchors) none() bool { return len(a.trees) == 0 && len(a.audit) == 0 }

// printer is where a command says what it found, and how far it is meanwhile.
type printer struct {
	out, progress io.Writer
}

func printerOf(command *cobra.Command) printer {
	return printer{command.OutOrStdout(), command.ErrOrStderr()}
}

// prove is what verify, backup and restore do alike: it reads every page of a
// database, replays all its transfers, and prints the last one of each tree.
func prove(ctx context.Context, s *store.Store, known anchors, p printer) error {
	if err := s.Check(ctx); err != nil {
		return unchecked(err)
	}
	trees, transfers := 0, int64(0)
	err := replay(ctx, s, known.trees, p, func(t store.VerifiedTree) error {
		trees++
		transfers += t.Sequence
		_, err := fmt.Fprintf(p.out, treeLine, t.Root, t.Sequence, t.Head)
		return err
	})
	if err != nil {
		return unchecked(err)
	}
	if err := s.VerifyMembers(ctx); err != nil {
		return unchecked(err)
	}
	err = s.VerifyAudit(ctx, known.audit, func(end store.AuditEnd) error {
		_, err := fmt.Fprintf(p.out, auditLine, end.Root, int64(end.Writer), end.Sequence, end.Hash)
		return err
	})
	if err != nil {
		return unchecked(err)
	}
	_, err = fmt.Fprintf(p.out, "%d trees, %d transfers: everything adds up\n", trees, transfers)
	return unchecked(err)
}

// replay verifies the transfers of all trees, and says how far it is.
func replay(
	ctx context.Context, s *store.Store, known []store.Anchor, p printer, each func(store.VerifiedTree) error,
) error {
	done := 0
	return s.Verify(ctx, known, func(t store.VerifiedTree, trees int) error {
		if done++; done%1000 == 0 {
			p.report("%d of %d trees\n", done, trees)
		}
		return each(t)
	})
}

// unchecked gives an exit code of its own to what says nothing about the
// figures. A wrong command line keeps its code.
func unchecked(err error) error {
	if _, coded := errors.AsType[refused](err); err == nil || coded || errors.Is(err, ledger.ErrBroken) {
		return err
	}
	return refused{err, exitUnchecked}
}

// report says how far a command is; nothing depends on it.
func (p printer) report(format string, args ...any) { _, _ = fmt.Fprintf(p.progress, format, args...) }

// copyReport is how much is copied between two reports of it.
const copyReport = 256 << 20

// copying returns what reports of a copy, from time to time.
func (p printer) copying() func(store.Progress) {
	next := int64(copyReport)
	return func(c store.Progress) {
		if c.Done < next {
			return
		}
		next = c.Done + copyReport
		p.report("%d of %d MB copied\n", c.Done>>20, c.Total>>20)
	}
}
