package actions

import (
	"context"
	"errors"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// QueryCustomerBillingQuota answers a customer's own figures, rounded to two
// places (domain.md §2.3). Nothing is ever frozen here (Q 18).
func (a *Actions) QueryCustomerBillingQuota(
	ctx context.Context, call *api.Call, _ *api.QueryCustomerBillingQuotaRequest,
) (*api.QueryCustomerBillingQuotaResponse, error) {
	c, err := a.Store.Customer(ctx, self(call), call.Now.UnixMilli())
	if errors.Is(err, store.ErrNotFound) { // it has just left its partner
		return nil, ledger.ErrNotCustomer
	}
	if err != nil {
		return nil, err
	}
	force := forceOf(&c)
	return &api.QueryCustomerBillingQuotaResponse{Data: api.QueryCustomerBillingQuotaData{
		TotalCredit:      c.Total().Cents(),
		RemainingCredit:  c.Credit.Cents(),
		RemainingVoucher: c.Vouchers.Usable.Cents(),
		Force:            &force,
	}}, nil
}
