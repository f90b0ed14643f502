package trail

import (
	"context"
	"errors"
	"time"

	"tael/internal/ledger"
	"tael/internal/store"
)

const (
	// purgeMax is how many pages of a chain, or counts, are removed at once.
	purgeMax = 200
	// rootsMax is how many trees are listed at once.
	rootsMax = 1000
)

// Retain removes from the audit of all trees what is older than a number of days.
// It may be stopped at any point and repeated; several at once do no harm. A tree
// whose audit was tampered with keeps what is left of it, and the others none the
// more: its error is among those returned at last.
func Retain(ctx context.Context, s *store.Store, now time.Time, days int) error {
	before := now.AddDate(0, 0, -days).Unix()
	roots := []int64{0} // accounts without a tree
	var broken []error
	for len(roots) > 0 {
		for _, root := range roots {
			err := untilNone(func() (int, error) { return s.PurgeAudit(ctx, root, before, purgeMax) })
			if errors.Is(err, ledger.ErrBroken) {
				broken = append(broken, err)
			} else if err != nil {
				return errors.Join(append(broken, err)...)
			}
		}
		var err error
		if roots, err = s.Roots(ctx, roots[len(roots)-1], rootsMax); err != nil {
			return errors.Join(append(broken, err)...)
		}
	}
	err := untilNone(func() (int, error) { return s.PurgeStrangers(ctx, before/60, purgeMax) })
	return errors.Join(append(broken, err)...)
}

func untilNone(purge func() (int, error)) error {
	for {
		if n, err := purge(); n == 0 || err != nil {
			return err
		}
	}
}
