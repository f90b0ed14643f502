package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryVoucherListByUin(t *testing.T) {
	testkit.Scenario(t, voucherStory+`
		call R QueryVoucherListByUin {"ClientUins": [B, C, B]} → {"Data": [{"ClientUin": B, "TotalCount": 0, "Data": []}, {"ClientUin": C, "TotalCount": 4, "Data": [{"VoucherId": "*", "VoucherStatus": "Expired", "TotalAmount": 4, "RemainAmount": 4}, {"VoucherId": "*", "VoucherStatus": "Expired", "TotalAmount": 3, "RemainAmount": 3}, {"VoucherId": "*", "VoucherStatus": "Used", "TotalAmount": 2, "RemainAmount": 0}, {"VoucherId": "*", "VoucherStatus": "Unused", "TotalAmount": 10, "RemainAmount": 9}]}]}
		call R QueryVoucherListByUin {"ClientUins": [C], "Status": "Unused"} → {"Data": [{"ClientUin": C, "TotalCount": 1, "Data": ["*"]}]}
		call R QueryVoucherListByUin {"ClientUins": [C], "Status": "Used"} → {"Data": [{"ClientUin": C, "TotalCount": 1, "Data": ["*"]}]}
		call R QueryVoucherListByUin {"ClientUins": [C], "Status": "Expired"} → {"Data": [{"ClientUin": C, "TotalCount": 2, "Data": ["*", "*"]}]}
		call R QueryVoucherListByUin {"ClientUins": [C], "Status": "Lost"} → InvalidParameterValue
		call R QueryVoucherListByUin {"ClientUins": [C, F]} → UnauthorizedOperation.UinNoAuth
		call R QueryVoucherListByUin {"ClientUins": []} → InvalidParameterValue
		call C QueryVoucherListByUin {"ClientUins": [C]} → UnauthorizedOperation.UinNoAuth`)
}
