package actions

import (
	"context"

	"tael/api"
	"tael/internal/partner"
)

// QueryPendingClientsV2 lists the open applications to become a customer of the
// caller, oldest first (domain.md §4.4).
func (a *Actions) QueryPendingClientsV2(
	ctx context.Context, call *api.Call, r *api.QueryPendingClientsV2Request,
) (*api.QueryPendingClientsV2Response, error) {
	applications, accounts, total, err := a.pending(ctx, call, partner.Customer, pageOf(r.Page, r.PageSize, r.PageSize))
	if err != nil {
		return nil, err
	}
	response := &api.QueryPendingClientsV2Response{
		Total: total, Data: make([]api.QueryPendingCustomersItem, len(applications)),
	}
	for i := range applications {
		applicant := accounts[applications[i].Uin]
		response.Data[i] = api.QueryPendingCustomersItem{
			ApplyTime: api.FormatTime(applications[i].UsedAt), ClientUin: uint64(applications[i].Uin),
			Email: applicant.Mail, Mobile: partner.MaskPhone(applicant.Phone), Name: applicant.Name,
			Status: string(applications[i].Status), Type: "A",
		}
	}
	return response, nil
}
