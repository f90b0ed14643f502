package trail

import (
	"context"
	"time"

	"tael/internal/store"
)

const (
	// purgeMax is how many pages of a chain, or counts, are removed at once.
	purgeMax = 200
	// rootsMax is how many trees are listed at once.
	rootsMax = 1000
)

// Retain removes from the audit of all trees what is older than a number of days.
// It may be stopped at any point and repeated; several at once do no harm.
func Retain(ctx context.Context, s *store.Store, now time.Time, days int) error {
	before := now.AddDate(0, 0, -days).Unix()
	roots := []int64{0} // accounts without a tree
	for len(roots) > 0 {
		for _, root := range roots {
			err := untilNone(func() (int, error) { return s.PurgeAudit(ctx, root, before, purgeMax) })
			if err != nil {
				return err
			}
		}
		var err error
		if roots, err = s.Roots(ctx, roots[len(roots)-1], rootsMax); err != nil {
			return err
		}
	}
	return untilNone(func() (int, error) { return s.PurgeStrangers(ctx, before/60, purgeMax) })
}

func untilNone(purge func() (int, error)) error {
	for {
		if n, err := purge(); n == 0 || err != nil {
			return err
		}
	}
}
