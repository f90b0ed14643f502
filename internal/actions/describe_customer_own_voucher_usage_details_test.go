package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestDescribeCustomerOwnVoucherUsageDetails(t *testing.T) {
	testkit.Scenario(t, voucherStory+`
		call C DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000002} → {"VoucherId": 10000002, "TotalAmount": 2, "RemainAmount": 0, "TotalRecordsCount": 1, "Month": "", "RecordsCountByMonth": 1, "Data": [{"Id": "*", "VoucherId": "10000002", "DealName": "1", "BillId": "1000000000000001", "Amount": 2, "PayMode": "Postpaid", "ProductCode": "cvm", "ProductCodeName": "CVM", "SubProductCode": "", "SubProductCodeName": "", "PayTime": "2026-10-31 23:00:00", "CompletionTime": "2026-11-01 00:00:01", "OwnerUin": C}]}
		call C DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000004} → {"VoucherId": 10000004, "TotalAmount": 4, "RemainAmount": 4, "TotalRecordsCount": 0, "Month": "", "RecordsCountByMonth": 0, "Data": []}
		call C DescribeCustomerOwnVoucherUsageDetails {"Page": 9223372036854775807, "PageSize": 10, "VoucherId": 10000002} → {"VoucherId": 10000002, "TotalAmount": 2, "RemainAmount": 0, "TotalRecordsCount": 1, "Month": "", "RecordsCountByMonth": 1, "Data": []}
		call B DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000002} → FailedOperation
		call F DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000002} → FailedOperation
		call R DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000002} → UnauthorizedOperation.UinNoAuth`)
}
