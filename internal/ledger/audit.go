package ledger

import (
	"errors"
	"fmt"
	"slices"

	"tael/internal/money"
	"tael/internal/voucher"
)

// ErrBroken says that stored rows contradict each other; the error names the
// first that was found.
var ErrBroken = errors.New("broken")

func broken(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrBroken, fmt.Sprintf(format, args...))
}

// Audit replays the transfers of one tree and compares what the tree's rows
// say with what the transfers make of them. Give it the transfers in the order
// of their sequence, then every row, then call Finish.
type Audit struct {
	Sequence int64    // of the last transfer
	Head     [32]byte // its hash

	key       []byte
	root      int64
	at        int64
	balances  map[Account]money.Amount
	totals    map[Account]money.Amount // of lines and quotas: what was given, less what was taken back
	faces     map[int64]money.Amount   // by voucher: its face value
	issued    map[int64]int64          // by partner: vouchers issued
	customers map[int64]*sums          // by partner: its direct customers
	vouchers  map[int64][]voucher.Voucher
	withdrawn map[int64]bool              // vouchers
	returned  map[int64]int64             // expired vouchers: when what was left went back
	lines     map[int64]*line             // by bill line
	refunds   map[string]money.Amount     // by charge: what its refunds have to make up
	lasting   map[int64][]voucher.Voucher // of customers whose sums hold for ever
	closed    voucher.Voucher             // of those that nobody holds and that were not withdrawn: the last to expire
	spent     money.Amount
}

// line is what transfers say of one charge.
type line struct {
	customer, partner         int64
	payments                  []Payment
	voucher, credit, refunded money.Amount
}

// sums are the derived totals over a partner's customers.
type sums struct {
	count            int64
	total, remaining money.Amount
}

// NewAudit starts the replay of a tree whose chain was sealed with key.
func NewAudit(key []byte, root int64) *Audit {
	return &Audit{
		key: key, root: root, balances: map[Account]money.Amount{}, totals: map[Account]money.Amount{},
		faces: map[int64]money.Amount{}, issued: map[int64]int64{}, customers: map[int64]*sums{},
		vouchers: map[int64][]voucher.Voucher{}, withdrawn: map[int64]bool{}, lines: map[int64]*line{},
		returned: map[int64]int64{},
		lasting:  map[int64][]voucher.Voucher{}, refunds: map[string]money.Amount{},
	}
}

// Transfer replays the next transfer.
func (a *Audit) Transfer(t *Transfer) error {
	switch {
	case t.Sequence > a.Sequence+1:
		return broken("transfer %d is missing", a.Sequence+1)
	case t.Sequence <= a.Sequence:
		return broken("transfer %d comes after transfer %d", t.Sequence, a.Sequence)
	case t.Hash != Hash(a.key, a.root, a.Head, t):
		return broken("transfer %d was changed, or one before it: its hash does not fit", t.Sequence)
	case t.At < a.at:
		return broken("transfer %d is older than the one before it", t.Sequence)
	case t.Amount <= 0 || t.Debit == t.Credit || !t.Kind.Known():
		return broken("transfer %d moves %s from %s to %s as kind %d", t.Sequence, t.Amount, t.Debit, t.Credit, t.Kind)
	}
	a.Sequence, a.Head, a.at = t.Sequence, t.Hash, t.At
	a.balances[t.Debit] -= t.Amount
	a.balances[t.Credit] += t.Amount
	if a.balances[t.Debit] != t.DebitAfter || a.balances[t.Credit] != t.CreditAfter {
		return broken("transfer %d: its accounts hold %s and %s after it, not %s and %s", t.Sequence,
			a.balances[t.Debit], a.balances[t.Credit], t.DebitAfter, t.CreditAfter)
	}
	if t.Customer != 0 && a.customerTotal(t.Customer) != t.CustomerTotal {
		return broken("transfer %d: the customer's total is %s after it, not %s", t.Sequence,
			a.customerTotal(t.Customer), t.CustomerTotal)
	}
	a.derive(t)
	return nil
}

func (a *Audit) customerTotal(uin int64) money.Amount {
	return a.balances[Account{Credit, uin}] + a.balances[Account{Spent, uin}]
}

// derive keeps the totals that a transfer of its kind changes.
func (a *Audit) derive(t *Transfer) {
	switch t.Kind {
	case SetLineTransfer, AllocatePoolTransfer:
		a.give(t, Account{Line, t.Partner})
	case SetQuotaTransfer, AllocateVoucherPoolTransfer:
		a.give(t, Account{Quota, t.Partner})
	case IssueVoucherTransfer:
		a.faces[t.Credit.Owner] = t.Amount
		a.issued[t.Partner]++
	case WithdrawVoucherTransfer:
		a.withdrawn[t.Debit.Owner] = true
		a.issued[t.Partner]--
	case ExpireVoucherTransfer:
		a.returned[t.Debit.Owner] = t.At
	case VoucherChargeTransfer:
		l := a.line(t)
		l.voucher += t.Amount
		l.payments = append(l.payments, Payment{t.Debit.Owner, t.Amount})
	case CreditChargeTransfer:
		a.line(t).credit += t.Amount
	case RefundTransfer:
		a.line(t).refunded += t.Amount
	case AllocateTransfer, UnbindTransfer, MoveTransfer:
	}
}

