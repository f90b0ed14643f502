package actions

import (
	"context"
	"errors"

	"tael/api"
	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// pending lists the open applications to the caller for a role, with the
// accounts that made them.
func (a *Actions) pending(
	ctx context.Context, call *api.Call, role partner.Role, page store.Page,
) (applications []store.Invited, accounts map[int64]store.DirectoryAccount, total int64, err error) {
	if applications, total, err = a.Store.Applications(ctx, self(call), role, page); err != nil {
		return nil, nil, 0, err
	}
	uins := make([]int64, len(applications))
	for i := range applications {
		uins[i] = applications[i].Uin
	}
	accounts, err = a.Store.Accounts(ctx, uins)
	return applications, accounts, total, err
}

// decision is what a partner decides on an application.
type decision struct {
	uin    int64
	role   partner.Role
	pass   bool
	reason string
}

// newDecision reads the wire's; a rejection needs a reason.
func newDecision(uin int64, role partner.Role, approveType string, reason *string) (decision, error) {
	d := decision{uin: uin, role: role, pass: approveType == "pass"}
	if !d.pass {
		if d.reason = value(reason); d.reason == "" {
			return d, api.NewError(api.MissingParameter, "parameter", "RejectReason")
		}
	}
	return d, nil
}

// decideAttempts is how often a decision is made anew because the account has
// changed meanwhile.
const decideAttempts = 3

// decide settles an application: whether it may be is decided on what the
// directory says, and the claims hold only while it still says so.
func decide[Response any](ctx context.Context, a *Actions, call *api.Call, d decision) (*Response, error) {
	if settled, err := replay[Response](ctx, a, call); settled != nil || err != nil {
		return settled, err
	}
	for range decideAttempts {
		c, err := a.decided(ctx, call, &d)
		if err != nil {
			return nil, err
		}
		c.answer = func(ledger.Outcome) any { return new(Response) }
		response, err := write[Response](ctx, a, call, c)
		if !errors.Is(err, store.ErrChanged) {
			return response, err
		}
	}
	return nil, engine.ErrBusy
}

// decided is the change that a decision makes, or why it cannot be made. An
// account that the caller knows nothing of costs the same as none.
func (a *Actions) decided(ctx context.Context, call *api.Call, d *decision) (change, error) {
	application, err := a.Store.Application(ctx, self(call), d.uin, d.role)
	applied := err == nil
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return change{}, err
	}
	accounts, err := a.Store.Accounts(ctx, []int64{d.uin})
	if err != nil {
		return change{}, err
	}
	account := accounts[d.uin]
	applicant := partner.Applicant{
		Standing: account.Standing, Applied: applied, OwnUser: account.Owner != 0 && account.Owner == call.Uin,
	}
	first := account.Applied.Uin == call.Uin && account.AppliedRole == d.role
	if !first {
		applicant.Elsewhere = account.AppliedRole
	}
	if d.pass && applied {
		if applicant.Bound, applicant.BoundMax, err = a.bound(ctx, call, d.role); err != nil {
			return change{}, err
		}
	}
	if err := d.check(&applicant); err != nil {
		return change{}, err
	}
	if d.pass {
		return passed(call, d, &application, &account, applicant.BoundMax), nil
	}
	c := change{root: call.Root, claims: []store.Claim{
		store.ClaimDecision(&application, store.Rejected, d.reason, call.Now),
	}}
	if first {
		c.claims = append(c.claims, store.ClaimWithdrawn(d.uin, self(call), d.role))
	}
	return c, nil
}

// check applies the rules; a rejection asks only for the application.
func (d *decision) check(applicant *partner.Applicant) error {
	subreseller := d.role == partner.Subreseller
	switch {
	case d.pass && subreseller:
		return applicant.Subreseller()
	case d.pass:
		return applicant.Customer()
	case applicant.OwnUser:
		return partner.ErrSubUser
	case !applicant.Applied && subreseller:
		return partner.ErrNotAgentApply
	case !applicant.Applied:
		return partner.ErrNotApplicant
	}
	return nil
}

// bound counts the caller's accounts of a role, and how many there may be.
func (a *Actions) bound(ctx context.Context, call *api.Call, role partner.Role) (bound, most int64, err error) {
	settings, err := a.Store.PartnerSettings(ctx, self(call))
	if err != nil {
		return 0, 0, err
	}
	if role == partner.Subreseller {
		bound, err = a.Store.SubresellerCount(ctx, call.Root)
		return bound, settings[store.SubresellerMax], err
	}
	p, err := a.Store.PartnerCredit(ctx, self(call))
	return p.Customers, settings[store.CustomerMax], err
}

// passed makes an applicant a member of the caller's tree.
func passed(
	call *api.Call, d *decision, application *store.Invited, account *store.DirectoryAccount, most int64,
) change {
	profile := ledger.Profile{
		Name: account.Name, Mail: account.Mail, CountryCode: account.CountryCode, Phone: account.Phone,
	}
	c := change{root: call.Root, command: &ledger.AddCustomer{
		Uin: d.uin, Partner: call.Uin, Max: most, Profile: profile,
	}}
	subresellers := int64(0)
	if d.role == partner.Subreseller {
		subresellers = most
		c.command = &ledger.AddPartner{Uin: d.uin, Parent: call.Uin, Role: d.role, Profile: profile}
	}
	c.claims = []store.Claim{
		store.ClaimDecision(application, store.Passed, "", call.Now),
		store.ClaimMembership(account, call.Root, d.role, subresellers),
	}
	return c
}
