package actions

import (
	"context"

	"tael/api"
)

// DescribeUsers lists the sub-users of the caller's account.
func (a *Actions) DescribeUsers(
	ctx context.Context, call *api.Call, r *api.DescribeUsersRequest,
) (*api.DescribeUsersResponse, error) {
	users, total, err := a.Store.Users(ctx, call.Uin, pageOf(r.Page, r.PageSize, accessPageMax))
	if err != nil {
		return nil, err
	}
	response := &api.DescribeUsersResponse{Total: total, Users: make([]api.DescribedUser, len(users))}
	for i, u := range users {
		response.Users[i] = api.DescribedUser{
			Uin: u.Uin, Name: u.Name, Policies: u.Policies, CreateTime: api.FormatTime(u.CreatedAt),
		}
	}
	return response, nil
}
