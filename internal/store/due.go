package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// DueKind is a kind of background work on a tree. Messages have one for each
// Channel, of the same name.
type DueKind string

// DueRetention is the deletion of what has been kept long enough.
const DueRetention DueKind = "Retention"

// due is when a sweep of a kind has to look at a tree.
type due struct {
	kind DueKind
	at   time.Time
}

// ClaimDue sees to it that a sweep of a kind looks at a tree at a time or
// earlier. It always affects a row and is not taken back: a sweep that finds
// nothing to do does no harm.
func ClaimDue(root int64, kind DueKind, at time.Time) Claim {
	return claimDue(root, due{kind, at})
}

func claimDue(root int64, entries ...due) Claim {
	var rows []string
	args := []any{root}
	for _, entry := range entries {
		args = append(args, string(entry.kind), entry.at.UnixMilli())
		rows = append(rows, fmt.Sprintf("($1, $%d, $%d)", len(args)-1, len(args)))
	}
	return Claim{Do: Statement{
		SQL: `INSERT INTO due (root_uin, kind, at) VALUES ` + strings.Join(rows, ", ") + `
			ON CONFLICT (root_uin, kind) DO UPDATE SET
				at = CASE WHEN due.at < EXCLUDED.at THEN due.at ELSE EXCLUDED.at END
			RETURNING root_uin`,
		Args: args, Columns: 1,
	}}
}

// These two are among the few statements that go through all trees.

// DueTrees lists trees that a sweep of a kind has to look at, those that have
// waited longest first, and when their time came.
func (s *Store) DueTrees(ctx context.Context, kind DueKind, now time.Time, limit int64) ([]int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT root_uin FROM due WHERE kind = $1 AND at <= $2 ORDER BY at, root_uin LIMIT $3`,
		Args: []any{string(kind), now.UnixMilli(), limit}, Columns: 1, AllTrees: true,
	})
	roots := make([]int64, len(rows))
	for i, row := range rows {
		roots[i] = row.Int(0)
	}
	return roots, err
}

// Overdue is how long a kind of work has been due where it has been longest, or 0.
func (s *Store) Overdue(ctx context.Context, kind DueKind, now time.Time) (time.Duration, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT at FROM due WHERE kind = $1 ORDER BY at LIMIT 1`,
		Args: []any{string(kind)}, Columns: 1, AllTrees: true,
	})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return max(0, now.Sub(time.UnixMilli(rows[0].Int(0)))), nil
}
