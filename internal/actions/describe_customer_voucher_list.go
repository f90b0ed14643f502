package actions

import (
	"context"
	"time"

	"tael/api"
	"tael/internal/store"
	"tael/internal/voucher"
)

// DescribeCustomerVoucherList lists the vouchers that the caller has issued,
// newest first (domain.md §3.6).
func (a *Actions) DescribeCustomerVoucherList(
	ctx context.Context, call *api.Call, r *api.DescribeCustomerVoucherListRequest,
) (*api.DescribeCustomerVoucherListResponse, error) {
	if r.CustomerUin != nil {
		if _, err := a.ownCustomer(ctx, call, *r.CustomerUin); err != nil {
			return nil, err
		}
	}
	now := call.Now.UnixMilli()
	vouchers, total, err := a.Store.Vouchers(ctx, store.VoucherFilter{
		Root: call.Root, Issuer: call.Uin, Customer: value(r.CustomerUin), ID: value(r.VoucherId),
		States: statesOf(r.VoucherStatus), PaymentMode: value(r.PaymentMode), Usage: value(r.Usage),
		Scope: value(r.ProductScope), Now: now,
	}, store.Page{Number: r.Page, Size: r.PageSize})
	if err != nil {
		return nil, err
	}
	response := &api.DescribeCustomerVoucherListResponse{
		TotalCount: uint64(total), Data: make([]api.DescribeCustomerVoucherItem, len(vouchers)),
	}
	for i := range vouchers {
		v := &vouchers[i]
		response.Data[i] = api.DescribeCustomerVoucherItem{
			VoucherId: v.ID, CustomerUin: v.Customer, VoucherStatus: string(v.StateAt(now)),
			RemainingAmount: v.Remaining(), TotalAmount: v.Face, Usage: v.Usage, PaymentMode: v.PaymentMode,
			ProductScope: v.Scope, EffectiveTime: wireTime(v.Effective), ExpireTime: wireTime(v.Expire),
			ApplyReason: v.Reason,
		}
	}
	return response, nil
}

// statesOf reads a filter by state; a sample of the published definition
// misspells one (domain.md §12).
func statesOf(status *string) []voucher.State {
	switch {
	case status == nil || *status == "":
		return nil
	case *status == "Issused":
		return []voucher.State{voucher.Issued}
	}
	return []voucher.State{voucher.State(*status)}
}

// wireTime writes an instant in Unix milliseconds.
func wireTime(at int64) string { return api.FormatTime(time.UnixMilli(at)) }
