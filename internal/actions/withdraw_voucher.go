package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
)

// WithdrawVoucher takes a voucher back (domain.md §3.3, §3.6).
func (a *Actions) WithdrawVoucher(
	ctx context.Context, call *api.Call, r *api.WithdrawVoucherRequest,
) (*api.WithdrawVoucherResponse, error) {
	return write[api.WithdrawVoucherResponse](ctx, a, call, change{
		root:    call.Root,
		command: &ledger.WithdrawVoucher{Issuer: call.Uin, Voucher: r.VoucherId},
		answer: func(o ledger.Outcome) any {
			return &api.WithdrawVoucherResponse{ReturnedQuota: o.Returned}
		},
	})
}
