package actions

import (
	"context"

	"tael/api"
	"tael/internal/access"
	"tael/internal/ledger"
	"tael/internal/store"
)

// CreatePolicy makes a policy of the caller's account.
func (a *Actions) CreatePolicy(
	ctx context.Context, call *api.Call, r *api.CreatePolicyRequest,
) (*api.CreatePolicyResponse, error) {
	if _, err := access.Parse(r.Document); err != nil {
		return nil, invalidPolicy("Document", err)
	}
	policy := &store.Policy{Owner: call.Uin, Name: r.PolicyName, Description: r.Description, Document: r.Document}
	return write[api.CreatePolicyResponse](ctx, a, call, change{
		root: call.Root, claims: store.ClaimPolicy(policy, call.Now),
		answer: func(ledger.Outcome) any { return &api.CreatePolicyResponse{PolicyName: r.PolicyName} },
	})
}
