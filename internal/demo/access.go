package demo

import (
	"context"
	"slices"

	"tael/internal/access"
	"tael/internal/store"
)

// Of the reseller: a sub-user, a role and a policy that is attached to nothing.
const (
	SubUser = Reseller + 900
	Role    = 300_000_001_900
)

// SubUserKey is the sub-user with its key.
func SubUserKey() Account { return account(SubUser, "", "amy", "HarbourAmy") }

const (
	deskPolicy = `{"version":"2.0","statement":[{"effect":"allow","action":["intlpartnersmgt:AllocateCustomerCredit"],` +
		`"resource":"*"}]}`
	roleTrust = `{"version":"2.0","statement":[{"effect":"allow","action":"sts:AssumeRole",` +
		`"principal":{"qcs":["qcs::cam::uin/200000001000:root"]}}]}`
)

// access gives the reseller whoever may act for it.
func (f *filler) access(ctx context.Context) error {
	amy := SubUserKey()
	key, err := f.store.ClaimKey(SubUser, amy.SecretID, amy.SecretKey, f.now)
	if err != nil {
		return err
	}
	reading := &store.Policy{Name: access.ReadOnly, Document: access.Presets[access.ReadOnly]}
	desk := &store.Policy{
		Owner: Reseller, Name: "credit-desk", Description: "Allocates credit", Document: deskPolicy,
	}
	role := &store.Role{Owner: Reseller, Name: "reporting", ID: Role, Description: "Reads everything", Trust: roleTrust}
	return f.run(ctx, Reseller, Reseller, nil, "access", slices.Concat(
		store.ClaimUser(Reseller, SubUser, amy.Name, f.now),
		[]store.Claim{key},
		store.ClaimPolicy(desk, f.now),
		store.ClaimRole(role, f.now),
		store.ClaimAttachment(Reseller, SubUser, reading, f.now),
		store.ClaimAttachment(Reseller, Role, reading, f.now),
	)...)
}
