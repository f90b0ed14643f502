package actions

import (
	"context"

	"tael/api"
	"tael/internal/partner"
)

// ApproveSubAgentApply decides on an application to become the caller's
// second-level reseller (domain.md §5).
func (a *Actions) ApproveSubAgentApply(
	ctx context.Context, call *api.Call, r *api.ApproveSubAgentApplyRequest,
) (*api.ApproveSubAgentApplyResponse, error) {
	d, err := newDecision(r.SubAgentUin, partner.Subreseller, r.ApproveType, r.RejectReason)
	if err != nil {
		return nil, err
	}
	return decide[api.ApproveSubAgentApplyResponse](ctx, a, call, d)
}
