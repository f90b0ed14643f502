package notice

import (
	"context"

	"tael/internal/store"
)

// Forget deletes what has been kept long enough. What it does not get to before
// its time is over is left to the next.
func (n *Notices) Forget(ctx context.Context) error {
	if err := n.store.ForgetCodes(ctx, n.now()); err != nil {
		return err
	}
	until := n.clock.Real().Add(sweepTime)
	for {
		roots, err := n.store.DueTrees(ctx, store.DueRetention, n.now(), treesMax)
		if err != nil || len(roots) == 0 {
			return err
		}
		for _, root := range roots {
			if err := n.store.Forget(ctx, root, n.now()); err != nil {
				return err
			}
			if ctx.Err() != nil || n.clock.Real().After(until) {
				return nil
			}
		}
	}
}
