package demo

import (
	"context"
	"errors"
	"fmt"

	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// VerifyCode is the code that the reseller has for VerifyPhone for the first ten
// minutes of a demo world.
const (
	VerifyCode  = "364928"
	VerifyPhone = "852 91230005"
)

// OpenInvitation is the token of the reseller's invitation that is still open.
const OpenInvitation = "7d0f3c5a91be4e02a86c1f7b24d9e350"

// OpenSubAgentInvitation is the token of an invitation to become a second-level
// reseller that the distributor has just sent.
const OpenSubAgentInvitation = "e5a83b07d1c64f92b8f40c6d27a91e13"

// applicant is an account that waits for a partner's decision.
type applicant struct {
	uin      int64
	token    string // of its invitation
	to       int64
	role     partner.Role
	material string
	ledger.Profile
	verified bool // as an enterprise
}

var applicants = []applicant{
	{
		uin: Reseller + 101, token: "0b6d1f4e92c84a53a7f02e6bd9c1385a", to: Reseller, role: partner.Customer,
		Profile: profile("Lantern Works", "team@lantern.example", "852", "91230007", ""),
	},
	{
		uin: Distributor + 101, token: "c41e7a90d5f84b2c93e6a1785b0d2f46", to: Distributor, role: partner.Subreseller,
		material: "https://files.eastgate.example/application.pdf", verified: true,
		Profile: profile("Eastgate Cloud Services", "partners@eastgate.example", "65", "91230009", ""),
	},
}

// invitations makes what a partner has asked accounts to become, and who applied.
func (f *filler) invitations(ctx context.Context, of int64) error {
	to := store.Account{Root: of, Uin: of}
	for i := range applicants {
		if a := &applicants[i]; a.to == of {
			if err := f.applicant(ctx, to, a); err != nil {
				return err
			}
		}
	}
	if of != Reseller {
		return nil
	}
	open := store.Invited{Partner: to, Role: partner.Customer, CreatedAt: f.now}
	claims := store.ClaimInvitation(open, OpenInvitation, "orders@riverside.example")
	if err := f.run(ctx, of, of, nil, "invitation", claims...); err != nil {
		return err
	}
	sends, err := partner.CodeSends("").Add(f.now.UnixMilli())
	if err != nil {
		return err
	}
	code := store.Verification{Uin: of, Phone: VerifyPhone, Code: VerifyCode}
	return f.run(ctx, of, of, nil, "code", f.store.ClaimCode(code, "", sends, f.now)...)
}

// invitesNow makes the distributor's invitation. All else of its tree began so long
// ago that nothing is told of its invitations any more.
func (f *filler) invitesNow(ctx context.Context) error {
	open := store.Invited{
		Partner: store.Account{Root: Distributor, Uin: Distributor}, Role: partner.Subreseller, CreatedAt: f.now,
		MaterialURL: "https://files.westgate.example/application.pdf",
	}
	claims := store.ClaimInvitation(open, OpenSubAgentInvitation, "channel@westgate.example")
	return f.run(ctx, Distributor, Distributor, nil, "invites-now", claims...)
}

func (f *filler) applicant(ctx context.Context, to store.Account, a *applicant) error {
	if _, err := f.store.Identity(ctx, a.uin); !errors.Is(err, store.ErrNotFound) {
		return err // nil: it applied before an earlier start was killed
	}
	invited := store.Invited{Partner: to, Role: a.role, MaterialURL: a.material, CreatedAt: f.now}
	step := fmt.Sprintf("invite-%d", a.uin)
	if err := f.run(ctx, to.Root, to.Uin, nil, step, store.ClaimInvitation(invited, a.token, a.Mail)...); err != nil {
		return err
	}
	open, err := f.store.OpenInvitation(ctx, to.Root, a.token, f.now)
	if err != nil {
		return err
	}
	registration := store.AccountDetails{
		Mail: a.Mail, CountryCode: a.CountryCode, Phone: a.Phone, AccountType: partner.Company,
		Applied: to, AppliedRole: a.role,
	}
	claims := []store.Claim{
		store.ClaimUse(&open, a.uin, f.now),
		store.ClaimMail(a.Mail, a.uin),
		store.ClaimAccount(store.Identity{Uin: a.uin, Name: a.Name}, registration, f.now),
	}
	if a.verified {
		enterprise, passed := partner.AuthEnterprise, partner.AuthPassed
		claims = append(claims, store.ClaimAttributes(
			a.uin, store.Attributes{AuthType: &enterprise, AuthStatus: &passed}, f.now))
	}
	return f.run(ctx, to.Root, to.Uin, nil, fmt.Sprintf("apply-%d", a.uin), claims...)
}
