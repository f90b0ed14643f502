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
