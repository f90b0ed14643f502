package actions

import (
	"context"
	"errors"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// CreateSecretKey gives an account another key.
func (a *Actions) CreateSecretKey(
	ctx context.Context, call *api.Call, r *api.CreateSecretKeyRequest,
) (*api.CreateSecretKeyResponse, error) {
	owner, err := a.keyOwner(ctx, call, r.Uin)
	if err != nil {
		return nil, err
	}
	secretID, secretKey := NewKey()
	claim, err := a.Store.ClaimKey(owner.Uin, secretID, secretKey, call.Now)
	if err != nil {
		return nil, err
	}
	response, err := write[api.CreateSecretKeyResponse](ctx, a, call, change{
		root: owner.Root, claims: []store.Claim{claim},
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

// keyOwner is the account whose keys a call is about: any for the operator,
// the caller's own for everybody else.
func (a *Actions) keyOwner(ctx context.Context, call *api.Call, uin *int64) (store.Identity, error) {
	if uin == nil || *uin == call.Uin {
		return store.Identity{Uin: call.Uin, Root: call.Root, Role: call.Role, Name: call.Name}, nil
	}
	if call.Role != partner.Operator {
		return store.Identity{}, ledger.ErrNotPartner
	}
	owner, err := a.Store.Identity(ctx, *uin)
	if errors.Is(err, store.ErrNotFound) {
		return store.Identity{}, ledger.ErrNotPartner
	}
	return owner, err
}
