package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// DeleteRole deletes a role of the caller's account.
func (a *Actions) DeleteRole(
	ctx context.Context, call *api.Call, r *api.DeleteRoleRequest,
) (*api.DeleteRoleResponse, error) {
	role, err := a.Store.AssumedRole(ctx, call.Uin, r.RoleName)
	if err != nil {
		return nil, err
	}
	defer a.ForgetRole(role.ID)
	return write[api.DeleteRoleResponse](ctx, a, call, change{
		root: call.Root, claims: []store.Claim{store.ClaimRoleDeletion(call.Uin, role.ID)},
		answer: func(ledger.Outcome) any { return &api.DeleteRoleResponse{RoleName: r.RoleName} },
	})
}
