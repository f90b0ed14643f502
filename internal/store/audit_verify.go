package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"tael/internal/audit"
	"tael/internal/ledger"
)

// This file is one of the few that go through all trees.

// Roots lists trees in the order of their UINs, from behind one on.
func (s *Store) Roots(ctx context.Context, after, limit int64) ([]int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT root_uin FROM tree WHERE root_uin > $1 ORDER BY root_uin LIMIT $2`,
		Args: []any{after, limit}, Columns: 1, AllTrees: true,
	})
	roots := make([]int64, len(rows))
	for i, row := range rows {
		roots[i] = row.Int(0)
	}
	return roots, err
}

// AuditEnd is where a chain of the audit ends or, as an anchor, ended once.
type AuditEnd struct {
	audit.Chain
	audit.Link
}

// chainEnds is where a chain begins and ends as its rows say.
type chainEnds struct {
	end, cut audit.Link
	seal     []byte
}

// VerifyAudit goes through every page of every tree's audit on one snapshot,
// beside live servers, and reports at last where each chain ends. Its error is
// ledger.ErrBroken for the first page that is not what was written, or not what
// an anchor names.
func (s *Store) VerifyAudit(ctx context.Context, anchors []AuditEnd, report func(AuditEnd) error) error {
	return s.database.snapshot(ctx, func(run func(Statement, func(Row) error) error) error {
		v := &auditVerifier{
			snapshot: run, key: s.auditKey, ends: map[audit.Chain]*chainEnds{}, anchors: map[audit.Chain][]AuditEnd{},
		}
		for _, anchor := range anchors {
			v.anchors[anchor.Chain] = append(v.anchors[anchor.Chain], anchor)
		}
		if err := v.readEnds(); err != nil {
			return err
		}
		if err := v.pages(); err != nil {
			return err
		}
		for _, chain := range slices.SortedFunc(maps.Keys(v.ends), compareChains) { // which have no page
			if err := v.turn(chain); err != nil {
				return err
			}
		}
		if err := v.finish(); err != nil {
			return err
		}
		for _, chain := range slices.SortedFunc(maps.Keys(v.anchors), compareChains) {
			return fmt.Errorf("tree %d: %w: the anchors name its audit's %s, the database does not have them",
				chain.Root, ledger.ErrBroken, chain.Writer)
		}
		slices.SortFunc(v.proved, func(x, y AuditEnd) int { return compareChains(x.Chain, y.Chain) })
		for _, end := range v.proved {
			if err := report(end); err != nil {
				return err
			}
		}
		return nil
	})
}

func compareChains(x, y audit.Chain) int {
	return cmp.Or(cmp.Compare(x.Root, y.Root), cmp.Compare(x.Writer, y.Writer))
}

// auditVerifier goes through chains one after the other.
type auditVerifier struct {
	snapshot
	key     []byte
	ends    map[audit.Chain]*chainEnds // of chains not yet begun
	anchors map[audit.Chain][]AuditEnd // of chains not yet begun
	proof   *audit.Proof               // of the one it is at
	end     audit.Link                 // of that
	named   []AuditEnd                 // anchors of that
	proved  []AuditEnd
}

// readEnds reads where chains begin and end.
func (v *auditVerifier) readEnds() error {
	err := v.snapshot(Statement{SQL: `SELECT ` + treeColumns + ` FROM tree`, Columns: treeColumnCount},
		guarded("tree", func(r Row) error {
			v.at(audit.Chain{Root: r.Int(0), Writer: audit.Writes}).end = auditOf(r)
			return nil
		}))
	if err != nil {
		return err
	}
	return v.snapshot(Statement{
		SQL:     `SELECT root_uin, writer, sequence, hash, cut_sequence, cut_hash, cut_seal FROM audit_head`,
		Columns: 7,
	}, guarded("audit_head", func(r Row) error {
		chain := audit.Chain{Root: r.Int(0), Writer: audit.Writer(r.Int(1))}
		ends := v.at(chain)
		ends.cut = linkOf(r, 4)
		ends.seal = r.Bytes(6)
		if chain.Writer != audit.Writes { // whose end the tree's row has
			ends.end = linkOf(r, 2)
		}
		return nil
	}))
}

func (v *auditVerifier) at(c audit.Chain) *chainEnds {
	if v.ends[c] == nil {
		v.ends[c] = &chainEnds{}
	}
	return v.ends[c]
}

// pages goes through the chains that have some.
func (v *auditVerifier) pages() error {
	err := v.snapshot(Statement{
		SQL: `SELECT ` + pageColumns + ` FROM audit ORDER BY root_uin, writer, sequence`, Columns: pageColumnCount,
	}, guarded("audit", func(r Row) error {
		page, writer, err := pageOf(r)
		if err != nil {
			return fmt.Errorf("tree %d: %w", page.Root, err)
		}
		if chain := (audit.Chain{Root: page.Root, Writer: writer}); v.proof == nil || v.proof.Chain != chain {
			if err := v.turn(chain); err != nil {
				return err
			}
		}
		if err := v.proof.Page(&page); err != nil {
			return fmt.Errorf("tree %d: %w", page.Root, err)
		}
		return v.compare(page.Sequence, page.Hash)
	}))
	if err != nil {
		return err
	}
	return v.finish()
}

// turn ends the chain that it is at and begins another.
func (v *auditVerifier) turn(c audit.Chain) error {
	if err := v.finish(); err != nil {
		return err
	}
	ends := v.ends[c]
	if ends == nil {
		return fmt.Errorf("tree %d: %w: it has pages of the audit's %s but no end of them",
			c.Root, ledger.ErrBroken, c.Writer)
	}
	var err error
	if v.proof, err = audit.Prove(v.key, c, ends.cut, ends.seal); err != nil {
		return fmt.Errorf("tree %d: %w", c.Root, err)
	}
	v.end, v.named = ends.end, v.anchors[c]
	delete(v.ends, c)
	delete(v.anchors, c)
	for _, anchor := range v.named {
		if anchor.Sequence > v.end.Sequence {
			return fmt.Errorf("tree %d: %w: the anchors name page %d of the audit's %s, they end with %d: the tail was cut",
				c.Root, ledger.ErrBroken, anchor.Sequence, c.Writer, v.end.Sequence)
		}
	}
	return v.compare(ends.cut.Sequence, ends.cut.Hash)
}

// compare holds a page against the anchors of its chain.
func (v *auditVerifier) compare(sequence int64, hash [32]byte) error {
	for _, anchor := range v.named {
		if anchor.Sequence == sequence && anchor.Hash != hash {
			return fmt.Errorf("tree %d: %w: page %d of the audit's %s is not the one that the anchors name",
				v.proof.Root, ledger.ErrBroken, sequence, v.proof.Writer)
		}
	}
	return nil
}

func (v *auditVerifier) finish() error {
	if v.proof == nil {
		return nil
	}
	if err := v.proof.Finish(v.end); err != nil {
		return fmt.Errorf("tree %d: %w", v.proof.Root, err)
	}
	end := AuditEnd{v.proof.Chain, v.end}
	v.proof = nil
	if end.Sequence > 0 { // else nothing was ever recorded
		v.proved = append(v.proved, end)
	}
	return nil
}
