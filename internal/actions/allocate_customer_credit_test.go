package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// The rules of domain.md §2.3.
func TestAllocateCustomerCredit(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		customer C of R
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 10.23} → {"TotalCredit": 10.23, "RemainingCredit": 10.23}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -11} → FailedOperation.BalanceInsufficient
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 989.78} → InvalidParameterValue.CreditAmountOutOfRange
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 989.77} → {"TotalCredit": 1000, "RemainingCredit": 1000}
		call R QueryPartnerCredit {} → {"TotalCredit": 1000, "AllocatedCredit": 1000, "RemainingCredit": 0, "CustomerTotalCredit": 1000, "CustomerRemainingCredit": 1000}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -1000} → {"TotalCredit": 0, "RemainingCredit": 0}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 0} → {"TotalCredit": 0, "RemainingCredit": 0}
		call R QueryCreditAllocationHistory {"ClientUin": C} → {"Total": 3, "History": ["*", "*", "*"]}`)
}

// Precision: eight places, half away from zero, any spelling (domain.md §2.10).
func TestAllocateCustomerCreditPrecision(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000000000
		customer C of R
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 0.123456785} → {"TotalCredit": 0.12345679, "RemainingCredit": 0.12345679}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -0.000000005} → {"TotalCredit": 0.12345678, "RemainingCredit": 0.12345678}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1.23456792E8} → {"TotalCredit": 123456792.12345678, "RemainingCredit": 123456792.12345678}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1e9} → InvalidParameterValue.CreditAmountOutOfRange
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1000000000.00000001} → InvalidParameterValue
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -1e10} → InvalidParameterValue
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1e400} → InvalidParameterValue
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 0.00000000000000000000000000000000000000000000000000000000000000001} → InvalidParameterValue`)
}

// Parameters that are not what the definition says change nothing.
func TestAllocateCustomerCreditBadInput(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		customer C of R credit 5
		call R AllocateCustomerCredit {"ClientUin": "$C", "AddedCredit": 1} → {"TotalCredit": 6, "RemainingCredit": 6}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": "1"} → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": true} → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": [1]} → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": null} → MissingParameter
		call R AllocateCustomerCredit {"ClientUin": C} → MissingParameter
		call R AllocateCustomerCredit {"ClientUin": 5.0, "AddedCredit": 1} → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": -5, "AddedCredit": 1} → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": 0, "AddedCredit": 1} → InvalidParameterValue
		call R AllocateCustomerCredit {"ClientUin": 18446744073709551615, "AddedCredit": 1} → InvalidParameterValue
		call R AllocateCustomerCredit {"ClientUin": 99999999999999999999, "AddedCredit": 1} → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1, "addedcredit": 1} → UnknownParameter
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1, "AddedCredit": 1} → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1, "Remark": 7} → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1, "Remark": "a\u0000b"} → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1, "Remark": "\ud800"} → InvalidParameter
		call R AllocateCustomerCredit [1] → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": C, → InvalidParameter
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1, "Remark": "'; DROP TABLE customer; --"} → {"TotalCredit": 7, "RemainingCredit": 7}
		call R QueryPartnerCredit {} → {"TotalCredit": 1000, "AllocatedCredit": 7, "RemainingCredit": 993, "CustomerTotalCredit": 7, "CustomerRemainingCredit": 7}`)
}

// Who is not the caller's direct customer cannot be told from who does not
// exist (domain.md Q 4).
func TestAllocateCustomerCreditToOthers(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1000
		subreseller S of D pool 100
		customer E of S
		reseller R line 1000
		customer C of R
		call D AllocateCustomerCredit {"ClientUin": E, "AddedCredit": 1} → UnauthorizedOperation.UinNoAuth
		call D AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → UnauthorizedOperation.UinNoAuth
		call D AllocateCustomerCredit {"ClientUin": S, "AddedCredit": 1} → UnauthorizedOperation.UinNoAuth
		call D AllocateCustomerCredit {"ClientUin": D, "AddedCredit": 1} → UnauthorizedOperation.UinNoAuth
		call D AllocateCustomerCredit {"ClientUin": 1, "AddedCredit": 1} → UnauthorizedOperation.UinNoAuth
		call C AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → UnauthorizedOperation.UinNoAuth
		call OP AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → UnauthorizedOperation.UinNoAuth`)
}

// A line lowered below what is given out stops giving, not taking back
// (domain.md §2.2; design.md §4).
func TestAllocateCustomerCreditFromLoweredLine(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100
		customer C of R credit 80
		call OP SetPartnerCredit {"Uin": R, "TotalCredit": 50} → {"TotalCredit": 50, "AllocatedCredit": 80, "RemainingCredit": -30}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 0.01} → InvalidParameterValue.CreditAmountOutOfRange
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -10} → {"TotalCredit": 70, "RemainingCredit": 70}
		call R QueryPartnerCredit {} → {"TotalCredit": 50, "AllocatedCredit": 70, "RemainingCredit": -20, "CustomerTotalCredit": 70, "CustomerRemainingCredit": 70}`)
}

// design.md §4: the key's scope is account, action and key; a refusal is not
// recorded; other parameters are refused.
func TestAllocateCustomerCreditIdempotency(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100
		reseller Q line 100
		customer C of R
		customer F of Q
		call R:k1 AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 200} → InvalidParameterValue.CreditAmountOutOfRange
		call R:k1 AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 10, "Remark": "x"} → {"TotalCredit": 10, "RemainingCredit": 10}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 5} → {"TotalCredit": 15, "RemainingCredit": 15}
		call R:k1 AllocateCustomerCredit {"Remark": "x", "AddedCredit": 1e1, "ClientUin": "$C"} → {"TotalCredit": 10, "RemainingCredit": 10}
		call R:k1 AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 11} → InvalidParameterValue
		call Q:k1 AllocateCustomerCredit {"ClientUin": F, "AddedCredit": 7} → {"TotalCredit": 7, "RemainingCredit": 7}
		call R:k2 AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 10} → {"TotalCredit": 25, "RemainingCredit": 25}
		call R:k1 QueryPartnerCredit {} → {"TotalCredit": 100, "AllocatedCredit": 25, "RemainingCredit": 75, "CustomerTotalCredit": 25, "CustomerRemainingCredit": 25}
		clock 2026-11-02 00:00:01
		call R:k1 AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → {"TotalCredit": 26, "RemainingCredit": 26}
		call R:ké AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → InvalidParameterValue
		call R:12345678901234567890123456789012345678901234567890123456789012345 AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → InvalidParameterValue`)
}
