package actions

import (
	"context"
	"errors"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// QueryT1IndirectCustomersDetail lists the customers of one of the caller's
// second-level resellers, those bound last first (domain.md §5.6).
func (a *Actions) QueryT1IndirectCustomersDetail(
	ctx context.Context, call *api.Call, r *api.QueryT1IndirectCustomersDetailRequest,
) (*api.QueryT1IndirectCustomersDetailResponse, error) {
	visible, err := a.Store.FeatureOn(ctx, self(call), store.ViewIndirectCustomers)
	if err != nil {
		return nil, err
	}
	if !visible {
		return nil, ledger.ErrNotPartner
	}
	reseller, err := a.Store.Subreseller(ctx, self(call), r.SubAgentUin, call.Now.UnixMilli())
	if errors.Is(err, store.ErrNotFound) {
		return nil, api.NewError(api.FailedOperationInvalidSubAgentUin)
	}
	if err != nil {
		return nil, err
	}
	customers, total, err := a.Store.Customers(ctx, store.Account{Root: call.Root, Uin: reseller.Uin},
		store.CustomerFilter{}, store.Page{Number: r.Page, Size: r.PageSize})
	if err != nil {
		return nil, err
	}
	response := &api.QueryT1IndirectCustomersDetailResponse{
		Total: total, SubAgentUin: reseller.Uin, SubAgentName: reseller.Name,
		Data: make([]api.QueryT1IndirectCustomersDetailResponseData, len(customers)),
	}
	for i := range customers {
		c := &customers[i]
		response.Data[i] = api.QueryT1IndirectCustomersDetailResponseData{
			ClientUin: c.Uin, ClientName: c.Name, ClientBindTime: api.FormatTime(c.AssociatedAt),
		}
	}
	return response, nil
}
