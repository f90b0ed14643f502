package actions

import (
	"context"
	"errors"
	"strconv"

	"tael/api"
	"tael/internal/ledger"
)

// QueryAccountVerificationStatus tells whether a direct customer's identity is
// verified (domain.md §4.5).
func (a *Actions) QueryAccountVerificationStatus(
	ctx context.Context, call *api.Call, r *api.QueryAccountVerificationStatusRequest,
) (*api.QueryAccountVerificationStatusResponse, error) {
	if !isUin(r.ClientUin) {
		return nil, api.NewError(api.FailedOperationUinInvalid)
	}
	customer, err := a.ownCustomer(ctx, call, r.ClientUin)
	if errors.Is(err, ledger.ErrNotCustomer) {
		return nil, api.NewError(api.UnauthorizedOperationNotCustomerUin, "value", strconv.FormatInt(r.ClientUin, 10))
	}
	if err != nil {
		return nil, err
	}
	registered, err := a.Store.Registrations(ctx, []int64{customer.Uin})
	if err != nil {
		return nil, err
	}
	return &api.QueryAccountVerificationStatusResponse{AccountStatus: registered[customer.Uin].Passed()}, nil
}

// isUin reports whether any account can have a number for its UIN.
func isUin(number int64) bool { return number >= 200_000_000_000 && number < 300_000_000_000 }
