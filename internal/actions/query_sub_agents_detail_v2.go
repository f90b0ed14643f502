package actions

import (
	"context"
	"strconv"
	"strings"

	"tael/api"
	"tael/internal/partner"
	"tael/internal/store"
)

// QuerySubAgentsDetailV2 lists the caller's second-level resellers with their
// pools (domain.md §5.4, §5.5).
func (a *Actions) QuerySubAgentsDetailV2(
	ctx context.Context, call *api.Call, r *api.QuerySubAgentsDetailV2Request,
) (*api.QuerySubAgentsDetailV2Response, error) {
	filter := subresellerFilter(value(r.FilterType), value(r.Filter))
	order := strings.ToLower(r.Order)
	filter.Older = order == "asc" || order == "acs"
	resellers, total, err := a.Store.Subresellers(
		ctx, self(call), filter, store.Page{Number: r.Page, Size: r.PageSize}, call.Now.UnixMilli())
	if err != nil {
		return nil, err
	}
	response := &api.QuerySubAgentsDetailV2Response{
		Total: total, Data: make([]api.QuerySubAgentsDetailV2ResponseData, len(resellers)),
	}
	for i := range resellers {
		s := &resellers[i]
		response.Data[i] = api.QuerySubAgentsDetailV2ResponseData{
			SubAgentUin: s.Uin, Name: s.Name, Remark: s.Remark, Mobile: partner.MaskPhone(s.Phone), Email: s.Mail,
			CountOfCustomers: s.Customers, BindTime: api.FormatTime(s.BoundAt),
			Credit: s.LineTotal, RemainingCredit: s.Line, Voucher: s.QuotaTotal, RemainingVoucher: s.Quota,
		}
	}
	return response, nil
}

// subresellerFilter reads the two halves of a filter; with only one of them
// there is none. Nobody has a UIN that is no number.
func subresellerFilter(by, text string) store.SubresellerFilter {
	if by == "" || text == "" {
		return store.SubresellerFilter{}
	}
	names := map[string]string{
		"SubAgentUin": "uin", "ClientUin": "customer", "Email": "mail", "Name": "name", "Remark": "remark", "Mobile": "phone",
	}
	filter := store.SubresellerFilter{By: names[by], Text: text}
	if uin, err := strconv.ParseInt(text, 10, 64); err == nil {
		filter.Uin = uin
	}
	return filter
}
