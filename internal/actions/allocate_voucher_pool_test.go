package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestAllocateVoucherPool(t *testing.T) {
	testkit.Scenario(t, `
		distributor D quota 100
		distributor X quota 100
		subreseller S of D
		subreseller T of X
		customer E of S
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": 60.5} → {"TotalQuota": 60.5, "RemainingQuota": 60.5}
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": 39.51} → InvalidParameterValue.VoucherAmountOutOfRange
		call S IssueVoucher {"ClientUin": E, "Amount": 50} → ok
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": -10.51} → InvalidParameterValue.VoucherAmountOutOfRange
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": -10.5} → {"TotalQuota": 50, "RemainingQuota": 0}
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": 0} → {"TotalQuota": 50, "RemainingQuota": 0}
		call D AllocateVoucherPool {"SubAgentUin": T, "Quota": 1} → UnauthorizedOperation.UinNoAuth
		call S AllocateVoucherPool {"SubAgentUin": S, "Quota": 1} → UnauthorizedOperation.UinNoAuth
		call D QueryVoucherPool {} → {"AgentName": "D", "AccountType": 2, "TotalQuota": 100, "RemainingQuota": 50, "IssuedNum": 0}
		call S QueryVoucherPool {} → {"AgentName": "S", "AccountType": 3, "TotalQuota": 50, "RemainingQuota": 0, "IssuedNum": 1}
		call OP SetVoucherQuota {"Uin": D, "TotalQuota": 2000000} → ok
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": 999950.01} → InvalidParameterValue.VoucherAmountOutOfRange
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": 999950} → {"TotalQuota": 1000000, "RemainingQuota": 999950}`)
}
