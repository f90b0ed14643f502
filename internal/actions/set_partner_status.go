package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// SetPartnerStatus freezes a partner, or lets it do business again.
func (a *Actions) SetPartnerStatus(
	ctx context.Context, call *api.Call, r *api.SetPartnerStatusRequest,
) (*api.SetPartnerStatusResponse, error) {
	target, err := a.partnerOf(ctx, r.Uin)
	if err != nil {
		return nil, err
	}
	return write[api.SetPartnerStatusResponse](ctx, a, call, change{
		root:    target.Root,
		command: &ledger.SetStatus{Partner: target.Uin, Frozen: r.Status == store.PartnerFrozen},
		answer: func(ledger.Outcome) any {
			return &api.SetPartnerStatusResponse{Status: r.Status}
		},
	})
}
