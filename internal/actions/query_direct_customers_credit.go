package actions

import (
	"context"

	"tael/api"
	"tael/internal/store"
)

// QueryDirectCustomersCredit lists the credit of all direct customers, newest
// first, in one answer of at most 10,000 (domain.md §2.3).
func (a *Actions) QueryDirectCustomersCredit(
	ctx context.Context, call *api.Call, _ *api.QueryDirectCustomersCreditRequest,
) (*api.QueryDirectCustomersCreditResponse, error) {
	customers, total, err := a.Store.Customers(
		ctx, self(call), store.CustomerFilter{}, store.Page{Number: 1, Size: unpagedMax})
	if err != nil {
		return nil, err
	}
	if total > unpagedMax {
		return nil, api.NewError(api.ResponseSizeLimitExceeded, "action", "QueryCustomersCredit").In("paged")
	}
	response := &api.QueryDirectCustomersCreditResponse{Data: make([]api.QueryDirectCustomersCreditData, len(customers))}
	for i := range customers {
		response.Data[i] = directCredit(&customers[i].Customer)
	}
	return response, nil
}
