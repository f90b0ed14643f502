package ledger

import "errors"

// Refusals of commands. Each says that nothing was changed.
var (
	ErrNotPartner         = errors.New("no such partner in the tree")
	ErrNotSubreseller     = errors.New("not a second-level reseller of this distributor")
	ErrNotCustomer        = errors.New("not a direct customer of this partner")
	ErrExists             = errors.New("already a member of the tree")
	ErrLineExceeded       = errors.New("more than the partner's remaining credit line")
	ErrCreditInsufficient = errors.New("more than the customer's remaining credit")
	ErrPoolRange          = errors.New("pool outside of its range")
	ErrQuotaExceeded      = errors.New("more than the partner's remaining voucher quota")
	ErrValidity           = errors.New("voucher would end before it starts, or in the past")
	ErrFrozen             = errors.New("the partner is frozen")
	ErrNotVoucher         = errors.New("no such voucher of this partner")
	ErrNotIssued          = errors.New("the voucher is used, expired or withdrawn")
	ErrBalance            = errors.New("credit and vouchers do not cover the purchase")
	ErrTopLine            = errors.New("the line of the tree's top partner does not cover the purchase")
	ErrForced             = errors.New("the customer is suspended by force")
	ErrOverdue            = errors.New("the customer's credit is below zero")
	ErrNotCharge          = errors.New("no such charge of this customer")
	ErrContent            = errors.New("recorded before with other content")
	ErrRefundable         = errors.New("more than what can be refunded")
	ErrOverflow           = errors.New("sum beyond what an amount can hold")
)
