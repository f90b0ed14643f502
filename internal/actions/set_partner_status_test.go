package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// A frozen partner reads, and neither gives nor takes back.
func TestSetPartnerStatus(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 100 quota 100
		clock 2026-11-01 00:00:01
		subreseller S of D pool 20
		customer C of D credit 10
		call D IssueVoucher {"ClientUin": C, "Amount": 1} → ok
		call OP SetPartnerStatus {"Uin": D, "Status": "Frozen"} → {"Status": "Frozen"}
		call D AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → UnauthorizedOperation.UinNoAuth
		call D AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -1} → UnauthorizedOperation.UinNoAuth
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 1} → UnauthorizedOperation.UinNoAuth
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": 1} → UnauthorizedOperation.UinNoAuth
		call D IssueVoucher {"ClientUin": C, "Amount": 1} → UnauthorizedOperation.UinNoAuth
		call D WithdrawVoucher {"VoucherId": 10000001} → UnauthorizedOperation.UinNoAuth
		call D QueryPartnerCredit {} → {"TotalCredit": 100, "AllocatedCredit": 30, "RemainingCredit": 70, "CustomerTotalCredit": 10, "CustomerRemainingCredit": 10}
		call OP RecordCharge {"ChargeId": "c", "ClientUin": C, "PayMode": "prePay", "ProductCode": "p", "OriginalCost": 5} → ok
		call OP DescribePartners {"PageSize": 1} → {"Total": 2, "Partners": [{"Uin": D, "Name": "D", "Role": "Distributor", "ParentUin": 0, "Status": "Frozen", "TotalCredit": 100, "AllocatedCredit": 30, "RemainingCredit": 70, "Outstanding": 4, "TotalQuota": 100, "RemainingQuota": 99}]}
		call OP SetPartnerStatus {"Uin": D, "Status": "Active"} → {"Status": "Active"}
		call D AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → ok
		call OP SetPartnerStatus {"Uin": C, "Status": "Frozen"} → UnauthorizedOperation.UinNoAuth
		call OP SetPartnerStatus {"Uin": 5, "Status": "Frozen"} → UnauthorizedOperation.UinNoAuth
		call OP SetPartnerStatus {"Uin": D, "Status": "Gone"} → InvalidParameterValue
		call D SetPartnerStatus {"Uin": D, "Status": "Active"} → UnauthorizedOperation.UinNoAuth`)
}
