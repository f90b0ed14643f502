package ledger

import (
	"tael/internal/money"
	"tael/internal/voucher"
)

// RecordCharge lets a customer pay for what it consumed: vouchers first, then
// credit (domain.md §2.5, §3.5). Repeating it with the same content changes
// nothing and has the first outcome. Line, partner, time and how it was paid
// are filled in.
type RecordCharge struct {
	Charge Charge
}

func (c *RecordCharge) needs(n *Needs) {
	n.Wallets[c.Charge.Customer] = true
	n.Charges[c.Charge.ID] = true
}

func (c *RecordCharge) apply(s *State, origin Origin) (Outcome, error) {
	customer := s.editCustomer(c.Charge.Customer)
	if customer == nil {
		return Outcome{}, ErrNotCustomer
	}
	if earlier := s.charges[c.Charge.ID]; earlier != nil {
		if earlier.Content != c.Charge.Content {
			return Outcome{}, ErrContent
		}
		return Outcome{Customer: *customer, Charge: *earlier}, nil
	}
	purchase := voucher.Purchase{
		Amount: c.Charge.Cost, PayMode: c.Charge.PayMode, ProductCode: c.Charge.ProductCode,
	}
	payers := voucher.Payers(s.wallets[customer.Uin], purchase, s.Now)
	if err := s.admit(customer, purchase, payers); err != nil {
		return Outcome{}, err
	}
	row := c.Charge
	row.Line, row.Partner, row.At = s.tree.LastLine+1, customer.Partner, s.Now
	tree := s.tree
	s.undo = append(s.undo, func() { s.tree = tree })
	s.tree.LastLine++
	charge := create(s, s.charges, s.touchedCharges, s.newCharges, row.ID, row, true)
	if err := s.pay(charge, customer, payers, origin); err != nil {
		return Outcome{}, err
	}
	return Outcome{Customer: *customer, Charge: *charge}, nil
}

// admit checks what a prepaid purchase needs; what was used already is always
// recorded, also below zero.
func (s *State) admit(customer *Customer, p voucher.Purchase, payers []*voucher.Voucher) error {
	if p.PayMode != voucher.PrePay {
		return nil
	}
	if customer.Forced {
		return ErrForced
	}
	var vouchers money.Amount
	for _, v := range payers {
		vouchers += v.Balance
	}
	if sum, fits := customer.Credit.Add(vouchers); fits && sum < p.Amount {
		return ErrBalance
	}
	byCredit := p.Amount - min(p.Amount, vouchers)
	left, fits := s.partners[s.tree.Root].LineTotal.Add(-s.tree.Outstanding)
	if byCredit > 0 && (!fits || left < byCredit) {
		return ErrTopLine
	}
	return nil
}

// pay takes a charge out of the vouchers that may pay for it, in their order,
// and the rest out of credit.
func (s *State) pay(charge *Charge, customer *Customer, payers []*voucher.Voucher, origin Origin) error {
	t := Transfer{
		Partner: customer.Partner, Customer: customer.Uin, Line: charge.Line, Origin: origin, Remark: charge.ID,
	}
	rest := charge.Cost
	for _, payer := range payers {
		if rest == 0 {
			break
		}
		v, amount := s.editVoucher(payer.ID), min(rest, payer.Balance)
		t.Kind = VoucherChargeTransfer
		if err := s.move(amount, balanceOf(v), usedOf(v), t); err != nil {
			return err
		}
		charge.Payments = append(charge.Payments, Payment{v.ID, amount})
		charge.VoucherPaid += amount
		rest -= amount
	}
	s.sumWallet(customer)
	t.Kind = CreditChargeTransfer
	charge.CreditPaid = rest
	if err := s.spend(customer, rest, t); err != nil {
		return err
	}
	charge.RemainingAfter = customer.Credit
	return nil
}

// spend moves a customer's credit to what it has spent, or back where the
// amount is negative, and keeps the totals over it.
func (s *State) spend(customer *Customer, amount money.Amount, t Transfer) error {
	p := s.editPartner(customer.Partner)
	if err := s.move(amount, creditOf(customer), spentOf(customer), t); err != nil {
		return err
	}
	if err := add(&p.CustomerRemaining, -amount); err != nil {
		return err
	}
	tree := s.tree
	s.undo = append(s.undo, func() { s.tree = tree })
	return add(&s.tree.Outstanding, amount)
}

// RefundCharge gives back credit that was paid for a charge, never voucher
// value (domain.md §3.3). Repeating it with the same content changes nothing
// and has the first outcome.
type RefundCharge struct {
	RefundKey
	Customer int64
	Content  [32]byte
	Amount   *money.Amount // nil: whatever can still be refunded
}

func (c *RefundCharge) needs(n *Needs) {
	n.Wallets[c.Customer] = true
	n.Charges[c.Charge] = true
	n.Refunds[c.RefundKey] = true
}

func (c *RefundCharge) apply(s *State, origin Origin) (Outcome, error) {
	customer := s.editCustomer(c.Customer)
	if customer == nil {
		return Outcome{}, ErrNotCustomer
	}
	charge := edit(s, s.charges, s.touchedCharges, c.Charge)
	if charge == nil || charge.Customer != customer.Uin {
		return Outcome{}, ErrNotCharge
	}
	if earlier := s.refunds[c.RefundKey]; earlier != nil {
		if earlier.Content != c.Content {
			return Outcome{}, ErrContent
		}
		return Outcome{Customer: *customer, Charge: *charge, Refund: *earlier}, nil
	}
	if charge.Line <= customer.SinceLine { // when it left the tree, what it had spent was settled
		return Outcome{}, ErrNotCharge
	}
	refundable := charge.CreditPaid - charge.Refunded
	amount := refundable
	if c.Amount != nil {
		amount = *c.Amount
	}
	if amount < 0 || amount > refundable {
		return Outcome{}, ErrRefundable
	}
	err := s.spend(customer, -amount, Transfer{
		Kind: RefundTransfer, Partner: customer.Partner, Customer: customer.Uin, Line: charge.Line,
		Origin: origin, Remark: c.ID,
	})
	if err != nil {
		return Outcome{}, err
	}
	charge.Refunded += amount
	refund := &Refund{
		RefundKey: c.RefundKey, Content: c.Content, At: s.Now, Amount: amount, RemainingAfter: customer.Credit,
	}
	count := len(s.newRefunds)
	s.refunds[c.RefundKey] = refund
	s.newRefunds = append(s.newRefunds, c.RefundKey)
	s.undo = append(s.undo, func() {
		delete(s.refunds, c.RefundKey)
		s.newRefunds = s.newRefunds[:count]
	})
	return Outcome{Customer: *customer, Charge: *charge, Refund: *refund}, nil
}
