package ledger_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/voucher"
)

// firstVoucher is what the ids of vouchers start above.
const firstVoucher = 10_000_000

// chainKey seals the transfers of the tests.
var chainKey = []byte("key of the tests")

// stored is a tree as a database keeps it: rows, and transfers in order. Each
// batch is loaded from it and written back to it as the store does.
type stored struct {
	settings  ledger.Settings
	tree      ledger.Tree
	partners  map[int64]ledger.Partner
	customers map[int64]ledger.Customer
	vouchers  []voucher.Voucher // in the order of their ids
	charges   map[string]ledger.Charge
	refunds   map[ledger.RefundKey]ledger.Refund
	transfers []ledger.Transfer
}

func newStored(root int64, settings ledger.Settings) *stored {
	return &stored{
		settings: settings, tree: ledger.Tree{Root: root, LastVoucher: firstVoucher},
		partners: map[int64]ledger.Partner{}, customers: map[int64]ledger.Customer{},
		charges: map[string]ledger.Charge{}, refunds: map[ledger.RefundKey]ledger.Refund{},
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
		d.loadPartner(s, uin)
	}
	if len(needs.Wallets) > 0 {
		d.loadPartner(s, d.tree.Root)
	}
	for uin := range needs.Customers {
		if c, ok := d.customers[uin]; ok {
			s.LoadCustomer(c)
		}
	}
	for uin := range needs.Wallets {
		d.loadHolder(s, uin)
		s.LoadWallet(uin, d.live(uin, now))
	}
	for uin := range needs.Issuers {
		for _, v := range d.live(uin, now) {
			d.loadPartner(s, v.Issuer)
		}
	}
	for id := range needs.Vouchers {
		d.loadVoucher(s, id, now)
	}
	for id := range needs.Charges {
		if c, ok := d.charges[id]; ok {
			s.LoadCharge(c)
		}
	}
	for key := range needs.Refunds {
		if r, ok := d.refunds[key]; ok {
			s.LoadRefund(r)
		}
	}
	for _, uin := range s.Stale() {
		s.RefreshVouchers(uin, d.live(uin, s.Now))
	}
	for uin := range needs.Quotas {
		if err := s.ReturnExpired(d.expired(uin, s.Now)); err != nil {
			panic(err)
		}
	}
	return s
}

func (d *stored) loadPartner(s *ledger.State, uin int64) {
	if p, ok := d.partners[uin]; ok {
		s.LoadPartner(p)
	}
}

// loadHolder loads a customer with its partner.
func (d *stored) loadHolder(s *ledger.State, uin int64) {
	if c, ok := d.customers[uin]; ok {
		d.loadPartner(s, c.Partner)
		s.LoadCustomer(c)
	}
}

// loadVoucher loads a voucher and its holder's wallet, as far as there is any.
func (d *stored) loadVoucher(s *ledger.State, id, now int64) {
	for _, v := range d.vouchers {
		if v.ID != id {
			continue
		}
		s.LoadVoucher(v)
		d.loadHolder(s, v.Customer)
		if live := d.live(v.Customer, now); len(live) > 0 {
			s.LoadWallet(v.Customer, live)
		}
	}
}

// live are the vouchers of a customer that the store reads to sum them anew.
func (d *stored) live(customer, now int64) []voucher.Voucher {
	var live []voucher.Voucher
	for _, v := range d.vouchers {
		if v.Customer == customer && v.Expire > now-1000 && v.Balance > 0 && !v.Withdrawn && !v.Closed {
			live = append(live, v)
		}
	}
	return live
}

