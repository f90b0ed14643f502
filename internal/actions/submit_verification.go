package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// SubmitVerification hands in an account's identity verification: any account's
// for the operator, the caller's own for everybody else.
func (a *Actions) SubmitVerification(
	ctx context.Context, call *api.Call, r *api.SubmitVerificationRequest,
) (*api.SubmitVerificationResponse, error) {
	uin := call.Uin
	if call.Role == partner.Operator {
		if r.Uin == nil {
			return nil, api.NewError(api.MissingParameter, "parameter", "Uin")
		}
		uin = *r.Uin
	} else if r.Uin != nil && *r.Uin != call.Uin {
		return nil, ledger.ErrNotPartner
	}
	if done, err := replay[api.SubmitVerificationResponse](ctx, a, call); done != nil || err != nil {
		return done, err
	}
	accounts, err := a.Store.Accounts(ctx, []int64{uin})
	if err != nil {
		return nil, err
	}
	if account, ok := accounts[uin]; !ok || account.Owner != 0 {
		return nil, store.ErrNotFound
	}
	// It changes the directory only, and so rides on the caller's own tree.
	return write[api.SubmitVerificationResponse](ctx, a, call, change{
		root: call.Root, claims: []store.Claim{store.ClaimSubmission(uin, r.AuthType)},
		answer: func(ledger.Outcome) any {
			return &api.SubmitVerificationResponse{AuthType: r.AuthType, AuthStatus: partner.AuthWaiting}
		},
	})
}
