package actions

import (
	"context"
	"errors"

	"tael/api"
	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/money"
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
	returned, answered, err := a.prepareUnbind(ctx, call, r, root, by)
	if answered != nil || err != nil {
		return answered, err
	}
	return write[api.UnbindCustomerResponse](ctx, a, call, change{
		root: root, claims: []store.Claim{store.ClaimUnbinding(root, r.ClientUin)},
		command: &ledger.Unbind{Customer: r.ClientUin, Partner: by},
		answer: func(o ledger.Outcome) any {
			return &api.UnbindCustomerResponse{ReturnedCredit: o.Customer.Total(), ReturnedQuota: returned + o.Returned}
		},
	})
}

// unbindVouchers is how many vouchers of a customer are withdrawn in one batch, for
// some hundredths of a second.
const unbindVouchers = 500

// prepareUnbind withdraws the vouchers of a customer that has many in batches of
// their own: others of the tree would wait for all of them. It tells what returned
// to quotas, or what the same request was answered before. Where it is
// interrupted or a later batch refused, what was withdrawn stays withdrawn.
func (a *Actions) prepareUnbind(
	ctx context.Context, call *api.Call, r *api.UnbindCustomerRequest, root, by int64,
) (returned money.Amount, answered *api.UnbindCustomerResponse, err error) {
	held, err := a.Store.VouchersHeld(ctx, root, r.ClientUin, by, unbindVouchers+1)
	if err != nil || held <= unbindVouchers {
		return 0, nil, err
	}
	// The customer may be another's by now than when this request was first made.
	if root, err = a.claimRoot(ctx, call, root); err != nil {
		return 0, nil, err
	}
	if call.IdempotencyKey != "" {
		answered, err = recorded[api.UnbindCustomerResponse](ctx, a, call, root, *idempotencyKey(call))
		if answered != nil || err != nil {
			return 0, answered, err
		}
	}
	for more := true; more && err == nil; {
		var result engine.Result
		result, err = a.Engine.Do(ctx, engine.Request{
			Root:   root,
			Origin: ledger.Origin{RequestID: call.RequestID, Operator: call.Name},
			Command: &ledger.PrepareUnbind{
				Unbind: ledger.Unbind{Customer: r.ClientUin, Partner: by}, Most: unbindVouchers,
			},
			Answer: func(o ledger.Outcome) any { return o },
		})
		if err == nil {
			o := result.Answer.(ledger.Outcome)
			returned, more = returned+o.Returned, o.More
		}
	}
	if err != nil && root != call.Root && call.IdempotencyKey != "" && !isUnsettled(err) {
		err = errors.Join(err, a.releaseRoot(ctx, call))
	}
	return returned, nil, err
}
