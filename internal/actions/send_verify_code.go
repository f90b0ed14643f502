package actions

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// SendVerifyCode sends the code that CreateAccount asks for (domain.md §4.2).
func (a *Actions) SendVerifyCode(
	ctx context.Context, call *api.Call, r *api.SendVerifyCodeRequest,
) (*api.SendVerifyCodeResponse, error) {
	if sent, err := replay[api.SendVerifyCodeResponse](ctx, a, call); sent != nil || err != nil {
		return sent, err
	}
	err := partner.CheckCountry(r.CountryCode)
	if errors.Is(err, partner.ErrCountryUnknown) {
		err = api.NewError(api.InvalidParameterValue, "parameter", "CountryCode", "value", r.CountryCode)
	}
	if err != nil {
		return nil, err
	}
	phone := partner.PhoneKey(r.CountryCode, r.PhoneNum)
	accounts, err := a.Store.PhoneAccounts(ctx, phone)
	if err != nil {
		return nil, err
	}
	if accounts >= partner.PhoneAccountsMax {
		return nil, partner.ErrPhoneLimit
	}
	before, err := a.Store.CodeSends(ctx, phone)
	if err != nil {
		return nil, err
	}
	sends, err := before.Add(call.Now.UnixMilli())
	if err != nil {
		return nil, err
	}
	code, err := newCode()
	if err != nil {
		return nil, err
	}
	message, err := a.Store.ClaimMessage(call.Root, store.Message{
		Kind: store.VerificationCode, Channel: store.SMS, To: "+" + strings.ReplaceAll(phone, " ", ""),
		Partner: call.Uin, Language: call.Language, At: call.Now,
		Fields: map[string]string{"Code": code, "Minutes": strconv.Itoa(partner.CodeLife / 60_000)},
	})
	if err != nil {
		return nil, err
	}
	return write[api.SendVerifyCodeResponse](ctx, a, call, change{
		root: call.Root,
		claims: slices.Concat(
			[]store.Claim{store.ClaimCodeQuota(self(call), a.Settings.CodesPerDay, call.Now)},
			a.Store.ClaimCode(store.Verification{Uin: call.Uin, Phone: phone, Code: code}, before, sends, call.Now),
			message),
		answer: func(ledger.Outcome) any { return &api.SendVerifyCodeResponse{} },
	})
}

// newCode draws six digits.
func newCode() (string, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%06d", n.Int64()), nil
}
