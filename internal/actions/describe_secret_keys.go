package actions

import (
	"context"

	"tael/api"
	"tael/internal/store"
)

// DescribeSecretKeys lists the keys of an account or a sub-user without their
// secrets.
func (a *Actions) DescribeSecretKeys(
	ctx context.Context, call *api.Call, r *api.DescribeSecretKeysRequest,
) (*api.DescribeSecretKeysResponse, error) {
	holder, err := a.keyHolder(ctx, call, r.Uin, r.UserUin)
	if err != nil {
		return nil, err
	}
	if holder.user != 0 {
		owner, err := a.Store.OwnerOf(ctx, holder.user)
		if err != nil {
			return nil, err
		}
		if owner != holder.account.Uin {
			return nil, store.ErrNotFound
		}
	}
	keys, err := a.Store.Keys(ctx, holder.uin())
	if err != nil {
		return nil, err
	}
	response := &api.DescribeSecretKeysResponse{Keys: make([]api.DescribedSecretKey, len(keys))}
	for i, key := range keys {
		response.Keys[i] = api.DescribedSecretKey{
			SecretId: key.SecretID, Status: string(key.Status), CreateTime: api.FormatTime(key.CreatedAt),
		}
	}
	return response, nil
}
