package store

import (
	"context"
	"fmt"

	"tael/internal/ledger"
)

// This file is one of the few that go through all trees.

// VerifiedTree is what a verified tree ends with.
type VerifiedTree struct {
	Root     int64
	Sequence int64
	Head     [32]byte
}

// Anchor is the end of a tree as it was seen earlier: it must still be there.
type Anchor = VerifiedTree

// snapshot runs statements on one unchanging state of the database.
type snapshot func(Statement, func(Row) error) error

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
		trees, err := snapshot(run).trees()
		if err != nil {
			return err
		}
		for i := range trees {
			a := &auditor{snapshot: run, key: s.chainKey, tree: &trees[i], anchors: expected[trees[i].Root]}
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

// VerifyMembers compares the members of all trees with the directory: who signs
// as an account must find it in its tree. Errors are ledger.ErrBroken.
func (s *Store) VerifyMembers(ctx context.Context) error {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT m.uin, m.root_uin FROM (SELECT root_uin, uin, role FROM partner
				UNION ALL SELECT root_uin, uin, 'customer' FROM customer) m
			LEFT JOIN identity i ON i.uin = m.uin AND i.root_uin = m.root_uin AND i.role = m.role
			WHERE i.uin IS NULL ORDER BY m.root_uin, m.uin LIMIT 1`,
		Columns: 2, AllTrees: true,
	})
	if err != nil || len(rows) == 0 {
		return err
	}
	return fmt.Errorf("tree %d: %w: account %d is a member of it, the directory does not say so",
		rows[0].Int(1), ledger.ErrBroken, rows[0].Int(0))
}

// trees reads all trees, and finds rows of trees that are not among them: who
// removes a tree's own row shall not hide the tree.
func (run snapshot) trees() ([]ledger.Tree, error) {
	var trees []ledger.Tree
	known := map[int64]bool{}
	err := run(Statement{
		SQL: `SELECT ` + treeColumns + ` FROM tree ORDER BY root_uin`, Columns: treeColumnCount,
	}, guarded("tree", func(r Row) error {
		_, tree := treeOf(r)
		trees = append(trees, tree)
		known[tree.Root] = true
		return nil
	}))
	if err != nil {
		return nil, err
	}
	return trees, run(Statement{
		SQL: `SELECT root_uin FROM transfer UNION SELECT root_uin FROM partner
			UNION SELECT root_uin FROM customer UNION SELECT root_uin FROM customer_mark UNION SELECT root_uin FROM voucher
			UNION SELECT root_uin FROM charge UNION SELECT root_uin FROM refund`,
		Columns: 1,
	}, func(r Row) error {
		if !known[r.Int(0)] {
			return fmt.Errorf("tree %d: %w: it has rows but none of its own", r.Int(0), ledger.ErrBroken)
		}
		return nil
	})
}

// auditor verifies one tree.
type auditor struct {
	snapshot
	key     []byte
	tree    *ledger.Tree
	anchors []Anchor
}

func (v *auditor) verify() error {
	a := ledger.NewAudit(v.key, v.tree.Root)
	steps := []struct {
		table, columns, order string
		count                 int
		each                  func(Row) error
	}{
		{"transfer", transferColumns, "sequence", transferColumnCount, func(r Row) error {
			t := transferOf(r)
			if err := a.Transfer(&t); err != nil {
				return err
			}
			return v.compare(&t)
		}},
		{"voucher", voucherColumns, "id", voucherColumnCount, func(r Row) error {
			row := voucherOf(r)
			return a.Voucher(&row)
		}},
		{"charge", chargeColumns, "line", chargeColumnCount, func(r Row) error {
			row, err := chargeOf(r)
			if err != nil {
				return fmt.Errorf("%w: %w", ledger.ErrBroken, err)
			}
			return a.Charge(&row)
		}},
		{"refund", refundColumns, "charge_id, refund_id", refundColumnCount, func(r Row) error {
			row := refundOf(r)
			return a.Refund(&row)
		}},
		{"customer", customerColumns, "uin", customerColumnCount, func(r Row) error {
			row := customerOf(r)
			return a.Customer(&row)
		}},
		{"partner", partnerColumns, "uin", partnerColumnCount, func(r Row) error {
			row := partnerOf(r)
			return a.Partner(&row)
		}},
	}
	for _, step := range steps {
		err := v.snapshot(Statement{
			SQL:  `SELECT ` + step.columns + ` FROM ` + step.table + ` WHERE root_uin = $1 ORDER BY ` + step.order,
			Args: []any{v.tree.Root}, Columns: step.count,
		}, guarded(step.table, step.each))
		if err != nil {
			return err
		}
	}
	if err := v.marks(); err != nil {
		return err
	}
	for _, anchor := range v.anchors {
		if anchor.Sequence > a.Sequence {
			return fmt.Errorf("%w: the anchors name transfer %d, the tree ends with %d: its tail was cut",
				ledger.ErrBroken, anchor.Sequence, a.Sequence)
		}
	}
	return a.Finish(v.tree)
}

// marks finds a mark in a list of customers that is not where it says it is: pages
// are counted from marks.
func (v *auditor) marks() error {
	return v.snapshot(Statement{
		SQL: `SELECT m.partner_uin, m.place FROM customer_mark m LEFT JOIN (
				SELECT partner_uin, associated_at, uin,
					ROW_NUMBER() OVER (PARTITION BY partner_uin ORDER BY associated_at, uin) - 1 AS place
				FROM customer WHERE root_uin = $1
			) AS listed ON listed.partner_uin = m.partner_uin AND listed.associated_at = m.associated_at AND listed.uin = m.uin
			WHERE m.root_uin = $1 AND (listed.place IS NULL OR listed.place <> m.place)
			ORDER BY m.partner_uin, m.place LIMIT 1`,
		Args: []any{v.tree.Root}, Columns: 2,
	}, func(r Row) error {
		return fmt.Errorf("%w: the mark at place %d of the customers of partner %d is not there",
			ledger.ErrBroken, r.Int(1), r.Int(0))
	})
}

// guarded makes a cell that is not of its column's type a break of its row.
func guarded(table string, each func(Row) error) func(Row) error {
	return func(r Row) (err error) {
		defer func() {
			if recover() != nil {
				err = fmt.Errorf("%w: %s %v holds a value that its column cannot", ledger.ErrBroken, table, r[0])
			}
		}()
		return each(r)
	}
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
