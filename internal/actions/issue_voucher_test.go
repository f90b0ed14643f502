package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestIssueVoucher(t *testing.T) {
	testkit.Scenario(t, `
		reseller R quota 2000000
		reseller Q quota 10
		customer C of R
		call R IssueVoucher {"ClientUin": C, "Amount": 10} → {"VoucherId": 10000001, "VoucherCode": "*", "ExpireTime": "2027-01-30 23:59:59"}
		call R IssueVoucher {"ClientUin": C, "Amount": 1000000, "ExpireTime": "2026-11-01 00:00:00"} → {"VoucherId": 10000002, "VoucherCode": "*", "ExpireTime": "2026-11-01 00:00:00"}
		call R IssueVoucher {"ClientUin": C, "Amount": 1, "PaymentMode": "Prepaid", "ProductScope": "SpecifyProducts", "Products": ["cvm", "cbs"], "Usage": "ProductTrial", "ApplyReason": "trial"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 999989.01} → InvalidParameterValue.VoucherAmountOutOfRange
		call R IssueVoucher {"ClientUin": C, "Amount": 0} → InvalidParameterValue.VoucherAmountOutOfRange
		call R IssueVoucher {"ClientUin": C, "Amount": -1} → InvalidParameterValue.VoucherAmountOutOfRange
		call R IssueVoucher {"ClientUin": C, "Amount": 1000000.01} → InvalidParameterValue.VoucherAmountOutOfRange
		call R IssueVoucher {"ClientUin": C, "Amount": 1, "ExpireTime": "2026-10-31 23:59:59"} → InvalidParameterValue
		call R IssueVoucher {"ClientUin": C, "Amount": 1, "EffectiveTime": "2026-12-01 00:00:00", "ExpireTime": "2026-11-30 00:00:00"} → InvalidParameterValue
		call R IssueVoucher {"ClientUin": C, "Amount": 1, "ExpireTime": "2026-02-30 00:00:00"} → InvalidParameterValue
		call R IssueVoucher {"ClientUin": C, "Amount": 1, "PaymentMode": "Cash"} → InvalidParameterValue
		call R IssueVoucher {"ClientUin": C, "Amount": 1, "ProductScope": "SpecifyProducts"} → InvalidParameterValue
		call R IssueVoucher {"ClientUin": C, "Amount": 1, "Products": ["cvm"]} → InvalidParameterValue
		call R IssueVoucher {"ClientUin": C, "Amount": 1, "ProductScope": "SpecifyProducts", "Products": ["a,b"]} → InvalidParameterValue
		call Q IssueVoucher {"ClientUin": C, "Amount": 1} → UnauthorizedOperation.UinNoAuth
		call C IssueVoucher {"ClientUin": C, "Amount": 1} → UnauthorizedOperation.UinNoAuth
		call R QueryVoucherPool {} → {"AgentName": "R", "AccountType": 1, "TotalQuota": 2000000, "RemainingQuota": 999989, "IssuedNum": 3}`)
}

// A second-level reseller has no quota of its own yet, and no product trials.
func TestIssueVoucherBySubreseller(t *testing.T) {
	testkit.Scenario(t, `
		distributor D quota 100
		subreseller S of D
		customer E of S
		call S IssueVoucher {"ClientUin": E, "Amount": 1} → InvalidParameterValue.VoucherAmountOutOfRange
		call S IssueVoucher {"ClientUin": E, "Amount": 1, "Usage": "ProductTrial"} → InvalidParameterValue
		call D IssueVoucher {"ClientUin": E, "Amount": 1} → UnauthorizedOperation.UinNoAuth`)
}

func TestIssueVoucherValidityDays(t *testing.T) {
	testkit.Scenario(t, `
		set voucher_validity_days=1
		reseller R quota 10
		customer C of R
		call R:k IssueVoucher {"ClientUin": C, "Amount": 1} → {"VoucherId": 10000001, "VoucherCode": "*", "ExpireTime": "2026-11-02 23:59:59"}
		clock 2026-11-01 10:00:00
		call R:k IssueVoucher {"ClientUin": C, "Amount": 1} → {"VoucherId": 10000001, "VoucherCode": "*", "ExpireTime": "2026-11-02 23:59:59"}
		call R QueryVoucherPool {} → {"AgentName": "R", "AccountType": 1, "TotalQuota": 10, "RemainingQuota": 9, "IssuedNum": 1}`)
}