// expired are the vouchers of a partner whose value the store returns to its
// quota.
func (d *stored) expired(issuer, now int64) []voucher.Voucher {
	var expired []voucher.Voucher
	for _, v := range d.vouchers {
		if d.settings.ExpiredReturn && v.Issuer == issuer && v.Expire <= now-1000 && !v.Settled && !v.Withdrawn {
			expired = append(expired, v)
		}
	}
	return expired
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
	for _, uin := range changes.Unbound {
		delete(d.customers, uin)
		for i := range d.vouchers {
			d.vouchers[i].Closed = d.vouchers[i].Closed || d.vouchers[i].Customer == uin
		}
	}
	for _, c := range changes.NewCustomers {
		d.customers[c.Uin] = c.Customer
	}
	for _, c := range changes.Customers {
		was := d.customers[c.Uin]
		d.customers[c.Uin] = written(was, c)
	}
	d.vouchers = append(d.vouchers, changes.NewVouchers...)
	for _, v := range changes.Vouchers {
		at := slices.IndexFunc(d.vouchers, func(o voucher.Voucher) bool { return o.ID == v.ID })
		d.vouchers[at] = v
	}
	for _, c := range slices.Concat(changes.NewCharges, changes.Charges) {
		d.charges[c.ID] = c
	}
	for _, r := range changes.NewRefunds {
		d.refunds[r.RefundKey] = r
	}
	d.transfers = append(d.transfers, changes.Transfers...)
}

