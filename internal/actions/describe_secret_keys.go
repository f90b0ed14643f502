package actions

import (
	"context"

	"tael/api"
)

// DescribeSecretKeys lists an account's keys without their secrets.
func (a *Actions) DescribeSecretKeys(
	ctx context.Context, call *api.Call, r *api.DescribeSecretKeysRequest,
) (*api.DescribeSecretKeysResponse, error) {
	owner, err := a.keyOwner(ctx, call, r.Uin)
	if err != nil {
		return nil, err
	}
	keys, err := a.Store.Keys(ctx, owner.Uin)
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
