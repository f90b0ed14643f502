package store

import (
	"tael/internal/audit"
	"tael/internal/ledger"
)

func insertTree(root int64) Statement {
	return Statement{
		SQL: `INSERT INTO tree (root_uin, batch, sequence, head, last_at, last_voucher, outside, outstanding)
			VALUES ($1, 0, 0, $2, 0, $3, 0, 0) ON CONFLICT (root_uin) DO NOTHING`,
		Args: []any{root, make([]byte, 32), FirstVoucher},
	}
}

// FirstVoucher is what a tree's voucher ids start above: the published examples
// have eight digits.
const FirstVoucher int64 = 10_000_000

// lockTree takes the tree's lock and reads it. It is the first statement on a
// tree in every transaction that writes to one.
func lockTree(root int64) Statement {
	return Statement{
		SQL: `UPDATE tree SET batch = batch + 1 WHERE root_uin = $1
			RETURNING ` + treeColumns,
		Args: []any{root}, Columns: treeColumnCount,
	}
}

const treeColumns = `root_uin, batch, sequence, head, last_at, last_voucher, outside, outstanding, last_line,
	audit_sequence, audit_hash`

const treeColumnCount = 11

func treeOf(r Row) (batch int64, tree ledger.Tree) {
	return r.Int(1), ledger.Tree{
		Root: r.Int(0), Sequence: r.Int(2), Head: [32]byte(r.Bytes(3)), LastAt: r.Int(4), LastVoucher: r.Int(5),
		Outside: amount(r, 6), Outstanding: amount(r, 7), LastLine: r.Int(8),
	}
}

// auditOf is the end of the chain in which the tree's batches record their calls.
func auditOf(r Row) audit.Link {
	end := audit.Link{Sequence: r.Int(9)}
	if r[10] != nil {
		end.Hash = [32]byte(r.Bytes(10))
	}
	return end
}

const treeWrites = `sequence = $2, head = $3, last_at = $4, last_voucher = $5, outside = $6,
	outstanding = $7, last_line = $8, audit_sequence = $9, audit_hash = $10`

func updateTree(t *ledger.Tree, end audit.Link) Statement {
	return Statement{
		SQL: `UPDATE tree SET ` + treeWrites + ` WHERE root_uin = $1`,
		Args: []any{
			t.Root, t.Sequence, t.Head[:], t.LastAt, t.LastVoucher, int64(t.Outside), int64(t.Outstanding),
			t.LastLine, end.Sequence, end.Hash[:],
		},
	}
}

// advanceTree does the work of lockTree and updateTree for a batch that began with
// what is remembered. Where the tree is not at that batch, with that history, the
// batch's number becomes NULL, which it must not be: the transaction ends there,
// and with it all that was sent behind this statement. The history is compared
// because a database that was set back may have come to the same number again.
func advanceTree(t *ledger.Tree, end audit.Link, from *remembered) Statement {
	s := updateTree(t, end)
	return Statement{
		SQL: `UPDATE tree SET batch = CASE WHEN batch = $11 AND head = $12
				AND audit_sequence = $13 AND (audit_sequence = 0 OR audit_hash = $14) THEN batch + 1 END,
			` + treeWrites + ` WHERE root_uin = $1`,
		Args: append(s.Args, from.batch, from.tree.Head[:], from.audit.Sequence, from.audit.Hash[:]),
	}
}
