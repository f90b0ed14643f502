package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryCustomerBillingQuota(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000 quota 100
		customer C of R credit 30.005
		call C QueryCustomerBillingQuota {} → {"Data": {"TotalCredit": 30.01, "RemainingCredit": 30.01, "RemainingVoucher": 0, "PrepayFrozen": 0, "PostpayFrozen": 0, "Force": 0}}
		call R IssueVoucher {"ClientUin": C, "Amount": 10, "EffectiveTime": "2026-11-03 00:00:00", "ExpireTime": "2026-11-04 00:00:00"} → ok
		call C QueryCustomerBillingQuota {"EventId": 7, "ComponentName": "x"} → {"Data": {"TotalCredit": 30.01, "RemainingCredit": 30.01, "RemainingVoucher": 0, "PrepayFrozen": 0, "PostpayFrozen": 0, "Force": 0}}
		clock 2026-11-03 00:00:00
		call C QueryCustomerBillingQuota {} → {"Data": {"TotalCredit": 30.01, "RemainingCredit": 30.01, "RemainingVoucher": 10, "PrepayFrozen": 0, "PostpayFrozen": 0, "Force": 0}}
		clock 2026-11-04 00:00:01
		call C QueryCustomerBillingQuota {} → {"Data": {"TotalCredit": 30.01, "RemainingCredit": 30.01, "RemainingVoucher": 0, "PrepayFrozen": 0, "PostpayFrozen": 0, "Force": 0}}
		call R QueryCustomerBillingQuota {} → UnauthorizedOperation.UinNoAuth`)
}
