package ledger

import (
	"iter"
	"maps"
	"math"
	"slices"

	"tael/internal/money"
	"tael/internal/voucher"
)

// Settings are the switches that change what commands do.
type Settings struct {
	// PoolBounded takes pools out of the distributor's line (domain.md §2.2
	// invariant D, Q 8 and Q 20); without it they come from outside.
	PoolBounded bool
	// ExpiredReturn gives what is left on expired vouchers back to the quota of
	// their issuer; without it, it is lost to the quota (domain.md §3.6).
	ExpiredReturn bool
	// NoWarnings leaves out the warnings of credit that runs low (domain.md §2.9).
	// No balance depends on it.
	NoWarnings bool
}

// State is what one batch of commands needs of a tree. It is filled with the
// rows that Needs names, then commands are applied one after the other.
type State struct {
	Settings Settings
	Now      int64 // Unix milliseconds; the time of this batch

	tree      Tree
	partners  map[int64]*Partner
	customers map[int64]*Customer
	loaded    map[int64]Customer // customers as they were stored

	touchedPartners  map[int64]bool
	touchedCustomers map[int64]bool
	newPartners      map[int64]Profile
	newCustomers     map[int64]Profile
	unbound          map[int64]bool // customers whose stored rows go
	vouchers         map[int64]*voucher.Voucher
	touchedVouchers  map[int64]bool
	newVouchers      map[int64]bool
	wallets          map[int64][]*voucher.Voucher // by customer: all that may have value, where loaded
	charges          map[string]*Charge
	touchedCharges   map[string]bool
	newCharges       map[string]bool
	refunds          map[RefundKey]*Refund
	newRefunds       []RefundKey
	transfers        []Transfer
	warnings         []Warning

	watched []depthBefore // by the current command
	undo    []func()      // takes the current command back, last step first
}

// NewState starts a batch on a tree at a time in Unix milliseconds. A clock
// that went back does not take the tree with it.
func NewState(tree Tree, settings Settings, now int64) *State {
	tree.LastAt = max(now, tree.LastAt)
	return &State{
		Settings: settings, Now: tree.LastAt, tree: tree,
		partners: map[int64]*Partner{}, customers: map[int64]*Customer{}, loaded: map[int64]Customer{},
		touchedPartners: map[int64]bool{}, touchedCustomers: map[int64]bool{},
		newPartners: map[int64]Profile{}, newCustomers: map[int64]Profile{}, unbound: map[int64]bool{},
		vouchers: map[int64]*voucher.Voucher{}, touchedVouchers: map[int64]bool{}, newVouchers: map[int64]bool{},
		wallets: map[int64][]*voucher.Voucher{}, charges: map[string]*Charge{}, touchedCharges: map[string]bool{},
		newCharges: map[string]bool{}, refunds: map[RefundKey]*Refund{},
	}
}

// Needs names the rows that commands read. A row that does not exist is simply
// not loaded.
type Needs struct {
	Partners  map[int64]bool
	Customers map[int64]bool
	// Quotas are partners whose voucher quota is looked at: where the settings
	// say so, their expired vouchers come with them. See ReturnExpired.
	Quotas map[int64]bool
	// Wallets are customers with their partner, the top partner, and every
	// voucher of theirs that may have value.
	Wallets map[int64]bool
	// Issuers are customers of Wallets, with the partners that issued their
	// vouchers: others than their own, where they were moved.
	Issuers map[int64]bool
	// Vouchers are vouchers with the wallet of their holder.
	Vouchers map[int64]bool
	Charges  map[string]bool
	Refunds  map[RefundKey]bool

	holders map[int64]bool // of vouchers to be issued
}

