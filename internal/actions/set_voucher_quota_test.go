package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestSetVoucherQuota(t *testing.T) {
	testkit.Scenario(t, `
		distributor D quota 10
		subreseller S of D
		customer C of D
		call D IssueVoucher {"ClientUin": C, "Amount": 8} → ok
		call OP SetVoucherQuota {"Uin": D, "TotalQuota": 5} → {"TotalQuota": 5, "RemainingQuota": -3}
		call D IssueVoucher {"ClientUin": C, "Amount": 0.01} → InvalidParameterValue.VoucherAmountOutOfRange
		call OP SetVoucherQuota {"Uin": D, "TotalQuota": 20} → {"TotalQuota": 20, "RemainingQuota": 12}
		call OP SetVoucherQuota {"Uin": D, "TotalQuota": -1} → InvalidParameterValue
		call OP SetVoucherQuota {"Uin": S, "TotalQuota": 5} → UnauthorizedOperation.UinNoAuth
		call OP SetVoucherQuota {"Uin": C, "TotalQuota": 5} → UnauthorizedOperation.UinNoAuth
		call D SetVoucherQuota {"Uin": D, "TotalQuota": 5} → UnauthorizedOperation.UinNoAuth`)
}
