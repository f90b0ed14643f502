package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// UnbindCustomer lets a customer leave its partner and the tree (domain.md
// §4.6): for a partner one of its own, for the operator any.
func (a *Actions) UnbindCustomer(
	ctx context.Context, call *api.Call, r *api.UnbindCustomerRequest,
) (*api.UnbindCustomerResponse, error) {
	root, by := call.Root, call.Uin
	if call.Role == partner.Operator {
		customer, err := a.customerOf(ctx, call, r.ClientUin)
		if err != nil {
			return nil, err
		}
		root, by = customer.Root, 0
	}
	return write[api.UnbindCustomerResponse](ctx, a, call, change{
		root: root, claims: []store.Claim{store.ClaimUnbinding(root, r.ClientUin)},
		command: &ledger.Unbind{Customer: r.ClientUin, Partner: by},
		answer: func(o ledger.Outcome) any {
			return &api.UnbindCustomerResponse{ReturnedCredit: o.Customer.Total(), ReturnedQuota: o.Returned}
		},
	})
}
