package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// domain.md §3.3, §3.6: only what is left returns, and only from state Issued.
func TestWithdrawVoucher(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100 quota 100
		reseller Q quota 100
		customer C of R
		call R IssueVoucher {"ClientUin": C, "Amount": 10} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 20, "ExpireTime": "2026-11-05 00:00:00"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 5} → ok
		call OP RecordCharge {"ChargeId": "c", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 24} → {"BillLineId": "*", "OriginalCost": 24, "VoucherDeduction": 24, "CreditDeduction": 0, "RemainingCredit": 0, "Vouchers": [{"VoucherId": 10000002, "Amount": 20}, {"VoucherId": 10000001, "Amount": 4}]}
		call R WithdrawVoucher {"VoucherId": 10000001} → {"ReturnedQuota": 6}
		call R WithdrawVoucher {"VoucherId": 10000001} → FailedOperation
		call R WithdrawVoucher {"VoucherId": 10000002} → FailedOperation
		call R WithdrawVoucher {"VoucherId": 99} → ResourceNotFound
		call Q WithdrawVoucher {"VoucherId": 10000003} → ResourceNotFound
		call C WithdrawVoucher {"VoucherId": 10000003} → UnauthorizedOperation.UinNoAuth
		call R QueryVoucherPool {} → {"AgentName": "R", "AccountType": 1, "TotalQuota": 100, "RemainingQuota": 71, "IssuedNum": 2}
		call R QueryVoucherAmountByUin {"ClientUins": [C]} → {"Data": [{"ClientUin": C, "TotalAmount": 25, "RemainAmount": 5}]}
		clock 2027-12-01 00:00:00
		call R WithdrawVoucher {"VoucherId": 10000003} → FailedOperation
		call R QueryVoucherPool {} → {"AgentName": "R", "AccountType": 1, "TotalQuota": 100, "RemainingQuota": 71, "IssuedNum": 2}`)
}

func TestWithdrawVoucherTwiceWithOneKey(t *testing.T) {
	testkit.Scenario(t, `
		reseller R quota 100
		customer C of R
		call R IssueVoucher {"ClientUin": C, "Amount": 10} → ok
		call R:k WithdrawVoucher {"VoucherId": 10000001} → {"ReturnedQuota": 10}
		call R:k WithdrawVoucher {"VoucherId": 10000001} → {"ReturnedQuota": 10}
		call R QueryVoucherPool {} → {"AgentName": "R", "AccountType": 1, "TotalQuota": 100, "RemainingQuota": 100, "IssuedNum": 0}`)
}
