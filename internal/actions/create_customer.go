package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// CreateCustomer makes a customer bound to a partner.
func (a *Actions) CreateCustomer(
	ctx context.Context, call *api.Call, r *api.CreateCustomerRequest,
) (*api.CreateCustomerResponse, error) {
	owner, err := a.partnerOf(ctx, r.PartnerUin)
	if err != nil {
		return nil, err
	}
	return withNewUin(func(uin int64) (*api.CreateCustomerResponse, error) {
		account := newAccount(
			store.Identity{Uin: uin, Root: owner.Root, Role: partner.Customer, Name: r.Name}, r.Mail)
		claims, err := account.claims(a, call)
		if err != nil {
			return nil, err
		}
		return write[api.CreateCustomerResponse](ctx, a, call, change{
			root: owner.Root, claims: claims,
			command: &ledger.AddCustomer{
				Uin: uin, Partner: owner.Uin,
				Profile: ledger.Profile{
					Name: r.Name, Mail: r.Mail, CountryCode: r.CountryCode, Phone: r.Phone, Remark: r.Remark,
				},
			},
			answer: func(o ledger.Outcome) any {
				return &api.CreateCustomerResponse{
					Uin: o.Customer.Uin, SecretId: account.secretID, SecretKey: account.secretKey,
				}
			},
		})
	})
}
