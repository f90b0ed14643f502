package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// The figures are those that the reseller itself is told.
func TestQuerySubAgentsDetailV2(t *testing.T) {
	testkit.Scenario(t, `
		set expired_vouchers_return=true
		distributor D line 1000 quota 500
		distributor E line 1000
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10} → {"Total": 0, "Data": []}
		subreseller S of D pool 200
		subreseller X of E pool 5
		clock 2026-11-02 00:00:00
		call OP CreateSubAgent {"DistributorUin": D, "Name": "Über West", "Mail": "Desk@West.example", "Phone": "91230003", "Remark": "West 100%"} → ok
		customer C of S credit 30
		customer F of X credit 1
		customer O of D credit 1
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": 100} → ok
		call S IssueVoucher {"ClientUin": C, "Amount": 40} → ok
		call S IssueVoucher {"ClientUin": C, "Amount": 8, "ExpireTime": "2026-11-02 00:00:05"} → ok
		clock 2026-11-02 00:00:06
		call S QueryPartnerCredit {} → {"TotalCredit": 200, "AllocatedCredit": 30, "RemainingCredit": 170, "CustomerTotalCredit": 30, "CustomerRemainingCredit": 30}
		call S QueryVoucherPool {} → {"AgentName": "S", "AccountType": 3, "TotalQuota": 100, "RemainingQuota": 60, "IssuedNum": 2}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10} → {"Total": 2, "Data": [{"SubAgentUin": "*", "Name": "Über West", "Remark": "West 100%", "Mobile": "912****3", "Email": "Desk@West.example", "CountOfCustomers": 0, "BindTime": "2026-11-02 00:00:00", "Credit": 0, "RemainingCredit": 0, "Voucher": 0, "RemainingVoucher": 0}, {"SubAgentUin": S, "Name": "S", "Remark": "", "Mobile": "", "Email": "", "CountOfCustomers": 1, "BindTime": "2026-11-01 00:00:00", "Credit": 200, "RemainingCredit": 170, "Voucher": 100, "RemainingVoucher": 60}]}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 1, "Order": "acs"} → {"Total": 2, "Data": [{"SubAgentUin": S, "Name": "S", "Remark": "", "Mobile": "", "Email": "", "CountOfCustomers": 1, "BindTime": "2026-11-01 00:00:00", "Credit": 200, "RemainingCredit": 170, "Voucher": 100, "RemainingVoucher": 60}]}
		call D QuerySubAgentsDetailV2 {"Page": 2, "PageSize": 1, "Order": "Desc"} → {"Total": 2, "Data": [{"SubAgentUin": S, "Name": "S", "Remark": "", "Mobile": "", "Email": "", "CountOfCustomers": 1, "BindTime": "2026-11-01 00:00:00", "Credit": 200, "RemainingCredit": 170, "Voucher": 100, "RemainingVoucher": 60}]}
		call D QuerySubAgentsDetailV2 {"Page": 3, "PageSize": 1, "Order": "asc"} → {"Total": 2, "Data": []}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "Name", "Filter": "üBER"} → {"Total": 1, "Data": ["*"]}
		call D QuerySubAgentsDetailV2 {"Page": 2, "PageSize": 10, "FilterType": "Name", "Filter": "üBER"} → {"Total": 1, "Data": []}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "Remark", "Filter": "t 100%"} → {"Total": 1, "Data": ["*"]}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "Mobile", "Filter": "2300"} → {"Total": 1, "Data": ["*"]}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "Email", "Filter": "desk@west.EXAMPLE"} → {"Total": 1, "Data": ["*"]}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "Email", "Filter": "desk@west"} → {"Total": 0, "Data": []}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "SubAgentUin", "Filter": "$S"} → {"Total": 1, "Data": ["*"]}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "SubAgentUin", "Filter": "$X"} → {"Total": 0, "Data": []}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "SubAgentUin", "Filter": "S"} → {"Total": 0, "Data": []}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "SubAgentUin", "Filter": "$D"} → {"Total": 0, "Data": []}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "ClientUin", "Filter": "$C"} → {"Total": 1, "Data": ["*"]}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "ClientUin", "Filter": "$F"} → {"Total": 0, "Data": []}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "ClientUin", "Filter": "$O"} → {"Total": 0, "Data": []}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "FilterType": "ClientUin"} → {"Total": 2, "Data": ["*", "*"]}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "Filter": "x"} → {"Total": 2, "Data": ["*", "*"]}
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 101} → InvalidParameterValue
		call D QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10, "Order": "up"} → InvalidParameterValue
		call S QuerySubAgentsDetailV2 {"Page": 1, "PageSize": 10} → UnauthorizedOperation.UinNoAuth`)
}
