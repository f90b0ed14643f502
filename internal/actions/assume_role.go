package actions

import (
	"context"
	"errors"

	"tael/api"
	"tael/internal/access"
	"tael/internal/store"
)

// AssumeRole makes a temporary key of a role that trusts the caller.
func (a *Actions) AssumeRole(
	ctx context.Context, call *api.Call, r *api.AssumeRoleRequest,
) (*api.AssumeRoleResponse, error) {
	policy, err := sessionPolicy(call, r.Policy)
	if err != nil {
		return nil, err
	}
	role, err := a.trustingRole(ctx, call, r.RoleArn)
	if err != nil {
		return nil, err
	}
	made, err := a.newTemporaryKey(ctx, call, r.DurationSeconds, access.Session{
		Policy: policy, RoleOwner: role.Identity.Uin, RoleName: role.Name, RoleID: role.ID,
	})
	if err != nil {
		return nil, err
	}
	return &api.AssumeRoleResponse{
		Credentials: made.Credentials, ExpiredTime: made.expires.Unix(), Expiration: isoTime(made.expires),
	}, nil
}

// trustingRole finds a role that the caller may assume. Of one that does not
// trust it, the caller learns no more than of one that does not exist.
func (a *Actions) trustingRole(ctx context.Context, call *api.Call, arn string) (*store.AssumedRole, error) {
	notFound := api.NewError(api.ResourceNotFoundRoleNotFound)
	owner, name, ok := access.ParseRoleArn(arn)
	if !ok {
		return nil, notFound
	}
	role, err := a.Store.AssumedRole(ctx, owner, name)
	if errors.Is(err, store.ErrNotFound) {
		return nil, notFound
	}
	if err != nil {
		return nil, err
	}
	trust, err := access.ParseTrust(role.Trust)
	if err != nil {
		return nil, err
	}
	if !trust.Admits(call.Uin, call.User) {
		return nil, notFound
	}
	return &role, nil
}
