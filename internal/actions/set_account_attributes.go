package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// shareUnits are the wire's words for what an account has to do with a sharing
// unit.
var shareUnits = map[string]string{
	"None": "", "Created": partner.ShareUnitCreated, "Joined": partner.ShareUnitJoined,
}

// SetAccountAttributes sets the facts about an account that approval asks for.
func (a *Actions) SetAccountAttributes(
	ctx context.Context, call *api.Call, r *api.SetAccountAttributesRequest,
) (*api.SetAccountAttributesResponse, error) {
	attributes := store.Attributes{
		KeyAccount: r.KeyAccount, Organisation: r.OrganisationAccount, SavingsPlan: r.SavingsPlan, Balance: r.Balance,
	}
	if r.SharingUnit != nil {
		unit := shareUnits[*r.SharingUnit]
		attributes.ShareUnit = &unit
	}
	if attributes == (store.Attributes{}) {
		return nil, api.NewError(api.MissingParameter, "parameter", "KeyAccount")
	}
	return write[api.SetAccountAttributesResponse](ctx, a, call, change{
		root: call.Root, claims: []store.Claim{store.ClaimAttributes(r.Uin, attributes, call.Now)},
		answer: func(ledger.Outcome) any { return &api.SetAccountAttributesResponse{} },
	})
}
