package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
)

// CreateSecretKey gives an account or a sub-user another key.
func (a *Actions) CreateSecretKey(
	ctx context.Context, call *api.Call, r *api.CreateSecretKeyRequest,
) (*api.CreateSecretKeyResponse, error) {
	holder, err := a.keyHolder(ctx, call, r.Uin, r.UserUin)
	if err != nil {
		return nil, err
	}
	if !mayBecome(call, holder) {
		return nil, call.Denied()
	}
	secretID, secretKey := NewKey()
	claim, err := a.Store.ClaimKey(holder.uin(), secretID, secretKey, call.Now)
	if err != nil {
		return nil, err
	}
	response, err := write[api.CreateSecretKeyResponse](ctx, a, call, change{
		root: holder.root(call), claims: holder.claims(claim),
		answer: func(ledger.Outcome) any {
			return &api.CreateSecretKeyResponse{SecretId: secretID, SecretKey: secretKey}
		},
	})
	if err == nil && call.Replayed {
		_, err = a.Store.Key(ctx, response.SecretId) // a deleted key is not answered again
	}
	if err != nil {
		return nil, err
	}
	return response, nil
}

// mayBecome reports whether the caller may have a key that signs as somebody: it
// is that already, or may do everything. What another may do is more than its
// policies say, since roles may trust it. A temporary key is no longer what it
// was made by once it has expired.
func mayBecome(call *api.Call, holder *keyHolder) bool {
	if call.Temporary {
		return false
	}
	return call.Rights.All() || call.User == holder.user && call.Uin == holder.account.Uin
}
