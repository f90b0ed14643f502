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
	owner, err := a.keyOwner(ctx, call, r.Uin)
	if err != nil {
		return nil, err
	}
	defer a.ForgetKey(r.SecretId)
	return write[api.DeleteSecretKeyResponse](ctx, a, call, change{
		root:   owner.Root,
		claims: []store.Claim{store.ClaimKeyDeletion(owner.Uin, r.SecretId)},
		answer: func(ledger.Outcome) any {
			return &api.DeleteSecretKeyResponse{SecretId: r.SecretId}
		},
	})
}
