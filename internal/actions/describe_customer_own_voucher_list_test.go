package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// A customer sees neither what was withdrawn unused nor what expired more than
// six months ago (domain.md §3.3).
func TestDescribeCustomerOwnVoucherList(t *testing.T) {
	testkit.Scenario(t, voucherStory+`
		call C DescribeCustomerOwnVoucherList {"Page": 1, "PageSize": 100} → {"TotalCount": 3, "Data": ["*", "*", {"VoucherId": 10000001, "CustomerUin": C, "VoucherStatus": "Issued", "RemainingAmount": 9, "TotalAmount": 10, "PaymentMode": "AllPayment", "ProductScope": "AllProducts", "EffectiveTime": "2026-11-01 00:00:00", "ExpireTime": "2026-12-31 23:59:59"}]}
		call C DescribeCustomerOwnVoucherList {"Page": 1, "PageSize": 100, "VoucherStatus": "Invalidated"} → {"TotalCount": 0, "Data": []}
		call R WithdrawVoucher {"VoucherId": 10000001} → {"ReturnedQuota": 9}
		call C DescribeCustomerOwnVoucherList {"Page": 1, "PageSize": 100, "VoucherStatus": "Invalidated"} → {"TotalCount": 1, "Data": ["*"]}
		call C DescribeCustomerOwnVoucherList {"Page": 9223372036854775807, "PageSize": 100} → {"TotalCount": 3, "Data": []}
		clock 2027-05-05 00:00:00
		call C DescribeCustomerOwnVoucherList {"Page": 1, "PageSize": 100, "VoucherStatus": "Expired"} → {"TotalCount": 1, "Data": ["*"]}
		clock 2027-05-05 00:00:01
		call C DescribeCustomerOwnVoucherList {"Page": 1, "PageSize": 100, "VoucherStatus": "Expired"} → {"TotalCount": 0, "Data": []}
		call C DescribeCustomerOwnVoucherList {"Page": 1, "PageSize": 100} → {"TotalCount": 2, "Data": ["*", "*"]}
		call F DescribeCustomerOwnVoucherList {"Page": 1, "PageSize": 100, "VoucherId": 10000001} → {"TotalCount": 0, "Data": []}
		call C DescribeCustomerOwnVoucherList {"Page": 1, "PageSize": 100, "PaymentMode": "Cash"} → FailedOperation
		call C DescribeCustomerOwnVoucherList {"Page": 0, "PageSize": 100} → InvalidParameterValue
		call R DescribeCustomerOwnVoucherList {"Page": 1, "PageSize": 100} → UnauthorizedOperation.UinNoAuth`)
}
