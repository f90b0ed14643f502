package store

import (
	"context"

	"tael/internal/audit"
	"tael/internal/ledger"
	"tael/internal/partner"
)

// This file is about customers who leave, change their partner, or are changed
// by it.

// removeCustomer takes a customer out of its tree and its partner's list. Its
// vouchers stay, for their issuers' figures to add up, but are nobody's.
func removeCustomer(root, uin int64) []Statement {
	return append(unmark(root, uin),
		Statement{SQL: `DELETE FROM customer WHERE root_uin = $1 AND uin = $2`, Args: []any{root, uin}},
		Statement{
			SQL:  `UPDATE voucher SET closed = 1 WHERE root_uin = $1 AND customer_uin = $2 AND closed = 0`,
			Args: []any{root, uin},
		},
	)
}

// updateMembership writes what seldom changes of a customer. Who comes to
// another partner is new to it, and what the former one noted goes.
func updateMembership(root int64, c *ledger.ChangedCustomer, now int64) []Statement {
	var statements []Statement
	if c.ForcedChanged {
		statements = append(statements, Statement{
			SQL:  `UPDATE customer SET forced = $3 WHERE root_uin = $1 AND uin = $2`,
			Args: []any{root, c.Uin, flag(c.Forced)},
		})
	}
	if c.Moved {
		statements = append(statements, unmark(root, c.Uin)...)
		statements = append(statements, Statement{
			SQL: `UPDATE customer SET partner_uin = $3, since = $4, associated_at = $5, remark = '', remark_folded = ''
				WHERE root_uin = $1 AND uin = $2`,
			Args: []any{root, c.Uin, c.Partner, c.Since, now},
		})
	}
	return statements
}

// ClaimUnbinding takes a customer's account out of its tree, so that it has none;
// ledger.ErrNotCustomer where it is not a customer of that tree.
func ClaimUnbinding(root, uin int64) Claim {
	return Claim{
		Do: Statement{
			SQL: `UPDATE identity SET root_uin = 0, role = $3
				WHERE root_uin = $1 AND uin = $2 AND role = $4 RETURNING uin`,
			Args: []any{root, uin, string(partner.None), string(partner.Customer)}, Columns: 1,
		},
		Undo: Statement{
			SQL:  `UPDATE identity SET root_uin = $1, role = $3 WHERE uin = $2`,
			Args: []any{root, uin, string(partner.Customer)},
		},
		Refusal: ledger.ErrNotCustomer,
	}
}

// ClaimRemark replaces a partner's note on one of its direct customers;
// ledger.ErrNotCustomer where the customer is not one. It is its command's only
// claim.
func ClaimRemark(a Account, customer int64, remark string) Claim {
	return Claim{
		Do: Statement{
			SQL: `UPDATE customer SET remark = $4, remark_folded = $5
				WHERE root_uin = $1 AND uin = $2 AND partner_uin = $3 RETURNING uin`,
			Args: []any{a.Root, customer, a.Uin, remark, Fold(remark)}, Columns: 1,
		},
		Refusal: ledger.ErrNotCustomer, Object: audit.Object("customer", customer),
	}
}

// VouchersHeld counts the vouchers with something left on them that a customer of a
// partner (0: of any in the tree) holds, up to most.
func (s *Store) VouchersHeld(ctx context.Context, root, customer, of int64, most int) (int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT COUNT(*) FROM (SELECT 1 FROM voucher WHERE root_uin = $1 AND customer_uin = $2
			AND balance > 0 AND withdrawn = 0 AND closed = 0 AND EXISTS (SELECT 1 FROM customer c
				WHERE c.root_uin = $1 AND c.uin = $2 AND (c.partner_uin = $3 OR CAST($3 AS BIGINT) = 0))
			LIMIT $4) held`,
		Args: []any{root, customer, of, most}, Columns: 1,
	})
	if err != nil {
		return 0, err
	}
	return rows[0].Int(0), nil
}