// Need adds what a command reads.
func (n *Needs) Need(c Command) {
	if n.Partners == nil {
		*n = Needs{
			Partners: map[int64]bool{}, Customers: map[int64]bool{}, Quotas: map[int64]bool{}, Wallets: map[int64]bool{},
			Issuers: map[int64]bool{}, Vouchers: map[int64]bool{}, Charges: map[string]bool{}, Refunds: map[RefundKey]bool{},
			holders: map[int64]bool{},
		}
	}
	c.needs(n)
	if len(n.Vouchers) > 0 {
		// One of them may be issued in this batch, under an id that was guessed.
		maps.Copy(n.Wallets, n.holders)
	}
}

// LoadPartner puts a stored partner into the state.
func (s *State) LoadPartner(p Partner) { s.partners[p.Uin] = &p }

// LoadCustomer puts a stored customer into the state. Its voucher sums must be
// those of Now: see voucher.Sums.StaleAt.
func (s *State) LoadCustomer(c Customer) { s.customers[c.Uin], s.loaded[c.Uin] = &c, c }

// LoadWallet puts a customer's vouchers that may have value into the state.
// Its customer comes first.
func (s *State) LoadWallet(customer int64, vouchers []voucher.Voucher) {
	wallet := make([]*voucher.Voucher, 0, len(vouchers))
	for i := range vouchers {
		s.LoadVoucher(vouchers[i])
		wallet = append(wallet, s.vouchers[vouchers[i].ID])
	}
	s.wallets[customer] = wallet
}

// LoadVoucher puts a stored voucher into the state, unless it is there.
func (s *State) LoadVoucher(v voucher.Voucher) {
	if s.vouchers[v.ID] == nil {
		s.vouchers[v.ID] = &v
	}
}

// LoadCharge puts a stored charge into the state.
func (s *State) LoadCharge(c Charge) { s.charges[c.ID] = &c }

// LoadRefund puts a stored refund into the state.
func (s *State) LoadRefund(r Refund) { s.refunds[r.RefundKey] = &r }

// Partners are the partners that are loaded or new, as they are now.
func (s *State) Partners() iter.Seq[Partner] { return rows(s.partners) }

// Customers are the customers that are loaded or new, as they are now.
func (s *State) Customers() iter.Seq[Customer] { return rows(s.customers) }

func rows[V any](all map[int64]*V) iter.Seq[V] {
	return func(yield func(V) bool) {
		for _, row := range all {
			if !yield(*row) {
				return
			}
		}
	}
}

// Stale names the loaded customers whose voucher sums time has changed.
func (s *State) Stale() []int64 {
	var stale []int64
	for _, uin := range slices.Sorted(maps.Keys(s.customers)) {
		if s.customers[uin].Vouchers.StaleAt(s.Now) {
			stale = append(stale, uin)
		}
	}
	return stale
}

// RefreshVouchers replaces a customer's voucher sums, which time has changed,
// by those of its vouchers with value left.
func (s *State) RefreshVouchers(customer int64, vouchers []voucher.Voucher) {
	s.customers[customer].Vouchers = voucher.Sum(vouchers, s.Now)
	s.touchedCustomers[customer] = true
}

// ReturnExpired settles expired vouchers: what is left on them, if anything, goes
// back to the quotas of their issuers, whose rows are loaded. Nobody asked for
// these transfers, so they name no request. An error says that figures left their
// range.
func (s *State) ReturnExpired(vouchers []voucher.Voucher) error {
	for i := range vouchers {
		s.LoadVoucher(vouchers[i])
		v, issuer := s.editVoucher(vouchers[i].ID), s.editPartner(vouchers[i].Issuer)
		err := s.move(v.Balance, balanceOf(v), quotaOf(issuer), Transfer{
			Kind: ExpireVoucherTransfer, Partner: issuer.Uin,
		})
		if err != nil {
			return err
		}
		v.Settled = true
	}
	return nil
}

// Outcome is what a command left behind: copies of the rows it is about.
type Outcome struct {
	Partner  Partner // the partner given to or taken from
	Customer Customer
	Voucher  voucher.Voucher
	Charge   Charge
	Refund   Refund
	Returned money.Amount // to voucher quotas
	More     bool         // of PrepareUnbind: vouchers are left to withdraw
}