func (a *Audit) line(t *Transfer) *line {
	l := a.lines[t.Line]
	if l == nil {
		l = &line{customer: t.Customer, partner: t.Partner}
		a.lines[t.Line] = l
	}
	return l
}

func (a *Audit) give(t *Transfer, to Account) {
	if t.Credit == to {
		a.totals[to] += t.Amount
	} else {
		a.totals[to] -= t.Amount
	}
}

// Voucher compares a voucher's row. Vouchers come before their customers.
func (a *Audit) Voucher(v *voucher.Voucher) error {
	if v.Face != a.faces[v.ID] {
		return broken("voucher %d: face value %s, issued with %s", v.ID, v.Face, a.faces[v.ID])
	}
	if v.Withdrawn != a.withdrawn[v.ID] {
		return broken("voucher %d: withdrawn is %t, its row says %t", v.ID, a.withdrawn[v.ID], v.Withdrawn)
	}
	if at, returned := a.returned[v.ID]; returned && (!v.Settled || at < v.Expire+1000) ||
		!returned && v.Settled && v.Used != v.Face {
		return broken("voucher %d: its rest returned to the quota is %t, its row says settled is %t, at the end of %d",
			v.ID, returned, v.Settled, v.Expire)
	}
	if err := a.settle(Account{Balance, v.ID}, v.Balance); err != nil {
		return err
	}
	if err := a.settle(Account{Used, v.ID}, v.Used); err != nil {
		return err
	}
	delete(a.faces, v.ID)
	if v.Closed {
		if !v.Withdrawn && v.Balance > 0 && v.Expire > a.closed.Expire {
			a.closed = *v
		}
		return nil
	}
	held := *v
	if v.Settled && !v.Withdrawn { // the stored sums may be from before it expired, when it had its value
		held.Balance, held.Settled = v.Remaining(), false
	}
	a.vouchers[v.Customer] = append(a.vouchers[v.Customer], held)
	return nil
}

// Charge compares a charge's row with the transfers of its bill line.
func (a *Audit) Charge(c *Charge) error {
	paid := a.lines[c.Line]
	if paid == nil { // it cost nothing
		paid = &line{customer: c.Customer, partner: c.Partner}
	}
	switch {
	case c.Customer != paid.customer || c.Partner != paid.partner:
		return broken("charge %s: paid by customer %d of partner %d, its row says %d of %d", c.ID,
			paid.customer, paid.partner, c.Customer, c.Partner)
	case c.VoucherPaid != paid.voucher:
		return broken("charge %s: vouchers paid %s, its row says %s", c.ID, paid.voucher, c.VoucherPaid)
	case !slices.Equal(c.Payments, paid.payments):
		return broken("charge %s: vouchers paid %v, its row lists %v", c.ID, paid.payments, c.Payments)
	case c.CreditPaid != paid.credit:
		return broken("charge %s: credit paid %s, its row says %s", c.ID, paid.credit, c.CreditPaid)
	case c.Refunded != paid.refunded:
		return broken("charge %s: refunded %s, its row says %s", c.ID, paid.refunded, c.Refunded)
	case c.Cost != paid.voucher+paid.credit:
		return broken("charge %s: paid %s, its row says it cost %s", c.ID, paid.voucher+paid.credit, c.Cost)
	}
	delete(a.lines, c.Line)
	if c.Refunded != 0 {
		a.refunds[c.ID] = c.Refunded
	}
	return nil
}

// Refund takes a refund's row off what its charge says was refunded. Charges
// come before their refunds.
func (a *Audit) Refund(r *Refund) error {
	if r.Amount < 0 || r.Amount > a.refunds[r.Charge] {
		return broken("refund %s of charge %s: %s, of which the charge has %s", r.ID, r.Charge, r.Amount, a.refunds[r.Charge])
	}
	if a.refunds[r.Charge] -= r.Amount; a.refunds[r.Charge] == 0 {
		delete(a.refunds, r.Charge)
	}
	return nil
}

