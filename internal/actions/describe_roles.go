package actions

import (
	"context"
	"strconv"

	"tael/api"
	"tael/internal/access"
)

// DescribeRoles lists the roles of the caller's account.
func (a *Actions) DescribeRoles(
	ctx context.Context, call *api.Call, r *api.DescribeRolesRequest,
) (*api.DescribeRolesResponse, error) {
	roles, total, err := a.Store.Roles(ctx, call.Uin, pageOf(r.Page, r.PageSize, accessPageMax))
	if err != nil {
		return nil, err
	}
	response := &api.DescribeRolesResponse{Total: total, Roles: make([]api.DescribedRole, len(roles))}
	for i := range roles {
		role := &roles[i]
		response.Roles[i] = api.DescribedRole{
			RoleName: role.Name, RoleId: strconv.FormatInt(role.ID, 10), RoleArn: access.RoleArn(role.Owner, role.Name),
			TrustPolicy: role.Trust, Description: role.Description, Policies: role.Policies,
			CreateTime: api.FormatTime(role.CreatedAt),
		}
	}
	return response, nil
}
