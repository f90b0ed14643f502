package store

import (
	"encoding/json"
	"fmt"

	"tael/internal/ledger"
)

const chargeColumns = `charge_id, content, line, customer_uin, partner_uin, recorded_at, transaction_at, pay_mode,
	action_type, product_code, product_name, sub_product_code, sub_product_name, cost, voucher_paid, credit_paid,
	refunded, remaining_after, payments`

const chargeColumnCount = 19

func chargeOf(r Row) (ledger.Charge, error) {
	c := ledger.Charge{
		ID: r.Text(0), Content: [32]byte(r.Bytes(1)), Line: r.Int(2), Customer: r.Int(3), Partner: r.Int(4),
		At: r.Int(5), TransactionAt: r.Int(6), PayMode: r.Text(7), ActionType: r.Text(8),
		ProductCode: r.Text(9), ProductName: r.Text(10), SubProductCode: r.Text(11), SubProductName: r.Text(12),
		Cost: amount(r, 13), VoucherPaid: amount(r, 14), CreditPaid: amount(r, 15), Refunded: amount(r, 16),
		RemainingAfter: amount(r, 17),
	}
	if err := json.Unmarshal([]byte(r.Text(18)), &c.Payments); err != nil {
		return ledger.Charge{}, fmt.Errorf("charge %s: payments: %w", c.ID, err)
	}
	return c, nil
}

func insertCharge(root int64, c *ledger.Charge) (Statement, error) {
	payments, err := json.Marshal(c.Payments)
	return Statement{
		SQL: `INSERT INTO charge (root_uin, ` + chargeColumns + `)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)`,
		Args: []any{
			root, c.ID, c.Content[:], c.Line, c.Customer, c.Partner, c.At, c.TransactionAt, c.PayMode,
			c.ActionType, c.ProductCode, c.ProductName, c.SubProductCode, c.SubProductName, int64(c.Cost),
			int64(c.VoucherPaid), int64(c.CreditPaid), int64(c.Refunded), int64(c.RemainingAfter), string(payments),
		},
	}, err
}

func updateCharge(root int64, c *ledger.Charge) Statement {
	return Statement{
		SQL:  `UPDATE charge SET refunded = $3 WHERE root_uin = $1 AND charge_id = $2`,
		Args: []any{root, c.ID, int64(c.Refunded)},
	}
}

const refundColumns = `charge_id, refund_id, content, recorded_at, amount, remaining_after`

const refundColumnCount = 6

func refundOf(r Row) ledger.Refund {
	return ledger.Refund{
		RefundKey: ledger.RefundKey{Charge: r.Text(0), ID: r.Text(1)}, Content: [32]byte(r.Bytes(2)),
		At: r.Int(3), Amount: amount(r, 4), RemainingAfter: amount(r, 5),
	}
}

func selectRefund(root int64, key ledger.RefundKey) Statement {
	return Statement{
		SQL: `SELECT ` + refundColumns + ` FROM refund
			WHERE root_uin = $1 AND charge_id = $2 AND refund_id = $3`,
		Args: []any{root, key.Charge, key.ID}, Columns: refundColumnCount,
	}
}

func insertRefund(root int64, r *ledger.Refund) Statement {
	return Statement{
		SQL: `INSERT INTO refund (root_uin, ` + refundColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
		Args: []any{
			root, r.Charge, r.ID, r.Content[:], r.At, int64(r.Amount), int64(r.RemainingAfter),
		},
	}
}
