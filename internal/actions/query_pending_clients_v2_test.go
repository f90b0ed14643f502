package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryPendingClientsV2(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1
		reseller Q line 1
		distributor D line 1
		customer C of R
		call R QueryPendingClientsV2 {"Page": 1, "PageSize": 10} → {"Data": [], "Total": 0}
		invitation T of R
		applicant A to R
		clock 2026-11-01 00:00:01
		applicant B to R
		applicant Z to Q
		applicant S to D company SubAgent
		call NOBODY AcceptInvitation `+acceptance("$T", `"Harbour1!"`, `"Harbour1!", "CountryCode": "852", "PhoneNum": "91230007"`)+` → ok
		call R QueryPendingClientsV2 {"Page": 1, "PageSize": 1} → {"Data": [{"ApplyTime": "2026-11-01 00:00:00", "ClientUin": A, "Email": "a@mail.example", "Mobile": "", "Name": "Applicant", "Status": "Reviewing", "Type": "A"}], "Total": 3}
		call R QueryPendingClientsV2 {"Page": 2, "PageSize": 1} → {"Data": ["*"], "Total": 3}
		call R QueryPendingClientsV2 {"Page": 4, "PageSize": 1} → {"Data": [], "Total": 3}
		call R ApproveClientApply {"ClientUin": A, "ApproveType": "reject", "RejectReason": "no"} → ok
		call R ApproveClientApply {"ClientUin": B, "ApproveType": "pass"} → ok
		call R QueryPendingClientsV2 {"Page": 1, "PageSize": 10} → {"Data": [{"ApplyTime": "2026-11-01 00:00:01", "ClientUin": "*", "Email": "t@mail.example", "Mobile": "912****7", "Name": "Applicant", "Status": "Reviewing", "Type": "A"}], "Total": 1}
		call D QueryPendingClientsV2 {"Page": 1, "PageSize": 10} → {"Data": [], "Total": 0}
		call R QueryPendingClientsV2 {"Page": 0, "PageSize": 10} → InvalidParameterValue
		call R QueryPendingClientsV2 {"Page": 1, "PageSize": 101} → InvalidParameterValue
		call C QueryPendingClientsV2 {"Page": 1, "PageSize": 10} → UnauthorizedOperation.UinNoAuth
		call OP SetPartnerFeature {"Uin": R, "Feature": "QueryPendingClientsV2", "Enabled": false} → ok
		call R QueryPendingClientsV2 {"Page": 0, "PageSize": 10} → UnauthorizedOperation.UinNoAuth`)
}
