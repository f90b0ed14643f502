package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
)

// AllocateCustomerCredit adds to a customer's credit (domain.md §2.3).
func (a *Actions) AllocateCustomerCredit(
	ctx context.Context, call *api.Call, r *api.AllocateCustomerCreditRequest,
) (*api.AllocateCustomerCreditResponse, error) {
	return write[api.AllocateCustomerCreditResponse](ctx, a, call, change{
		root: call.Root,
		command: &ledger.Allocate{
			Partner: call.Uin, Customer: int64(r.ClientUin), Amount: r.AddedCredit, Remark: value(r.Remark),
		},
		answer: func(o ledger.Outcome) any {
			return &api.AllocateCustomerCreditResponse{
				TotalCredit: o.Customer.Total(), RemainingCredit: o.Customer.Credit,
			}
		},
	})
}
