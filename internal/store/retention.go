package store

import (
	"context"
	"time"
)

// forgottenMax is how many rows a step of Forget deletes of each kind.
const forgottenMax = 500

// reviewedAgain is when a sweep looks again at an application that is still open:
// until it is decided it is kept, however old it is.
const reviewedAgain = 24 * time.Hour

// Forget deletes what a tree has kept long enough, messages and invitations, but
// not so much at once that others wait for it. The tree is due again when the next
// row's time comes, which may be now.
func (s *Store) Forget(ctx context.Context, root int64, now time.Time) error {
	if _, err := s.PurgeInvitations(ctx, root, now, forgottenMax); err != nil {
		return err
	}
	_, err := s.write(ctx,
		lockTree(root),
		Statement{
			SQL: `DELETE FROM message WHERE root_uin = $1 AND id IN (
				SELECT id FROM message WHERE root_uin = $1 AND created_at <= $2 ORDER BY created_at, id LIMIT $3)`,
			Args: []any{root, now.Add(-retained).UnixMilli(), forgottenMax},
		},
		Statement{
			SQL: `DELETE FROM due WHERE root_uin = $1 AND kind = $2
				AND NOT EXISTS (SELECT id FROM message WHERE root_uin = $1)
				AND NOT EXISTS (SELECT token FROM invitation WHERE root_uin = $1)`,
			Args: []any{root, string(DueRetention)},
		},
		Statement{
			SQL: `UPDATE due SET at = (SELECT MIN(at) FROM (
					SELECT MIN(created_at) + $3 AS at FROM message WHERE root_uin = $1
					UNION ALL
					SELECT MIN(created_at) + $3 AS at FROM invitation WHERE root_uin = $1 AND status <> 'Reviewing'
					UNION ALL
					SELECT MIN(CAST($4 AS BIGINT)) AS at FROM invitation WHERE root_uin = $1 AND status = 'Reviewing'
				) AS kept)
				WHERE root_uin = $1 AND kind = $2`,
			Args: []any{root, string(DueRetention), retained.Milliseconds(), now.Add(reviewedAgain).UnixMilli()},
		},
	)
	return err
}

// ForgetCodes deletes verification codes that no rule asks about any more.
func (s *Store) ForgetCodes(ctx context.Context, now time.Time) error {
	for {
		if n, err := s.PurgeCodes(ctx, now, forgottenMax); n < forgottenMax || err != nil {
			return err
		}
	}
}
