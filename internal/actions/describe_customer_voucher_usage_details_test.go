package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// TransactionTime decides the month, the count of all ignores it (Q 32).
func TestDescribeCustomerVoucherUsageDetails(t *testing.T) {
	testkit.Scenario(t, voucherStory+`
		call OP RecordCharge {"ChargeId": "2", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cbs", "OriginalCost": 1.5} → ok
		call R DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": C, "VoucherId": 10000001} → {"CustomerUin": C, "VoucherId": 10000001, "TotalAmount": 10, "RemainAmount": 7.5, "TotalRecordsCount": 2, "Month": "", "RecordsCountByMonth": 2, "Data": [{"Id": "*", "VoucherId": "10000001", "DealName": "2", "BillId": "1000000000000002", "Amount": 1.5, "PayMode": "Prepaid", "ProductCode": "cbs", "ProductCodeName": "", "SubProductCode": "", "SubProductCodeName": "", "PayTime": "2026-11-06 00:00:00", "CompletionTime": "2026-11-06 00:00:00", "OwnerUin": C}, {"Id": "*", "VoucherId": "10000001", "DealName": "1", "BillId": "1000000000000001", "Amount": 1, "PayMode": "Postpaid", "ProductCode": "cvm", "ProductCodeName": "CVM", "SubProductCode": "", "SubProductCodeName": "", "PayTime": "2026-10-31 23:00:00", "CompletionTime": "2026-11-01 00:00:01", "OwnerUin": C}]}
		call R DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": C, "VoucherId": 10000001, "Month": "2026-10"} → {"CustomerUin": C, "VoucherId": 10000001, "TotalAmount": 10, "RemainAmount": 7.5, "TotalRecordsCount": 2, "Month": "2026-10", "RecordsCountByMonth": 1, "Data": ["*"]}
		call R DescribeCustomerVoucherUsageDetails {"Page": 2, "PageSize": 1, "CustomerUin": C, "VoucherId": 10000001} → {"CustomerUin": C, "VoucherId": 10000001, "TotalAmount": 10, "RemainAmount": 7.5, "TotalRecordsCount": 2, "Month": "", "RecordsCountByMonth": 2, "Data": ["*"]}
		call R DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": C, "VoucherId": 10000001, "Month": "2024-03"} → {"CustomerUin": C, "VoucherId": 10000001, "TotalAmount": 10, "RemainAmount": 7.5, "TotalRecordsCount": 2, "Month": "2024-03", "RecordsCountByMonth": 0, "Data": []}
		call R DescribeCustomerVoucherUsageDetails {"Page": 9223372036854775807, "PageSize": 10, "CustomerUin": C, "VoucherId": 10000001} → {"CustomerUin": C, "VoucherId": 10000001, "TotalAmount": 10, "RemainAmount": 7.5, "TotalRecordsCount": 2, "Month": "", "RecordsCountByMonth": 2, "Data": []}
		call R DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": C, "VoucherId": 10000001, "Month": "March"} → FailedOperation
		call R DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": B, "VoucherId": 10000001} → FailedOperation
		call R DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": C, "VoucherId": 5} → FailedOperation
		call Q DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": C, "VoucherId": 10000001} → UnauthorizedOperation.UinNoAuth
		call C DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": C, "VoucherId": 10000001} → UnauthorizedOperation.UinNoAuth`)
}