// Customer compares a customer's row. Customers come before their partners.
func (a *Audit) Customer(c *Customer) error {
	if err := a.settle(Account{Credit, c.Uin}, c.Credit); err != nil {
		return err
	}
	if err := a.settle(Account{Spent, c.Uin}, c.Spent); err != nil {
		return err
	}
	var face money.Amount
	for _, v := range a.vouchers[c.Uin] {
		if !v.Withdrawn {
			face += v.Face
		}
	}
	if c.VoucherTotal != face {
		return broken("customer %d: vouchers of %s, its row says %s", c.Uin, face, c.VoucherTotal)
	}
	// The stored sums hold until ValidUntil, so they are those of the moment
	// before; without such a time nothing is left that could expire, which Finish
	// checks for the tree's last moment.
	want := voucher.Sums{}
	if c.Vouchers.ValidUntil != 0 {
		want = voucher.Sum(a.vouchers[c.Uin], c.Vouchers.ValidUntil-1)
	} else if len(a.vouchers[c.Uin]) > 0 {
		a.lasting[c.Uin] = a.vouchers[c.Uin]
	}
	if c.Vouchers != want {
		return broken("customer %d: voucher sums %+v, its row says %+v", c.Uin, want, c.Vouchers)
	}
	delete(a.vouchers, c.Uin)
	s := a.customers[c.Partner]
	if s == nil {
		s = &sums{}
		a.customers[c.Partner] = s
	}
	s.count++
	s.total += c.Total()
	s.remaining += c.Credit
	a.spent += c.Spent
	return nil
}

// Partner compares a partner's row.
func (a *Audit) Partner(p *Partner) error {
	if (p.Parent == 0) != (p.Uin == a.root) {
		return broken("partner %d: its parent is %d in the tree of %d", p.Uin, p.Parent, a.root)
	}
	if err := a.settle(Account{Line, p.Uin}, p.Line); err != nil {
		return err
	}
	if err := a.settle(Account{Quota, p.Uin}, p.Quota); err != nil {
		return err
	}
	s := a.customers[p.Uin]
	if s == nil {
		s = &sums{}
	}
	line, quota := a.totals[Account{Line, p.Uin}], a.totals[Account{Quota, p.Uin}]
	switch {
	case p.LineTotal != line:
		return broken("partner %d: credit line %s, its row says %s", p.Uin, line, p.LineTotal)
	case p.QuotaTotal != quota:
		return broken("partner %d: voucher quota %s, its row says %s", p.Uin, quota, p.QuotaTotal)
	case p.Customers != s.count:
		return broken("partner %d: %d customers, its row says %d", p.Uin, s.count, p.Customers)
	case p.CustomerTotal != s.total:
		return broken("partner %d: customers' credit %s, its row says %s", p.Uin, s.total, p.CustomerTotal)
	case p.CustomerRemaining != s.remaining:
		return broken("partner %d: customers' remaining credit %s, its row says %s", p.Uin, s.remaining, p.CustomerRemaining)
	case p.Issued != a.issued[p.Uin]:
		return broken("partner %d: %d vouchers issued, its row says %d", p.Uin, a.issued[p.Uin], p.Issued)
	}
	delete(a.customers, p.Uin)
	return nil
}

// settle compares a stored balance with the replayed one, once.
func (a *Audit) settle(account Account, stored money.Amount) error {
	if a.balances[account] != stored {
		return broken("account %s: transfers make %s, its row says %s", account, a.balances[account], stored)
	}
	delete(a.balances, account)
	return nil
}

// Finish compares the tree's own row and finds rows that are missing.
func (a *Audit) Finish(t *Tree) error {
	if t.Sequence != a.Sequence || t.Head != a.Head {
		return broken("the tree ends with transfer %d, there are %d", t.Sequence, a.Sequence)
	}
	if err := a.settle(Account{Outside, a.root}, t.Outside); err != nil {
		return err
	}
	if t.Outstanding != a.spent {
		return broken("customers have spent %s, the tree's row says %s", a.spent, t.Outstanding)
	}
	if a.closed.StateAt(t.LastAt) == voucher.Issued {
		return broken("voucher %d has a value of %s, but no holder", a.closed.ID, a.closed.Balance)
	}
	for uin, vouchers := range a.lasting {
		if left := voucher.Sum(vouchers, t.LastAt); left != (voucher.Sums{}) {
			return broken("customer %d: voucher sums %+v, its row says none", uin, left)
		}
	}
	for account, balance := range a.balances {
		if balance != 0 {
			return broken("account %s holds %s but has no row", account, balance)
		}
	}
	for id := range a.faces {
		return broken("voucher %d has no row", id)
	}
	for id, amount := range a.refunds {
		return broken("charge %s: %s were refunded by no refund", id, amount)
	}
	for id := range a.lines {
		return broken("bill line %d has no charge", id)
	}
	for customer := range a.vouchers {
		return broken("customer %d has vouchers but no row", customer)
	}
	for uin := range a.customers {
		return broken("partner %d has customers but no row", uin)
	}
	return nil
}
