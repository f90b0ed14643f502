package actions

import (
	"context"
	"strconv"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// ModifyClientRemark replaces the caller's note on a direct customer (domain.md
// §4.5, Q 39).
func (a *Actions) ModifyClientRemark(
	ctx context.Context, call *api.Call, r *api.ModifyClientRemarkRequest,
) (*api.ModifyClientRemarkResponse, error) {
	customer, err := strconv.ParseInt(r.ClientUin, 10, 64)
	if err != nil {
		return nil, api.NewError(api.InvalidParameterValueInvalidUin, "value", r.ClientUin)
	}
	return write[api.ModifyClientRemarkResponse](ctx, a, call, change{
		root: call.Root, claims: []store.Claim{store.ClaimRemark(self(call), customer, r.Remark)},
		answer: func(ledger.Outcome) any { return &api.ModifyClientRemarkResponse{ClientRemark: r.Remark} },
	})
}
