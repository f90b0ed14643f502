package actions

import (
	"context"
	"strconv"

	"tael/api"
	"tael/internal/store"
)

// DescribeCustomerUin lists the UINs of direct customers, those bound last first
// (domain.md §4.5).
func (a *Actions) DescribeCustomerUin(
	ctx context.Context, call *api.Call, r *api.DescribeCustomerUinRequest,
) (*api.DescribeCustomerUinResponse, error) {
	customers, total, err := a.Store.Customers(
		ctx, self(call), store.CustomerFilter{}, pageOf(r.Page, r.PageSize, listMax))
	if err != nil {
		return nil, err
	}
	response := &api.DescribeCustomerUinResponse{
		Data: make([]api.DescribeCustomerUinData, len(customers)), Total: strconv.FormatInt(total, 10),
	}
	for i := range customers {
		uin := strconv.FormatInt(customers[i].Uin, 10)
		response.Data[i].CustomerUin = &uin
	}
	return response, nil
}
