package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// DeleteSecretKey deletes a key for good.
func (a *Actions) DeleteSecretKey(
	ctx context.Context, call *api.Call, r *api.DeleteSecretKeyRequest,
) (*api.DeleteSecretKeyResponse, error) {
	holder, err := a.keyHolder(ctx, call, r.Uin, r.UserUin)
	if err != nil {
		return nil, err
	}
	defer a.ForgetKey(r.SecretId)
	return write[api.DeleteSecretKeyResponse](ctx, a, call, change{
		root:   holder.root(call),
		claims: holder.claims(store.ClaimKeyDeletion(holder.uin(), r.SecretId)),
		answer: func(ledger.Outcome) any {
			return &api.DeleteSecretKeyResponse{SecretId: r.SecretId}
		},
	})
}
