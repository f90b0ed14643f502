package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryCustomersCredit(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		reseller Q line 1000
		call R QueryCustomersCredit {} → {"Data": [], "Total": 0}
		customer C of R credit 30
		clock 2026-11-02 12:00:00
		call OP CreateCustomer {"PartnerUin": R, "Name": "100% Ünder_score", "Mail": "Ops@Example.com", "Phone": "555", "Remark": "Very IMPORTANT"} → ok
		customer F of Q credit 1
		call R QueryCustomersCredit {} → {"Total": 2, "Data": [{"Name": "100% Ünder_score", "Type": "new", "Mobile": "555", "Email": "Ops@Example.com", "Arrears": "-", "AssociationTime": "2026-11-02 12:00:00", "RecentExpiry": "", "ClientUin": "*", "Credit": 0, "RemainingCredit": 0, "IdentifyType": 0, "Remark": "Very IMPORTANT", "Force": 0}, {"Name": "C", "Type": "new", "Mobile": "", "Email": "", "Arrears": "-", "AssociationTime": "2026-11-01 00:00:00", "RecentExpiry": "", "ClientUin": C, "Credit": 30, "RemainingCredit": 30, "IdentifyType": 0, "Remark": "", "Force": 0}]}
		call R QueryCustomersCredit {"FilterType": "ClientUin", "Filter": "$C"} → {"Total": 1, "Data": ["*"]}
		call R QueryCustomersCredit {"FilterType": "ClientUin", "Filter": "$F"} → {"Total": 0, "Data": []}
		call R QueryCustomersCredit {"FilterType": "Email", "Filter": "OPS@example.COM"} → {"Total": 1, "Data": ["*"]}
		call R QueryCustomersCredit {"FilterType": "Email", "Filter": "ops@example"} → {"Total": 0, "Data": []}
		call R QueryCustomersCredit {"FilterType": "Name", "Filter": "0% üNDER_"} → {"Total": 1, "Data": ["*"]}
		call R QueryCustomersCredit {"FilterType": "Name", "Filter": "%"} → {"Total": 1, "Data": ["*"]}
		call R QueryCustomersCredit {"FilterType": "Name", "Filter": "1_0"} → {"Total": 0, "Data": []}
		call R QueryCustomersCredit {"FilterType": "Remark", "Filter": "important"} → {"Total": 1, "Data": ["*"]}
		call R QueryCustomersCredit {"FilterType": "Remark", "Filter": "\\"} → {"Total": 0, "Data": []}
		call R QueryCustomersCredit {"FilterType": "Name"} → {"Total": 2, "Data": ["*", "*"]}
		call R QueryCustomersCredit {"Filter": "nobody"} → {"Total": 2, "Data": ["*", "*"]}
		call R QueryCustomersCredit {"FilterType": "", "Filter": "nobody", "Order": ""} → {"Total": 2, "Data": ["*", "*"]}
		call R QueryCustomersCredit {"Order": "asc", "Page": 1, "PageSize": 1, "FilterType": "Name", "Filter": "c"} → {"Total": 2, "Data": [{"Name": "C", "Type": "new", "Mobile": "", "Email": "", "Arrears": "-", "AssociationTime": "2026-11-01 00:00:00", "RecentExpiry": "", "ClientUin": C, "Credit": 30, "RemainingCredit": 30, "IdentifyType": 0, "Remark": "", "Force": 0}]}
		call R QueryCustomersCredit {"Page": 2, "PageSize": 1} → {"Total": 2, "Data": ["*"]}
		call R QueryCustomersCredit {"Page": 3, "PageSize": 1} → {"Total": 2, "Data": []}
		call R QueryCustomersCredit {"Page": 9223372036854775807, "PageSize": 9223372036854775807} → {"Total": 2, "Data": []}
		call R QueryCustomersCredit {"FilterType": "Phone", "Filter": "5"} → FailedOperation
		call R QueryCustomersCredit {"Order": "up"} → FailedOperation
		call R QueryCustomersCredit {"FilterType": "ClientUin", "Filter": "C"} → InvalidParameterValue.InvalidUin
		call R QueryCustomersCredit {"FilterType": "ClientUin", "Filter": "-1"} → InvalidParameterValue.InvalidUin
		call R QueryCustomersCredit {"Page": 0} → InvalidParameterValue
		call R QueryCustomersCredit {"PageSize": -1} → InvalidParameterValue
		call C QueryCustomersCredit {} → UnauthorizedOperation.UinNoAuth`)
}

// Oldest first, who is bound between two pages comes last: nobody is seen twice
// or left out.
func TestQueryCustomersCreditWhileCustomersAreBound(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		customer A of R
		clock 2026-11-01 00:00:01
		customer B of R
		call R QueryCustomersCredit {"Order": "asc", "Page": 1, "PageSize": 1} → {"Total": 2, "Data": [{"Name": "A", "Type": "new", "Mobile": "", "Email": "", "Arrears": "-", "AssociationTime": "2026-11-01 00:00:00", "RecentExpiry": "", "ClientUin": A, "Credit": 0, "RemainingCredit": 0, "IdentifyType": 0, "Remark": "", "Force": 0}]}
		clock 2026-11-01 00:00:02
		customer C of R
		call R QueryCustomersCredit {"Order": "asc", "Page": 2, "PageSize": 1} → {"Total": 3, "Data": [{"Name": "B", "Type": "new", "Mobile": "", "Email": "", "Arrears": "-", "AssociationTime": "2026-11-01 00:00:01", "RecentExpiry": "", "ClientUin": B, "Credit": 0, "RemainingCredit": 0, "IdentifyType": 0, "Remark": "", "Force": 0}]}
		call R QueryCustomersCredit {"Order": "asc", "Page": 3, "PageSize": 1} → {"Total": 3, "Data": [{"Name": "C", "Type": "new", "Mobile": "", "Email": "", "Arrears": "-", "AssociationTime": "2026-11-01 00:00:02", "RecentExpiry": "", "ClientUin": C, "Credit": 0, "RemainingCredit": 0, "IdentifyType": 0, "Remark": "", "Force": 0}]}`)
}
