package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// SetAccountVerification sets what has become of an account's identity
// verification.
func (a *Actions) SetAccountVerification(
	ctx context.Context, call *api.Call, r *api.SetAccountVerificationRequest,
) (*api.SetAccountVerificationResponse, error) {
	attributes := store.Attributes{AuthType: &r.AuthType, AuthStatus: &r.AuthStatus}
	return write[api.SetAccountVerificationResponse](ctx, a, call, change{
		root: call.Root, claims: []store.Claim{store.ClaimAttributes(r.Uin, attributes, call.Now)},
		answer: func(ledger.Outcome) any {
			return &api.SetAccountVerificationResponse{AuthType: r.AuthType, AuthStatus: r.AuthStatus}
		},
	})
}