// Command is one change of a tree's money or members.
type Command interface {
	needs(*Needs)
	apply(*State, Origin) (Outcome, error)
}

// Apply runs a command. When it refuses, the state is as it was before; the
// error is one of this package's.
func (s *State) Apply(c Command, origin Origin) (Outcome, error) {
	s.undo, s.watched = s.undo[:0], s.watched[:0]
	outcome, err := c.apply(s, origin)
	if err != nil {
		for _, step := range slices.Backward(s.undo) {
			step()
		}
		return Outcome{}, err
	}
	s.warn()
	return outcome, nil
}

// Changes is what a batch has to write.
type Changes struct {
	Tree      Tree
	Partners  []Partner // stored before, changed now
	Customers []ChangedCustomer
	// Unbound are customers that were stored and are none any more, with all
	// their vouchers. The same account may be among NewCustomers.
	Unbound      []int64
	NewPartners  []NewPartner
	NewCustomers []NewCustomer
	NewVouchers  []voucher.Voucher
	Vouchers     []voucher.Voucher
	NewCharges   []Charge
	Charges      []Charge
	NewRefunds   []Refund
	Transfers    []Transfer
	Warnings     []Warning
}

// ChangedCustomer is a customer that was stored before.
type ChangedCustomer struct {
	Customer
	VouchersChanged bool // VoucherTotal or Vouchers
	ForcedChanged   bool
	Moved           bool // Partner and Since; what its former partner noted about it goes
	WarnedChanged   bool
}

// NewPartner is a partner to be stored for the first time.
type NewPartner struct {
	Partner
	Profile
}

// NewCustomer is a customer to be stored for the first time.
type NewCustomer struct {
	Customer
	Profile
}

// Changes collects what the applied commands changed, in a fixed order.
func (s *State) Changes() Changes {
	changes := Changes{
		Tree: s.tree, Transfers: s.transfers, Warnings: s.warnings, Unbound: slices.Sorted(maps.Keys(s.unbound)),
	}
	for _, uin := range slices.Sorted(maps.Keys(s.touchedPartners)) {
		if profile, isNew := s.newPartners[uin]; isNew {
			changes.NewPartners = append(changes.NewPartners, NewPartner{*s.partners[uin], profile})
		} else {
			changes.Partners = append(changes.Partners, *s.partners[uin])
		}
	}
	for _, uin := range slices.Sorted(maps.Keys(s.touchedCustomers)) {
		if profile, isNew := s.newCustomers[uin]; isNew {
			changes.NewCustomers = append(changes.NewCustomers, NewCustomer{*s.customers[uin], profile})
		} else {
			c, was := *s.customers[uin], s.loaded[uin]
			changes.Customers = append(changes.Customers, ChangedCustomer{
				Customer: c, VouchersChanged: c.VoucherTotal != was.VoucherTotal || c.Vouchers != was.Vouchers,
				ForcedChanged: c.Forced != was.Forced, Moved: c.Since != was.Since || c.Partner != was.Partner,
				WarnedChanged: c.Warned != was.Warned,
			})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.touchedVouchers)) {
		if s.newVouchers[id] {
			changes.NewVouchers = append(changes.NewVouchers, *s.vouchers[id])
		} else {
			changes.Vouchers = append(changes.Vouchers, *s.vouchers[id])
		}
	}
	for _, id := range slices.Sorted(maps.Keys(s.touchedCharges)) {
		if s.newCharges[id] {
			changes.NewCharges = append(changes.NewCharges, *s.charges[id])
		} else {
			changes.Charges = append(changes.Charges, *s.charges[id])
		}
	}
	for _, key := range s.newRefunds {
		changes.NewRefunds = append(changes.NewRefunds, *s.refunds[key])
	}
	return changes
}

