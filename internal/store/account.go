package store

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tael/internal/audit"
	"tael/internal/money"
	"tael/internal/partner"
)

// Refusals of claims on accounts.
var (
	// ErrChanged says that an account is no longer what the caller decided on; what
	// it has become has to be read again.
	ErrChanged = errors.New("the account has changed")
	// ErrUnderReview says that an identity verification cannot be handed in now.
	ErrUnderReview = errors.New("the verification is under review or has passed")
)

// AccountDetails are what the directory is told of a new account beside its
// identity.
type AccountDetails struct {
	Mail        string
	CountryCode string // of the phone number
	Phone       string
	Area        string
	AccountType string
	TradeOne    string
	TradeTwo    string
	Extended    string
	Password    string // argon2id; empty: none
	// Applied is the partner it applies to, and for what role; with Uin 0 it does
	// not.
	Applied     Account
	AppliedRole partner.Role
}

// ClaimAccount registers a new account like ClaimIdentity, with all that
// is known of it.
func ClaimAccount(i Identity, r AccountDetails, now time.Time) Claim {
	return Claim{
		Do: Statement{
			SQL: `INSERT INTO identity (uin, root_uin, role, name, created_at, mail, country_code, phone, area,
					account_type, trade_one, trade_two, extended, password, applied_root, applied_partner, applied_role)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
				ON CONFLICT (uin) DO NOTHING RETURNING uin`,
			Args: []any{
				i.Uin, i.Root, string(i.Role), i.Name, now.UnixMilli(), r.Mail, r.CountryCode, r.Phone, r.Area,
				r.AccountType, r.TradeOne, r.TradeTwo, r.Extended, r.Password, r.Applied.Root, r.Applied.Uin,
				string(r.AppliedRole),
			},
			Columns: 1,
		},
		Undo:    Statement{SQL: `DELETE FROM identity WHERE uin = $1`, Args: []any{i.Uin}},
		Refusal: ErrUinTaken, Object: audit.Object("account", i.Uin),
	}
}

// ClaimPhone takes one of a phone number's places (see partner.PhoneKey) for an
// account; partner.ErrPhoneLimit where none is free or another account takes
// the same one now: PhoneAccounts tells.
func ClaimPhone(phone string, uin int64) Claim {
	var slots []string
	for slot := 1; slot <= partner.PhoneAccountsMax; slot++ {
		slots = append(slots, fmt.Sprintf("SELECT %d AS slot", slot))
	}
	return Claim{
		Do: Statement{
			SQL: `INSERT INTO phone (phone, slot, uin)
				SELECT CAST($1 AS TEXT), free.slot, CAST($2 AS BIGINT) FROM (` + strings.Join(slots, " UNION ALL ") + `) free
				WHERE NOT EXISTS (SELECT 1 FROM phone p WHERE p.phone = $1 AND p.slot = free.slot)
				ORDER BY free.slot LIMIT 1
				ON CONFLICT (phone, slot) DO NOTHING RETURNING uin`,
			Args: []any{phone, uin}, Columns: 1,
		},
		Undo:    Statement{SQL: `DELETE FROM phone WHERE phone = $1 AND uin = $2`, Args: []any{phone, uin}},
		Refusal: partner.ErrPhoneLimit,
	}
}

// PhoneAccounts counts the accounts of a phone number.
func (s *Store) PhoneAccounts(ctx context.Context, phone string) (int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT COUNT(*) FROM phone WHERE phone = $1`, Args: []any{phone}, Columns: 1,
	})
	if err != nil {
		return 0, err
	}
	return rows[0].Int(0), nil
}

// DirectoryAccount is an account with what approval asks about it.
type DirectoryAccount struct {
	Identity
	partner.Standing
	Owner       int64 // of a sub-user, else 0
	Mail        string
	CountryCode string
	Phone       string
	Password    string  // argon2id; empty: none
	Applied     Account // its first open application; Uin 0: none
	AppliedRole partner.Role
}

const accountColumns = `i.uin, i.root_uin, i.role, i.name, i.owner_uin, i.mail, i.country_code, i.phone, i.account_type,
	i.password, i.auth_type, i.auth_status, i.key_account, i.organisation, i.savings_plan, i.share_unit, i.balance,
	i.applied_root, i.applied_partner, i.applied_role`

const accountColumnCount = 20

func directoryAccountOf(r Row) DirectoryAccount {
	a := DirectoryAccount{
		Identity: identityOf(r), Owner: r.Int(4), Mail: r.Text(5), CountryCode: r.Text(6), Phone: r.Text(7),
		Password: r.Text(9), Applied: Account{Root: r.Int(17), Uin: r.Int(18)}, AppliedRole: partner.Role(r.Text(19)),
	}
	a.Standing = partner.Standing{
		Role: a.Identity.Role, AccountType: r.Text(8), AuthType: r.Int(10), AuthStatus: r.Int(11),
		KeyAccount: r.Int(12) != 0, Organisation: r.Int(13) != 0, SavingsPlan: r.Int(14) != 0, ShareUnit: r.Text(15),
		Balance: money.Amount(r.Int(16)),
	}
	return a
}

// An account's password may be tried so often within a time, right or wrong.
const (
	passwordTries  = 10
	passwordWindow = time.Hour
)

// TryPassword counts a try at an account's password before it is made, so that
// tries at once count too; false where there were too many.
func (s *Store) TryPassword(ctx context.Context, uin int64, now time.Time) (bool, error) {
	results, err := s.write(ctx, Statement{
		SQL: `UPDATE identity SET
				password_tries = CASE WHEN password_tried_at <= $3 THEN 1 ELSE password_tries + 1 END,
				password_tried_at = CASE WHEN password_tried_at <= $3 THEN $2 ELSE password_tried_at END
			WHERE uin = $1 AND (password_tried_at <= $3 OR password_tries < $4) RETURNING uin`,
		Args: []any{uin, now.UnixMilli(), now.Add(-passwordWindow).UnixMilli(), passwordTries}, Columns: 1,
	})
	if err != nil {
		return false, err
	}
	return len(results[0]) > 0, nil
}

// Accounts reads accounts by their UINs; who does not exist is left out.
func (s *Store) Accounts(ctx context.Context, uins []int64) (map[int64]DirectoryAccount, error) {
	accounts := make(map[int64]DirectoryAccount, len(uins))
	if len(uins) == 0 {
		return accounts, nil
	}
	list, args := listOf(uins)
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT ` + accountColumns + ` FROM ` + list + ` CROSS JOIN identity i WHERE i.uin = wanted`,
		Args: args, Columns: accountColumnCount,
	})
	for _, row := range rows {
		a := directoryAccountOf(row)
		accounts[a.Uin] = a
	}
	return accounts, err
}

