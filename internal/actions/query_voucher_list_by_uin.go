package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
	"tael/internal/voucher"
)

// oldStates are the states of this action and the ones they stand for: it has
// no word for withdrawn vouchers and counts them as expired (domain.md §3.3).
var oldStates = map[string][]voucher.State{
	"Unused":  {voucher.Issued},
	"Used":    {voucher.Used},
	"Expired": {voucher.Expired, voucher.Invalidated},
}

var oldNames = map[voucher.State]string{
	voucher.Issued: "Unused", voucher.Used: "Used", voucher.Expired: "Expired", voucher.Invalidated: "Expired",
}

// QueryVoucherListByUin lists the vouchers of direct customers, newest first,
// in the order asked for, duplicates once (domain.md §3.6).
func (a *Actions) QueryVoucherListByUin(
	ctx context.Context, call *api.Call, r *api.QueryVoucherListByUinRequest,
) (*api.QueryVoucherListByUinResponse, error) {
	uins := unique(r.ClientUins)
	now := call.Now.UnixMilli()
	customers, err := a.Store.CustomersByUin(ctx, self(call), uins, now)
	if err != nil {
		return nil, err
	}
	if len(customers) < len(uins) {
		return nil, ledger.ErrNotCustomer
	}
	response := &api.QueryVoucherListByUinResponse{Data: make([]api.QueryVoucherListByUinItem, len(uins))}
	listed := int64(0)
	for i, uin := range uins {
		vouchers, total, err := a.Store.Vouchers(ctx, store.VoucherFilter{
			Root: call.Root, Customer: uin, States: oldStates[value(r.Status)], Now: now,
		}, store.Page{Number: 1, Size: unpagedMax})
		if err != nil {
			return nil, err
		}
		if listed += total; listed > unpagedMax {
			return nil, api.NewError(api.ResponseSizeLimitExceeded, "action", "DescribeCustomerVoucherList").In("paged")
		}
		response.Data[i] = voucherList(uin, vouchers, now)
	}
	return response, nil
}

func voucherList(uin int64, vouchers []voucher.Voucher, now int64) api.QueryVoucherListByUinItem {
	item := api.QueryVoucherListByUinItem{
		ClientUin: uin, TotalCount: int64(len(vouchers)), Data: make([]api.QueryVoucherListByUinVoucherItem, len(vouchers)),
	}
	for i := range vouchers {
		v := &vouchers[i]
		item.Data[i] = api.QueryVoucherListByUinVoucherItem{
			VoucherId: v.Code, VoucherStatus: oldNames[v.StateAt(now)], TotalAmount: v.Face, RemainAmount: v.Remaining(),
		}
	}
	return item
}
