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
	ErrOverflow           = errors.New("sum beyond what an amount can hold")
)
