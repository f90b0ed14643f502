package actions

import (
	"context"

	"tael/api"
	"tael/internal/partner"
	"tael/internal/store"
)

// QueryInvitationInfo tells what became of the caller's invitations, in the order
// in which it asks (domain.md §4.3).
func (a *Actions) QueryInvitationInfo(
	ctx context.Context, call *api.Call, r *api.QueryInvitationInfoRequest,
) (*api.QueryInvitationInfoResponse, error) {
	found, err := a.Store.Invitations(ctx, self(call), r.InvitationToken, call.Now)
	if err != nil {
		return nil, err
	}
	var uins []int64
	for _, i := range found {
		if i.Uin != 0 {
			uins = append(uins, i.Uin)
		}
	}
	accounts, err := a.Store.Accounts(ctx, uins)
	if err != nil {
		return nil, err
	}
	response := &api.QueryInvitationInfoResponse{InvitationInfo: []api.QueryInvitationInfoData{}}
	for _, token := range r.InvitationToken {
		i, ok := found[token]
		if !ok {
			continue
		}
		delete(found, token) // asked for twice, it is answered once
		response.InvitationInfo = append(response.InvitationInfo, invitationInfo(token, &i, accounts[i.Uin].Mail))
	}
	return response, nil
}

// invitationInfo shows an invitation; one that has expired is still unused.
func invitationInfo(token string, i *store.Invited, mail string) api.QueryInvitationInfoData {
	info := api.QueryInvitationInfoData{
		InvitationToken: token, CreateTime: api.FormatTime(i.CreatedAt), Status: 1, ClientUin: i.Uin, ClientType: 2,
	}
	if i.Role == partner.Subreseller {
		info.ClientType = 1
	}
	if i.Status != store.Unused {
		info.Status, info.UseTime, info.ClientMail = 2, api.FormatTime(i.UsedAt), partner.MaskMail(mail)
	}
	if i.Status == store.Passed {
		info.BindTime = api.FormatTime(i.DecidedAt)
	}
	return info
}
