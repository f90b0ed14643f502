package store

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"tael/internal/audit"
	"tael/internal/partner"
)

// keyed hashes a text with a key that only this database's processes have, so
// that what has few possible values cannot be guessed from the database.
func (s *Store) keyed(purpose string, text []byte) []byte {
	key := hmac.New(sha256.New, s.chainKey)
	key.Write([]byte("tael " + purpose))
	sum := hmac.New(sha256.New, key.Sum(nil))
	sum.Write(text)
	return sum.Sum(nil)
}

// Blind hashes the digest of parameters that hold a password, so that the
// digest, which is recorded with the answer, is no way to guess it.
func (s *Store) Blind(parameters [32]byte) [32]byte {
	return [32]byte(s.keyed("parameters", parameters[:]))
}

// Verification is a code that an account says was sent to a phone number (see
// partner.PhoneKey) at its request. What others have had sent there is not its
// business: they neither replace its code nor use up its tries.
type Verification struct {
	Uin   int64 // of the account
	Phone string
	Code  string
}

func (s *Store) codeHash(v Verification) []byte {
	return s.keyed("verification code", fmt.Appendf(nil, "%d %s %s", v.Uin, v.Phone, v.Code))
}

// CodeSends reads when codes were sent to a phone number (see partner.PhoneKey).
func (s *Store) CodeSends(ctx context.Context, phone string) (partner.CodeSends, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT sends FROM verify_code WHERE phone = $1`, Args: []any{phone}, Columns: 1,
	})
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return partner.CodeSends(rows[0].Text(0)), nil
}

// ClaimCode replaces the code that an account has for a phone number;
// partner.ErrCodeMinute where somebody had one sent there since before was read.
func (s *Store) ClaimCode(v Verification, before, sends partner.CodeSends, now time.Time) []Claim {
	expires := now.UnixMilli() + partner.CodeLife
	return []Claim{
		{
			Do: Statement{
				SQL: `INSERT INTO verify_code (phone, code, expires_at, tries, used, sends) VALUES ($1, $2, $3, 0, 1, $4)
					ON CONFLICT (phone) DO UPDATE SET code = EXCLUDED.code, expires_at = EXCLUDED.expires_at, used = 1,
						sends = EXCLUDED.sends
					WHERE verify_code.sends = $5 RETURNING phone`,
				Args: []any{v.Phone, []byte{}, expires, string(sends), string(before)}, Columns: 1,
			},
			// What is after it is never refused.
			Refusal: partner.ErrCodeMinute, Object: audit.Object("phone", maskedPhone(v.Phone)),
		},
		{
			Do: Statement{
				SQL: `INSERT INTO account_code (phone, uin, code, expires_at, tries, used) VALUES ($1, $2, $3, $4, 0, 0)
					ON CONFLICT (phone, uin) DO UPDATE SET code = EXCLUDED.code, expires_at = EXCLUDED.expires_at,
						tries = 0, used = 0
					RETURNING phone`,
				Args: []any{v.Phone, v.Uin, s.codeHash(v), expires}, Columns: 1,
			},
		},
	}
}

// maskedPhone hides the number behind its country code.
func maskedPhone(phone string) string {
	country, number, _ := strings.Cut(phone, " ")
	return country + " " + partner.MaskPhone(number)
}

// TryCode counts a try at a code before it says whether the code is right: tries
// at the same time are tries like any other. A right code still has to be used:
// see ClaimCodeUse and ReturnTry.
func (s *Store) TryCode(ctx context.Context, v Verification, now time.Time) (bool, error) {
	results, err := s.write(ctx, Statement{
		SQL: `UPDATE account_code SET tries = tries + 1
			WHERE phone = $1 AND uin = $2 AND used = 0 AND expires_at > $3 AND tries < $4 RETURNING code`,
		Args: []any{v.Phone, v.Uin, now.UnixMilli(), partner.CodeTriesMax}, Columns: 1,
	})
	if errors.Is(err, ErrInDoubt) { // at worst a try is gone
		err = fmt.Errorf("%w: counting a try: %s", ErrUnavailable, err.Error())
	}
	if err != nil || len(results[0]) == 0 {
		return false, err
	}
	return subtle.ConstantTimeCompare(results[0][0].Bytes(0), s.codeHash(v)) == 1, nil
}

// ReturnTry takes back the try with a right code that was not used.
func (s *Store) ReturnTry(ctx context.Context, v Verification) error {
	_, err := s.write(ctx, Statement{
		SQL: `UPDATE account_code SET tries = tries - 1
			WHERE phone = $1 AND uin = $2 AND code = $3 AND used = 0 AND tries > 0`,
		Args: []any{v.Phone, v.Uin, s.codeHash(v)},
	})
	return err
}

// ClaimCodeQuota refuses with partner.ErrCodeMany an account that has had so many
// codes sent within 24 hours. It changes nothing, but holds under the tree's lock.
func ClaimCodeQuota(of Account, most int, now time.Time) Claim {
	return Claim{
		Do: Statement{
			SQL: `SELECT uin FROM identity WHERE uin = $2 AND (SELECT COUNT(*) FROM message
					WHERE root_uin = $1 AND partner_uin = $2 AND kind = $3 AND created_at > $4) < $5`,
			Args: []any{
				of.Root, of.Uin, string(VerificationCode), now.Add(-24 * time.Hour).UnixMilli(), most,
			},
			Columns: 1,
		},
		Refusal: partner.ErrCodeMany,
	}
}

// ClaimCodeUse uses a code up; partner.ErrCode where it is another, used or
// expired.
func (s *Store) ClaimCodeUse(v Verification, now time.Time) Claim {
	hash := s.codeHash(v)
	return Claim{
		Do: Statement{
			SQL: `UPDATE account_code SET used = 1
				WHERE phone = $1 AND uin = $2 AND code = $3 AND used = 0 AND expires_at > $4 RETURNING phone`,
			Args: []any{v.Phone, v.Uin, hash, now.UnixMilli()}, Columns: 1,
		},
		Undo: Statement{
			SQL:  `UPDATE account_code SET used = 0 WHERE phone = $1 AND uin = $2 AND code = $3`,
			Args: []any{v.Phone, v.Uin, hash},
		},
		Refusal: partner.ErrCode,
	}
}

// PurgeCodes deletes at most limit codes, and as many records of when codes were
// sent, that no rule asks about any more, and returns how many of both.
func (s *Store) PurgeCodes(ctx context.Context, now time.Time, limit int) (int, error) {
	args := []any{now.Add(-24 * time.Hour).UnixMilli(), limit}
	results, err := s.write(ctx,
		Statement{
			SQL: `DELETE FROM verify_code WHERE phone IN (
				SELECT phone FROM verify_code WHERE expires_at <= $1 ORDER BY expires_at, phone LIMIT $2) RETURNING phone`,
			Args: args, Columns: 1,
		},
		Statement{
			SQL: `DELETE FROM account_code WHERE (phone, uin) IN (
				SELECT phone, uin FROM account_code WHERE expires_at <= $1 ORDER BY expires_at, phone, uin LIMIT $2)
				RETURNING phone`,
			Args: args, Columns: 1,
		})
	if err != nil {
		return 0, err
	}
	return len(results[0]) + len(results[1]), nil
}
