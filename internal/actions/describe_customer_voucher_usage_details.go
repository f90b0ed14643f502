package actions

import (
	"context"
	"errors"
	"strconv"

	"tael/api"
	"tael/internal/money"
	"tael/internal/store"
	"tael/internal/voucher"
)

// DescribeCustomerVoucherUsageDetails lists what a voucher of a direct customer
// paid for, newest first (domain.md §3.6, Q 32).
func (a *Actions) DescribeCustomerVoucherUsageDetails(
	ctx context.Context, call *api.Call, r *api.DescribeCustomerVoucherUsageDetailsRequest,
) (*api.DescribeCustomerVoucherUsageDetailsResponse, error) {
	customer, err := a.ownCustomer(ctx, call, r.CustomerUin)
	if err != nil {
		return nil, err
	}
	filter := store.UsageFilter{Root: call.Root, Voucher: r.VoucherId, Since: customer.Since}
	u, err := a.usage(ctx, customer.Uin, filter, r.Month, store.Page{Number: r.Page, Size: r.PageSize})
	if err != nil {
		return nil, err
	}
	return &api.DescribeCustomerVoucherUsageDetailsResponse{
		CustomerUin: r.CustomerUin, VoucherId: r.VoucherId, TotalAmount: u.total, RemainAmount: u.remaining,
		TotalRecordsCount: u.all, Month: u.month, RecordsCountByMonth: u.matching, Data: u.details,
	}, nil
}

// usage is what both usage actions answer.
type usage struct {
	total, remaining money.Amount
	all, matching    int64
	month            string
	details          []api.UsageDetail
}

func (a *Actions) usage(
	ctx context.Context, customer int64, filter store.UsageFilter, month *string, page store.Page,
) (*usage, error) {
	v, err := a.Store.Voucher(ctx, filter.Root, filter.Voucher)
	if errors.Is(err, store.ErrNotFound) || err == nil && v.Customer != customer {
		return nil, api.NewError(api.FailedOperation).In("voucher")
	}
	if err != nil {
		return nil, err
	}
	if value(month) != "" {
		filter.From, _ = api.ParseTime("month", *month) // validated
		filter.To = filter.From.AddDate(0, 1, 0)
	}
	usages, matching, all, err := a.Store.Usages(ctx, filter, page)
	if err != nil {
		return nil, err
	}
	u := &usage{
		total: v.Face, remaining: v.Remaining(), all: all, matching: matching, month: value(month),
		details: make([]api.UsageDetail, len(usages)),
	}
	for i := range usages {
		u.details[i] = usageDetail(v.ID, &usages[i])
	}
	return u, nil
}

func usageDetail(id int64, u *store.Usage) api.UsageDetail {
	mode := "Postpaid"
	if u.Charge.PayMode == voucher.PrePay {
		mode = "Prepaid"
	}
	return api.UsageDetail{
		Id: u.Sequence, VoucherId: strconv.FormatInt(id, 10), DealName: u.Charge.ID,
		BillId: strconv.FormatInt(u.Charge.Line, 10), Amount: u.Amount, PayMode: mode,
		ProductCode: u.Charge.ProductCode, ProductCodeName: u.Charge.ProductName,
		SubProductCode: u.Charge.SubProductCode, SubProductCodeName: u.Charge.SubProductName,
		PayTime: wireTime(u.Charge.TransactionAt), CompletionTime: wireTime(u.Charge.At), OwnerUin: u.Charge.Customer,
	}
}
