package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestDescribeCustomerVoucherList(t *testing.T) {
	testkit.Scenario(t, voucherStory+`
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 100} → {"TotalCount": 4, "Data": ["*", "*", "*", {"VoucherId": 10000001, "CustomerUin": C, "VoucherStatus": "Issued", "RemainingAmount": 9, "TotalAmount": 10, "Usage": "CustomerOffer", "PaymentMode": "AllPayment", "ProductScope": "AllProducts", "EffectiveTime": "2026-11-01 00:00:00", "ExpireTime": "2026-12-31 23:59:59", "ApplyReason": "why"}]}
		call R DescribeCustomerVoucherList {"Page": 2, "PageSize": 3} → {"TotalCount": 4, "Data": ["*"]}
		call R DescribeCustomerVoucherList {"Page": 9223372036854775807, "PageSize": 100} → {"TotalCount": 4, "Data": []}
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "VoucherStatus": "Issued"} → {"TotalCount": 1, "Data": ["*"]}
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "VoucherStatus": "Issused"} → {"TotalCount": 1, "Data": ["*"]}
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "VoucherStatus": "Used"} → {"TotalCount": 1, "Data": ["*"]}
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "VoucherStatus": "Expired"} → {"TotalCount": 1, "Data": ["*"]}
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "VoucherStatus": "Invalidated"} → {"TotalCount": 1, "Data": ["*"]}
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "VoucherStatus": "Canceled"} → FailedOperation
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "CustomerUin": B} → {"TotalCount": 0, "Data": []}
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "CustomerUin": F} → UnauthorizedOperation.UinNoAuth
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "PaymentMode": "Prepaid", "Usage": "ProductTrial"} → {"TotalCount": 1, "Data": ["*"]}
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "ProductScope": "SpecifyProducts", "VoucherId": 10000004} → {"TotalCount": 1, "Data": ["*"]}
		call Q DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "VoucherId": 10000004} → {"TotalCount": 0, "Data": []}
		call R DescribeCustomerVoucherList {"Page": 1} → MissingParameter
		call C DescribeCustomerVoucherList {"Page": 1, "PageSize": 10} → UnauthorizedOperation.UinNoAuth`)
}
