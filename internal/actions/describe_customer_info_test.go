package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// HasExpense asks for charges that cost something, whoever paid them.
func TestDescribeCustomerInfo(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1000 quota 100
		subreseller S of D
		customer C of D credit 5
		customer I of S
		call OP CreateCustomer {"PartnerUin": D, "Name": "Ünder", "Mail": "Ops@Example.com", "CountryCode": "852", "Phone": "555", "Remark": "r"} → ok
		call OP RecordCharge {"ChargeId": "0", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 0} → ok
		call D DescribeCustomerInfo {"CustomerUin": [C]} → {"Data": [{"CustomerUin": "$C", "Email": "", "Phone": "", "Mark": "", "Name": "C", "BindTime": "2026-11-01 00:00:00", "AccountStatus": "0", "AuthStatus": "-1", "AuthType": -1, "CidRegisterTime": "2026-11-01 00:00:00", "UinRegisterTime": "2026-11-01 00:00:00", "AuthPassTime": "", "HasExpense": 0}]}
		call D IssueVoucher {"ClientUin": C, "Amount": 1} → ok
		clock 2026-11-03 00:00:00
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 1} → ok
		call D DescribeCustomerInfo {"CustomerUin": [C, C]} → {"Data": [{"CustomerUin": "$C", "Email": "", "Phone": "", "Mark": "", "Name": "C", "BindTime": "2026-11-01 00:00:00", "AccountStatus": "0", "AuthStatus": "-1", "AuthType": -1, "CidRegisterTime": "2026-11-01 00:00:00", "UinRegisterTime": "2026-11-01 00:00:00", "AuthPassTime": "", "HasExpense": 1}]}
		call D DescribeCustomerInfo {"CustomerUin": [C, I]} → UnauthorizedOperation.UinNoAuth
		call D DescribeCustomerInfo {"CustomerUin": [200000000999]} → UnauthorizedOperation.UinNoAuth
		call D DescribeCustomerInfo {"CustomerUin": []} → InvalidParameterValue
		call S DescribeCustomerInfo {"CustomerUin": [I]} → UnauthorizedOperation.UinNoAuth`)
}
