package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
)

// SetVoucherQuota sets the voucher quota of a top partner.
func (a *Actions) SetVoucherQuota(
	ctx context.Context, call *api.Call, r *api.SetVoucherQuotaRequest,
) (*api.SetVoucherQuotaResponse, error) {
	target, err := a.partnerOf(ctx, r.Uin)
	if err != nil {
		return nil, err
	}
	return write[api.SetVoucherQuotaResponse](ctx, a, call, change{
		root:    target.Root,
		command: &ledger.SetVoucherQuota{Partner: target.Uin, Total: r.TotalQuota},
		answer: func(o ledger.Outcome) any {
			return &api.SetVoucherQuotaResponse{TotalQuota: o.Partner.QuotaTotal, RemainingQuota: o.Partner.Quota}
		},
	})
}
