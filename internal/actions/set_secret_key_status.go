package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// SetSecretKeyStatus lets a key sign or stops it. To let one sign is to make one
// for whoever has kept its secret.
func (a *Actions) SetSecretKeyStatus(
	ctx context.Context, call *api.Call, r *api.SetSecretKeyStatusRequest,
) (*api.SetSecretKeyStatusResponse, error) {
	holder, err := a.keyHolder(ctx, call, r.Uin, r.UserUin)
	if err != nil {
		return nil, err
	}
	if store.KeyStatus(r.Status) == store.KeyActive && !mayBecome(call, holder) {
		return nil, call.Denied()
	}
	defer a.ForgetKey(r.SecretId)
	return write[api.SetSecretKeyStatusResponse](ctx, a, call, change{
		root:   holder.root(call),
		claims: holder.claims(store.ClaimKeyStatus(holder.uin(), r.SecretId, store.KeyStatus(r.Status))),
		answer: func(ledger.Outcome) any {
			return &api.SetSecretKeyStatusResponse{SecretId: r.SecretId, Status: r.Status}
		},
	})
}
