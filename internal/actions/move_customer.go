package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
)

// MoveCustomer binds a customer to another partner of its tree.
func (a *Actions) MoveCustomer(
	ctx context.Context, call *api.Call, r *api.MoveCustomerRequest,
) (*api.MoveCustomerResponse, error) {
	customer, err := a.customerOf(ctx, call, r.ClientUin)
	if err != nil {
		return nil, err
	}
	return write[api.MoveCustomerResponse](ctx, a, call, change{
		root:    customer.Root,
		command: &ledger.Move{Customer: customer.Uin, Partner: r.PartnerUin, Remark: r.Remark},
		answer: func(o ledger.Outcome) any {
			return &api.MoveCustomerResponse{TotalCredit: o.Customer.Total(), RemainingCredit: o.Customer.Credit}
		},
	})
}
