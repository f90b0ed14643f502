package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// SetSecretKeyStatus lets a key sign or stops it.
func (a *Actions) SetSecretKeyStatus(
	ctx context.Context, call *api.Call, r *api.SetSecretKeyStatusRequest,
) (*api.SetSecretKeyStatusResponse, error) {
	owner, err := a.keyOwner(ctx, call, r.Uin)
	if err != nil {
		return nil, err
	}
	defer a.ForgetKey(r.SecretId)
	return write[api.SetSecretKeyStatusResponse](ctx, a, call, change{
		root:   owner.Root,
		claims: []store.Claim{store.ClaimKeyStatus(owner.Uin, r.SecretId, store.KeyStatus(r.Status))},
		answer: func(ledger.Outcome) any {
			return &api.SetSecretKeyStatusResponse{SecretId: r.SecretId, Status: r.Status}
		},
	})
}
