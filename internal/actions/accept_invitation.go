package actions

import (
	"context"
	"encoding/hex"
	"errors"

	"tael/api"
	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// AcceptInvitation makes an application out of an invitation, by a new account of
// the address that was invited, or by any account that proves itself with its
// password (domain.md §4.3). Nobody has signed: up to where the invitation is
// found to be open, all tokens cost and answer the same.
func (a *Actions) AcceptInvitation(
	ctx context.Context, call *api.Call, r *api.AcceptInvitationRequest,
) (*api.AcceptInvitationResponse, error) {
	if err := checkAcceptance(r); err != nil {
		return nil, err
	}
	if !a.attempts.begin(r.Token) {
		return nil, engine.ErrBusy
	}
	defer a.attempts.end(r.Token)
	root, err := a.Store.InvitationRoot(ctx, r.Token)
	if err != nil {
		return nil, err
	}
	key := acceptanceKey(a, call)
	if key != nil {
		accepted, err := recorded[api.AcceptInvitationResponse](ctx, a, call, root, *key)
		if accepted != nil || err != nil {
			return accepted, err
		}
	}
	for range decideAttempts {
		response, err := a.accept(ctx, call, r, root, key)
		if !errors.Is(err, store.ErrChanged) {
			return response, err
		}
	}
	return nil, engine.ErrBusy
}

// checkAcceptance checks what the definition's limits cannot say.
func checkAcceptance(r *api.AcceptInvitationRequest) error {
	if err := partner.CheckPassword(r.Password); err != nil {
		return err
	}
	switch {
	case r.PhoneNum == "" && r.CountryCode == "":
		return nil
	case r.PhoneNum == "":
		return api.NewError(api.MissingParameter, "parameter", "PhoneNum")
	case r.CountryCode == "":
		return api.NewError(api.MissingParameter, "parameter", "CountryCode")
	}
	return partner.CheckCountry(r.CountryCode)
}

// acceptanceKey is the idempotency key of a caller without an account: that of
// one request and nobody else's, since all of the request is part of it.
func acceptanceKey(a *Actions, call *api.Call) *store.IdempotencyKey {
	call.Parameters = a.Store.Blind(call.Parameters)
	if call.IdempotencyKey == "" {
		return nil
	}
	return &store.IdempotencyKey{
		Action: call.Action.Name, Key: call.IdempotencyKey + " " + hex.EncodeToString(call.Parameters[:]),
	}
}

func (a *Actions) accept(
	ctx context.Context, call *api.Call, r *api.AcceptInvitationRequest, root int64, key *store.IdempotencyKey,
) (*api.AcceptInvitationResponse, error) {
	invitation, err := a.Store.OpenInvitation(ctx, root, r.Token, call.Now)
	if err != nil {
		return nil, err
	}
	request := engine.Request{
		Root: root, Origin: ledger.Origin{RequestID: call.RequestID}, Key: key, Parameters: call.Parameters,
	}
	if !a.Unaudited {
		event := call.Event()
		request.Audit = &event
	}
	invited := invitation.Mail != "" && invitation.Mail == store.Fold(r.Mail)
	account, err := a.Store.AccountByMail(ctx, r.Mail)
	switch unknown := errors.Is(err, store.ErrNotFound); {
	case unknown && invited:
		return a.acceptAsNew(ctx, call, r, &invitation, request)
	case err != nil && !unknown:
		return nil, err
	}
	// An address that was not invited is treated as if it had an account: whoever
	// has a token does not learn by it which addresses do.
	uin := account.Uin
	err = a.prove(ctx, call, r.Password, &account, &invitation)
	if errors.Is(err, store.ErrMailTaken) && !invited {
		err = api.NewError(api.InvalidParameterValue, "parameter", "Mail", "value", r.Mail)
	}
	if err != nil {
		return nil, err
	}
	applied, err := a.Store.HasApplied(ctx, invitation.Partner, uin)
	if err != nil {
		return nil, err
	}
	if applied {
		return nil, partner.ErrAppliedCustomer
	}
	request.Claims = []store.Claim{store.ClaimUse(&invitation, uin, call.Now)}
	if account.Applied.Uin == 0 {
		request.Claims = append(request.Claims, store.ClaimApplied(uin, invitation.Partner, invitation.Role))
	}
	return a.accepted(ctx, call, request, uin)
}

// prove lets an account apply by its password, unless it has a role. A mail
// address whose password is wrong, or was tried too often, whoever's invitations
// that was with, is one that somebody has registered. Of no account (UIN 0) every
// password is wrong, after as much work.
func (a *Actions) prove(
	ctx context.Context, call *api.Call, password string, account *store.DirectoryAccount, invitation *store.Invited,
) error {
	may, err := a.Store.TryPassword(ctx, account.Uin, call.Now)
	if err != nil {
		return err
	}
	right, err := a.passwords.match(ctx, password, account.Password)
	if err != nil {
		return err
	}
	if !may || !right || account.Owner != 0 {
		_, err := a.Engine.Do(ctx, engine.Request{
			Root: invitation.Partner.Root, Claims: []store.Claim{store.ClaimTry(invitation)},
			Answer: func(ledger.Outcome) any { return nil },
		})
		if err != nil {
			return err
		}
		return store.ErrMailTaken
	}
	switch account.Identity.Role {
	case partner.None:
		return nil
	case partner.Customer:
		return partner.ErrAlreadyCustomer
	}
	return partner.ErrAlreadyReseller
}

func (a *Actions) acceptAsNew(
	ctx context.Context, call *api.Call, r *api.AcceptInvitationRequest, invitation *store.Invited,
	request engine.Request,
) (*api.AcceptInvitationResponse, error) {
	if r.PhoneNum != "" { // before the password: a hash costs, and this can be asked again and again
		// The number is taken down and takes no place of the five: nobody has proved it.
		taken, err := a.Store.PhoneAccounts(ctx, partner.PhoneKey(r.CountryCode, r.PhoneNum))
		if err == nil && taken >= partner.PhoneAccountsMax {
			err = partner.ErrPhoneLimit
		}
		if err != nil {
			return nil, err
		}
	}
	password, err := a.passwords.hash(ctx, r.Password)
	if err != nil {
		return nil, err
	}
	details := store.AccountDetails{
		Mail: r.Mail, CountryCode: r.CountryCode, Phone: r.PhoneNum, AccountType: accountType(r.AccountType),
		Password: password, Applied: invitation.Partner, AppliedRole: invitation.Role,
	}
	return withNewUin(func(uin int64) (*api.AcceptInvitationResponse, error) {
		request.Claims = []store.Claim{
			store.ClaimUse(invitation, uin, call.Now),
			store.ClaimMail(r.Mail, uin),
			store.ClaimAccount(store.Identity{Uin: uin, Name: r.Name}, details, call.Now),
		}
		return a.accepted(ctx, call, request, uin)
	})
}

func (a *Actions) accepted(
	ctx context.Context, call *api.Call, request engine.Request, uin int64,
) (*api.AcceptInvitationResponse, error) {
	request.Answer = func(ledger.Outcome) any { return &api.AcceptInvitationResponse{Uin: uin} }
	return run[api.AcceptInvitationResponse](ctx, a, call, request)
}
