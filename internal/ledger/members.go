package ledger

import (
	"tael/internal/money"
	"tael/internal/voucher"
)

// Unbind lets a customer leave the tree (domain.md §4.6). Its vouchers are
// withdrawn, and all of its credit, what it has spent too, is its partner's
// again: with the customer goes what its partner has to do with it.
//
// The outcome holds the customer as it was, and what returned to voucher quotas.
type Unbind struct {
	Customer int64
	Partner  int64 // who lets it go; 0: the operator, whoever's it is
}

func (c *Unbind) needs(n *Needs) {
	n.Wallets[c.Customer] = true
	n.Issuers[c.Customer] = true
}

func (c *Unbind) apply(s *State, origin Origin) (Outcome, error) {
	customer, p, err := s.leaving(c.Customer, c.Partner)
	if err != nil {
		return Outcome{}, err
	}
	outcome := Outcome{Customer: *customer}
	if outcome.Returned, _, err = s.withdrawSome(customer, len(s.wallets[customer.Uin]), origin); err != nil {
		return Outcome{}, err
	}
	if err := s.release(customer, p, origin); err != nil {
		return Outcome{}, err
	}
	s.remove(customer)
	outcome.Partner = *p
	return outcome, nil
}

// leaving finds a customer that may leave the tree, and its partner.
func (s *State) leaving(uin, by int64) (*Customer, *Partner, error) {
	customer := s.editCustomer(uin)
	if customer == nil || by != 0 && customer.Partner != by {
		return nil, nil, ErrNotCustomer
	}
	p := s.editPartner(customer.Partner)
	switch {
	case p.Frozen && by != 0:
		return nil, nil, ErrFrozen
	case customer.Forced:
		return nil, nil, ErrForced
	case customer.Credit < 0:
		return nil, nil, ErrOverdue
	}
	return customer, p, nil
}

// withdrawSome withdraws at most so many of a customer's vouchers that can still be
// spent, and tells what returned to quotas and whether there are more.
func (s *State) withdrawSome(
	customer *Customer, most int, origin Origin,
) (returned money.Amount, more bool, err error) {
	for _, held := range s.wallets[customer.Uin] {
		if held.StateAt(s.Now) != voucher.Issued {
			continue
		}
		if most--; most < 0 {
			return returned, true, nil
		}
		v := s.editVoucher(held.ID)
		returned += v.Balance
		if err := s.withdraw(v, customer, s.editPartner(v.Issuer), origin); err != nil {
			return 0, false, err
		}
	}
	return returned, false, nil
}

// PrepareUnbind withdraws at most so many of the vouchers of a customer that is
// about to leave, so that Unbind finds few and others of the tree do not wait for
// all of them at once. It is refused where Unbind would be.
//
// The outcome says what returned to voucher quotas, and whether to go on.
type PrepareUnbind struct {
	Unbind
	Most int
}

func (c *PrepareUnbind) apply(s *State, origin Origin) (Outcome, error) {
	customer, _, err := s.leaving(c.Customer, c.Partner)
	if err != nil {
		return Outcome{}, err
	}
	var outcome Outcome
	outcome.Returned, outcome.More, err = s.withdrawSome(customer, c.Most, origin)
	return outcome, err
}

// release gives all of a customer's credit back to its partner, and takes it
// off the totals over customers.
func (s *State) release(customer *Customer, p *Partner, origin Origin) error {
	total, remaining, spent := customer.Total(), customer.Credit, customer.Spent
	t := Transfer{Kind: UnbindTransfer, Partner: p.Uin, Customer: customer.Uin, Origin: origin}
	if err := s.move(remaining, creditOf(customer), lineOf(p), t); err != nil {
		return err
	}
	if err := s.move(spent, spentOf(customer), lineOf(p), t); err != nil {
		return err
	}
	tree := s.tree
	s.undo = append(s.undo, func() { s.tree = tree })
	s.tree.Outstanding -= spent
	return p.lose(total, remaining)
}

// lose and gain keep a partner's totals when a customer leaves it or comes to it.
func (p *Partner) lose(total, remaining money.Amount) error {
	p.Customers--
	if err := add(&p.CustomerTotal, -total); err != nil {
		return err
	}
	return add(&p.CustomerRemaining, -remaining)
}

func (p *Partner) gain(total, remaining money.Amount) error {
	p.Customers++
	if err := add(&p.CustomerTotal, total); err != nil {
		return err
	}
	return add(&p.CustomerRemaining, remaining)
}

// remove takes a customer that has nothing left out of the tree. It is the last
// step of a command: nothing takes it back. The vouchers that the customer had
// stay behind, closed and without value; those that are not loaded are for who
// stores the batch to close.
func (s *State) remove(customer *Customer) {
	uin := customer.Uin
	for id, v := range s.vouchers {
		if v.Customer == uin && !v.Closed {
			s.editVoucher(id).Closed = true
		}
	}
	if _, isNew := s.newCustomers[uin]; !isNew {
		s.unbound[uin] = true
	}
	delete(s.customers, uin)
	delete(s.touchedCustomers, uin)
	delete(s.newCustomers, uin)
}

// Move binds a customer to another partner of its tree. The whole credit, what
// was spent too, goes from the new partner's line to the old one's, as if the
// one had taken it back and the other allocated it. The customer's vouchers
// stay with the quotas they came from. Where the customer is the partner's
// already, nothing changes.
type Move struct {
	Customer int64
	Partner  int64 // the new one
	Remark   string
}

func (c *Move) needs(n *Needs) {
	n.Wallets[c.Customer] = true // for its partner
	n.Partners[c.Partner] = true
}

func (c *Move) apply(s *State, origin Origin) (Outcome, error) {
	customer, to := s.editCustomer(c.Customer), s.editPartner(c.Partner)
	switch {
	case customer == nil:
		return Outcome{}, ErrNotCustomer
	case to == nil:
		return Outcome{}, ErrNotPartner
	case customer.Partner == to.Uin:
		return Outcome{Partner: *to, Customer: *customer}, nil
	}
	from, total, remaining := s.editPartner(customer.Partner), customer.Total(), customer.Credit
	if total > 0 && total > to.Line {
		return Outcome{}, ErrLineExceeded
	}
	back := Transfer{Kind: MoveTransfer, Partner: from.Uin, Customer: customer.Uin, Origin: origin}
	if err := s.move(total, creditOf(customer), lineOf(from), back); err != nil {
		return Outcome{}, err
	}
	if err := from.lose(total, remaining); err != nil {
		return Outcome{}, err
	}
	if err := to.gain(total, remaining); err != nil {
		return Outcome{}, err
	}
	// Its history with the new partner begins with what that one gives.
	customer.Partner, customer.Since = to.Uin, s.tree.Sequence
	err := s.move(total, lineOf(to), creditOf(customer), Transfer{
		Kind: AllocateTransfer, Partner: to.Uin, Customer: customer.Uin, Origin: origin, Remark: c.Remark,
	})
	return Outcome{Partner: *to, Customer: *customer}, err
}

// SetForced suspends a customer by force or lifts that (domain.md §2.7). No
// figure changes.
type SetForced struct {
	Partner  int64
	Customer int64
	Forced   bool
}

func (c *SetForced) needs(n *Needs) { n.Customers[c.Customer] = true }

func (c *SetForced) apply(s *State, _ Origin) (Outcome, error) {
	customer := s.editCustomer(c.Customer)
	if customer == nil || customer.Partner != c.Partner {
		return Outcome{}, ErrNotCustomer
	}
	customer.Forced = c.Forced
	return Outcome{Customer: *customer}, nil
}
