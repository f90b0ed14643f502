package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// domain.md §3.6, Q 29 to Q 31: totals follow the clock without a job.
func TestQueryVoucherAmountByUin(t *testing.T) {
	const twenty = `1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1`
	testkit.Scenario(t, `
		reseller R line 1000 quota 1000
		reseller Q line 1000
		customer B of R
		customer C of R
		customer F of Q
		call R QueryVoucherAmountByUin {"ClientUins": [C, B, C]} → {"Data": [{"ClientUin": C, "TotalAmount": 0, "RemainAmount": 0}, {"ClientUin": B, "TotalAmount": 0, "RemainAmount": 0}]}
		call R IssueVoucher {"ClientUin": C, "Amount": 10, "ExpireTime": "2026-11-10 23:59:59"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 0.797104, "EffectiveTime": "2026-11-20 00:00:00", "ExpireTime": "2026-12-31 23:59:59"} → ok
		call R QueryVoucherAmountByUin {"ClientUins": [B, C]} → {"Data": [{"ClientUin": B, "TotalAmount": 0, "RemainAmount": 0}, {"ClientUin": C, "TotalAmount": 10.797104, "RemainAmount": 10.797104}]}
		clock 2026-11-10 23:59:59
		call R QueryVoucherAmountByUin {"ClientUins": [C]} → {"Data": [{"ClientUin": C, "TotalAmount": 10.797104, "RemainAmount": 10.797104}]}
		clock 2026-11-11 00:00:00
		call R QueryVoucherAmountByUin {"ClientUins": [C]} → {"Data": [{"ClientUin": C, "TotalAmount": 10.797104, "RemainAmount": 0.797104}]}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → ok
		call R QueryVoucherAmountByUin {"ClientUins": [C]} → {"Data": [{"ClientUin": C, "TotalAmount": 10.797104, "RemainAmount": 0.797104}]}
		call R IssueVoucher {"ClientUin": C, "Amount": 5, "ExpireTime": "2026-11-12 00:00:00"} → ok
		clock 2027-01-01 00:00:00
		call R QueryVoucherAmountByUin {"ClientUins": [C]} → {"Data": [{"ClientUin": C, "TotalAmount": 15.797104, "RemainAmount": 0}]}
		call R QueryVoucherAmountByUin {"ClientUins": [C, F]} → UnauthorizedOperation.UinNoAuth
		call R QueryVoucherAmountByUin {"ClientUins": [`+twenty+`, 1]} → UnauthorizedOperation.UinNoAuth
		call R QueryVoucherAmountByUin {"ClientUins": [`+twenty+`, 1, 1]} → InvalidParameterValue
		call R QueryVoucherAmountByUin {"ClientUins": []} → InvalidParameterValue
		call R QueryVoucherAmountByUin {} → MissingParameter
		call C QueryVoucherAmountByUin {"ClientUins": [C]} → UnauthorizedOperation.UinNoAuth`)
}
