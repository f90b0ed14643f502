package ledger

import (
	"slices"

	"tael/internal/money"
	"tael/internal/voucher"
)

// AllocateVoucherPool changes the voucher quota that a distributor gives to one
// of its second-level resellers; a negative amount takes back (domain.md §3.2).
type AllocateVoucherPool struct {
	Distributor int64
	Subreseller int64
	Amount      money.Amount
}

func (c *AllocateVoucherPool) needs(n *Needs) {
	for _, uin := range [...]int64{c.Distributor, c.Subreseller} {
		n.Partners[uin] = true
		n.Quotas[uin] = true
	}
}

func (c *AllocateVoucherPool) apply(s *State, origin Origin) (Outcome, error) {
	from, to := s.editPartner(c.Distributor), s.editPartner(c.Subreseller)
	if from == nil || to == nil || to.Parent != from.Uin {
		return Outcome{}, ErrNotSubreseller
	}
	total, fits := to.QuotaTotal.Add(c.Amount)
	switch {
	case from.Frozen:
		return Outcome{}, ErrFrozen
	case !fits || total < 0 || total > PoolMax:
		return Outcome{}, ErrQuotaExceeded
	case c.Amount > 0 && c.Amount > from.Quota:
		return Outcome{}, ErrQuotaExceeded
	case c.Amount < 0 && to.Quota+c.Amount < 0:
		return Outcome{}, ErrQuotaExceeded // the rest is issued
	}
	to.QuotaTotal = total
	err := s.move(c.Amount, quotaOf(from), quotaOf(to), Transfer{
		Kind: AllocateVoucherPoolTransfer, Partner: to.Uin, Origin: origin,
	})
	return Outcome{Partner: *to}, err
}

// IssueVoucher gives a voucher to a customer out of its partner's quota. The
// voucher's id, balance and time of issue are filled in.
type IssueVoucher struct {
	Voucher voucher.Voucher
}

func (c *IssueVoucher) needs(n *Needs) {
	n.Partners[c.Voucher.Issuer] = true
	n.Quotas[c.Voucher.Issuer] = true
	n.Customers[c.Voucher.Customer] = true
	n.holders[c.Voucher.Customer] = true
}

func (c *IssueVoucher) apply(s *State, origin Origin) (Outcome, error) {
	issuer, holder := s.editPartner(c.Voucher.Issuer), s.editCustomer(c.Voucher.Customer)
	switch {
	case issuer == nil || holder == nil || holder.Partner != issuer.Uin:
		return Outcome{}, ErrNotCustomer
	case issuer.Frozen:
		return Outcome{}, ErrFrozen
	case c.Voucher.Effective > c.Voucher.Expire, c.Voucher.Expire+1000 <= s.Now:
		return Outcome{}, ErrValidity
	case c.Voucher.Face <= 0, c.Voucher.Face > issuer.Quota:
		return Outcome{}, ErrQuotaExceeded
	}
	row := c.Voucher
	row.ID, row.Balance, row.Used, row.IssuedAt = s.tree.LastVoucher+1, 0, 0, s.Now
	tree := s.tree
	s.undo = append(s.undo, func() { s.tree = tree })
	s.tree.LastVoucher++
	v := create(s, s.vouchers, s.touchedVouchers, s.newVouchers, row.ID, row, true)
	err := s.move(v.Face, quotaOf(issuer), balanceOf(v), Transfer{
		Kind: IssueVoucherTransfer, Partner: issuer.Uin, Customer: holder.Uin, Origin: origin, Remark: v.Reason,
	})
	if err != nil {
		return Outcome{}, err
	}
	if err := add(&holder.VoucherTotal, v.Face); err != nil {
		return Outcome{}, err
	}
	holder.Vouchers = holder.Vouchers.With(v, s.Now)
	issuer.Issued++
	s.intoWallet(v)
	return Outcome{Partner: *issuer, Customer: *holder, Voucher: *v}, nil
}

// intoWallet adds a new voucher to its holder's wallet, where that is loaded.
func (s *State) intoWallet(v *voucher.Voucher) {
	wallet, loaded := s.wallets[v.Customer]
	if !loaded {
		return
	}
	s.undo = append(s.undo, func() { s.wallets[v.Customer] = wallet })
	s.wallets[v.Customer] = append(slices.Clip(wallet), v)
}

// sumWallet sums the vouchers of a customer whose wallet is loaded.
func (s *State) sumWallet(customer *Customer) {
	var sums voucher.Sums
	for _, v := range s.wallets[customer.Uin] {
		sums = sums.With(v, s.Now)
	}
	customer.Vouchers = sums
}

// WithdrawVoucher takes a voucher back from its holder. What is left on it
// returns to its issuer's quota (domain.md §3.6, Q 28).
type WithdrawVoucher struct {
	Issuer  int64
	Voucher int64
}

func (c *WithdrawVoucher) needs(n *Needs) {
	n.Partners[c.Issuer] = true
	n.Vouchers[c.Voucher] = true
}

func (c *WithdrawVoucher) apply(s *State, origin Origin) (Outcome, error) {
	issuer, v := s.editPartner(c.Issuer), s.editVoucher(c.Voucher)
	switch {
	case issuer == nil || v == nil || v.Issuer != issuer.Uin || v.Closed:
		return Outcome{}, ErrNotVoucher
	case issuer.Frozen:
		return Outcome{}, ErrFrozen
	case v.StateAt(s.Now) != voucher.Issued:
		return Outcome{}, ErrNotIssued
	}
	holder, returned := s.editCustomer(v.Customer), v.Balance
	if err := s.withdraw(v, holder, issuer, origin); err != nil {
		return Outcome{}, err
	}
	s.sumWallet(holder)
	return Outcome{Partner: *issuer, Customer: *holder, Voucher: *v, Returned: returned}, nil
}

// withdraw returns what is left on an issued voucher to its issuer. The sums of
// its holder's vouchers are for the caller to renew.
func (s *State) withdraw(v *voucher.Voucher, holder *Customer, issuer *Partner, origin Origin) error {
	err := s.move(v.Balance, balanceOf(v), quotaOf(issuer), Transfer{
		Kind: WithdrawVoucherTransfer, Partner: issuer.Uin, Customer: holder.Uin, Origin: origin,
	})
	if err != nil {
		return err
	}
	v.Withdrawn = true
	holder.VoucherTotal -= v.Face
	issuer.Issued--
	return nil
}
