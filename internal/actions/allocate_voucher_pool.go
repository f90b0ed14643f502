package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
)

// AllocateVoucherPool changes a second-level reseller's voucher quota
// (domain.md §3.2).
func (a *Actions) AllocateVoucherPool(
	ctx context.Context, call *api.Call, r *api.AllocateVoucherPoolRequest,
) (*api.AllocateVoucherPoolResponse, error) {
	return write[api.AllocateVoucherPoolResponse](ctx, a, call, change{
		root:    call.Root,
		command: &ledger.AllocateVoucherPool{Distributor: call.Uin, Subreseller: r.SubAgentUin, Amount: r.Quota},
		answer: func(o ledger.Outcome) any {
			return &api.AllocateVoucherPoolResponse{TotalQuota: o.Partner.QuotaTotal, RemainingQuota: o.Partner.Quota}
		},
	})
}
