package store

import "tael/internal/voucher"

const voucherColumns = `id, code, issuer_uin, customer_uin, face, balance, effective_at, expire_at, withdrawn,
	payment_mode, scope, products, usage, reason, issued_at, used, settled, closed`

const voucherColumnCount = 18

func voucherOf(r Row) voucher.Voucher {
	return voucher.Voucher{
		ID: r.Int(0), Code: r.Text(1), Issuer: r.Int(2), Customer: r.Int(3), Face: amount(r, 4), Balance: amount(r, 5),
		Effective: r.Int(6), Expire: r.Int(7), Withdrawn: r.Int(8) != 0,
		PaymentMode: r.Text(9), Scope: r.Text(10), Products: r.Text(11), Usage: r.Text(12), Reason: r.Text(13),
		IssuedAt: r.Int(14), Used: amount(r, 15), Settled: r.Int(16) != 0, Closed: r.Int(17) != 0,
	}
}

// selectLiveVouchers reads a customer's vouchers that may still have value at
// an instant in Unix milliseconds; voucher.Sum decides which have.
func selectLiveVouchers(root, customer, now int64) Statement {
	return Statement{
		SQL: `SELECT ` + voucherColumns + ` FROM voucher
			WHERE root_uin = $1 AND customer_uin = $2 AND expire_at > $3 AND balance > 0 AND withdrawn = 0 AND closed = 0`,
		Args: []any{root, customer, now - 1000}, Columns: voucherColumnCount,
	}
}

// selectExpiredVouchers reads at most limit of a partner's vouchers that have
// expired by an instant in Unix milliseconds and are not settled, those that
// expired first coming first.
func selectExpiredVouchers(root, issuer, now, limit int64) Statement {
	return Statement{
		SQL: `SELECT ` + voucherColumns + ` FROM voucher
			WHERE root_uin = $1 AND issuer_uin = $2 AND settled = 0 AND withdrawn = 0 AND expire_at <= $3
			ORDER BY expire_at, id LIMIT $4`,
		Args: []any{root, issuer, now - 1000, limit}, Columns: voucherColumnCount,
	}
}

func insertVoucher(root int64, v *voucher.Voucher) Statement {
	return Statement{
		SQL: `INSERT INTO voucher (root_uin, id, code, issuer_uin, customer_uin, face, balance, effective_at, expire_at,
				withdrawn, payment_mode, scope, products, usage, reason, issued_at, used, closed)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		Args: []any{
			root, v.ID, v.Code, v.Issuer, v.Customer, int64(v.Face), int64(v.Balance), v.Effective, v.Expire,
			flag(v.Withdrawn), v.PaymentMode, v.Scope, v.Products, v.Usage, v.Reason, v.IssuedAt, int64(v.Used),
			flag(v.Closed),
		},
	}
}

// updateVoucher leaves columns alone that an index looks at where nothing but a
// payment changed.
func updateVoucher(root int64, v *voucher.Voucher) Statement {
	if !v.Withdrawn && !v.Settled && !v.Closed {
		return Statement{
			SQL:  `UPDATE voucher SET balance = $3, used = $4 WHERE root_uin = $1 AND id = $2`,
			Args: []any{root, v.ID, int64(v.Balance), int64(v.Used)},
		}
	}
	return Statement{
		SQL: `UPDATE voucher SET balance = $3, used = $4, withdrawn = $5, settled = $6, closed = $7
			WHERE root_uin = $1 AND id = $2`,
		Args: []any{
			root, v.ID, int64(v.Balance), int64(v.Used), flag(v.Withdrawn), flag(v.Settled), flag(v.Closed),
		},
	}
}

// flag stores a truth as both databases count it.
func flag(is bool) int64 {
	if is {
		return 1
	}
	return 0
}

func selectVoucher(root, id int64) Statement {
	return Statement{
		SQL:  `SELECT ` + voucherColumns + ` FROM voucher WHERE root_uin = $1 AND id = $2`,
		Args: []any{root, id}, Columns: voucherColumnCount,
	}
}
