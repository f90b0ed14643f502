package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// AttachPolicy gives a sub-user or role of the caller's account a policy.
func (a *Actions) AttachPolicy(
	ctx context.Context, call *api.Call, r *api.AttachPolicyRequest,
) (*api.AttachPolicyResponse, error) {
	to, err := a.bearer(ctx, call, r.UserUin, r.RoleName)
	if err != nil {
		return nil, err
	}
	stored, policy, err := a.policyOf(ctx, call, r.PolicyName)
	if err != nil {
		return nil, err
	}
	if call.Temporary || !call.Rights.MayGive(policy) {
		return nil, call.Denied()
	}
	defer a.forget(ctx, to)
	return write[api.AttachPolicyResponse](ctx, a, call, change{
		root: call.Root, claims: store.ClaimAttachment(call.Uin, to.principal, stored, call.Now),
		answer: func(ledger.Outcome) any { return &api.AttachPolicyResponse{PolicyName: r.PolicyName} },
	})
}
