package actions

import (
	"context"

	"tael/api"
	"tael/internal/partner"
)

// ApproveClientApply decides on an application to become the caller's customer
// (domain.md §4.4).
func (a *Actions) ApproveClientApply(
	ctx context.Context, call *api.Call, r *api.ApproveClientApplyRequest,
) (*api.ApproveClientApplyResponse, error) {
	d, err := newDecision(r.ClientUin, partner.Customer, r.ApproveType, r.RejectReason)
	if err != nil {
		return nil, err
	}
	if !partner.IsUin(r.ClientUin) {
		return nil, partner.ErrUin
	}
	return decide[api.ApproveClientApplyResponse](ctx, a, call, d)
}
