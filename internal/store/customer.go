package store

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/text/cases"

	"tael/internal/ledger"
	"tael/internal/voucher"
)

const customerColumns = `uin, partner_uin, credit, spent,
	voucher_total, voucher_remaining, voucher_usable, voucher_until, forced, since, since_line,
	warned_day, warned`

const customerColumnCount = 13

func customerOf(r Row) ledger.Customer {
	return ledger.Customer{
		Uin: r.Int(0), Partner: r.Int(1), Credit: amount(r, 2), Spent: amount(r, 3),
		VoucherTotal: amount(r, 4), Forced: r.Int(8) != 0, Since: r.Int(9), SinceLine: r.Int(10),
		Vouchers: voucher.Sums{Remaining: amount(r, 5), Usable: amount(r, 6), ValidUntil: r.Int(7)},
		Warned:   ledger.Warned{Day: r.Int(11), Thresholds: r.Int(12)},
	}
}

// updateCustomer leaves the columns of vouchers alone where they are as they
// were: an index holds them, which would be written too.
func updateCustomer(root int64, c *ledger.ChangedCustomer) Statement {
	if !c.VouchersChanged {
		return Statement{
			SQL:  `UPDATE customer SET credit = $3, spent = $4 WHERE root_uin = $1 AND uin = $2`,
			Args: []any{root, c.Uin, int64(c.Credit), int64(c.Spent)},
		}
	}
	return Statement{
		SQL: `UPDATE customer SET credit = $3, spent = $4, voucher_total = $5, voucher_remaining = $6,
			voucher_usable = $7, voucher_until = $8
			WHERE root_uin = $1 AND uin = $2`,
		Args: []any{
			root, c.Uin, int64(c.Credit), int64(c.Spent), int64(c.VoucherTotal),
			int64(c.Vouchers.Remaining), int64(c.Vouchers.Usable), c.Vouchers.ValidUntil,
		},
	}
}

// updateWarned stores what a customer was warned of today.
func updateWarned(root, uin int64, w ledger.Warned) Statement {
	return Statement{
		SQL:  `UPDATE customer SET warned_day = $3, warned = $4 WHERE root_uin = $1 AND uin = $2`,
		Args: []any{root, uin, w.Day, w.Thresholds},
	}
}

func insertCustomer(root int64, c *ledger.NewCustomer, now int64) Statement {
	return Statement{
		SQL: `INSERT INTO customer (root_uin, uin, partner_uin, name, name_folded, remark, remark_folded,
				mail, mail_folded, country_code, phone, associated_at, credit, spent,
				voucher_total, voucher_remaining, voucher_usable, voucher_until, forced, since, since_line)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
		Args: []any{
			root, c.Uin, c.Partner, c.Name, Fold(c.Name), c.Remark, Fold(c.Remark),
			c.Mail, Fold(c.Mail), c.CountryCode, c.Phone, now, int64(c.Credit), int64(c.Spent),
			int64(c.VoucherTotal), int64(c.Vouchers.Remaining), int64(c.Vouchers.Usable), c.Vouchers.ValidUntil,
			flag(c.Forced), c.Since, c.SinceLine,
		},
	}
}

// Fold makes texts comparable that differ only in the case of their letters.
// Databases disagree on that; this is the one rule for search and for unique
// mail addresses.
func Fold(text string) string { return cases.Fold().String(strings.TrimSpace(text)) }

// Customer reads a customer with the voucher sums of now (Unix milliseconds).
// Callers who ask at the same time share a query that starts after they asked.
func (s *Store) Customer(ctx context.Context, a Account, now int64) (ledger.Customer, error) {
	customers, err := s.customers.get(ctx, a.Root, a.Uin)
	if err != nil {
		return ledger.Customer{}, err
	}
	c, ok := customers[a.Uin]
	if !ok {
		return ledger.Customer{}, fmt.Errorf("customer %d: %w", a.Uin, ErrNotFound)
	}
	return c, s.refresh(ctx, a.Root, &c, now)
}

// refresh sums a customer's vouchers anew where time has changed their sums.
func (s *Store) refresh(ctx context.Context, root int64, c *ledger.Customer, now int64) error {
	if !c.Vouchers.StaleAt(now) {
		return nil
	}
	rows, err := s.read(ctx, selectLiveVouchers(root, c.Uin, now))
	if err != nil {
		return err
	}
	c.Vouchers = voucher.Sum(vouchersOf(rows), now)
	return nil
}

func (s *Store) loadCustomers(ctx context.Context, root int64, uins []int64) (map[int64]ledger.Customer, error) {
	return rowsByUin(ctx, s, root, uins, customerColumns, "customer", customerColumnCount, customerOf)
}

// CustomersByUin reads direct customers of a partner by their UINs, each named
// once, in their order and with the voucher sums of now (Unix milliseconds); the
// list ends before the first who is not one. Callers who ask at the same time
// share a query that starts after they asked.
func (s *Store) CustomersByUin(ctx context.Context, a Account, uins []int64, now int64) ([]ledger.Customer, error) {
	return s.byUin(ctx, &s.customers, a, uins, now)
}

// VoucherAmountsByUin is CustomersByUin for the figures VoucherTotal and
// Vouchers.Remaining alone, which it finds in an index.
func (s *Store) VoucherAmountsByUin(
	ctx context.Context, a Account, uins []int64, now int64,
) ([]ledger.Customer, error) {
	return s.byUin(ctx, &s.amounts, a, uins, now)
}

func (s *Store) byUin(
	ctx context.Context, from *gatherer[int64, int64, ledger.Customer], a Account, uins []int64, now int64,
) ([]ledger.Customer, error) {
	found, err := from.get(ctx, a.Root, uins...)
	if err != nil {
		return nil, err
	}
	customers := make([]ledger.Customer, 0, len(uins))
	for _, uin := range uins {
		c, ok := found[uin]
		if !ok || c.Partner != a.Uin {
			break
		}
		if err := s.refresh(ctx, a.Root, &c, now); err != nil {
			return nil, err
		}
		customers = append(customers, c)
	}
	return customers, nil
}

func (s *Store) loadAmounts(ctx context.Context, root int64, uins []int64) (map[int64]ledger.Customer, error) {
	const names = `uin, partner_uin, voucher_total, voucher_remaining, voucher_until`
	return rowsByUin(ctx, s, root, uins, names, "customer", 5, func(r Row) ledger.Customer {
		return ledger.Customer{
			Uin: r.Int(0), Partner: r.Int(1), VoucherTotal: amount(r, 2),
			Vouchers: voucher.Sums{Remaining: amount(r, 3), ValidUntil: r.Int(4)},
		}
	})
}
