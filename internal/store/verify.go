package store

import (
	"context"
	"fmt"

	"tael/internal/ledger"
)

// This file is one of the few that go through all trees; it reads their list
// and then each tree by itself.

// VerifiedTree is what a verified tree ends with.
type VerifiedTree struct {
	Root     int64
	Sequence int64
	Head     [32]byte
}

// Anchor is the end of a tree as it was seen earlier: it must still be there.
type Anchor = VerifiedTree

// Verify replays every transfer of every tree on one snapshot of the database,
// beside live servers, and reports each tree when it is done. Its error is
// ledger.ErrBroken for the first row found that contradicts the others or an
// anchor.
func (s *Store) Verify(ctx context.Context, anchors []Anchor, report func(VerifiedTree, int) error) error {
	expected := map[int64][]Anchor{}
	for _, anchor := range anchors {
		expected[anchor.Root] = append(expected[anchor.Root], anchor)
	}
	return s.database.snapshot(ctx, func(run func(Statement, func(Row) error) error) error {
		var trees []ledger.Tree
		err := run(Statement{
			SQL: `SELECT root_uin, batch, sequence, head, last_at, last_voucher, outside, outstanding FROM tree
				ORDER BY root_uin`,
			Columns: 8,
		}, func(r Row) error {
			_, tree := treeOf(r)
			trees = append(trees, tree)
			return nil
		})
		if err != nil {
			return err
		}
		for i := range trees {
			a := &auditor{run: run, key: s.chainKey, tree: &trees[i], anchors: expected[trees[i].Root]}
			if err := a.verify(); err != nil {
				return fmt.Errorf("tree %d: %w", trees[i].Root, err)
			}
			delete(expected, trees[i].Root)
			done := VerifiedTree{trees[i].Root, trees[i].Sequence, trees[i].Head}
			if err := report(done, len(trees)); err != nil {
				return err
			}
		}
		for root := range expected {
			return fmt.Errorf("tree %d: %w: the anchors name it, the database does not have it", root, ledger.ErrBroken)
		}
		return nil
	})
}

// auditor verifies one tree.
type auditor struct {
	run     func(Statement, func(Row) error) error
	key     []byte
	tree    *ledger.Tree
	anchors []Anchor
}

func (v *auditor) verify() error {
	a := ledger.NewAudit(v.key, v.tree.Root)
	steps := []struct {
		statement Statement
		each      func(Row) error
	}{
		{
			v.rows(`SELECT `+transferColumns+` FROM transfer WHERE root_uin = $1 ORDER BY sequence`, transferColumnCount),
			func(r Row) error {
				t := transferOf(r)
				if err := a.Transfer(&t); err != nil {
					return err
				}
				return v.compare(&t)
			},
		},
		{
			v.rows(`SELECT `+voucherColumns+` FROM voucher WHERE root_uin = $1 ORDER BY id`, 15),
			func(r Row) error {
				row := voucherOf(r)
				return a.Voucher(&row)
			},
		},
		{
			v.rows(`SELECT `+customerColumns+` FROM customer WHERE root_uin = $1 ORDER BY uin`, 8),
			func(r Row) error {
				row := customerOf(r)
				return a.Customer(&row)
			},
		},
		{
			v.rows(`SELECT `+partnerColumns+` FROM partner WHERE root_uin = $1 ORDER BY uin`, 11),
			func(r Row) error {
				row := partnerOf(r)
				return a.Partner(&row)
			},
		},
	}
	for _, step := range steps {
		if err := v.run(step.statement, step.each); err != nil {
			return err
		}
	}
	for _, anchor := range v.anchors {
		if anchor.Sequence > a.Sequence {
			return fmt.Errorf("%w: the anchors name transfer %d, the tree ends with %d: its tail was cut",
				ledger.ErrBroken, anchor.Sequence, a.Sequence)
		}
	}
	return a.Finish(v.tree)
}

func (v *auditor) rows(text string, columns int) Statement {
	return Statement{SQL: text, Args: []any{v.tree.Root}, Columns: columns}
}

// compare holds a transfer against the anchors.
func (v *auditor) compare(t *ledger.Transfer) error {
	for _, anchor := range v.anchors {
		if anchor.Sequence == t.Sequence && anchor.Head != t.Hash {
			return fmt.Errorf("%w: transfer %d is not the one that the anchors name", ledger.ErrBroken, t.Sequence)
		}
	}
	return nil
}
