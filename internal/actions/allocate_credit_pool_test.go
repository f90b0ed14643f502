package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// The rules of domain.md §2.4.
func TestAllocateCreditPool(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1500000
		distributor X line 1000
		subreseller S of D
		subreseller T of X
		customer C of D
		customer E of S
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 234.345} → {"TotalCredit": 234.345, "RemainingCredit": 234.345}
		call S AllocateCustomerCredit {"ClientUin": E, "AddedCredit": 200} → ok
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 10} → {"TotalCredit": 244.345, "RemainingCredit": 44.345}
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": -44.346} → InvalidParameterValue.VoucherAmountOutOfRange
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": -44.345} → {"TotalCredit": 200, "RemainingCredit": 0}
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 999800.00000001} → InvalidParameterValue.VoucherAmountOutOfRange
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 999800} → {"TotalCredit": 1000000, "RemainingCredit": 999800}
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": -1000000.5} → InvalidParameterValue.VoucherAmountOutOfRange
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 0} → {"TotalCredit": 1000000, "RemainingCredit": 999800}
		call D AllocateCreditPool {"SubAgentUin": T, "Credit": 1} → UnauthorizedOperation.UinNoAuth
		call D AllocateCreditPool {"SubAgentUin": C, "Credit": 1} → UnauthorizedOperation.UinNoAuth
		call D AllocateCreditPool {"SubAgentUin": D, "Credit": 1} → UnauthorizedOperation.UinNoAuth
		call S AllocateCreditPool {"SubAgentUin": S, "Credit": 1} → UnauthorizedOperation.UinNoAuth
		call D QueryPartnerCredit {} → {"TotalCredit": 1500000, "AllocatedCredit": 1000000, "RemainingCredit": 500000, "CustomerTotalCredit": 0, "CustomerRemainingCredit": 0}`)
}

// Q 20: a pool is bounded by the distributor's own line.
func TestAllocateCreditPoolBoundedByDistributor(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 100
		subreseller S of D
		customer C of D credit 40
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 60.01} → InvalidParameterValue.VoucherAmountOutOfRange
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 60} → {"TotalCredit": 60, "RemainingCredit": 60}
		call OP SetPartnerCredit {"Uin": D, "TotalCredit": 50} → {"TotalCredit": 50, "AllocatedCredit": 100, "RemainingCredit": -50}
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 1} → InvalidParameterValue.VoucherAmountOutOfRange
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": -20} → {"TotalCredit": 40, "RemainingCredit": 40}`)
}

// Q 19 the other way: Credit is the new total.
func TestAllocateCreditPoolSets(t *testing.T) {
	testkit.Scenario(t, `
		set credit_pool_mode=set
		distributor D line 1000
		subreseller S of D
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 300} → {"TotalCredit": 300, "RemainingCredit": 300}
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 100} → {"TotalCredit": 100, "RemainingCredit": 100}
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": -1} → InvalidParameterValue.VoucherAmountOutOfRange
		call D AllocateCreditPool {"SubAgentUin": S, "Credit": 1000.01} → InvalidParameterValue.VoucherAmountOutOfRange`)
}

// A repeat with the same key does not add again.
func TestAllocateCreditPoolIdempotency(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1000
		subreseller S of D
		call D:p AllocateCreditPool {"SubAgentUin": S, "Credit": 300} → {"TotalCredit": 300, "RemainingCredit": 300}
		call D:p AllocateCreditPool {"SubAgentUin": S, "Credit": 300} → {"TotalCredit": 300, "RemainingCredit": 300}
		call S QueryPartnerCredit {} → {"TotalCredit": 300, "AllocatedCredit": 0, "RemainingCredit": 300, "CustomerTotalCredit": 0, "CustomerRemainingCredit": 0}`)
}
