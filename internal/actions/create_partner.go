package actions

import (
	"context"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// CreatePartner makes a top partner with a tree of its own.
func (a *Actions) CreatePartner(
	ctx context.Context, call *api.Call, r *api.CreatePartnerRequest,
) (*api.CreatePartnerResponse, error) {
	role := partner.Reseller
	if r.Role == "Distributor" {
		role = partner.Distributor
	}
	return withNewUin(func(uin int64) (*api.CreatePartnerResponse, error) {
		uin, err := a.claimRoot(ctx, call, uin)
		if err != nil {
			return nil, err
		}
		account := newAccount(store.Identity{Uin: uin, Root: uin, Role: role, Name: r.Name}, r.Mail)
		claims, err := account.claims(a, call)
		if err != nil {
			return nil, err
		}
		return write[api.CreatePartnerResponse](ctx, a, call, change{
			root: uin, create: true, claims: claims,
			command: &ledger.AddPartner{
				Uin: uin, Role: role, LineTotal: r.TotalCredit, QuotaTotal: r.VoucherQuota,
				Profile: ledger.Profile{Name: r.Name, Mail: r.Mail, Phone: r.Phone},
			},
			answer: func(o ledger.Outcome) any {
				return &api.CreatePartnerResponse{
					Uin: o.Partner.Uin, SecretId: account.secretID, SecretKey: account.secretKey,
				}
			},
		})
	})
}
