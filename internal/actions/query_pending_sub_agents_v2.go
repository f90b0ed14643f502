package actions

import (
	"context"

	"tael/api"
	"tael/internal/partner"
)

// QueryPendingSubAgentsV2 lists the open applications to become a second-level
// reseller of the caller, oldest first (domain.md §5).
func (a *Actions) QueryPendingSubAgentsV2(
	ctx context.Context, call *api.Call, r *api.QueryPendingSubAgentsV2Request,
) (*api.QueryPendingSubAgentsV2Response, error) {
	applications, accounts, total, err := a.pending(
		ctx, call, partner.Subreseller, pageOf(r.Page, r.PageSize, r.PageSize))
	if err != nil {
		return nil, err
	}
	response := &api.QueryPendingSubAgentsV2Response{
		Total: total, Data: make([]api.QueryPendingSubAgentsV2ResponseData, len(applications)),
	}
	for i := range applications {
		applicant := accounts[applications[i].Uin]
		response.Data[i] = api.QueryPendingSubAgentsV2ResponseData{
			SubAgentUin: applications[i].Uin, Name: applicant.Name, Mobile: partner.MaskPhone(applicant.Phone),
			Email: applicant.Mail, ApplyTime: api.FormatTime(applications[i].UsedAt),
			Status: string(applications[i].Status), MaterialUrl: applications[i].MaterialURL,
			AuthState: applicant.AuthStatus,
		}
	}
	return response, nil
}
