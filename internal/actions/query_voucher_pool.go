package actions

import (
	"context"

	"tael/api"
)

// QueryVoucherPool answers the caller's own voucher quota (domain.md §3.6).
func (a *Actions) QueryVoucherPool(
	ctx context.Context, call *api.Call, _ *api.QueryVoucherPoolRequest,
) (*api.QueryVoucherPoolResponse, error) {
	p, err := a.Store.PartnerQuota(ctx, self(call), call.Now.UnixMilli())
	if err != nil {
		return nil, err
	}
	return &api.QueryVoucherPoolResponse{
		AgentName: call.Account, AccountType: p.Role.AccountType(),
		TotalQuota: p.QuotaTotal, RemainingQuota: p.Quota, IssuedNum: p.Issued,
	}, nil
}
