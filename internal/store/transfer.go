package store

import (
	"context"
	"fmt"

	"tael/internal/ledger"
)

const transferColumns = `sequence, at, kind, debit_kind, debit_owner, credit_kind, credit_owner,
	amount, debit_after, credit_after, partner_uin, customer_uin, customer_total, request_id, operator, remark, hash, line`

const transferColumnCount = 18

func transferOf(r Row) ledger.Transfer {
	return ledger.Transfer{
		Sequence: r.Int(0), At: r.Int(1), Kind: ledger.TransferKind(r.Int(2)),
		Debit:  ledger.Account{Kind: ledger.AccountKind(r.Int(3)), Owner: r.Int(4)},
		Credit: ledger.Account{Kind: ledger.AccountKind(r.Int(5)), Owner: r.Int(6)},
		Amount: amount(r, 7), DebitAfter: amount(r, 8), CreditAfter: amount(r, 9),
		Partner: r.Int(10), Customer: r.Int(11), CustomerTotal: amount(r, 12),
		Origin: ledger.Origin{RequestID: r.Text(13), Operator: r.Text(14)}, Remark: r.Text(15),
		Hash: [32]byte(r.Bytes(16)), Line: r.Int(17),
	}
}

func insertTransfer(root int64, t *ledger.Transfer) Statement {
	return Statement{
		SQL: `INSERT INTO transfer (root_uin, ` + transferColumns + `)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
		Args: []any{
			root, t.Sequence, t.At, int64(t.Kind), int64(t.Debit.Kind), t.Debit.Owner, int64(t.Credit.Kind), t.Credit.Owner,
			int64(t.Amount), int64(t.DebitAfter), int64(t.CreditAfter), t.Partner, t.Customer, int64(t.CustomerTotal),
			t.RequestID, t.Operator, t.Remark, t.Hash[:], t.Line,
		},
	}
}

// TransferFilter selects transfers of one tree, by sequence.
type TransferFilter struct {
	Root      int64
	Partner   int64 // of the whole tree where 0
	Customer  int64 // of all where 0
	RequestID string
	From      int64 // first sequence
	Limit     int64
}

// Transfers lists transfers in the order of their sequence.
func (s *Store) Transfers(ctx context.Context, f TransferFilter) ([]ledger.Transfer, error) {
	where, args := `root_uin = $1 AND sequence >= $2`, []any{f.Root, f.From}
	if f.Partner != 0 {
		args = append(args, f.Partner)
		where += fmt.Sprintf(` AND partner_uin = $%d`, len(args))
		if f.Partner != f.Root {
			where += ` AND partner_uin <> root_uin` // lets transfer_partner serve
		}
	}
	if f.Customer != 0 {
		args = append(args, f.Customer)
		where += fmt.Sprintf(` AND customer_uin <> 0 AND customer_uin = $%d`, len(args))
	}
	if f.RequestID != "" {
		args = append(args, f.RequestID)
		where += fmt.Sprintf(` AND request_id = $%d`, len(args))
	}
	args = append(args, f.Limit)
	rows, err := s.read(ctx, Statement{
		SQL: fmt.Sprintf(`SELECT %s FROM transfer WHERE %s ORDER BY sequence LIMIT $%d`,
			transferColumns, where, len(args)),
		Args: args, Columns: transferColumnCount,
	})
	if err != nil {
		return nil, err
	}
	transfers := make([]ledger.Transfer, len(rows))
	for i, row := range rows {
		transfers[i] = transferOf(row)
	}
	return transfers, nil
}

// Allocations lists what its partner gave a customer and took back since it is
// with it, newest first, and counts all of it (domain.md §2.3). What comes before a
// page is counted in an index and not looked at.
func (s *Store) Allocations(
	ctx context.Context, root int64, customer *ledger.Customer, page Page,
) ([]ledger.Transfer, int64, error) {
	const where = ` FROM transfer
		WHERE root_uin = $1 AND customer_uin <> 0 AND customer_uin = $2 AND kind = $3 AND sequence > $4`
	args := []any{root, customer.Uin, int64(ledger.AllocateTransfer), customer.Since}
	total, err := s.read(ctx, Statement{SQL: `SELECT COUNT(*)` + where, Args: args, Columns: 1})
	if err != nil {
		return nil, 0, err
	}
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT ` + transferColumns + where + ` AND sequence <= (SELECT sequence` + where + `
				ORDER BY sequence DESC LIMIT 1 OFFSET $6)
			ORDER BY sequence DESC LIMIT $5`,
		Args: append(args, page.Size, page.offset()), Columns: transferColumnCount,
	})
	if err != nil {
		return nil, 0, err
	}
	transfers := make([]ledger.Transfer, len(rows))
	for i, row := range rows {
		transfers[i] = transferOf(row)
	}
	return transfers, total[0].Int(0), nil
}
