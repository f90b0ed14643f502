package actions

import (
	"context"
	"crypto/rand"
	"encoding/hex"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// CreateAndSendClientInvitationMail makes an invitation link and sends it
// (domain.md §4.3).
func (a *Actions) CreateAndSendClientInvitationMail(
	ctx context.Context, call *api.Call, r *api.CreateAndSendClientInvitationMailRequest,
) (*api.CreateAndSendClientInvitationMailResponse, error) {
	invited := store.Invited{Partner: self(call), Role: partner.Customer, CreatedAt: call.Now}
	if r.InvitationRole == "SubAgent" {
		if call.Role != partner.Distributor {
			return nil, ledger.ErrNotPartner
		}
		invited.Role, invited.MaterialURL = partner.Subreseller, value(r.MaterialUrl)
	}
	drawn := make([]byte, 16)
	rand.Read(drawn) // never fails
	token := hex.EncodeToString(drawn)
	link := a.Settings.InvitationURL + "?RegisterToken=" + token
	fields := map[string]string{"Link": link, "Role": r.InvitationRole, "Partner": call.Name}
	if invited.MaterialURL != "" {
		fields["MaterialUrl"] = invited.MaterialURL
	}
	message, err := a.Store.ClaimMessage(call.Root, store.Message{
		Kind: store.Invitation, Channel: store.Mail, To: r.Email, Partner: call.Uin, Language: call.Language,
		At: call.Now, Fields: fields,
	})
	if err != nil {
		return nil, err
	}
	return write[api.CreateAndSendClientInvitationMailResponse](ctx, a, call, change{
		root:   call.Root,
		claims: append(store.ClaimInvitation(invited, token, r.Email), message...),
		answer: func(ledger.Outcome) any {
			return &api.CreateAndSendClientInvitationMailResponse{InvitationLink: link}
		},
	})
}
