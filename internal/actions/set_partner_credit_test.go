package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestSetPartnerCredit(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 100
		subreseller S of D pool 10
		customer C of D credit 20
		call OP SetPartnerCredit {"Uin": D, "TotalCredit": 250.25} → {"TotalCredit": 250.25, "AllocatedCredit": 30, "RemainingCredit": 220.25}
		call OP SetPartnerCredit {"Uin": D, "TotalCredit": 250.25} → {"TotalCredit": 250.25, "AllocatedCredit": 30, "RemainingCredit": 220.25}
		call OP SetPartnerCredit {"Uin": D, "TotalCredit": 0} → {"TotalCredit": 0, "AllocatedCredit": 30, "RemainingCredit": -30}
		call OP SetPartnerCredit {"Uin": D, "TotalCredit": -1} → InvalidParameterValue
		call OP SetPartnerCredit {"Uin": D, "TotalCredit": 1000000000.1} → InvalidParameterValue
		call OP SetPartnerCredit {"Uin": S, "TotalCredit": 50} → UnauthorizedOperation.UinNoAuth
		call OP SetPartnerCredit {"Uin": C, "TotalCredit": 50} → UnauthorizedOperation.UinNoAuth
		call OP SetPartnerCredit {"Uin": 9, "TotalCredit": 50} → UnauthorizedOperation.UinNoAuth
		call D SetPartnerCredit {"Uin": D, "TotalCredit": 50} → UnauthorizedOperation.UinNoAuth`)
}

// The operator's tree is not the one it changes; a key still covers both.
func TestSetPartnerCreditIdempotency(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100
		reseller Q line 100
		call OP:k SetPartnerCredit {"Uin": R, "TotalCredit": 70} → {"TotalCredit": 70, "AllocatedCredit": 0, "RemainingCredit": 70}
		call OP SetPartnerCredit {"Uin": R, "TotalCredit": 90} → ok
		call OP:k SetPartnerCredit {"Uin": R, "TotalCredit": 70} → {"TotalCredit": 70, "AllocatedCredit": 0, "RemainingCredit": 70}
		call OP:k SetPartnerCredit {"Uin": Q, "TotalCredit": 70} → InvalidParameterValue
		call OP:k SetVoucherQuota {"Uin": Q, "TotalQuota": 70} → ok
		call R QueryPartnerCredit {} → {"TotalCredit": 90, "AllocatedCredit": 0, "RemainingCredit": 90, "CustomerTotalCredit": 0, "CustomerRemainingCredit": 0}`)
}
