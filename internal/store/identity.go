package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"tael/internal/audit"
	"tael/internal/partner"
)

// Refusals of claims on the directory.
var (
	ErrUinTaken  = errors.New("UIN is taken")
	ErrKeyTaken  = errors.New("the key's id belongs to another account")
	ErrMailTaken = errors.New("mail address is registered")
	ErrKeyLimit  = errors.New("the account has as many keys as it may have")
)

// Identity is an account as the directory knows it.
type Identity struct {
	Uin  int64
	Root int64 // 0: member of no tree
	Role partner.Role
	Name string
}

// ClaimIdentity registers a new account; ErrUinTaken where the UIN exists.
func ClaimIdentity(i Identity, now time.Time) Claim {
	return Claim{
		Do: Statement{
			SQL: `INSERT INTO identity (uin, root_uin, role, name, created_at) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (uin) DO NOTHING RETURNING uin`,
			Args: []any{i.Uin, i.Root, string(i.Role), i.Name, now.UnixMilli()}, Columns: 1,
		},
		Undo:    Statement{SQL: `DELETE FROM identity WHERE uin = $1`, Args: []any{i.Uin}},
		Refusal: ErrUinTaken, Object: audit.Object("account", i.Uin),
	}
}

// ClaimMail registers a mail address for an account; ErrMailTaken where any
// account has it.
func ClaimMail(mail string, uin int64) Claim {
	return Claim{
		Do: Statement{
			SQL:  `INSERT INTO mail (mail, uin) VALUES ($1, $2) ON CONFLICT (mail) DO NOTHING RETURNING uin`,
			Args: []any{Fold(mail), uin}, Columns: 1,
		},
		Undo:    Statement{SQL: `DELETE FROM mail WHERE mail = $1`, Args: []any{Fold(mail)}},
		Refusal: ErrMailTaken,
	}
}

// Identity reads an account; ErrNotFound where there is none.
func (s *Store) Identity(ctx context.Context, uin int64) (Identity, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT uin, root_uin, role, name FROM identity WHERE uin = $1`, Args: []any{uin}, Columns: 4,
	})
	if err != nil {
		return Identity{}, err
	}
	if len(rows) == 0 {
		return Identity{}, fmt.Errorf("account %d: %w", uin, ErrNotFound)
	}
	return identityOf(rows[0]), nil
}

func identityOf(r Row) Identity {
	return Identity{Uin: r.Int(0), Root: r.Int(1), Role: partner.Role(r.Text(2)), Name: r.Text(3)}
}

// PutOperator makes an account the operator of the programme, with a tree of
// its own, and gives it a key, in place of an earlier key of the same id.
// ErrKeyTaken: the id belongs to somebody else.
func (s *Store) PutOperator(ctx context.Context, i Identity, secretID, secretKey string, now time.Time) error {
	sealed, err := s.vault.Seal([]byte(secretKey), secretID)
	if err != nil {
		return err
	}
	results, err := s.write(ctx,
		insertTree(i.Root),
		ClaimIdentity(i, now).Do,
		Statement{
			SQL: `INSERT INTO secret_key (secret_id, uin, secret, status, created_at) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (secret_id) DO UPDATE SET secret = EXCLUDED.secret, status = EXCLUDED.status
				WHERE secret_key.uin = EXCLUDED.uin
				RETURNING uin`,
			Args: []any{secretID, i.Uin, sealed, string(KeyActive), now.UnixMilli()}, Columns: 1,
		},
	)
	if err == nil && len(results[2]) == 0 {
		err = ErrKeyTaken
	}
	return err
}
