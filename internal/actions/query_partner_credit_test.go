package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// Invariants A to D of domain.md §2.2.
func TestQueryPartnerCredit(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1050.1
		customer C1 of R credit 30
		customer C2 of R credit 20
		call R QueryPartnerCredit {} → {"TotalCredit": 1050.1, "AllocatedCredit": 50, "RemainingCredit": 1000.1, "CustomerTotalCredit": 50, "CustomerRemainingCredit": 50}
		call R QueryPartnerCredit {"Nonsense": 1} → UnknownParameter
		call C1 QueryPartnerCredit {} → UnauthorizedOperation.UinNoAuth
		call OP QueryPartnerCredit {} → UnauthorizedOperation.UinNoAuth`)
}

func TestQueryPartnerCreditOfDistributorCountsPools(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1000
		subreseller S of D pool 200
		customer C of D credit 100
		customer E of S credit 50
		call D QueryPartnerCredit {} → {"TotalCredit": 1000, "AllocatedCredit": 300, "RemainingCredit": 700, "CustomerTotalCredit": 100, "CustomerRemainingCredit": 100}
		call S QueryPartnerCredit {} → {"TotalCredit": 200, "AllocatedCredit": 50, "RemainingCredit": 150, "CustomerTotalCredit": 50, "CustomerRemainingCredit": 50}`)
}

func TestQueryPartnerCreditWithUnboundedPools(t *testing.T) {
	testkit.Scenario(t, `
		set pool_bounded_by_distributor=false
		distributor D line 100
		subreseller S of D pool 200
		customer C of D credit 40
		call D QueryPartnerCredit {} → {"TotalCredit": 100, "AllocatedCredit": 40, "RemainingCredit": 60, "CustomerTotalCredit": 40, "CustomerRemainingCredit": 40}
		call S QueryPartnerCredit {} → {"TotalCredit": 200, "AllocatedCredit": 0, "RemainingCredit": 200, "CustomerTotalCredit": 0, "CustomerRemainingCredit": 0}`)
}
