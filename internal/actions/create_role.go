package actions

import (
	"context"
	"strconv"

	"tael/api"
	"tael/internal/access"
	"tael/internal/ledger"
	"tael/internal/store"
)

// CreateRole makes a role of the caller's account.
func (a *Actions) CreateRole(
	ctx context.Context, call *api.Call, r *api.CreateRoleRequest,
) (*api.CreateRoleResponse, error) {
	if call.Temporary {
		return nil, call.Denied()
	}
	if _, err := access.ParseTrust(r.TrustPolicy); err != nil {
		return nil, invalidPolicy("TrustPolicy", err)
	}
	return withNewUin(func(uin int64) (*api.CreateRoleResponse, error) {
		role := &store.Role{
			Owner: call.Uin, Name: r.RoleName, ID: uin - firstUin + store.FirstRole,
			Description: r.Description, Trust: r.TrustPolicy,
		}
		return write[api.CreateRoleResponse](ctx, a, call, change{
			root: call.Root, claims: store.ClaimRole(role, call.Now),
			answer: func(ledger.Outcome) any {
				return &api.CreateRoleResponse{
					RoleId: strconv.FormatInt(role.ID, 10), RoleArn: access.RoleArn(call.Uin, role.Name),
				}
			},
		})
	})
}
