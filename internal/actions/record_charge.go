package actions

import (
	"context"
	"errors"
	"strconv"

	"tael/api"
	"tael/internal/ledger"
)

// RecordCharge lets a customer pay for what it consumed (domain.md §2.5, §3.5).
func (a *Actions) RecordCharge(
	ctx context.Context, call *api.Call, r *api.RecordChargeRequest,
) (*api.RecordChargeResponse, error) {
	customer, err := a.customerOf(ctx, call, r.ClientUin)
	if err != nil {
		return nil, err
	}
	transaction := call.Now
	if r.TransactionTime != nil {
		transaction, _ = api.ParseTime("datetime", *r.TransactionTime) // validated
	}
	response, err := write[api.RecordChargeResponse](ctx, a, call, change{
		root: customer.Root,
		command: &ledger.RecordCharge{Charge: ledger.Charge{
			ID: r.ChargeId, Content: call.Parameters, Customer: customer.Uin, TransactionAt: transaction.UnixMilli(),
			PayMode: r.PayMode, ActionType: r.ActionType, Cost: r.OriginalCost,
			ProductCode: r.ProductCode, ProductName: r.ProductName,
			SubProductCode: r.SubProductCode, SubProductName: r.SubProductName,
		}},
		answer: func(o ledger.Outcome) any { return chargeResponse(&o.Charge) },
	})
	if errors.Is(err, ledger.ErrContent) {
		return nil, api.NewError(api.InvalidParameterValue, "parameter", "ChargeId").In("recorded")
	}
	return response, err
}

func chargeResponse(c *ledger.Charge) *api.RecordChargeResponse {
	response := &api.RecordChargeResponse{
		BillLineId: strconv.FormatInt(c.Line, 10), OriginalCost: c.Cost, VoucherDeduction: c.VoucherPaid,
		CreditDeduction: c.CreditPaid, RemainingCredit: c.RemainingAfter,
		Vouchers: make([]api.ChargedVoucher, len(c.Payments)),
	}
	for i, payment := range c.Payments {
		response.Vouchers[i] = api.ChargedVoucher{VoucherId: payment.Voucher, Amount: payment.Amount}
	}
	return response
}
