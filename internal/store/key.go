package store

import (
	"context"
	"fmt"
	"time"

	"tael/internal/audit"
)

// KeyStatus says whether a key may sign.
type KeyStatus string

// The statuses of a key.
const (
	KeyActive   KeyStatus = "Active"
	KeyDisabled KeyStatus = "Disabled"
)

// keysMax is how many keys an account may have (protocol.md §8).
const keysMax = 2

// Key is a secret key with the account it signs for.
type Key struct {
	SecretID  string
	SecretKey string
	Status    KeyStatus
	CreatedAt time.Time
	Identity  Identity
	// User is the UIN of the account's sub-user whose key it is; 0: its own.
	User     int64
	UserName string
	Policies string // of the sub-user: JSON documents, separated by commas
}

// ClaimKey gives an account or a sub-user a key; ErrKeyLimit where it has two
// already.
func (s *Store) ClaimKey(uin int64, secretID, secretKey string, now time.Time) (Claim, error) {
	sealed, err := s.vault.Seal([]byte(secretKey), secretID)
	if err != nil {
		return Claim{}, err
	}
	return Claim{
		Do: Statement{
			SQL: `INSERT INTO secret_key (secret_id, uin, secret, status, created_at)
				SELECT $1, $2, $3, $4, $5 WHERE (SELECT COUNT(*) FROM secret_key WHERE uin = $2) < $6
				RETURNING uin`,
			Args: []any{secretID, uin, sealed, string(KeyActive), now.UnixMilli(), keysMax}, Columns: 1,
		},
		Undo:    Statement{SQL: `DELETE FROM secret_key WHERE secret_id = $1`, Args: []any{secretID}},
		Refusal: ErrKeyLimit, Object: keyObject(secretID),
	}, nil
}

func keyObject(secretID string) string { return audit.Object("key", secretID) }

// ClaimKeyStatus sets the status of an account's key; ErrNotFound where the
// account has no such key. It is its command's only claim.
func ClaimKeyStatus(uin int64, secretID string, status KeyStatus) Claim {
	return Claim{
		Do: Statement{
			SQL:  `UPDATE secret_key SET status = $3 WHERE secret_id = $1 AND uin = $2 RETURNING uin`,
			Args: []any{secretID, uin, string(status)}, Columns: 1,
		},
		Refusal: ErrNotFound, Object: keyObject(secretID),
	}
}

// ClaimKeyDeletion deletes an account's key; ErrNotFound where the account has
// no such key. It is its command's only claim.
func ClaimKeyDeletion(uin int64, secretID string) Claim {
	return Claim{
		Do: Statement{
			SQL:  `DELETE FROM secret_key WHERE secret_id = $1 AND uin = $2 RETURNING uin`,
			Args: []any{secretID, uin}, Columns: 1,
		},
		Refusal: ErrNotFound, Object: keyObject(secretID),
	}
}

// Key reads a key with its secret, the account it signs for and, of a sub-user,
// its policies; ErrNotFound
// where there is none. Callers who ask at the same time share a query.
func (s *Store) Key(ctx context.Context, secretID string) (Key, error) {
	keys, err := s.keys.get(ctx, struct{}{}, secretID)
	if err != nil {
		return Key{}, err
	}
	key, ok := keys[secretID]
	if !ok {
		return Key{}, fmt.Errorf("key: %w", ErrNotFound)
	}
	return key.Key, key.err
}

// keyRead is a key, or why it cannot be used: others shall not suffer for it.
type keyRead struct {
	Key
	err error
}

func (s *Store) loadKeys(ctx context.Context, _ struct{}, ids []string) (map[string]keyRead, error) {
	list, args := listOf(ids)
	rows, err := s.database.read(ctx, Statement{
		SQL: `SELECT k.secret_id, k.secret, k.status, k.created_at, a.uin, a.root_uin, a.role, a.name, i.uin, i.name,
				` + policiesOf(`k.uin`) + `
			FROM ` + list + ` CROSS JOIN secret_key k JOIN identity i ON i.uin = k.uin
			JOIN identity a ON a.uin = CASE i.owner_uin WHEN 0 THEN i.uin ELSE i.owner_uin END
			WHERE k.secret_id = wanted`,
		Args: args, Columns: 11,
	})
	if err != nil {
		return nil, err
	}
	keys := make(map[string]keyRead, len(rows))
	for _, row := range rows {
		id := row.Text(0)
		secret, err := s.vault.Open(row.Bytes(1), id)
		if err != nil {
			err = fmt.Errorf("key %s: %w", id, err)
		}
		key := Key{
			SecretID: id, SecretKey: string(secret), Status: KeyStatus(row.Text(2)),
			CreatedAt: time.UnixMilli(row.Int(3)), Identity: identityOf(row[4:]),
		}
		if user := row.Int(8); user != key.Identity.Uin {
			key.User, key.UserName, key.Policies = user, row.Text(9), row.Text(10)
		}
		keys[id] = keyRead{key, err}
	}
	return keys, nil
}

