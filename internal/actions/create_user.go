package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// CreateUser makes a sub-user of the caller's account.
func (a *Actions) CreateUser(
	ctx context.Context, call *api.Call, r *api.CreateUserRequest,
) (*api.CreateUserResponse, error) {
	return withNewUin(func(uin int64) (*api.CreateUserResponse, error) {
		return write[api.CreateUserResponse](ctx, a, call, change{
			root: call.Root, claims: store.ClaimUser(call.Uin, uin, r.Name, call.Now),
			answer: func(ledger.Outcome) any { return &api.CreateUserResponse{Uin: uin, Name: r.Name} },
		})
	})
}
