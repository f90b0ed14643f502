package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
)

// QueryVoucherAmountByUin answers the voucher totals of direct customers in
// the order asked for, duplicates once (domain.md §3.6, Q 29 to Q 31).
func (a *Actions) QueryVoucherAmountByUin(
	ctx context.Context, call *api.Call, r *api.QueryVoucherAmountByUinRequest,
) (*api.QueryVoucherAmountByUinResponse, error) {
	uins := unique(r.ClientUins)
	customers, err := a.Store.VoucherAmountsByUin(ctx, self(call), uins, call.Now.UnixMilli())
	if err != nil {
		return nil, err
	}
	if len(customers) < len(uins) {
		return nil, ledger.ErrNotCustomer
	}
	response := &api.QueryVoucherAmountByUinResponse{Data: make([]api.QueryVoucherAmountByUinItem, len(uins))}
	for i := range customers {
		c := &customers[i]
		response.Data[i] = api.QueryVoucherAmountByUinItem{
			ClientUin: c.Uin, TotalAmount: c.VoucherTotal, RemainAmount: c.Vouchers.Remaining,
		}
	}
	return response, nil
}
