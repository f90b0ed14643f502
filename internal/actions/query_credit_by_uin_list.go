package actions

import (
	"context"
	"strconv"

	"tael/api"
	"tael/internal/ledger"
)

// QueryCreditByUinList answers the credit of direct customers in the order
// asked for, duplicates once (domain.md §2.3, Q 17).
func (a *Actions) QueryCreditByUinList(
	ctx context.Context, call *api.Call, r *api.QueryCreditByUinListRequest,
) (*api.QueryCreditByUinListResponse, error) {
	uins := unique(r.UinList)
	customers, err := a.Store.CustomersByUin(ctx, self(call), uins, call.Now.UnixMilli())
	if err != nil {
		return nil, err
	}
	if len(customers) < len(uins) {
		foreign := strconv.FormatInt(uins[len(customers)], 10)
		return nil, api.NewError(api.UnauthorizedOperationNotCustomerUin, "value", foreign)
	}
	response := &api.QueryCreditByUinListResponse{Data: make([]api.QueryDirectCustomersCreditData, len(uins))}
	for i := range customers {
		response.Data[i] = directCredit(&customers[i])
	}
	return response, nil
}

func directCredit(c *ledger.Customer) api.QueryDirectCustomersCreditData {
	return api.QueryDirectCustomersCreditData{
		Uin: uint64(c.Uin), TotalCredit: c.Total(), RemainingCredit: c.Credit,
	}
}
