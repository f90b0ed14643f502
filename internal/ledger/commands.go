package ledger

import (
	"tael/internal/money"
	"tael/internal/partner"
)

// AddPartner makes an account a partner of the tree. A second-level reseller
// names its distributor; the top partner gets its line and quota with it.
type AddPartner struct {
	Uin    int64
	Parent int64 // of a second-level reseller
	Role   partner.Role
	Profile
	LineTotal  money.Amount
	QuotaTotal money.Amount
}

func (c *AddPartner) needs(n *Needs) {
	n.Partners[c.Uin] = true
	if c.Parent != 0 {
		n.Partners[c.Parent] = true
	}
}

func (c *AddPartner) apply(s *State, origin Origin) (Outcome, error) {
	if s.partners[c.Uin] != nil {
		return Outcome{}, ErrExists
	}
	if (c.Parent == 0) != (c.Uin == s.tree.Root) {
		return Outcome{}, ErrNotPartner // the top partner is the root, and nobody else
	}
	if c.Parent != 0 {
		parent := s.partners[c.Parent]
		if parent == nil || parent.Role != partner.Distributor {
			return Outcome{}, ErrNotPartner
		}
	}
	row := Partner{Uin: c.Uin, Parent: c.Parent, Role: c.Role}
	p := create(s, s.partners, s.touchedPartners, s.newPartners, c.Uin, row, c.Profile)
	if err := s.setLine(p, c.LineTotal, origin); err != nil {
		return Outcome{}, err
	}
	if err := s.setQuota(p, c.QuotaTotal, origin); err != nil {
		return Outcome{}, err
	}
	return Outcome{Partner: *p}, nil
}

// AddCustomer binds an account to a partner of the tree.
type AddCustomer struct {
	Uin     int64
	Partner int64
	Max     int64 // customers that the partner may have; 0: no limit
	Profile
}

func (c *AddCustomer) needs(n *Needs) {
	n.Partners[c.Partner] = true
	n.Customers[c.Uin] = true
}

func (c *AddCustomer) apply(s *State, _ Origin) (Outcome, error) {
	p := s.editPartner(c.Partner)
	if p == nil {
		return Outcome{}, ErrNotPartner
	}
	if s.customers[c.Uin] != nil {
		return Outcome{}, ErrExists
	}
	if c.Max > 0 && p.Customers >= c.Max {
		return Outcome{}, partner.ErrBindLimit
	}
	p.Customers++
	row := Customer{Uin: c.Uin, Partner: c.Partner, Since: s.tree.Sequence, SinceLine: s.tree.LastLine}
	customer := create(s, s.customers, s.touchedCustomers, s.newCustomers, c.Uin, row, c.Profile)
	return Outcome{Customer: *customer}, nil
}

// SetLine sets the whole line of the tree's top partner; it may go below what
// is given out (design.md §4).
type SetLine struct {
	Partner int64
	Total   money.Amount
}

func (c *SetLine) needs(n *Needs) { n.Partners[c.Partner] = true }

func (c *SetLine) apply(s *State, origin Origin) (Outcome, error) {
	p := s.editPartner(c.Partner)
	if p == nil || p.Parent != 0 {
		return Outcome{}, ErrNotPartner
	}
	err := s.setLine(p, c.Total, origin)
	return Outcome{Partner: *p}, err
}

func (s *State) setLine(p *Partner, total money.Amount, origin Origin) error {
	change, fits := total.Add(-p.LineTotal)
	if !fits {
		return ErrOverflow
	}
	p.LineTotal = total
	return s.move(change, s.outside(), lineOf(p), Transfer{Kind: SetLineTransfer, Partner: p.Uin, Origin: origin})
}

// SetVoucherQuota sets the whole voucher quota of the tree's top partner; it
// may go below what is issued (design.md §4).
type SetVoucherQuota struct {
	Partner int64
	Total   money.Amount
}

func (c *SetVoucherQuota) needs(n *Needs) {
	n.Partners[c.Partner] = true
	n.Quotas[c.Partner] = true
}

func (c *SetVoucherQuota) apply(s *State, origin Origin) (Outcome, error) {
	p := s.editPartner(c.Partner)
	if p == nil || p.Parent != 0 {
		return Outcome{}, ErrNotPartner
	}
	err := s.setQuota(p, c.Total, origin)
	return Outcome{Partner: *p}, err
}

