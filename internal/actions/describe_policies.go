package actions

import (
	"context"

	"tael/api"
)

// DescribePolicies lists the policies that can be attached in the caller's
// account.
func (a *Actions) DescribePolicies(
	ctx context.Context, call *api.Call, r *api.DescribePoliciesRequest,
) (*api.DescribePoliciesResponse, error) {
	policies, total, err := a.Store.Policies(ctx, call.Uin, pageOf(r.Page, r.PageSize, accessPageMax))
	if err != nil {
		return nil, err
	}
	response := &api.DescribePoliciesResponse{Total: total, Policies: make([]api.DescribedPolicy, len(policies))}
	for i, p := range policies {
		response.Policies[i] = api.DescribedPolicy{
			PolicyName: p.Name, Type: "Preset", Description: p.Description, Document: p.Document, Attachments: p.Attached,
		}
		if p.Owner != 0 {
			response.Policies[i].Type, response.Policies[i].CreateTime = "Custom", api.FormatTime(p.CreatedAt)
		}
	}
	return response, nil
}