// AccountByMail reads the account of a mail address; ErrNotFound where there is
// none.
func (s *Store) AccountByMail(ctx context.Context, mail string) (DirectoryAccount, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT ` + accountColumns + ` FROM mail m JOIN identity i ON i.uin = m.uin WHERE m.mail = $1`,
		Args: []any{Fold(mail)}, Columns: accountColumnCount,
	})
	if err != nil {
		return DirectoryAccount{}, err
	}
	if len(rows) == 0 {
		return DirectoryAccount{}, fmt.Errorf("mail address: %w", ErrNotFound)
	}
	return directoryAccountOf(rows[0]), nil
}

// Attributes are facts about an account that the operator keeps; nil leaves one
// as it is.
type Attributes struct {
	KeyAccount   *bool
	Organisation *bool
	SavingsPlan  *bool
	ShareUnit    *string
	Balance      *money.Amount
	AuthType     *int64
	AuthStatus   *int64
}

// ClaimAttributes sets facts about an account, at least one; ErrNotFound where
// there is no such account, or it is a sub-user. It is its command's only
// claim.
func ClaimAttributes(uin int64, a Attributes, now time.Time) Claim {
	var set []string
	args := []any{uin}
	put := func(column string, value any) {
		args = append(args, value)
		set = append(set, fmt.Sprintf("%s = $%d", column, len(args)))
	}
	for _, flag := range []struct {
		column string
		on     *bool
	}{
		{"key_account", a.KeyAccount}, {"organisation", a.Organisation}, {"savings_plan", a.SavingsPlan},
	} {
		if flag.on != nil {
			put(flag.column, bit(*flag.on))
		}
	}
	if a.ShareUnit != nil {
		put("share_unit", *a.ShareUnit)
	}
	if a.Balance != nil {
		put("balance", int64(*a.Balance))
	}
	if a.AuthType != nil {
		put("auth_type", *a.AuthType)
	}
	if a.AuthStatus != nil {
		put("auth_status", *a.AuthStatus)
		passed := int64(0)
		if *a.AuthStatus == partner.AuthPassed {
			passed = now.UnixMilli()
		}
		put("verified_at", passed)
	}
	return Claim{
		Do: Statement{
			SQL:  `UPDATE identity SET ` + strings.Join(set, ", ") + ` WHERE uin = $1 AND owner_uin = 0 RETURNING uin`,
			Args: args, Columns: 1,
		},
		Refusal: ErrNotFound, Object: audit.Object("account", uin),
	}
}

// ClaimSubmission hands an account's identity verification in for review;
// ErrUnderReview where there is no such account, or it is under review or has
// passed. It is its command's only claim.
func ClaimSubmission(uin, authType int64) Claim {
	return Claim{
		Do: Statement{
			SQL: `UPDATE identity SET auth_type = $2, auth_status = $3
				WHERE uin = $1 AND owner_uin = 0 AND auth_status <> $4 AND auth_status <> $5 RETURNING uin`,
			Args: []any{uin, authType, partner.AuthWaiting, partner.AuthReview, partner.AuthPassed}, Columns: 1,
		},
		Refusal: ErrUnderReview, Object: audit.Object("account", uin),
	}
}

func bit(on bool) int64 {
	if on {
		return 1
	}
	return 0
}
