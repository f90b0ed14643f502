package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryCreditAllocationHistory(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		reseller Q line 1000
		customer C of R
		call R QueryCreditAllocationHistory {"ClientUin": C} → {"Total": 0, "History": []}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 30, "Remark": "first"} → ok
		clock 2026-11-05 09:30:00
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -12.5} → ok
		call R QueryCreditAllocationHistory {"ClientUin": C} → {"Total": 2, "History": [{"AllocatedTime": "2026-11-05 09:30:00", "Operator": "R", "Credit": -12.5, "AllocatedCredit": 17.5, "ClientCreditAfter": 17.5, "Remark": ""}, {"AllocatedTime": "2026-11-01 00:00:00", "Operator": "R", "Credit": 30, "AllocatedCredit": 30, "ClientCreditAfter": 30, "Remark": "first"}]}
		call R QueryCreditAllocationHistory {"ClientUin": C, "Page": 2, "PageSize": 1} → {"Total": 2, "History": [{"AllocatedTime": "2026-11-01 00:00:00", "Operator": "R", "Credit": 30, "AllocatedCredit": 30, "ClientCreditAfter": 30, "Remark": "first"}]}
		call R QueryCreditAllocationHistory {"ClientUin": C, "Page": 3, "PageSize": 1} → {"Total": 2, "History": []}
		call R QueryCreditAllocationHistory {"ClientUin": C, "Page": 18446744073709551615, "PageSize": 18446744073709551615} → {"Total": 2, "History": []}
		call R QueryCreditAllocationHistory {"ClientUin": C, "Page": 0} → InvalidParameterValue
		call R QueryCreditAllocationHistory {"ClientUin": C, "PageSize": 0} → InvalidParameterValue
		call R QueryCreditAllocationHistory {"ClientUin": C, "PageSize": 1000} → {"Total": 2, "History": ["*", "*"]}
		call Q QueryCreditAllocationHistory {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call C QueryCreditAllocationHistory {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call R QueryCreditAllocationHistory {"ClientUin": 7} → UnauthorizedOperation.UinNoAuth`)
}
