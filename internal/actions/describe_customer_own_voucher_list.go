package actions

import (
	"context"

	"tael/api"
	"tael/internal/store"
)

// DescribeCustomerOwnVoucherList lists the caller's vouchers, newest first,
// without those that expired more than six months ago and those that were
// withdrawn unused (domain.md §3.3).
func (a *Actions) DescribeCustomerOwnVoucherList(
	ctx context.Context, call *api.Call, r *api.DescribeCustomerOwnVoucherListRequest,
) (*api.DescribeCustomerOwnVoucherListResponse, error) {
	now := call.Now.UnixMilli()
	vouchers, total, err := a.Store.Vouchers(ctx, store.VoucherFilter{
		Root: call.Root, Customer: call.Uin, ID: value(r.VoucherId), States: statesOf(r.VoucherStatus),
		PaymentMode: value(r.PaymentMode), Scope: value(r.ProductScope), Now: now,
		Since: call.Now.In(api.Zone).AddDate(0, -6, 0).UnixMilli(),
	}, store.Page{Number: r.Page, Size: r.PageSize})
	if err != nil {
		return nil, err
	}
	response := &api.DescribeCustomerOwnVoucherListResponse{
		TotalCount: uint64(total), Data: make([]api.DescribeCustomerOwnVoucherItem, len(vouchers)),
	}
	for i := range vouchers {
		v := &vouchers[i]
		response.Data[i] = api.DescribeCustomerOwnVoucherItem{
			VoucherId: v.ID, CustomerUin: v.Customer, VoucherStatus: string(v.StateAt(now)),
			RemainingAmount: v.Remaining(), TotalAmount: v.Face, PaymentMode: v.PaymentMode, ProductScope: v.Scope,
			EffectiveTime: wireTime(v.Effective), ExpireTime: wireTime(v.Expire),
		}
	}
	return response, nil
}
