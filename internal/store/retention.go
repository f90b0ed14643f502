package store

import (
	"context"
	"time"
)

// forgottenMax is how many rows a step of Forget deletes of each kind.
const forgottenMax = 500

// Forget deletes what a tree has kept long enough, but not so much at once that
// others wait for it. The tree is due again when the next row's time comes, which
// may be now.
func (s *Store) Forget(ctx context.Context, root int64, now time.Time) error {
	_, err := s.write(ctx,
		lockTree(root),
		Statement{
			SQL: `DELETE FROM message WHERE root_uin = $1 AND id IN (
				SELECT id FROM message WHERE root_uin = $1 AND created_at <= $2 ORDER BY created_at, id LIMIT $3)`,
			Args: []any{root, now.Add(-retained).UnixMilli(), forgottenMax},
		},
		Statement{
			SQL: `DELETE FROM due WHERE root_uin = $1 AND kind = $2 AND NOT EXISTS (
				SELECT id FROM message WHERE root_uin = $1)`,
			Args: []any{root, string(DueRetention)},
		},
		Statement{
			SQL: `UPDATE due SET at = (SELECT MIN(created_at) + $3 FROM message WHERE root_uin = $1)
				WHERE root_uin = $1 AND kind = $2`,
			Args: []any{root, string(DueRetention), retained.Milliseconds()},
		},
	)
	return err
}
