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

func (s *Store) codeHash(phone, code string) []byte {
	return s.keyed("verification code", []byte(phone+" "+code))
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

// ClaimCode replaces the code of a phone number; partner.ErrCodeMinute where
// somebody else has since before was read.
func (s *Store) ClaimCode(phone, code string, before, sends partner.CodeSends, now time.Time) Claim {
	return Claim{
		Do: Statement{
			SQL: `INSERT INTO verify_code (phone, code, expires_at, tries, used, sends) VALUES ($1, $2, $3, 0, 0, $4)
				ON CONFLICT (phone) DO UPDATE SET code = EXCLUDED.code, expires_at = EXCLUDED.expires_at, tries = 0,
					used = 0, sends = EXCLUDED.sends
				WHERE verify_code.sends = $5 RETURNING phone`,
			Args: []any{
				phone, s.codeHash(phone, code), now.UnixMilli() + partner.CodeLife, string(sends), string(before),
			},
			Columns: 1,
		},
		Refusal: partner.ErrCodeMinute, Object: audit.Object("phone", maskedPhone(phone)),
	}
}

// maskedPhone hides the number behind its country code.
func maskedPhone(phone string) string {
	country, number, _ := strings.Cut(phone, " ")
	return country + " " + partner.MaskPhone(number)
}

// TryCode counts a try at a phone number's code before it says whether the code
// is right: tries at the same time are tries like any other. A right code still
// has to be used: see ClaimCodeUse and ReturnTry.
func (s *Store) TryCode(ctx context.Context, phone, code string, now time.Time) (bool, error) {
	results, err := s.write(ctx, Statement{
		SQL: `UPDATE verify_code SET tries = tries + 1
			WHERE phone = $1 AND used = 0 AND expires_at > $2 AND tries < $3 RETURNING code`,
		Args: []any{phone, now.UnixMilli(), partner.CodeTriesMax}, Columns: 1,
	})
	if errors.Is(err, ErrInDoubt) { // at worst a try is gone
		err = fmt.Errorf("%w: counting a try: %s", ErrUnavailable, err.Error())
	}
	if err != nil || len(results[0]) == 0 {
		return false, err
	}
	return subtle.ConstantTimeCompare(results[0][0].Bytes(0), s.codeHash(phone, code)) == 1, nil
}

// ReturnTry takes back the try with a right code that was not used.
func (s *Store) ReturnTry(ctx context.Context, phone, code string) error {
	_, err := s.write(ctx, Statement{
		SQL:  `UPDATE verify_code SET tries = tries - 1 WHERE phone = $1 AND code = $2 AND used = 0 AND tries > 0`,
		Args: []any{phone, s.codeHash(phone, code)},
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

// ClaimCodeUse uses a phone number's code up; partner.ErrCode where it is
// another, used or expired.
func (s *Store) ClaimCodeUse(phone, code string, now time.Time) Claim {
	hash := s.codeHash(phone, code)
	return Claim{
		Do: Statement{
			SQL: `UPDATE verify_code SET used = 1 WHERE phone = $1 AND code = $2 AND used = 0 AND expires_at > $3
				RETURNING phone`,
			Args: []any{phone, hash, now.UnixMilli()}, Columns: 1,
		},
		Undo:    Statement{SQL: `UPDATE verify_code SET used = 0 WHERE phone = $1 AND code = $2`, Args: []any{phone, hash}},
		Refusal: partner.ErrCode,
	}
}

// PurgeCodes deletes at most limit codes that no rule asks about any more, and
// returns how many.
func (s *Store) PurgeCodes(ctx context.Context, now time.Time, limit int) (int, error) {
	results, err := s.write(ctx, Statement{
		SQL: `DELETE FROM verify_code WHERE phone IN (
			SELECT phone FROM verify_code WHERE expires_at <= $1 ORDER BY expires_at, phone LIMIT $2) RETURNING phone`,
		Args: []any{now.Add(-24 * time.Hour).UnixMilli(), limit}, Columns: 1,
	})
	if err != nil {
		return 0, err
	}
	return len(results[0]), nil
}
