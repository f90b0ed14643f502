package ledger

import (
	"errors"
	"fmt"

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
	spent     money.Amount
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
		vouchers: map[int64][]voucher.Voucher{},
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
	case SetQuotaTransfer:
		a.give(t, Account{Quota, t.Partner})
	case IssueVoucherTransfer:
		a.faces[t.Credit.Owner] = t.Amount
		a.issued[t.Partner]++
	case AllocateTransfer:
	}
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
	if err := a.settle(Account{Balance, v.ID}, v.Balance); err != nil {
		return err
	}
	delete(a.faces, v.ID)
	a.vouchers[v.Customer] = append(a.vouchers[v.Customer], *v)
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
	// before; without such a time nothing is left that could expire.
	want := voucher.Sums{}
	if c.Vouchers.ValidUntil != 0 {
		want = voucher.Sum(a.vouchers[c.Uin], c.Vouchers.ValidUntil-1)
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
	for account, balance := range a.balances {
		if account.Kind != Used && balance != 0 {
			return broken("account %s holds %s but has no row", account, balance)
		}
	}
	for id := range a.faces {
		return broken("voucher %d has no row", id)
	}
	for customer := range a.vouchers {
		return broken("customer %d has vouchers but no row", customer)
	}
	for uin := range a.customers {
		return broken("partner %d has customers but no row", uin)
	}
	return nil
}
