package actions

import (
	"context"

	"tael/api"
	"tael/internal/store"
)

// DescribeCustomerOwnVoucherUsageDetails lists what one of the caller's
// vouchers paid for, newest first (domain.md §3.6, Q 32).
func (a *Actions) DescribeCustomerOwnVoucherUsageDetails(
	ctx context.Context, call *api.Call, r *api.DescribeCustomerOwnVoucherUsageDetailsRequest,
) (*api.DescribeCustomerOwnVoucherUsageDetailsResponse, error) {
	filter := store.UsageFilter{Root: call.Root, Voucher: r.VoucherId}
	u, err := a.usage(ctx, call.Uin, filter, r.Month, store.Page{Number: r.Page, Size: r.PageSize})
	if err != nil {
		return nil, err
	}
	return &api.DescribeCustomerOwnVoucherUsageDetailsResponse{
		VoucherId: r.VoucherId, TotalAmount: u.total, RemainAmount: u.remaining, TotalRecordsCount: u.all,
		Month: u.month, RecordsCountByMonth: u.matching, Data: u.details,
	}, nil
}
