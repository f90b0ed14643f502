package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// DetachPolicy takes a policy from a sub-user or role of the caller's account.
func (a *Actions) DetachPolicy(
	ctx context.Context, call *api.Call, r *api.DetachPolicyRequest,
) (*api.DetachPolicyResponse, error) {
	from, err := a.bearer(ctx, call, r.UserUin, r.RoleName)
	if err != nil {
		return nil, err
	}
	stored, policy, err := a.policyOf(ctx, call, r.PolicyName)
	if err != nil {
		return nil, err
	}
	if call.Temporary || !call.Rights.MayLift(policy) {
		return nil, call.Denied()
	}
	defer a.forget(ctx, from)
	return write[api.DetachPolicyResponse](ctx, a, call, change{
		root: call.Root, claims: store.ClaimDetachment(call.Uin, from.principal, stored),
		answer: func(ledger.Outcome) any { return &api.DetachPolicyResponse{PolicyName: r.PolicyName} },
	})
}