// Chain seals the transfers of the batch with key, continuing the tree's
// chain.
func (c *Changes) Chain(key []byte) {
	for i := range c.Transfers {
		c.Transfers[i].Hash = Hash(key, c.Tree.Root, c.Tree.Head, &c.Transfers[i])
		c.Tree.Head = c.Transfers[i].Hash
	}
}

// edit returns a row that the command may change, or nil, and remembers how to
// take the change back.
func edit[K comparable, V any](s *State, rows map[K]*V, touched map[K]bool, key K) *V {
	row := rows[key]
	if row == nil {
		return nil
	}
	before, wasTouched := *row, touched[key]
	touched[key] = true
	s.undo = append(s.undo, func() {
		*row = before
		if !wasTouched {
			delete(touched, key)
		}
	})
	return row
}

// create puts a new row into the state and returns it to be changed.
func create[K comparable, V, N any](
	s *State, rows map[K]*V, touched map[K]bool, created map[K]N, key K, row V, as N,
) *V {
	rows[key], created[key], touched[key] = &row, as, true
	s.undo = append(s.undo, func() {
		delete(rows, key)
		delete(created, key)
		delete(touched, key)
	})
	return &row
}

func (s *State) editPartner(uin int64) *Partner {
	return edit(s, s.partners, s.touchedPartners, uin)
}

func (s *State) editCustomer(uin int64) *Customer {
	return edit(s, s.customers, s.touchedCustomers, uin)
}

func (s *State) editVoucher(id int64) *voucher.Voucher {
	return edit(s, s.vouchers, s.touchedVouchers, id)
}

// side is an account in a transfer, with its balance in the state.
type side struct {
	kind    AccountKind
	owner   int64
	balance *money.Amount
}

func (s *State) outside() side          { return side{Outside, s.tree.Root, &s.tree.Outside} }
func lineOf(p *Partner) side            { return side{Line, p.Uin, &p.Line} }
func quotaOf(p *Partner) side           { return side{Quota, p.Uin, &p.Quota} }
func creditOf(c *Customer) side         { return side{Credit, c.Uin, &c.Credit} }
func spentOf(c *Customer) side          { return side{Spent, c.Uin, &c.Spent} }
func usedOf(v *voucher.Voucher) side    { return side{Used, v.ID, &v.Used} }
func balanceOf(v *voucher.Voucher) side { return side{Balance, v.ID, &v.Balance} }

// move appends a transfer of amount from one account to another; a negative
// amount goes the other way and 0 moves nothing. The transfer's accounts,
// amount, time and number are filled in here and nowhere else.
func (s *State) move(amount money.Amount, from, to side, t Transfer) error {
	switch {
	case amount == 0:
		return nil
	case amount == math.MinInt64:
		return ErrOverflow
	case amount < 0:
		amount, from, to = -amount, to, from
	}
	debitAfter, debitFits := from.balance.Add(-amount)
	creditAfter, creditFits := to.balance.Add(amount)
	if !debitFits || !creditFits {
		return ErrOverflow
	}
	s.watch(from)
	s.watch(to)
	tree, count := s.tree, len(s.transfers)
	s.undo = append(s.undo, func() {
		s.tree, s.transfers = tree, s.transfers[:count]
	})
	*from.balance, *to.balance = debitAfter, creditAfter
	s.tree.Sequence++
	s.tree.LastAt = s.Now
	t.Sequence, t.At, t.Amount = s.tree.Sequence, s.Now, amount
	t.Debit, t.Credit = Account{from.kind, from.owner}, Account{to.kind, to.owner}
	t.DebitAfter, t.CreditAfter = debitAfter, creditAfter
	if t.Customer != 0 {
		t.CustomerTotal = s.customers[t.Customer].Total()
	}
	s.transfers = append(s.transfers, t)
	return nil
}

// add adds to a derived total, or returns ErrOverflow.
func add(total *money.Amount, amount money.Amount) error {
	sum, fits := total.Add(amount)
	if !fits {
		return ErrOverflow
	}
	*total = sum
	return nil
}