func (s *State) setQuota(p *Partner, total money.Amount, origin Origin) error {
	change, fits := total.Add(-p.QuotaTotal)
	if !fits {
		return ErrOverflow
	}
	p.QuotaTotal = total
	return s.move(change, s.outside(), quotaOf(p), Transfer{Kind: SetQuotaTransfer, Partner: p.Uin, Origin: origin})
}

// PoolMax is the largest pool of a second-level reseller: 1,000,000 USD
// (domain.md §2.4).
const PoolMax = 1_000_000 * money.Dollar

// AllocatePool changes the pool that a distributor gives to one of its
// second-level resellers (domain.md §2.4).
type AllocatePool struct {
	Distributor int64
	Subreseller int64
	Amount      money.Amount
	Absolute    bool // Amount is the new total rather than an increment (Q 19)
}

func (c *AllocatePool) needs(n *Needs) {
	n.Partners[c.Distributor] = true
	n.Partners[c.Subreseller] = true
}

func (c *AllocatePool) apply(s *State, origin Origin) (Outcome, error) {
	from, to := s.editPartner(c.Distributor), s.editPartner(c.Subreseller)
	if from == nil || to == nil || to.Parent != from.Uin {
		return Outcome{}, ErrNotSubreseller
	}
	if from.Frozen {
		return Outcome{}, ErrFrozen
	}
	increment := c.Amount
	if c.Absolute {
		increment -= to.LineTotal
	}
	total, fits := to.LineTotal.Add(increment)
	if !fits || total < 0 || total > PoolMax {
		return Outcome{}, ErrPoolRange
	}
	if increment < 0 && to.Line+increment < 0 {
		return Outcome{}, ErrPoolRange // the rest is with its customers
	}
	source := s.outside()
	if s.Settings.PoolBounded {
		if increment > 0 && increment > from.Line {
			return Outcome{}, ErrPoolRange
		}
		source = lineOf(from)
	}
	to.LineTotal = total
	err := s.move(increment, source, lineOf(to), Transfer{Kind: AllocatePoolTransfer, Partner: to.Uin, Origin: origin})
	return Outcome{Partner: *to}, err
}

// Allocate adds to a customer's credit out of its partner's line; a negative
// amount takes back (domain.md §2.3).
type Allocate struct {
	Partner  int64
	Customer int64
	Amount   money.Amount
	Remark   string
}

func (c *Allocate) needs(n *Needs) {
	n.Partners[c.Partner] = true
	n.Customers[c.Customer] = true
}

func (c *Allocate) apply(s *State, origin Origin) (Outcome, error) {
	p, customer := s.editPartner(c.Partner), s.editCustomer(c.Customer)
	switch {
	case p == nil || customer == nil || customer.Partner != p.Uin:
		return Outcome{}, ErrNotCustomer
	case p.Frozen:
		return Outcome{}, ErrFrozen
	case c.Amount > 0 && c.Amount > p.Line:
		return Outcome{}, ErrLineExceeded
	}
	if left, fits := customer.Credit.Add(c.Amount); c.Amount < 0 && (!fits || left < 0) {
		return Outcome{}, ErrCreditInsufficient
	}
	if err := add(&p.CustomerTotal, c.Amount); err != nil {
		return Outcome{}, err
	}
	if err := add(&p.CustomerRemaining, c.Amount); err != nil {
		return Outcome{}, err
	}
	err := s.move(c.Amount, lineOf(p), creditOf(customer), Transfer{
		Kind: AllocateTransfer, Partner: p.Uin, Customer: customer.Uin, Origin: origin, Remark: c.Remark,
	})
	return Outcome{Partner: *p, Customer: *customer}, err
}

// SetStatus freezes a partner, or lets it do business again.
type SetStatus struct {
	Partner int64
	Frozen  bool
}

func (c *SetStatus) needs(n *Needs) { n.Partners[c.Partner] = true }

func (c *SetStatus) apply(s *State, _ Origin) (Outcome, error) {
	p := s.editPartner(c.Partner)
	if p == nil {
		return Outcome{}, ErrNotPartner
	}
	p.Frozen = c.Frozen
	return Outcome{Partner: *p}, nil
}
