package actions

import (
	"context"

	"tael/api"
	"tael/internal/config"
	"tael/internal/ledger"
)

// AllocateCreditPool changes a second-level reseller's pool (domain.md §2.4).
func (a *Actions) AllocateCreditPool(
	ctx context.Context, call *api.Call, r *api.AllocateCreditPoolRequest,
) (*api.AllocateCreditPoolResponse, error) {
	return write[api.AllocateCreditPoolResponse](ctx, a, call, change{
		root: call.Root,
		command: &ledger.AllocatePool{
			Distributor: call.Uin, Subreseller: r.SubAgentUin, Amount: r.Credit,
			Absolute: a.Settings.CreditPoolMode == config.PoolSet,
		},
		answer: func(o ledger.Outcome) any {
			return &api.AllocateCreditPoolResponse{TotalCredit: o.Partner.LineTotal, RemainingCredit: o.Partner.Line}
		},
	})
}
