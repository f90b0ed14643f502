package store

import (
	"context"
	"fmt"
	"time"
)

// IdempotencyKey is a caller's own name for one request.
type IdempotencyKey struct {
	Account int64
	Action  string
	Key     string
}

// Answer is what a request with an idempotency key was answered.
type Answer struct {
	Parameters [32]byte // SHA-256 of its canonical parameters
	Response   []byte   // JSON
	Secret     bool     // store the response encrypted
}

// answerLife is how long an answer is kept.
const answerLife = 24 * time.Hour

// RecordedAnswer reads what a request with an idempotency key was answered and
// whether it was, outside of a batch: for requests whose conditions their first
// execution has changed. now is in Unix milliseconds.
func (s *Store) RecordedAnswer(ctx context.Context, root int64, key IdempotencyKey, now int64) (Answer, bool, error) {
	rows, err := s.read(ctx, selectAnswer(root, key))
	if err != nil || len(rows) == 0 || rows[0].Int(3) <= now {
		return Answer{}, false, err
	}
	answer, err := s.answerOf(root, key, rows[0])
	return answer, err == nil, err
}

func (s *Store) answerOf(root int64, key IdempotencyKey, r Row) (Answer, error) {
	answer := Answer{Parameters: [32]byte(r.Bytes(0)), Response: r.Bytes(1), Secret: r.Int(2) != 0}
	if !answer.Secret {
		return answer, nil
	}
	plain, err := s.vault.Open(answer.Response, answerPlace(root, key))
	if err != nil {
		return Answer{}, fmt.Errorf("recorded answer: %w", err)
	}
	answer.Response = plain
	return answer, nil
}

func selectAnswer(root int64, key IdempotencyKey) Statement {
	return Statement{
		SQL: `SELECT parameters, answer, secret, expires_at FROM idempotency
			WHERE root_uin = $1 AND account = $2 AND action = $3 AND key = $4`,
		Args: []any{root, key.Account, key.Action, key.Key}, Columns: 4,
	}
}

// answerWrites record answers, and forget some that have expired.
func (b *Batch) answerWrites(answers map[IdempotencyKey]Answer) (statements []Statement, err error) {
	for key, answer := range answers {
		statement, err := b.insertAnswer(key, answer)
		if err != nil {
			return nil, err
		}
		statements = append(statements, statement)
	}
	if len(answers) > 0 {
		statements = append(statements, Statement{
			SQL: `DELETE FROM idempotency WHERE root_uin = $1 AND (account, action, key) IN (
				SELECT account, action, key FROM idempotency WHERE root_uin = $1 AND expires_at <= $2
				ORDER BY expires_at LIMIT $3)`,
			Args: []any{b.root, b.State.Now, purgeMax},
		})
	}
	return statements, nil
}

// insertAnswer replaces an answer of the same key that has expired. A batch that
// has not looked for one fails where there is any.
func (b *Batch) insertAnswer(key IdempotencyKey, answer Answer) (Statement, error) {
	response, secret := answer.Response, int64(0)
	if answer.Secret {
		sealed, err := b.store.vault.Seal(response, answerPlace(b.root, key))
		if err != nil {
			return Statement{}, err
		}
		response, secret = sealed, 1
	}
	replacing := ` ON CONFLICT (root_uin, account, action, key) DO UPDATE SET
		parameters = EXCLUDED.parameters, answer = EXCLUDED.answer,
		secret = EXCLUDED.secret, expires_at = EXCLUDED.expires_at`
	if b.recalled {
		replacing = ``
	}
	return Statement{
		SQL: `INSERT INTO idempotency (root_uin, account, action, key, parameters, answer, secret, expires_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8)` + replacing,
		Args: []any{
			b.root, key.Account, key.Action, key.Key, answer.Parameters[:], response, secret,
			b.State.Now + answerLife.Milliseconds(),
		},
	}, nil
}

func answerPlace(root int64, key IdempotencyKey) string {
	return fmt.Sprintf("answer %d %d %s %s", root, key.Account, key.Action, key.Key)
}

// ReleaseKey forgets an idempotency key whose request was refused in another
// tree; ErrNotFound where it is forgotten already.
func ReleaseKey(root int64, key IdempotencyKey) Claim {
	return Claim{
		Do: Statement{
			SQL: `DELETE FROM idempotency WHERE root_uin = $1 AND account = $2 AND action = $3 AND key = $4
				RETURNING root_uin`,
			Args: []any{root, key.Account, key.Action, key.Key}, Columns: 1,
		},
		Refusal: ErrNotFound,
	}
}
