package actions

import (
	"context"
	"errors"

	"tael/api"
	"tael/internal/access"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// keyHolder is whose keys a call is about: an account, or one of its sub-users.
type keyHolder struct {
	account store.Identity
	user    int64 // 0: the account itself
}

func (h *keyHolder) uin() int64 {
	if h.user != 0 {
		return h.user
	}
	return h.account.Uin
}

// claims make a command depend on the sub-user's being the account's.
func (h *keyHolder) claims(more ...store.Claim) []store.Claim {
	if h.user == 0 {
		return more
	}
	return append([]store.Claim{store.ClaimUserOf(h.account.Uin, h.user)}, more...)
}

// root is the tree that a change of the holder's keys rides on: the account's,
// or the caller's where the account has none.
func (h *keyHolder) root(call *api.Call) int64 {
	if h.account.Root == 0 {
		return call.Root
	}
	return h.account.Root
}

// keyHolder is whose keys a call is about: of any account for the operator, of
// the caller's own for everybody else. A sub-user that names nobody means itself.
func (a *Actions) keyHolder(ctx context.Context, call *api.Call, uin, user *int64) (*keyHolder, error) {
	h := &keyHolder{
		account: store.Identity{Uin: call.Uin, Root: call.Root, Role: call.Role, Name: call.Account}, user: value(user),
	}
	switch {
	case uin == nil && user == nil && !call.Temporary:
		h.user = call.User
	case uin == nil || *uin == call.Uin:
	case call.Role != partner.Operator:
		return nil, ledger.ErrNotPartner
	default:
		var err error
		if h.account, err = a.accountOf(ctx, *uin); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// accountOf finds any account, but no sub-user, for the operator.
func (a *Actions) accountOf(ctx context.Context, uin int64) (store.Identity, error) {
	account, err := a.Store.Identity(ctx, uin)
	if err == nil && account.Role == partner.None {
		var owner int64
		if owner, err = a.Store.OwnerOf(ctx, uin); err == nil && owner != 0 {
			return store.Identity{}, ledger.ErrNotPartner
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		return store.Identity{}, ledger.ErrNotPartner
	}
	return account, err
}

// invalidPolicy says what is wrong with a policy.
func invalidPolicy(parameter string, err error) error {
	return api.NewError(api.InvalidParameterValue, "parameter", parameter, "reason", err.Error()).In("policy")
}

// bearer is a sub-user or role that a policy is attached to.
type bearer struct {
	principal int64
	isRole    bool
}

// bearer finds who a policy is attached to, which has to be of the caller's
// account.
func (a *Actions) bearer(ctx context.Context, call *api.Call, user *int64, role *string) (bearer, error) {
	if (user == nil) == (role == nil) {
		return bearer{}, api.NewError(api.InvalidParameterValue).In("principal")
	}
	if user != nil {
		owner, err := a.Store.OwnerOf(ctx, *user)
		if err == nil && owner != call.Uin {
			err = store.ErrNotFound
		}
		return bearer{principal: *user}, err
	}
	found, err := a.Store.AssumedRole(ctx, call.Uin, *role)
	return bearer{principal: found.ID, isRole: true}, err
}

// forget makes a change of a bearer's policies take effect in this process at
// once.
func (a *Actions) forget(ctx context.Context, b bearer) {
	if b.isRole {
		a.ForgetRole(b.principal)
		return
	}
	a.forgetKeys(ctx, b.principal)
}

// forgetKeys makes a change of a sub-user take effect in this process at once.
// Where its keys cannot be read, they are looked up again within a second.
func (a *Actions) forgetKeys(ctx context.Context, user int64) {
	keys, _ := a.Store.Keys(context.WithoutCancel(ctx), user)
	for i := range keys {
		a.ForgetKey(keys[i].SecretID)
	}
}

// policyOf reads a policy that the account can attach, and what it says.
func (a *Actions) policyOf(ctx context.Context, call *api.Call, name string) (*store.Policy, *access.Policy, error) {
	stored, err := a.Store.Policy(ctx, call.Uin, name)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := access.Parse(stored.Document)
	return &stored, parsed, err
}
