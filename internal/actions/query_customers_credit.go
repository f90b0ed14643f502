package actions

import (
	"context"
	"strconv"
	"strings"

	"tael/api"
	"tael/internal/store"
)

// Answers of QueryCustomersCredit that never vary (domain.md §2.3, Q 14).
const (
	noArrears    = "-"
	customerType = "new"
)

// QueryCustomersCredit lists direct customers that match a filter (domain.md
// §2.3, Q 13, Q 16).
func (a *Actions) QueryCustomersCredit(
	ctx context.Context, call *api.Call, r *api.QueryCustomersCreditRequest,
) (*api.QueryCustomersCreditResponse, error) {
	filter, err := customerFilter(value(r.FilterType), value(r.Filter))
	if err != nil {
		return nil, err
	}
	filter.Older = strings.EqualFold(r.Order, "asc")
	customers, total, err := a.Store.Customers(ctx, self(call), filter, pageOf(r.Page, r.PageSize, listMax))
	if err != nil {
		return nil, err
	}
	uins := make([]int64, len(customers))
	for i := range customers {
		uins[i] = customers[i].Uin
	}
	registered, err := a.Store.Registrations(ctx, uins)
	if err != nil {
		return nil, err
	}
	response := &api.QueryCustomersCreditResponse{
		Data: make([]api.QueryCustomersCreditData, len(customers)), Total: uint64(total),
	}
	for i := range customers {
		c := &customers[i]
		response.Data[i] = api.QueryCustomersCreditData{
			Name: c.Name, Type: customerType, Mobile: c.Phone, Email: c.Mail, Arrears: noArrears,
			AssociationTime: api.FormatTime(c.AssociatedAt), ClientUin: uint64(c.Uin),
			Credit: c.Total(), RemainingCredit: c.Credit, Remark: c.Remark,
			IdentifyType: uint64(registered[c.Uin].IdentifyType()), Force: forceOf(&c.Customer),
		}
	}
	return response, nil
}

// customerFilter reads the two halves of a filter; with only one of them there
// is none.
func customerFilter(by, text string) (store.CustomerFilter, error) {
	if by == "" || text == "" {
		return store.CustomerFilter{}, nil
	}
	switch by {
	case "ClientUin":
		uin, err := strconv.ParseInt(text, 10, 64)
		if err != nil || uin <= 0 {
			return store.CustomerFilter{}, api.NewError(api.InvalidParameterValueInvalidUin, "value", text)
		}
		return store.CustomerFilter{By: "uin", Uin: uin}, nil
	case "Email":
		return store.CustomerFilter{By: "mail", Text: text}, nil
	case "Name":
		return store.CustomerFilter{By: "name", Text: text}, nil
	}
	return store.CustomerFilter{By: "remark", Text: text}, nil
}
