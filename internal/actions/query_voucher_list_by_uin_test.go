package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryVoucherListByUin(t *testing.T) {
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
		call R QueryVoucherListByUin {"ClientUins": [B, C, B]} → {"Data": [{"ClientUin": B, "TotalCount": 0, "Data": []}, {"ClientUin": C, "TotalCount": 4, "Data": [{"VoucherId": "*", "VoucherStatus": "Expired", "TotalAmount": 4, "RemainAmount": 4}, {"VoucherId": "*", "VoucherStatus": "Expired", "TotalAmount": 3, "RemainAmount": 3}, {"VoucherId": "*", "VoucherStatus": "Used", "TotalAmount": 2, "RemainAmount": 0}, {"VoucherId": "*", "VoucherStatus": "Unused", "TotalAmount": 10, "RemainAmount": 9}]}]}
		call R QueryVoucherListByUin {"ClientUins": [C], "Status": "Unused"} → {"Data": [{"ClientUin": C, "TotalCount": 1, "Data": ["*"]}]}
		call R QueryVoucherListByUin {"ClientUins": [C], "Status": "Used"} → {"Data": [{"ClientUin": C, "TotalCount": 1, "Data": ["*"]}]}
		call R QueryVoucherListByUin {"ClientUins": [C], "Status": "Expired"} → {"Data": [{"ClientUin": C, "TotalCount": 2, "Data": ["*", "*"]}]}
		call R QueryVoucherListByUin {"ClientUins": [C], "Status": "Lost"} → InvalidParameterValue
		call R QueryVoucherListByUin {"ClientUins": [C, F]} → UnauthorizedOperation.UinNoAuth
		call R QueryVoucherListByUin {"ClientUins": []} → InvalidParameterValue
		call C QueryVoucherListByUin {"ClientUins": [C]} → UnauthorizedOperation.UinNoAuth`)
}