// written is a customer's row after the columns were written that changed.
func written(row ledger.Customer, c ledger.ChangedCustomer) ledger.Customer {
	row.Credit, row.Spent = c.Credit, c.Spent
	if c.VouchersChanged {
		row.VoucherTotal, row.Vouchers = c.VoucherTotal, c.Vouchers
	}
	if c.ForcedChanged {
		row.Forced = c.Forced
	}
	if c.Moved {
		row.Partner, row.Since = c.Partner, c.Since
	}
	if c.WarnedChanged {
		row.Warned = c.Warned
	}
	return row
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
	for _, id := range slices.Sorted(maps.Keys(d.charges)) {
		c := d.charges[id]
		if err := a.Charge(&c); err != nil {
			return err
		}
	}
	for _, r := range d.refunds {
		if err := a.Refund(&r); err != nil {
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
		total = sum(total, sum(wide(v.Balance), wide(v.Used)))
	}
	return total
}

// compare holds every stored row against the model (domain.md §11, 1–3, 8–11).
func (d *stored) compare(m *model, now int64) error {
	if d.total().Sign() != 0 {
		return fmt.Errorf("the accounts sum up to %s", d.total())
	}
	if got, want := fmt.Sprint(int64(d.tree.Outside), int64(d.tree.Outstanding), d.tree.LastLine, d.tree.LastVoucher),
		fmt.Sprint(m.outside(), m.outstanding(), len(m.charges), firstVoucher+len(m.vouchers)); got != want {
		return fmt.Errorf("tree: %s\nshould be %s", got, want)
	}
	if len(d.partners) != len(m.role) || len(d.customers) != len(m.owner) || len(d.vouchers) != len(m.vouchers) ||
		len(d.charges) != len(m.charges) || len(d.refunds) != len(m.refunds) {
		return fmt.Errorf("%d partners, %d customers, %d vouchers, %d charges, %d refunds",
			len(d.partners), len(d.customers), len(d.vouchers), len(d.charges), len(d.refunds))
	}
	for uin, p := range d.partners {
		for _, v := range d.expired(uin, now) { // read before a batch returns it
			p.Quota += v.Balance
		}
		got := fmt.Sprint(p.Role, p.Parent, p.Frozen, int64(p.Line), int64(p.LineTotal), int64(p.Allocated()),
			int64(p.Quota), int64(p.QuotaTotal), int64(p.CustomerTotal), int64(p.CustomerRemaining), p.Customers, p.Issued)
		want := fmt.Sprint(m.role[uin], m.parent[uin], m.frozen[uin], m.line(uin), m.lineTotal[uin],
			less(m.lineTotal[uin], m.line(uin)), m.quota(uin, now), m.quotaTotal[uin], m.customerTotal(uin),
			m.customerRemaining(uin), m.customers(uin), m.issued(uin))
		if got != want {
			return fmt.Errorf("partner %d: %s\nshould be %s", uin, got, want)
		}
	}
	if err := d.compareVouchers(m, now); err != nil {
		return err
	}
	if err := d.compareCharges(m); err != nil {
		return err
	}
	return d.compareCustomers(m, now)
}

// compareCustomers also holds the voucher sums that count as fresh at an
// instant against what the model knows of the vouchers at it.
func (d *stored) compareCustomers(m *model, now int64) error {
	for uin, c := range d.customers {
		got := fmt.Sprint(c.Partner, int64(c.Credit), int64(c.Spent), int64(c.Total()), int64(c.VoucherTotal), c.Forced)
		want := fmt.Sprint(
			m.owner[uin], m.remaining(uin), m.spent(uin), m.credit[uin], m.voucherTotal(uin), m.forced[uin])
		if got != want {
			return fmt.Errorf("customer %d: %s\nshould be %s", uin, got, want)
		}
		remaining, usable := m.voucherSums(uin, now)
		got = fmt.Sprint(int64(c.Vouchers.Remaining), int64(c.Vouchers.Usable))
		if want = fmt.Sprint(remaining, usable); !c.Vouchers.StaleAt(now) && got != want {
			return fmt.Errorf("customer %d at %d: sums %+v, should be %s", uin, now, c.Vouchers, want)
		}
	}
	return nil
}

// compareVouchers is domain.md §11, 9: what is missing from a voucher is what
// it has paid for charges.
func (d *stored) compareVouchers(m *model, now int64) error {
	paid := map[int64]money.Amount{}
	for _, c := range d.charges {
		for _, p := range c.Payments {
			paid[p.Voucher] += p.Amount
		}
	}
	for i, v := range d.vouchers {
		want := m.vouchers[i]
		if v.Settled && m.returns && now >= want.ends && v.Balance == 0 { // it was on it until it expired
			v.Balance = v.Remaining()
		}
		if v.ID != int64(firstVoucher+i+1) || v.Issuer != want.issuer || v.Customer != want.customer ||
			v.Face != want.face || v.Used != want.used || v.Withdrawn != want.withdrawn || v.Balance != want.balance() ||
			v.Closed != want.closed {
			return fmt.Errorf("voucher %+v\nshould be %+v", v, want)
		}
		if v.Remaining() < 0 || v.Remaining() > v.Face || v.Face-v.Remaining() != paid[v.ID] {
			return fmt.Errorf("voucher %+v, but it has paid %s", v, paid[v.ID])
		}
	}
	return nil
}

func (d *stored) compareCharges(m *model) error {
	for id, c := range d.charges {
		if got, want := figures(&c), m.charges[id].String(); got != want {
			return fmt.Errorf("charge %s: %s\nshould be %s", id, got, want)
		}
	}
	for key, r := range d.refunds {
		want := m.refunds[key]
		if r.Amount != want.amount || wide(r.RemainingAfter).Cmp(want.after) != 0 || r.Content != want.content {
			return fmt.Errorf("refund %+v\nshould be %+v", r, want)
		}
	}
	return nil
}

// figures are those of a charge that the model knows too.
func figures(c *ledger.Charge) string {
	return fmt.Sprint(c.Line, c.Customer, c.Partner, c.Content[0], int64(c.Cost), payments(c.Payments),
		int64(c.VoucherPaid), int64(c.CreditPaid), int64(c.Refunded), int64(c.RemainingAfter))
}

func payments(all []ledger.Payment) string {
	var text string
	for _, p := range all {
		text += fmt.Sprintf("%d:%d ", p.Voucher, int64(p.Amount))
	}
	return text
}

// compareSums holds the voucher sums that count as fresh at an instant against
// sums over all vouchers.
func (d *stored) compareSums(now int64) error {
	for uin, c := range d.customers {
		var held []voucher.Voucher
		for _, v := range d.vouchers {
			if v.Customer == uin && !v.Closed {
				held = append(held, v)
			}
		}
		if fresh := voucher.Sum(held, now); !c.Vouchers.StaleAt(now) && c.Vouchers != fresh {
			return fmt.Errorf("customer %d at %d: sums %+v, fresh %+v", uin, now, c.Vouchers, fresh)
		}
	}
	return nil
}
