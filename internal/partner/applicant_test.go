package partner_test

import (
	"errors"
	"testing"

	"tael/internal/partner"
)

// Each condition refuses by itself, and of several the first in the documented
// order answers: a table row breaks one more condition than the row below it.
func TestApplicantsAreRefusedInOrder(t *testing.T) {
	t.Parallel()
	type applicant = partner.Applicant
	shared := []struct {
		breach func(*applicant)
		want   error
	}{
		{func(a *applicant) { a.KeyAccount = true }, partner.ErrKeyAccount},
		{func(a *applicant) { a.Organisation = true }, partner.ErrOrganisation},
		{func(a *applicant) { a.Balance = -1 }, partner.ErrDebt},
		{func(a *applicant) { a.SavingsPlan = true }, partner.ErrSavingsPlan},
		{func(a *applicant) { a.ShareUnit = partner.ShareUnitCreated }, partner.ErrShareUnitCreated},
		{func(a *applicant) { a.ShareUnit = partner.ShareUnitJoined }, partner.ErrShareUnitJoined},
		{func(a *applicant) { a.Bound, a.BoundMax = 2, 2 }, partner.ErrBindLimit},
	}
	customer := append([]struct {
		breach func(*applicant)
		want   error
	}{
		{func(a *applicant) { a.OwnUser = true }, partner.ErrSubUser},
		{func(a *applicant) { a.Applied = false }, partner.ErrNotApplicant},
		{func(a *applicant) { a.Role = partner.Customer }, partner.ErrAlreadyCustomer},
		{func(a *applicant) { a.Role = partner.Subreseller }, partner.ErrNotApplicant},
	}, shared...)
	subreseller := append([]struct {
		breach func(*applicant)
		want   error
	}{
		{func(a *applicant) { a.OwnUser = true }, partner.ErrSubUser},
		{func(a *applicant) { a.Applied = false }, partner.ErrNotAgentApply},
		{func(a *applicant) { a.AccountType = partner.Personal }, partner.ErrNotCompany},
		{func(a *applicant) { a.AuthStatus = partner.AuthMissing }, partner.ErrVerifyNone},
		{func(a *applicant) { a.AuthStatus = partner.AuthWaiting }, partner.ErrVerifyNone},
		{func(a *applicant) { a.AuthStatus = partner.AuthReview }, partner.ErrVerifyReview},
		{func(a *applicant) { a.AuthStatus = partner.AuthRejected }, partner.ErrVerifyRejected},
		{func(a *applicant) { a.AuthType = partner.AuthPersonal }, partner.ErrVerifyPersonal},
		{func(a *applicant) { a.Elsewhere = partner.Subreseller }, partner.ErrAppliedReseller},
		{func(a *applicant) { a.Role = partner.Distributor }, partner.ErrAlreadyReseller},
		{func(a *applicant) { a.Role = partner.Customer }, partner.ErrAlreadyCustomer},
		{func(a *applicant) { a.Elsewhere = partner.Customer }, partner.ErrAppliedCustomer},
	}, shared...)
	fit := func() *applicant {
		return &applicant{Applied: true, Standing: partner.Standing{
			AccountType: partner.Company, AuthStatus: partner.AuthPassed, AuthType: partner.AuthEnterprise,
		}}
	}
	for i := range customer {
		alone, all := fit(), fit()
		customer[i].breach(alone)
		for j := len(customer) - 1; j >= i; j-- {
			customer[j].breach(all)
		}
		for what, a := range map[string]*applicant{"alone": alone, "with all after it": all} {
			if err := a.Customer(); !errors.Is(err, customer[i].want) {
				t.Errorf("customer, breach %d %s: %v, want %v", i, what, err, customer[i].want)
			}
		}
	}
	for i := range subreseller {
		alone, all := fit(), fit()
		subreseller[i].breach(alone)
		for j := len(subreseller) - 1; j >= i; j-- {
			subreseller[j].breach(all)
		}
		for what, a := range map[string]*applicant{"alone": alone, "with all after it": all} {
			if err := a.Subreseller(); !errors.Is(err, subreseller[i].want) {
				t.Errorf("subreseller, breach %d %s: %v, want %v", i, what, err, subreseller[i].want)
			}
		}
	}
	for what, err := range map[string]error{"customer": fit().Customer(), "subreseller": fit().Subreseller()} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// A debt is a balance below zero: zero is none (domain.md Q 37).
func TestZeroBalanceIsNoDebt(t *testing.T) {
	t.Parallel()
	a := partner.Applicant{Applied: true}
	if err := a.Customer(); err != nil {
		t.Error(err)
	}
}

func TestIsUin(t *testing.T) {
	t.Parallel()
	for uin, want := range map[int64]bool{
		199_999_999_999: false, 200_000_000_000: true, 299_999_999_999: true, 300_000_000_000: false, 1: false, -5: false,
	} {
		if partner.IsUin(uin) != want {
			t.Errorf("IsUin(%d) is not %v", uin, want)
		}
	}
}
