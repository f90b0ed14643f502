package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryVoucherPool(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1000 quota 100
		subreseller S of D
		reseller R
		customer C of D
		call D IssueVoucher {"ClientUin": C, "Amount": 10.5} → ok
		call D QueryVoucherPool {} → {"AgentName": "D", "AccountType": 2, "TotalQuota": 100, "RemainingQuota": 89.5, "IssuedNum": 1}
		call S QueryVoucherPool {} → {"AgentName": "S", "AccountType": 3, "TotalQuota": 0, "RemainingQuota": 0, "IssuedNum": 0}
		call R QueryVoucherPool {} → {"AgentName": "R", "AccountType": 1, "TotalQuota": 0, "RemainingQuota": 0, "IssuedNum": 0}
		call C QueryVoucherPool {} → UnauthorizedOperation.UinNoAuth`)
}

// Where the operator has it so, what is left on a voucher that expires may be
// issued again from that moment on, whoever looks or issues first.
func TestQueryVoucherPoolExpiredVouchersReturn(t *testing.T) {
	testkit.Scenario(t, `
		set expired_vouchers_return=true
		distributor D quota 100
		subreseller S of D
		customer C of D
		call D IssueVoucher {"ClientUin": C, "Amount": 60, "ExpireTime": "2026-11-10 23:59:59"} → ok
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 5} → ok
		clock 2026-11-10 23:59:59
		call D QueryVoucherPool {} → {"AgentName": "D", "AccountType": 2, "TotalQuota": 100, "RemainingQuota": 40, "IssuedNum": 1}
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": 40.01} → InvalidParameterValue.VoucherAmountOutOfRange
		clock 2026-11-11 00:00:00
		call D QueryVoucherPool {} → {"AgentName": "D", "AccountType": 2, "TotalQuota": 100, "RemainingQuota": 95, "IssuedNum": 1}
		call D IssueVoucher {"ClientUin": C, "Amount": 95.01} → InvalidParameterValue.VoucherAmountOutOfRange
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": 30} → {"TotalQuota": 30, "RemainingQuota": 30}
		call D IssueVoucher {"ClientUin": C, "Amount": 65} → ok
		call D QueryVoucherPool {} → {"AgentName": "D", "AccountType": 2, "TotalQuota": 100, "RemainingQuota": 0, "IssuedNum": 2}
		call D QueryVoucherAmountByUin {"ClientUins": [C]} → {"Data": [{"ClientUin": C, "TotalAmount": 125, "RemainAmount": 65}]}
		call D DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "VoucherStatus": "Used"} → {"TotalCount": 0, "Data": []}
		call D WithdrawVoucher {"VoucherId": 10000001} → FailedOperation`)
}
