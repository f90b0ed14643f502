package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestDescribeCustomerOwnVoucherUsageDetails(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100 quota 100
		reseller Q line 100 quota 100
		customer C of R credit 50
		customer B of R
		customer F of Q
		call R IssueVoucher {"ClientUin": C, "Amount": 10, "ExpireTime": "2026-12-31 23:59:59", "ApplyReason": "why"} → ok
		clock 2026-11-01 00:00:01
		call R IssueVoucher {"ClientUin": C, "Amount": 2, "ExpireTime": "2026-11-10 23:59:59", "PaymentMode": "Postpaid"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 3, "ExpireTime": "2026-11-05 00:00:00", "PaymentMode": "Prepaid", "Usage": "ProductTrial"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 4, "ProductScope": "SpecifyProducts", "Products": ["cos"]} → ok
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "ProductName": "CVM", "OriginalCost": 3, "TransactionTime": "2026-10-31 23:00:00"} → ok
		call R WithdrawVoucher {"VoucherId": 10000004} → ok
		clock 2026-11-06 00:00:00
		call C DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000002} → {"VoucherId": 10000002, "TotalAmount": 2, "RemainAmount": 0, "TotalRecordsCount": 1, "Month": "", "RecordsCountByMonth": 1, "Data": [{"Id": "*", "VoucherId": "10000002", "DealName": "1", "BillId": "1000000000000001", "Amount": 2, "PayMode": "Postpaid", "ProductCode": "cvm", "ProductCodeName": "CVM", "SubProductCode": "", "SubProductCodeName": "", "PayTime": "2026-10-31 23:00:00", "CompletionTime": "2026-11-01 00:00:01", "OwnerUin": C}]}
		call C DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000004} → {"VoucherId": 10000004, "TotalAmount": 4, "RemainAmount": 4, "TotalRecordsCount": 0, "Month": "", "RecordsCountByMonth": 0, "Data": []}
		call B DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000002} → FailedOperation
		call F DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000002} → FailedOperation
		call R DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000002} → UnauthorizedOperation.UinNoAuth`)
}
