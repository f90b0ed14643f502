package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryT1IndirectCustomersDetail(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1000
		distributor E line 1000
		subreseller S of D
		subreseller X of E
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": S, "Page": 1, "PageSize": 10} → {"Total": 0, "SubAgentUin": S, "SubAgentName": "S", "Data": []}
		customer A of S
		clock 2026-11-01 12:00:00
		customer B of S
		customer C of D
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": S, "Page": 1, "PageSize": 10} → {"Total": 2, "SubAgentUin": S, "SubAgentName": "S", "Data": [{"ClientUin": B, "ClientName": "B", "ClientBindTime": "2026-11-01 12:00:00"}, {"ClientUin": A, "ClientName": "A", "ClientBindTime": "2026-11-01 00:00:00"}]}
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": S, "Page": 2, "PageSize": 1} → {"Total": 2, "SubAgentUin": S, "SubAgentName": "S", "Data": ["*"]}
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": X, "Page": 1, "PageSize": 10} → FailedOperation.InvalidSubAgentUin
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": D, "Page": 1, "PageSize": 10} → FailedOperation.InvalidSubAgentUin
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": A, "Page": 1, "PageSize": 10} → FailedOperation.InvalidSubAgentUin
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": 200000000999, "Page": 1, "PageSize": 10} → FailedOperation.InvalidSubAgentUin
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": 0, "Page": 1, "PageSize": 10} → FailedOperation.InvalidSubAgentUin
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": S, "Page": 1, "PageSize": 101} → InvalidParameterValue
		call S QueryT1IndirectCustomersDetail {"SubAgentUin": S, "Page": 1, "PageSize": 10} → UnauthorizedOperation.UinNoAuth`)
}
