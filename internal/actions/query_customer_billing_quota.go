package actions

import (
	"context"

	"tael/api"
)

// QueryCustomerBillingQuota answers a customer's own figures, rounded to two
// places (domain.md §2.3). Nothing is ever frozen here (Q 18).
func (a *Actions) QueryCustomerBillingQuota(
	ctx context.Context, call *api.Call, _ *api.QueryCustomerBillingQuotaRequest,
) (*api.QueryCustomerBillingQuotaResponse, error) {
	c, err := a.Store.Customer(ctx, self(call), call.Now.UnixMilli())
	if err != nil {
		return nil, err
	}
	var force int64
	return &api.QueryCustomerBillingQuotaResponse{Data: api.QueryCustomerBillingQuotaData{
		TotalCredit:      c.Total().Cents(),
		RemainingCredit:  c.Credit.Cents(),
		RemainingVoucher: c.Vouchers.Usable.Cents(),
		Force:            &force,
	}}, nil
}
