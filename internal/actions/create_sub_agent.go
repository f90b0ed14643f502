package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// CreateSubAgent makes a second-level reseller of a distributor.
func (a *Actions) CreateSubAgent(
	ctx context.Context, call *api.Call, r *api.CreateSubAgentRequest,
) (*api.CreateSubAgentResponse, error) {
	distributor, err := a.partnerOf(ctx, r.DistributorUin)
	if err != nil {
		return nil, err
	}
	return withNewUin(func(uin int64) (*api.CreateSubAgentResponse, error) {
		account := newAccount(
			store.Identity{Uin: uin, Root: distributor.Root, Role: partner.Subreseller, Name: r.Name}, r.Mail)
		claims, err := account.claims(a, call)
		if err != nil {
			return nil, err
		}
		return write[api.CreateSubAgentResponse](ctx, a, call, change{
			root: distributor.Root, claims: claims,
			command: &ledger.AddPartner{
				Uin: uin, Parent: distributor.Uin, Role: partner.Subreseller,
				Profile: ledger.Profile{Name: r.Name, Mail: r.Mail, Phone: r.Phone, Remark: r.Remark},
			},
			answer: func(o ledger.Outcome) any {
				return &api.CreateSubAgentResponse{
					Uin: o.Partner.Uin, SecretId: account.secretID, SecretKey: account.secretKey,
				}
			},
		})
	})
}
