package actions

import (
	"context"
	"errors"
	"strconv"

	"tael/api"
	"tael/internal/ledger"
)

// Forced suspension as the wire counts it (domain.md §2.7).
const (
	normal = 0
	forced = 2
)

// ForceQN suspends a customer by force, or lifts that (domain.md §2.7).
func (a *Actions) ForceQN(
	ctx context.Context, call *api.Call, r *api.ForceQNRequest,
) (*api.ForceQNResponse, error) {
	response, err := write[api.ForceQNResponse](ctx, a, call, change{
		root:    call.Root,
		command: &ledger.SetForced{Partner: call.Uin, Customer: int64(r.ClientUin), Forced: r.Type == forced},
		answer:  func(ledger.Outcome) any { return &api.ForceQNResponse{} },
	})
	if errors.Is(err, ledger.ErrNotCustomer) { // the action has no other code for it
		return nil, api.NewError(api.InvalidParameterValue,
			"parameter", "ClientUin", "value", strconv.FormatUint(r.ClientUin, 10))
	}
	return response, err
}

// forceOf is a customer's forced suspension in answers.
func forceOf(c *ledger.Customer) int64 {
	if c.Forced {
		return forced
	}
	return normal
}
