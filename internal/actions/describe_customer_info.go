package actions

import (
	"context"
	"strconv"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// DescribeCustomerInfo answers the data of direct customers in the order asked
// for, duplicates once (domain.md §4.5).
func (a *Actions) DescribeCustomerInfo(
	ctx context.Context, call *api.Call, r *api.DescribeCustomerInfoRequest,
) (*api.DescribeCustomerInfoResponse, error) {
	uins := unique(r.CustomerUin)
	customers, err := a.Store.DescribedCustomers(ctx, self(call), uins)
	if err != nil {
		return nil, err
	}
	if len(customers) < len(uins) {
		return nil, ledger.ErrNotCustomer
	}
	registered, err := a.Store.Registrations(ctx, uins)
	if err != nil {
		return nil, err
	}
	response := &api.DescribeCustomerInfoResponse{Data: make([]api.DescribeCustomerInfoData, len(customers))}
	for i := range customers {
		response.Data[i] = customerInfo(&customers[i], registered[customers[i].Uin])
	}
	return response, nil
}

func customerInfo(c *store.DescribedCustomer, r store.Registration) api.DescribeCustomerInfoData {
	info := api.DescribeCustomerInfoData{
		CustomerUin: strconv.FormatInt(c.Uin, 10), Email: c.Mail, Phone: c.Phone, Mark: c.Remark, Name: c.Name,
		BindTime: api.FormatTime(c.AssociatedAt), AccountStatus: strconv.FormatInt(forceOf(&c.Customer), 10),
		AuthStatus: strconv.FormatInt(r.Status, 10), AuthType: r.Type,
		CidRegisterTime: api.FormatTime(r.RegisteredAt), UinRegisterTime: api.FormatTime(r.RegisteredAt),
	}
	if !r.VerifiedAt.IsZero() {
		info.AuthPassTime = api.FormatTime(r.VerifiedAt)
	}
	if c.Charged {
		info.HasExpense = 1
	}
	return info
}
