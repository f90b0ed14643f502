package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// Refunds give back credit, never voucher value (domain.md §3.3).
func TestRefundCharge(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100 quota 10
		customer C of R credit 40
		customer B of R credit 40
		call R IssueVoucher {"ClientUin": C, "Amount": 5} → ok
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "prePay", "ProductCode": "p", "OriginalCost": 25} → ok
		call OP RefundCharge {"ClientUin": C, "ChargeId": "1", "RefundId": "a", "Amount": 8} → {"RefundedCredit": 8, "RemainingCredit": 28}
		call OP RefundCharge {"ClientUin": C, "ChargeId": "1", "RefundId": "a", "Amount": 8} → {"RefundedCredit": 8, "RemainingCredit": 28}
		call OP RefundCharge {"ClientUin": C, "ChargeId": "1", "RefundId": "a", "Amount": 9} → InvalidParameterValue
		call OP RefundCharge {"ClientUin": C, "ChargeId": "1", "RefundId": "b", "Amount": 12.01} → InvalidParameterValue
		call OP RefundCharge {"ClientUin": C, "ChargeId": "1"} → {"RefundedCredit": 12, "RemainingCredit": 40}
		call OP RefundCharge {"ClientUin": C, "ChargeId": "1"} → {"RefundedCredit": 12, "RemainingCredit": 40}
		call OP RefundCharge {"ClientUin": C, "ChargeId": "1", "RefundId": "c"} → {"RefundedCredit": 0, "RemainingCredit": 40}
		call OP RefundCharge {"ClientUin": C, "ChargeId": "2"} → ResourceNotFound
		call OP RefundCharge {"ClientUin": B, "ChargeId": "1"} → ResourceNotFound
		call OP RefundCharge {"ClientUin": R, "ChargeId": "1"} → UnauthorizedOperation.UinNoAuth
		call R RefundCharge {"ClientUin": C, "ChargeId": "1"} → UnauthorizedOperation.UinNoAuth
		call R QueryPartnerCredit {} → {"TotalCredit": 100, "AllocatedCredit": 80, "RemainingCredit": 20, "CustomerTotalCredit": 80, "CustomerRemainingCredit": 80}
		call R QueryVoucherAmountByUin {"ClientUins": [C]} → {"Data": [{"ClientUin": C, "TotalAmount": 5, "RemainAmount": 0}]}`)
}
