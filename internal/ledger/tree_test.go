package ledger_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"tael/internal/ledger"
	"tael/internal/voucher"
)

// chainKey seals the transfers of the tests.
var chainKey = []byte("key of the tests")

// stored is a tree as a database keeps it: rows, and transfers in order. Each
// batch is loaded from it and written back to it as the store does.
type stored struct {
	settings  ledger.Settings
	tree      ledger.Tree
	partners  map[int64]ledger.Partner
	customers map[int64]ledger.Customer
	vouchers  []voucher.Voucher
	transfers []ledger.Transfer
}

func newStored(root int64, bounded bool) *stored {
	return &stored{
		settings: ledger.Settings{PoolBounded: bounded}, tree: ledger.Tree{Root: root, LastVoucher: 10_000_000},
		partners: map[int64]ledger.Partner{}, customers: map[int64]ledger.Customer{},
	}
}

// begin loads the rows that the commands say they need, and no other.
func (d *stored) begin(now int64, commands ...ledger.Command) *ledger.State {
	var needs ledger.Needs
	for _, c := range commands {
		needs.Need(c)
	}
	s := ledger.NewState(d.tree, d.settings, now)
	for uin := range needs.Partners {
		if p, ok := d.partners[uin]; ok {
			s.LoadPartner(p)
		}
	}
	for uin := range needs.Customers {
		c, ok := d.customers[uin]
		if !ok {
			continue
		}
		s.LoadCustomer(c)
		if c.Vouchers.StaleAt(s.Now) {
			s.RefreshVouchers(uin, d.live(uin, s.Now))
		}
	}
	return s
}

// live are the vouchers of a customer that the store reads to sum them anew.
func (d *stored) live(customer, now int64) []voucher.Voucher {
	var live []voucher.Voucher
	for _, v := range d.vouchers {
		if v.Customer == customer && v.Expire > now-1000 && v.Balance > 0 && !v.Withdrawn {
			live = append(live, v)
		}
	}
	return live
}

// commit writes what a batch changed.
func (d *stored) commit(changes ledger.Changes) {
	changes.Chain(chainKey)
	d.tree = changes.Tree
	for _, p := range changes.NewPartners {
		d.partners[p.Uin] = p.Partner
	}
	for _, p := range changes.Partners {
		d.partners[p.Uin] = p
	}
	for _, c := range changes.NewCustomers {
		d.customers[c.Uin] = c.Customer
	}
	for _, c := range changes.Customers {
		d.customers[c.Uin] = c
	}
	d.vouchers = append(d.vouchers, changes.NewVouchers...)
	d.transfers = append(d.transfers, changes.Transfers...)
}

// audit replays everything as "tael verify" does.
func (d *stored) audit() error {
	a := ledger.NewAudit(chainKey, d.tree.Root)
	for i := range d.transfers {
		if err := a.Transfer(&d.transfers[i]); err != nil {
			return err
		}
	}
	for i := range d.vouchers {
		if err := a.Voucher(&d.vouchers[i]); err != nil {
			return err
		}
	}
	for _, uin := range slices.Sorted(maps.Keys(d.customers)) {
		c := d.customers[uin]
		if err := a.Customer(&c); err != nil {
			return err
		}
	}
	for _, uin := range slices.Sorted(maps.Keys(d.partners)) {
		p := d.partners[uin]
		if err := a.Partner(&p); err != nil {
			return err
		}
	}
	return a.Finish(&d.tree)
}

// chain seals all transfers anew, as somebody with the key could.
func (d *stored) chain() {
	d.tree.Head = [32]byte{}
	for i := range d.transfers {
		d.transfers[i].Hash = ledger.Hash(chainKey, d.tree.Root, d.tree.Head, &d.transfers[i])
		d.tree.Head = d.transfers[i].Hash
	}
}

// total is the sum over all accounts of the tree.
func (d *stored) total() *big.Int {
	total := wide(d.tree.Outside)
	for _, p := range d.partners {
		total = sum(total, sum(wide(p.Line), wide(p.Quota)))
	}
	for _, c := range d.customers {
		total = sum(total, sum(wide(c.Credit), wide(c.Spent)))
	}
	for _, v := range d.vouchers {
		total = sum(total, wide(v.Balance))
	}
	return total
}

// compare holds every stored row against the model (domain.md §11, 1–3, 8, 10).
func (d *stored) compare(m *model) error {
	if d.total().Sign() != 0 {
		return fmt.Errorf("the accounts sum up to %s", d.total())
	}
	if outside := m.outside(); wide(d.tree.Outside).Cmp(outside) != 0 {
		return fmt.Errorf("outside is %s, should be %s", d.tree.Outside, outside)
	}
	if len(d.partners) != len(m.role) || len(d.customers) != len(m.owner) || len(d.vouchers) != len(m.vouchers) {
		return fmt.Errorf("%d partners, %d customers, %d vouchers", len(d.partners), len(d.customers), len(d.vouchers))
	}
	for uin, p := range d.partners {
		customers, issued := int64(0), int64(0)
		for _, owner := range m.owner {
			if owner == uin {
				customers++
			}
		}
		for _, v := range m.vouchers {
			if v.Issuer == uin {
				issued++
			}
		}
		got := fmt.Sprint(p.Role, p.Parent, int64(p.Line), int64(p.LineTotal), int64(p.Allocated()), int64(p.Quota),
			int64(p.QuotaTotal), int64(p.CustomerTotal), int64(p.CustomerRemaining), p.Customers, p.Issued)
		want := fmt.Sprint(
			m.role[uin],
			m.parent[uin],
			m.line(uin),
			m.lineTotal[uin],
			less(m.lineTotal[uin], m.line(uin)),
			m.quota(uin),
			m.quotaTotal[uin],
			m.customerTotal(uin),
			m.customerTotal(uin),
			customers,
			issued,
		)
		if got != want {
			return fmt.Errorf("partner %d: %s\nshould be %s", uin, got, want)
		}
	}
	return d.compareCustomers(m)
}

func (d *stored) compareCustomers(m *model) error {
	for uin, c := range d.customers {
		got := fmt.Sprint(c.Partner, int64(c.Credit), int64(c.Spent), int64(c.Total()), int64(c.VoucherTotal))
		want := fmt.Sprint(m.owner[uin], m.credit[uin], 0, m.credit[uin], m.voucherTotal(uin))
		if got != want {
			return fmt.Errorf("customer %d: %s\nshould be %s", uin, got, want)
		}
	}
	return nil
}

// compareSums holds the voucher sums that count as fresh at an instant against
// sums over all vouchers.
func (d *stored) compareSums(now int64) error {
	for uin, c := range d.customers {
		var held []voucher.Voucher
		for _, v := range d.vouchers {
			if v.Customer == uin {
				held = append(held, v)
			}
		}
		if fresh := voucher.Sum(held, now); !c.Vouchers.StaleAt(now) && c.Vouchers != fresh {
			return fmt.Errorf("customer %d at %d: sums %+v, fresh %+v", uin, now, c.Vouchers, fresh)
		}
	}
	return nil
}
