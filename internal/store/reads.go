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

// reads lists the statements that load what a batch needs, each for many rows.
// They do not depend on each other's results, so that they make one round trip
// together; what is known only by its row (the partner of a customer, the holder
// of a voucher) is found by a subquery. now is at most the batch's own time, in
// Unix milliseconds: vouchers that have expired since are loaded and do no harm.
func (b *Batch) reads(n ledger.Needs, now int64) []reader {
	partners := n.Partners
	if len(n.Wallets) > 0 {
		partners = maps.Clone(partners)
		partners[b.root] = true
	}
	list := b.byUin(sorted(partners), partnerColumns, "partner", partnerColumnCount, b.loadPartners)
	list = append(list, b.byUin(sorted(n.Customers), customerColumns, "customer", customerColumnCount, b.loadCustomers)...)
	for uins := range slices.Chunk(sorted(n.Wallets), gatheredMax) {
		list = append(list, b.walletReads(uins, now)...)
	}
	for uins := range slices.Chunk(sorted(n.Issuers), gatheredMax) {
		keys, args := listOf(uins, b.root, now-1000)
		list = append(list, reader{Statement{
			SQL: `SELECT ` + partnerColumns + ` FROM partner WHERE root_uin = $1 AND uin IN (
				SELECT issuer_uin FROM ` + keys + ` CROSS JOIN voucher WHERE root_uin = $1 AND customer_uin = wanted
				AND expire_at > $2 AND balance > 0 AND withdrawn = 0 AND closed = 0)`,
			Args: args, Columns: partnerColumnCount,
		}, b.loadPartners})
	}
	for _, id := range sorted(n.Vouchers) {
		list = append(list, reader{selectVoucher(b.root, id), b.loadVouchers})
		list = append(list, b.holderReads(id, now)...)
	}
	for ids := range slices.Chunk(slices.Sorted(maps.Keys(n.Charges)), gatheredMax) {
		keys, args := listOf(ids, b.root)
		list = append(list, reader{Statement{
			SQL: `SELECT ` + chargeColumns + ` FROM ` + keys + ` CROSS JOIN charge
				WHERE root_uin = $1 AND charge_id = wanted`,
			Args: args, Columns: chargeColumnCount,
		}, b.loadCharges})
	}
	for _, key := range slices.SortedFunc(maps.Keys(n.Refunds), func(x, y ledger.RefundKey) int {
		return cmp.Or(cmp.Compare(x.Charge, y.Charge), cmp.Compare(x.ID, y.ID))
	}) {
		list = append(list, reader{selectRefund(b.root, key), b.loadRefunds})
	}
	return list
}

// byUin reads rows by their UINs.
func (b *Batch) byUin(uins []int64, names, table string, columns int, into func([]Row) error) []reader {
	var list []reader
	for chunk := range slices.Chunk(uins, gatheredMax) {
		list = append(list, reader{selectByUin(b.root, chunk, names, table, columns), into})
	}
	return list
}

// walletReads load customers, their partners and their vouchers that may have
// value.
func (b *Batch) walletReads(uins []int64, now int64) []reader {
	keys, args := listOf(uins, b.root)
	later, laterArgs := listOf(uins, b.root, now-1000)
	return []reader{
		{Statement{
			SQL: `SELECT ` + partnerColumns + ` FROM partner WHERE root_uin = $1
				AND uin IN (SELECT partner_uin FROM ` + keys + ` CROSS JOIN customer WHERE root_uin = $1 AND uin = wanted)`,
			Args: args, Columns: partnerColumnCount,
		}, b.loadPartners},
		{selectByUin(b.root, uins, customerColumns, "customer", customerColumnCount), b.loadCustomers},
		{Statement{
			SQL: `SELECT ` + voucherColumns + ` FROM ` + later + ` CROSS JOIN voucher
				WHERE root_uin = $1 AND customer_uin = wanted AND expire_at > $2 AND balance > 0 AND withdrawn = 0
				AND closed = 0`,
			Args: laterArgs, Columns: voucherColumnCount,
		}, func(rows []Row) error {
			wallets := make(map[int64][]voucher.Voucher, len(uins))
			for _, v := range vouchersOf(rows) {
				wallets[v.Customer] = append(wallets[v.Customer], v)
			}
			for _, uin := range uins {
				b.State.LoadWallet(uin, wallets[uin])
			}
			return nil
		}},
	}
}

// holderReads load the wallet of who holds a voucher.
func (b *Batch) holderReads(id, now int64) []reader {
	const holder = `(SELECT customer_uin FROM voucher WHERE root_uin = $1 AND id = $2)`
	return []reader{
		{Statement{
			SQL: `SELECT ` + partnerColumns + ` FROM partner WHERE root_uin = $1
				AND uin = (SELECT partner_uin FROM customer WHERE root_uin = $1 AND uin = ` + holder + `)`,
			Args: []any{b.root, id}, Columns: partnerColumnCount,
		}, b.loadPartners},
		{Statement{
			SQL:  `SELECT ` + customerColumns + ` FROM customer WHERE root_uin = $1 AND uin = ` + holder,
			Args: []any{b.root, id}, Columns: customerColumnCount,
		}, b.loadCustomers},
		{Statement{
			SQL: `SELECT ` + voucherColumns + ` FROM voucher WHERE root_uin = $1 AND customer_uin = ` + holder + `
				AND expire_at > $3 AND balance > 0 AND withdrawn = 0 AND closed = 0`,
			Args: []any{b.root, id, now - 1000}, Columns: voucherColumnCount,
		}, func(rows []Row) error {
			if vouchers := vouchersOf(rows); len(vouchers) > 0 { // else the voucher itself has no value
				b.State.LoadWallet(vouchers[0].Customer, vouchers)
			}
			return nil
		}},
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
