package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryPendingSubAgentsV2(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1
		distributor E line 1
		reseller R line 1
		applicant A to D company SubAgent
		clock 2026-11-01 00:00:01
		applicant B to D SubAgent
		applicant Z to E SubAgent
		applicant C to D
		call OP SetAccountVerification {"Uin": B, "AuthType": 0, "AuthStatus": 2} → ok
		call D QueryPendingSubAgentsV2 {"Page": 1, "PageSize": 10} → {"Data": [`+
		`{"SubAgentUin": A, "Name": "Applicant", "Mobile": "", "Email": "a@mail.example", "ApplyTime": "2026-11-01 00:00:00", "Status": "Reviewing", "MaterialUrl": "", "AuthState": -1}, `+
		`{"SubAgentUin": B, "Name": "Applicant", "Mobile": "", "Email": "b@mail.example", "ApplyTime": "2026-11-01 00:00:01", "Status": "Reviewing", "MaterialUrl": "", "AuthState": 2}], "Total": 2}
		call D QueryPendingSubAgentsV2 {"Page": 2, "PageSize": 1} → {"Data": ["*"], "Total": 2}
		call R QueryPendingSubAgentsV2 {"Page": 1, "PageSize": 10} → UnauthorizedOperation.UinNoAuth
		call D QueryPendingSubAgentsV2 {"Page": 1, "PageSize": 0} → InvalidParameterValue`)
}
