package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// DeletePolicy deletes a policy of the caller's account that is attached to
// nothing.
func (a *Actions) DeletePolicy(
	ctx context.Context, call *api.Call, r *api.DeletePolicyRequest,
) (*api.DeletePolicyResponse, error) {
	return write[api.DeletePolicyResponse](ctx, a, call, change{
		root: call.Root, claims: store.ClaimPolicyDeletion(call.Uin, r.PolicyName),
		answer: func(ledger.Outcome) any { return &api.DeletePolicyResponse{PolicyName: r.PolicyName} },
	})
}
