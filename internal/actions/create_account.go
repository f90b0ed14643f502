package actions

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"tael/api"
	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// CreateAccount makes an account and binds it to the caller as a customer
// (domain.md §4.2).
func (a *Actions) CreateAccount(
	ctx context.Context, call *api.Call, r *api.CreateAccountRequest,
) (*api.CreateAccountResponse, error) {
	call.Parameters = a.Store.Blind(call.Parameters)
	if made, err := replay[api.CreateAccountResponse](ctx, a, call); made != nil || err != nil {
		return made, err
	}
	if err := a.checkAccount(r); err != nil {
		return nil, err
	}
	code := store.Verification{
		Uin: call.Uin, Phone: partner.PhoneKey(r.CountryCode, r.PhoneNum), Code: r.VerifyCode,
	}
	right, err := a.Store.TryCode(ctx, code, call.Now)
	if err != nil {
		return nil, err
	}
	if !right {
		return nil, partner.ErrCode
	}
	response, err := a.createAccount(ctx, call, r, code)
	if err != nil && !errors.Is(err, engine.ErrUnknownOutcome) {
		// What was wrong is not the code: it may be tried again.
		err = errors.Join(err, a.Store.ReturnTry(context.WithoutCancel(ctx), code))
	}
	return response, err
}

// checkAccount checks what the definition's limits cannot say.
func (a *Actions) checkAccount(r *api.CreateAccountRequest) error {
	if err := partner.CheckPassword(r.Password); err != nil {
		return err
	}
	if r.ConfirmPassword != r.Password {
		return partner.ErrPasswordRepeat
	}
	if err := partner.CheckCountry(r.CountryCode); err != nil {
		return err
	}
	if err := partner.CheckArea(strings.ToUpper(r.Area), r.CountryCode); err != nil {
		return err
	}
	return partner.CheckTrade(a.Settings.Trades, r.TradeOne, r.TradeTwo)
}

func (a *Actions) createAccount(
	ctx context.Context, call *api.Call, r *api.CreateAccountRequest, code store.Verification,
) (*api.CreateAccountResponse, error) {
	password, err := a.passwords.hash(ctx, r.Password)
	if err != nil {
		return nil, err
	}
	settings, err := a.Store.PartnerSettings(ctx, self(call))
	if err != nil {
		return nil, err
	}
	name := value(r.CustomerName)
	if name == "" {
		name = r.Mail // until the customer says at the first sign-in
	}
	registration := store.AccountDetails{
		Mail: r.Mail, CountryCode: r.CountryCode, Phone: r.PhoneNum, Area: strings.ToUpper(r.Area),
		AccountType: accountType(r.AccountType), TradeOne: r.TradeOne, TradeTwo: r.TradeTwo,
		Extended: value(r.Extended), Password: password,
	}
	return withPhone(ctx, a, code.Phone, func(uin int64) (*api.CreateAccountResponse, error) {
		identity := store.Identity{Uin: uin, Root: call.Root, Role: partner.Customer, Name: name}
		return write[api.CreateAccountResponse](ctx, a, call, change{
			root: call.Root,
			claims: []store.Claim{
				a.Store.ClaimCodeUse(code, call.Now),
				store.ClaimMail(r.Mail, uin),
				store.ClaimPhone(code.Phone, uin),
				store.ClaimAccount(identity, registration, call.Now),
			},
			command: &ledger.AddCustomer{
				Uin: uin, Partner: call.Uin, Max: settings[store.CustomerMax],
				Profile: ledger.Profile{Name: name, Mail: r.Mail, CountryCode: r.CountryCode, Phone: r.PhoneNum},
			},
			answer: func(o ledger.Outcome) any {
				return &api.CreateAccountResponse{Uin: strconv.FormatInt(o.Customer.Uin, 10), Reason: "success"}
			},
		})
	})
}

// withPhone runs a creation like withNewUin. A refusal for the phone number's
// sake may be that another account took the same place of it at the same time,
// while others are free.
func withPhone[Response any](
	ctx context.Context, a *Actions, phone string, create func(uin int64) (*Response, error),
) (*Response, error) {
	for range partner.PhoneAccountsMax {
		response, err := withNewUin(create)
		if !errors.Is(err, partner.ErrPhoneLimit) {
			return response, err
		}
		taken, problem := a.Store.PhoneAccounts(ctx, phone)
		if problem != nil || taken >= partner.PhoneAccountsMax {
			return nil, errors.Join(err, problem)
		}
	}
	return nil, engine.ErrBusy
}

// accountType knows business, which both official samples send, as company.
func accountType(wire string) string {
	if wire == partner.Personal {
		return partner.Personal
	}
	return partner.Company
}
