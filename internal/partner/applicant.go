package partner

import (
	"errors"

	"tael/internal/money"
)

// Refusals of applications (domain.md §4.4, §5).
var (
	ErrUin              = errors.New("not a UIN")
	ErrSubUser          = errors.New("the UIN is that of a sub-user")
	ErrNotApplicant     = errors.New("no open application to become the caller's customer")
	ErrNotAgentApply    = errors.New("no open application to become the caller's second-level reseller")
	ErrAlreadyCustomer  = errors.New("already a customer of a partner")
	ErrAlreadyReseller  = errors.New("already a partner")
	ErrAppliedCustomer  = errors.New("has applied to become a customer elsewhere")
	ErrAppliedReseller  = errors.New("has applied to become a partner elsewhere")
	ErrNotCompany       = errors.New("not a company account")
	ErrVerifyNone       = errors.New("identity verification not completed")
	ErrVerifyReview     = errors.New("identity verification under review")
	ErrVerifyRejected   = errors.New("identity verification rejected")
	ErrVerifyPersonal   = errors.New("not verified as an enterprise")
	ErrKeyAccount       = errors.New("key account")
	ErrOrganisation     = errors.New("organisation account")
	ErrDebt             = errors.New("balance below zero")
	ErrSavingsPlan      = errors.New("holds a savings plan")
	ErrShareUnitCreated = errors.New("has created a sharing unit")
	ErrShareUnitJoined  = errors.New("has joined a sharing unit")
	ErrBindLimit        = errors.New("the partner has as many bound accounts as it may have")
)

// Kinds of accounts, and what they may have to do with a sharing unit.
const (
	Personal         = "personal"
	Company          = "company"
	ShareUnitCreated = "created"
	ShareUnitJoined  = "joined"
)

// Standing is what approval asks of an account.
type Standing struct {
	Role         Role
	AccountType  string
	AuthType     int64
	AuthStatus   int64
	KeyAccount   bool
	Organisation bool
	SavingsPlan  bool
	ShareUnit    string
	Balance      money.Amount
}

// Applicant is an account as the partner sees it that decides on its
// application.
type Applicant struct {
	Standing
	OwnUser bool // a sub-user of the deciding partner
	Applied bool // to this partner, for the role in question, and not yet decided
	// Elsewhere is what the account's first open application is for, where that
	// is to another partner or for another role; None where there is none.
	Elsewhere Role
	// Bound is how many accounts of the role the partner has, BoundMax how many it
	// may have; 0 is no limit.
	Bound, BoundMax int64
}

// IsUin reports whether any account could have a number: others have 12 digits
// that start with 2.
func IsUin(uin int64) bool { return uin >= 200_000_000_000 && uin < 300_000_000_000 }

// Customer decides whether the applicant becomes a customer, in the order of
// ApproveClientApply's codes. Who is not an applicant of the caller is one and
// the same, whether the account exists or not.
func (a *Applicant) Customer() error {
	switch {
	case a.OwnUser:
		return ErrSubUser
	case !a.Applied:
		return ErrNotApplicant
	case a.Role == Customer:
		return ErrAlreadyCustomer
	case a.Role != None: // it has become a partner since it applied
		return ErrNotApplicant
	}
	return a.bindable()
}

// Subreseller decides whether the applicant becomes a second-level reseller, in
// the order of ApproveSubAgentApply's codes.
func (a *Applicant) Subreseller() error {
	switch {
	case a.OwnUser:
		return ErrSubUser
	case !a.Applied:
		return ErrNotAgentApply
	case a.AccountType != Company:
		return ErrNotCompany
	}
	if err := a.verified(); err != nil {
		return err
	}
	switch {
	case a.Elsewhere == Subreseller:
		return ErrAppliedReseller
	case a.Role.IsPartner():
		return ErrAlreadyReseller
	case a.Role != None:
		return ErrAlreadyCustomer
	case a.Elsewhere == Customer:
		return ErrAppliedCustomer
	}
	return a.bindable()
}

// verified asks for an enterprise's identity verification.
func (a *Applicant) verified() error {
	switch {
	case a.AuthStatus == AuthReview:
		return ErrVerifyReview
	case a.AuthStatus == AuthRejected:
		return ErrVerifyRejected
	case a.AuthStatus != AuthPassed:
		return ErrVerifyNone
	case a.AuthType != AuthEnterprise:
		return ErrVerifyPersonal
	}
	return nil
}

// bindable are the conditions of both roles.
func (a *Applicant) bindable() error {
	switch {
	case a.KeyAccount:
		return ErrKeyAccount
	case a.Organisation:
		return ErrOrganisation
	case a.Balance < 0: // the code says ≤, the text <: domain.md Q 37
		return ErrDebt
	case a.SavingsPlan:
		return ErrSavingsPlan
	case a.ShareUnit == ShareUnitCreated:
		return ErrShareUnitCreated
	case a.ShareUnit == ShareUnitJoined:
		return ErrShareUnitJoined
	case a.BoundMax > 0 && a.Bound >= a.BoundMax:
		return ErrBindLimit
	}
	return nil
}
