package actions

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/voucher"
)

// voucherMax is the largest face value of a voucher (domain.md Q 26).
const voucherMax = 1_000_000 * money.Dollar

// codeLength is that of the published example (domain.md §3.4).
const codeLength = 22

// IssueVoucher gives a customer a voucher (domain.md §3.1, §3.2).
func (a *Actions) IssueVoucher(
	ctx context.Context, call *api.Call, r *api.IssueVoucherRequest,
) (*api.IssueVoucherResponse, error) {
	if r.Amount <= 0 || r.Amount > voucherMax {
		return nil, api.NewError(api.InvalidParameterValueVoucherAmountOutOfRange).In("voucher")
	}
	if call.Role == partner.Subreseller && r.Usage == "ProductTrial" {
		return nil, api.NewError(api.InvalidParameterValue, "parameter", "Usage", "value", r.Usage)
	}
	if (r.ProductScope == "AllProducts") != (len(r.Products) == 0) {
		return nil, api.NewError(api.InvalidParameterValue, "parameter", "Products", "value", strings.Join(r.Products, ","))
	}
	effective, expire := a.validity(call.Now, r)
	return write[api.IssueVoucherResponse](ctx, a, call, change{
		root: call.Root,
		command: &ledger.IssueVoucher{Voucher: voucher.Voucher{
			Code: rand.Text()[:codeLength], Issuer: call.Uin, Customer: r.ClientUin, Face: r.Amount,
			Effective: effective.UnixMilli(), Expire: expire.UnixMilli(),
			PaymentMode: r.PaymentMode, Scope: r.ProductScope, Products: strings.Join(r.Products, ","),
			Usage: r.Usage, Reason: r.ApplyReason,
		}},
		answer: func(o ledger.Outcome) any {
			return &api.IssueVoucherResponse{
				VoucherId: o.Voucher.ID, VoucherCode: o.Voucher.Code,
				ExpireTime: api.FormatTime(time.UnixMilli(o.Voucher.Expire)),
			}
		},
	})
}

// validity is from when to when a voucher works: from now, and to the end of a
// day in UTC+8 (domain.md Q 27), unless the issuer says otherwise.
func (a *Actions) validity(now time.Time, r *api.IssueVoucherRequest) (effective, expire time.Time) {
	effective = now.Truncate(time.Second)
	if r.EffectiveTime != nil {
		effective, _ = api.ParseTime("datetime", *r.EffectiveTime) // validated
	}
	if r.ExpireTime != nil {
		expire, _ = api.ParseTime("datetime", *r.ExpireTime) // validated
		return effective, expire
	}
	day := effective.In(api.Zone).AddDate(0, 0, a.Settings.VoucherValidityDays)
	return effective, time.Date(day.Year(), day.Month(), day.Day(), 23, 59, 59, 0, api.Zone)
}
