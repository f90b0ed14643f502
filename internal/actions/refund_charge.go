package actions

import (
	"context"
	"errors"

	"tael/api"
	"tael/internal/ledger"
)

// RefundCharge gives back credit that was paid for a charge (domain.md §3.3).
func (a *Actions) RefundCharge(
	ctx context.Context, call *api.Call, r *api.RefundChargeRequest,
) (*api.RefundChargeResponse, error) {
	customer, err := a.customerOf(ctx, call, r.ClientUin)
	if err != nil {
		return nil, err
	}
	refundID := r.ChargeId
	if r.RefundId != nil {
		refundID = *r.RefundId
	}
	response, err := write[api.RefundChargeResponse](ctx, a, call, change{
		root: customer.Root,
		command: &ledger.RefundCharge{
			RefundKey: ledger.RefundKey{Charge: r.ChargeId, ID: refundID}, Customer: customer.Uin,
			Content: call.Parameters, Amount: r.Amount,
		},
		answer: func(o ledger.Outcome) any {
			return &api.RefundChargeResponse{
				RefundedCredit: o.Refund.Amount, RemainingCredit: o.Refund.RemainingAfter,
			}
		},
	})
	if errors.Is(err, ledger.ErrContent) {
		return nil, api.NewError(api.InvalidParameterValue, "parameter", "RefundId").In("recorded")
	}
	return response, err
}
