package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
)

// SetPartnerCredit sets the line of a top partner.
func (a *Actions) SetPartnerCredit(
	ctx context.Context, call *api.Call, r *api.SetPartnerCreditRequest,
) (*api.SetPartnerCreditResponse, error) {
	target, err := a.partnerOf(ctx, r.Uin)
	if err != nil {
		return nil, err
	}
	return write[api.SetPartnerCreditResponse](ctx, a, call, change{
		root:    target.Root,
		command: &ledger.SetLine{Partner: target.Uin, Total: r.TotalCredit},
		answer: func(o ledger.Outcome) any {
			return &api.SetPartnerCreditResponse{
				TotalCredit: o.Partner.LineTotal, AllocatedCredit: o.Partner.Allocated(), RemainingCredit: o.Partner.Line,
			}
		},
	})
}