// Keys lists an account's keys, oldest first, without their secrets.
func (s *Store) Keys(ctx context.Context, uin int64) ([]Key, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT secret_id, status, created_at FROM secret_key WHERE uin = $1 ORDER BY created_at, secret_id`,
		Args: []any{uin}, Columns: 3,
	})
	if err != nil {
		return nil, err
	}
	keys := make([]Key, len(rows))
	for i, row := range rows {
		keys[i] = Key{SecretID: row.Text(0), Status: KeyStatus(row.Text(1)), CreatedAt: time.UnixMilli(row.Int(2))}
	}
	return keys, nil
}

// Reseal encrypts every secret of the database anew where it was not made with
// the vault's first key, and returns how many it changed. It may run beside
// live servers that have both keys, and may be repeated.
func (s *Store) Reseal(ctx context.Context) (int, error) {
	changed, err := s.resealRows(ctx, "secret_key",
		Statement{SQL: `SELECT secret_id, secret FROM secret_key ORDER BY secret_id`, Columns: 2},
		`UPDATE secret_key SET secret = $3 WHERE secret_id = $1 AND secret = $2`)
	if err != nil {
		return changed, err
	}
	settings, err := s.resealRows(ctx, "setting",
		Statement{SQL: `SELECT name, value FROM setting WHERE name = $1`, Args: []any{chainKeySetting}, Columns: 2},
		`UPDATE setting SET value = $3 WHERE name = $1 AND value = $2`)
	if err != nil {
		return changed, err
	}
	answers, err := s.resealAnswers(ctx)
	if err != nil {
		return changed + settings + answers, err
	}
	messages, err := s.resealMessages(ctx)
	return changed + settings + answers + messages, err
}

// resealRows handles tables whose first column is also the place of the
// ciphertext in the second.
func (s *Store) resealRows(ctx context.Context, what string, list Statement, update string) (int, error) {
	rows, err := s.read(ctx, list)
	if err != nil {
		return 0, err
	}
	changed := 0
	for _, row := range rows {
		place, sealed := row.Text(0), row.Bytes(1)
		if s.vault.Current(sealed) {
			continue
		}
		fresh, err := s.reseal(sealed, place)
		if err != nil {
			return changed, fmt.Errorf("%s %s: %w", what, place, err)
		}
		if _, err := s.write(ctx, Statement{SQL: update, Args: []any{place, sealed, fresh}}); err != nil {
			return changed, err
		}
		changed++
	}
	return changed, nil
}

func (s *Store) resealAnswers(ctx context.Context) (int, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT root_uin, account, action, key, answer FROM idempotency WHERE secret = 1`, Columns: 5, AllTrees: true,
	})
	if err != nil {
		return 0, err
	}
	changed := 0
	for _, row := range rows {
		root, sealed := row.Int(0), row.Bytes(4)
		key := IdempotencyKey{Account: row.Int(1), Action: row.Text(2), Key: row.Text(3)}
		if s.vault.Current(sealed) {
			continue
		}
		fresh, err := s.reseal(sealed, answerPlace(root, key))
		if err != nil {
			return changed, fmt.Errorf("recorded answer: %w", err)
		}
		_, err = s.write(ctx, Statement{
			SQL: `UPDATE idempotency SET answer = $6
				WHERE root_uin = $1 AND account = $2 AND action = $3 AND key = $4 AND answer = $5`,
			Args: []any{root, key.Account, key.Action, key.Key, sealed, fresh},
		})
		if err != nil {
			return changed, err
		}
		changed++
	}
	return changed, nil
}

func (s *Store) resealMessages(ctx context.Context) (int, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT root_uin, id, content FROM message`, Columns: 3, AllTrees: true,
	})
	if err != nil {
		return 0, err
	}
	changed := 0
	for _, row := range rows {
		root, id, sealed := row.Int(0), row.Text(1), row.Bytes(2)
		if s.vault.Current(sealed) {
			continue
		}
		fresh, err := s.reseal(sealed, messagePlace(root, id))
		if err != nil {
			return changed, fmt.Errorf("message %s: %w", id, err)
		}
		_, err = s.write(ctx, Statement{
			SQL:  `UPDATE message SET content = $4 WHERE root_uin = $1 AND id = $2 AND content = $3`,
			Args: []any{root, id, sealed, fresh},
		})
		if err != nil {
			return changed, err
		}
		changed++
	}
	return changed, nil
}

func (s *Store) reseal(sealed []byte, place string) ([]byte, error) {
	plain, err := s.vault.Open(sealed, place)
	if err != nil {
		return nil, err
	}
	return s.vault.Seal(plain, place)
}
