package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestDescribePartners(t *testing.T) {
	testkit.Scenario(t, `
		call OP DescribePartners {} → {"Total": 0, "Partners": []}
		distributor D line 100 quota 9
		clock 2026-11-01 00:00:01
		subreseller S of D pool 40
		call OP DescribePartners {} → {"Total": 2, "Partners": [{"Uin": D, "Name": "D", "Role": "Distributor", "ParentUin": 0, "Status": "Active", "TotalCredit": 100, "AllocatedCredit": 40, "RemainingCredit": 60, "Outstanding": 0, "TotalQuota": 9, "RemainingQuota": 9}, {"Uin": S, "Name": "S", "Role": "SubAgent", "ParentUin": D, "Status": "Active", "TotalCredit": 40, "AllocatedCredit": 0, "RemainingCredit": 40, "Outstanding": 0, "TotalQuota": 0, "RemainingQuota": 0}]}
		call OP DescribePartners {"Page": 3, "PageSize": 1} → {"Total": 2, "Partners": []}
		call OP DescribePartners {"Page": 0} → InvalidParameterValue
		call OP DescribePartners {"PageSize": 201} → InvalidParameterValue
		call D DescribePartners {} → UnauthorizedOperation.UinNoAuth`)
}
