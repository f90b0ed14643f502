package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/voucher"
)

// VoucherFilter selects vouchers of one tree. Zero fields select all but those
// whose holder has left the tree, which nobody is shown.
type VoucherFilter struct {
	Root        int64
	Issuer      int64
	Customer    int64
	ID          int64
	States      []voucher.State
	PaymentMode string
	Usage       string
	Scope       string
	// Since leaves out vouchers that expired before it, and those that were
	// withdrawn unused: what a customer is not shown (domain.md §3.3). Unix
	// milliseconds; 0 shows all.
	Since int64
	Now   int64 // of the states, Unix milliseconds
}

// stateConditions say of a row what voucher.StateAt says of a voucher; the
// argument is the expiry of vouchers that have just expired.
var stateConditions = map[voucher.State]string{
	voucher.Issued:      `(withdrawn = 0 AND balance > 0 AND expire_at > $%[1]d)`,
	voucher.Used:        `(withdrawn = 0 AND used = face)`,
	voucher.Expired:     `(withdrawn = 0 AND used < face AND (settled = 1 OR expire_at <= $%[1]d))`,
	voucher.Invalidated: `(withdrawn = 1)`,
}

func (f *VoucherFilter) where() (string, []any) {
	where, args := `root_uin = $1 AND closed = 0`, []any{f.Root}
	equal := func(column string, value any) {
		args = append(args, value)
		where += fmt.Sprintf(` AND %s = $%d`, column, len(args))
	}
	if f.Issuer != 0 {
		equal("issuer_uin", f.Issuer)
	}
	if f.Customer != 0 {
		equal("customer_uin", f.Customer)
	}
	if f.ID != 0 {
		equal("id", f.ID)
	}
	if f.PaymentMode != "" {
		equal("payment_mode", f.PaymentMode)
	}
	if f.Usage != "" {
		equal("usage", f.Usage)
	}
	if f.Scope != "" {
		equal("scope", f.Scope)
	}
	var states []string
	for _, state := range f.States {
		condition := stateConditions[state]
		if strings.Contains(condition, "%") {
			args = append(args, f.Now-1000)
			condition = fmt.Sprintf(condition, len(args))
		}
		states = append(states, condition)
	}
	if len(states) > 0 {
		where += ` AND (` + strings.Join(states, ` OR `) + `)`
	}
	if f.Since != 0 {
		args = append(args, f.Since)
		where += fmt.Sprintf(` AND NOT (withdrawn = 1 AND used = 0)
			AND NOT (withdrawn = 0 AND used < face AND expire_at < $%d)`, len(args))
	}
	return where, args
}

// Vouchers lists vouchers, newest issue first, and counts all that match.
func (s *Store) Vouchers(ctx context.Context, f VoucherFilter, page Page) ([]voucher.Voucher, int64, error) {
	where, args := f.where()
	total, err := s.read(ctx, Statement{SQL: `SELECT COUNT(*) FROM voucher WHERE ` + where, Args: args, Columns: 1})
	if err != nil {
		return nil, 0, err
	}
	rows, err := s.read(ctx, Statement{
		SQL: fmt.Sprintf(`SELECT %s FROM voucher WHERE %s ORDER BY issued_at DESC, id DESC LIMIT $%d OFFSET $%d`,
			voucherColumns, where, len(args)+1, len(args)+2),
		Args: append(args, page.Size, page.offset()), Columns: voucherColumnCount,
	})
	if err != nil {
		return nil, 0, err
	}
	return vouchersOf(rows), total[0].Int(0), nil
}

// Voucher reads a voucher; ErrNotFound where the tree has none of this id, or its
// holder has left.
func (s *Store) Voucher(ctx context.Context, root, id int64) (voucher.Voucher, error) {
	rows, err := s.read(ctx, selectVoucher(root, id))
	if err != nil {
		return voucher.Voucher{}, err
	}
	if len(rows) == 0 {
		return voucher.Voucher{}, fmt.Errorf("voucher %d: %w", id, ErrNotFound)
	}
	v := voucherOf(rows[0])
	if v.Closed {
		return voucher.Voucher{}, fmt.Errorf("voucher %d: its holder has left: %w", id, ErrNotFound)
	}
	return v, nil
}

// Usage is what a voucher paid for one charge.
type Usage struct {
	Sequence int64 // of the transfer
	Amount   money.Amount
	Charge   ledger.Charge
}

// UsageFilter selects what a voucher paid for.
type UsageFilter struct {
	Root, Voucher int64
	Since         int64 // transfers after this one
	// From and To bound the time of the transaction, To not included; where To is
	// zero, neither does.
	From, To time.Time
}

// Usages lists what a voucher paid for, newest first. It counts what matches,
// and all since the filter's Since.
func (s *Store) Usages(
	ctx context.Context, f UsageFilter, page Page,
) (usages []Usage, matching, all int64, err error) {
	const join = ` FROM transfer t JOIN charge c ON c.root_uin = t.root_uin AND c.line = t.line
		WHERE t.root_uin = $1 AND t.debit_kind = 6 AND t.debit_owner = $2 AND t.line <> 0 AND t.sequence > $3`
	args := []any{f.Root, f.Voucher, f.Since}
	counted, err := s.read(ctx, Statement{SQL: `SELECT COUNT(*)` + join, Args: args, Columns: 1})
	if err != nil {
		return nil, 0, 0, err
	}
	all, matching = counted[0].Int(0), counted[0].Int(0)
	where := join
	if !f.To.IsZero() {
		where = join + ` AND c.transaction_at >= $4 AND c.transaction_at < $5`
		args = append(args, f.From.UnixMilli(), f.To.UnixMilli())
		counted, err := s.read(ctx, Statement{SQL: `SELECT COUNT(*)` + where, Args: args, Columns: 1})
		if err != nil {
			return nil, 0, 0, err
		}
		matching = counted[0].Int(0)
	}
	rows, err := s.read(ctx, Statement{
		SQL: fmt.Sprintf(`SELECT t.sequence, t.amount, c.charge_id, c.line, c.customer_uin, c.recorded_at,
				c.transaction_at, c.pay_mode, c.product_code, c.product_name, c.sub_product_code, c.sub_product_name
			%s ORDER BY t.line DESC LIMIT $%d OFFSET $%d`, where, len(args)+1, len(args)+2),
		Args: append(args, page.Size, page.offset()), Columns: 12,
	})
	if err != nil {
		return nil, 0, 0, err
	}
	usages = make([]Usage, len(rows))
	for i, r := range rows {
		usages[i] = Usage{Sequence: r.Int(0), Amount: amount(r, 1), Charge: ledger.Charge{
			ID: r.Text(2), Line: r.Int(3), Customer: r.Int(4), At: r.Int(5), TransactionAt: r.Int(6),
			PayMode: r.Text(7), ProductCode: r.Text(8), ProductName: r.Text(9),
			SubProductCode: r.Text(10), SubProductName: r.Text(11),
		}}
	}
	return usages, matching, all, nil
}
