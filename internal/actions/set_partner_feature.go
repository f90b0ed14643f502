package actions

import (
	"context"
	"slices"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// SetPartnerFeature sets what a partner may use, and how many accounts it may
// have (domain.md §1.5, Q 3).
func (a *Actions) SetPartnerFeature(
	ctx context.Context, call *api.Call, r *api.SetPartnerFeatureRequest,
) (*api.SetPartnerFeatureResponse, error) {
	set, err := partnerSettings(r)
	if err != nil {
		return nil, err
	}
	owner, err := a.partnerOf(ctx, r.Uin)
	if err != nil {
		return nil, err
	}
	account := store.Account{Root: owner.Root, Uin: owner.Uin}
	settings, err := a.Store.PartnerSettings(ctx, account)
	if err != nil {
		return nil, err
	}
	c := change{root: owner.Root}
	for _, s := range set {
		settings[s.name] = s.value
		c.claims = append(c.claims, store.ClaimPartnerSetting(account, s.name, s.value))
	}
	c.answer = func(ledger.Outcome) any {
		response := &api.SetPartnerFeatureResponse{
			Disabled: []string{}, CustomerMax: settings[store.CustomerMax], SubAgentMax: settings[store.SubresellerMax],
		}
		for name, value := range settings {
			if value == 0 && name != store.CustomerMax && name != store.SubresellerMax {
				response.Disabled = append(response.Disabled, name)
			}
		}
		slices.Sort(response.Disabled)
		return response
	}
	return write[api.SetPartnerFeatureResponse](ctx, a, call, c)
}

type partnerSetting struct {
	name  string
	value int64
}

// partnerSettings are those that a request sets; at least one.
func partnerSettings(r *api.SetPartnerFeatureRequest) ([]partnerSetting, error) {
	var set []partnerSetting
	switch {
	case r.Feature != nil && r.Enabled == nil:
		return nil, api.NewError(api.MissingParameter, "parameter", "Enabled")
	case r.Feature != nil && *r.Enabled:
		set = append(set, partnerSetting{*r.Feature, 1})
	case r.Feature != nil:
		set = append(set, partnerSetting{*r.Feature, 0})
	case r.Enabled != nil || r.CustomerMax == nil && r.SubAgentMax == nil:
		return nil, api.NewError(api.MissingParameter, "parameter", "Feature")
	}
	if r.CustomerMax != nil {
		set = append(set, partnerSetting{store.CustomerMax, *r.CustomerMax})
	}
	if r.SubAgentMax != nil {
		set = append(set, partnerSetting{store.SubresellerMax, *r.SubAgentMax})
	}
	return set, nil
}
