package store

import (
	"cmp"
	"maps"
	"slices"

	"tael/internal/ledger"
	"tael/internal/voucher"
)

// reader is one statement of a batch's reads and what becomes of its rows.
type reader struct {
	Statement
	into func([]Row) error
}

// reads lists the statements that load what a batch needs. They do not depend
// on each other's results, so that they make one round trip together; what is
// known only by its row (the partner of a customer, the holder of a voucher)
// is found by a subquery. now is at most the batch's own time, in Unix
// milliseconds: vouchers that have expired since are loaded and do no harm.
func (b *Batch) reads(n ledger.Needs, now int64) []reader {
	var list []reader
	for _, uin := range sorted(n.Partners) {
		list = append(list, reader{selectPartner(b.root, uin), b.loadPartners})
	}
	if len(n.Wallets) > 0 {
		list = append(list, reader{selectPartner(b.root, b.root), b.loadPartners})
	}
	for _, uin := range sorted(n.Customers) {
		list = append(list, reader{selectCustomer(b.root, uin), b.loadCustomers})
	}
	for _, uin := range sorted(n.Wallets) {
		list = append(list, b.walletReads(`$2`, uin, now, func(rows []Row) error {
			b.State.LoadWallet(uin, vouchersOf(rows))
			return nil
		})...)
	}
	for _, id := range sorted(n.Vouchers) {
		list = append(list, reader{selectVoucher(b.root, id), b.loadVouchers})
		holder := `(SELECT customer_uin FROM voucher WHERE root_uin = $1 AND id = $2)`
		list = append(list, b.walletReads(holder, id, now, func(rows []Row) error {
			if vouchers := vouchersOf(rows); len(vouchers) > 0 { // else the voucher itself has no value
				b.State.LoadWallet(vouchers[0].Customer, vouchers)
			}
			return nil
		})...)
	}
	for _, id := range slices.Sorted(maps.Keys(n.Charges)) {
		list = append(list, reader{selectCharge(b.root, id), b.loadCharges})
	}
	for _, key := range slices.SortedFunc(maps.Keys(n.Refunds), func(x, y ledger.RefundKey) int {
		return cmp.Or(cmp.Compare(x.Charge, y.Charge), cmp.Compare(x.ID, y.ID))
	}) {
		list = append(list, reader{selectRefund(b.root, key), b.loadRefunds})
	}
	return list
}

// walletReads load a customer, found by the expression who of argument $2, its
// partner and its vouchers that may have value.
func (b *Batch) walletReads(who string, argument, now int64, into func([]Row) error) []reader {
	return []reader{
		{Statement{
			SQL: `SELECT ` + partnerColumns + ` FROM partner WHERE root_uin = $1
				AND uin = (SELECT partner_uin FROM customer WHERE root_uin = $1 AND uin = ` + who + `)`,
			Args: []any{b.root, argument}, Columns: partnerColumnCount,
		}, b.loadPartners},
		{Statement{
			SQL:  `SELECT ` + customerColumns + ` FROM customer WHERE root_uin = $1 AND uin = ` + who,
			Args: []any{b.root, argument}, Columns: customerColumnCount,
		}, b.loadCustomers},
		{Statement{
			SQL: `SELECT ` + voucherColumns + ` FROM voucher
				WHERE root_uin = $1 AND customer_uin = ` + who + ` AND expire_at > $3 AND balance > 0 AND withdrawn = 0`,
			Args: []any{b.root, argument, now - 1000}, Columns: voucherColumnCount,
		}, into},
	}
}

func sorted(uins map[int64]bool) []int64 { return slices.Sorted(maps.Keys(uins)) }

func (b *Batch) loadPartners(rows []Row) error {
	for _, row := range rows {
		b.State.LoadPartner(partnerOf(row))
	}
	return nil
}

func (b *Batch) loadCustomers(rows []Row) error {
	for _, row := range rows {
		b.State.LoadCustomer(customerOf(row))
	}
	return nil
}

func (b *Batch) loadVouchers(rows []Row) error {
	for _, row := range rows {
		b.State.LoadVoucher(voucherOf(row))
	}
	return nil
}

func vouchersOf(rows []Row) []voucher.Voucher {
	vouchers := make([]voucher.Voucher, len(rows))
	for i, row := range rows {
		vouchers[i] = voucherOf(row)
	}
	return vouchers
}

func (b *Batch) loadCharges(rows []Row) error {
	for _, row := range rows {
		charge, err := chargeOf(row)
		if err != nil {
			return err
		}
		b.State.LoadCharge(charge)
	}
	return nil
}

func (b *Batch) loadRefunds(rows []Row) error {
	for _, row := range rows {
		b.State.LoadRefund(refundOf(row))
	}
	return nil
}
