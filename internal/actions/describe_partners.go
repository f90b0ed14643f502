package actions

import (
	"context"

	"tael/api"
	"tael/internal/store"
)

// DescribePartners lists the partners of all trees for the operator.
func (a *Actions) DescribePartners(
	ctx context.Context, call *api.Call, r *api.DescribePartnersRequest,
) (*api.DescribePartnersResponse, error) {
	partners, total, err := a.Store.Partners(ctx, store.Page{Number: r.Page, Size: r.PageSize}, call.Now.UnixMilli())
	if err != nil {
		return nil, err
	}
	response := &api.DescribePartnersResponse{Total: total, Partners: make([]api.DescribedPartner, len(partners))}
	for i := range partners {
		p := &partners[i]
		response.Partners[i] = api.DescribedPartner{
			Uin: p.Uin, Name: p.Name, Role: wireRole(p.Role), ParentUin: p.Parent, Status: p.Status,
			TotalCredit: p.LineTotal, AllocatedCredit: p.Allocated(), RemainingCredit: p.Line,
			Outstanding: p.Outstanding, TotalQuota: p.QuotaTotal, RemainingQuota: p.Quota,
		}
	}
	return response, nil
}
