package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// Who is bound between two pages moves the others down by one: one is seen
// twice, none is left out.
func TestDescribeCustomerUin(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		reseller Q line 1000
		call R DescribeCustomerUin {"Page": 1, "PageSize": 10} → {"Total": "0", "Data": []}
		customer A of R
		clock 2026-11-01 00:00:01
		customer B of R
		clock 2026-11-01 00:00:02
		customer C of R
		customer F of Q
		call R DescribeCustomerUin {"Page": 1, "PageSize": 2} → {"Total": "3", "Data": [{"CustomerUin": "$C"}, {"CustomerUin": "$B"}]}
		clock 2026-11-01 00:00:03
		customer D of R
		call R DescribeCustomerUin {"Page": 2, "PageSize": 2} → {"Total": "4", "Data": [{"CustomerUin": "$B"}, {"CustomerUin": "$A"}]}
		call R DescribeCustomerUin {"Page": 3, "PageSize": 2} → {"Total": "4", "Data": []}
		call R DescribeCustomerUin {"Page": 1, "PageSize": 1000} → {"Total": "4", "Data": ["*", "*", "*", "*"]}
		call R UnbindCustomer {"ClientUin": B} → ok
		call R DescribeCustomerUin {"Page": 1, "PageSize": 9} → {"Total": "3", "Data": [{"CustomerUin": "$D"}, {"CustomerUin": "$C"}, {"CustomerUin": "$A"}]}
		call R DescribeCustomerUin {"Page": 0, "PageSize": 2} → InvalidParameter.Page
		call R DescribeCustomerUin {"Page": 1, "PageSize": 0} → InvalidParameter.Page
		call A DescribeCustomerUin {"Page": 1, "PageSize": 2} → UnauthorizedOperation.UinNoAuth`)
}
