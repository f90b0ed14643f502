package actions

import (
	"context"

	"tael/api"
)

// QueryPartnerCredit answers the caller's own line (domain.md §2.2).
func (a *Actions) QueryPartnerCredit(
	ctx context.Context, call *api.Call, _ *api.QueryPartnerCreditRequest,
) (*api.QueryPartnerCreditResponse, error) {
	p, err := a.Store.PartnerCredit(ctx, self(call))
	if err != nil {
		return nil, err
	}
	return &api.QueryPartnerCreditResponse{
		AllocatedCredit:         p.Allocated(),
		TotalCredit:             p.LineTotal,
		RemainingCredit:         p.Line,
		CustomerTotalCredit:     p.CustomerTotal,
		CustomerRemainingCredit: p.CustomerRemaining,
	}, nil
}
