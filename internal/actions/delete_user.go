package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// DeleteUser deletes a sub-user of the caller's account with its keys.
func (a *Actions) DeleteUser(
	ctx context.Context, call *api.Call, r *api.DeleteUserRequest,
) (*api.DeleteUserResponse, error) {
	keys, err := a.Store.Keys(ctx, r.UserUin)
	if err != nil {
		return nil, err
	}
	response, err := write[api.DeleteUserResponse](ctx, a, call, change{
		root: call.Root, claims: []store.Claim{store.ClaimUserDeletion(call.Uin, r.UserUin)},
		answer: func(ledger.Outcome) any { return &api.DeleteUserResponse{UserUin: r.UserUin} },
	})
	if err != nil {
		return nil, err
	}
	for i := range keys {
		a.ForgetKey(keys[i].SecretID)
	}
	return response, nil
}
