// Package actions is what Tael does: one file an action, named after it. Here
// the wire's names become the trade's, and the rules' answers become the
// wire's. It knows no HTTP and no SQL.
package actions

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"

	"tael/api"
	"tael/internal/clock"
	"tael/internal/config"
	"tael/internal/engine"
	"tael/internal/failures"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// Actions implements every action of the definition.
type Actions struct {
	Store    *store.Store
	Engine   *engine.Engine
	Clock    *clock.Clock
	Settings config.Settings
	// ForgetKey is told of every key whose status changed, so that the change
	// takes effect in this process at once.
	ForgetKey func(secretID string)
	// ForgetRole is told likewise of roles.
	ForgetRole func(id int64)
	// Failures is what this process remembers of refused requests.
	Failures *failures.Memory
	// Unaudited writes leave nothing in the audit: to measure what it costs.
	Unaudited bool

	passwords passwords
	attempts  attempts
}

var _ api.Service = (*Actions)(nil)

// change is what a write does to one tree.
type change struct {
	root    int64
	create  bool // root is a tree to be made
	command ledger.Command
	claims  []store.Claim
	answer  func(ledger.Outcome) any
}

// write runs a change and returns its response, of type *Response. With an
// idempotency key the response is recorded in the changed tree, in the same
// transaction.
func write[Response any](ctx context.Context, a *Actions, call *api.Call, c change) (*Response, error) {
	request := engine.Request{
		Root: c.root, Create: c.create, Command: c.command, Claims: c.claims,
		Origin: ledger.Origin{RequestID: call.RequestID, Operator: call.Name},
		Secret: call.Action.Secret, Parameters: call.Parameters, Answer: c.answer,
	}
	if !a.Unaudited && !call.Audited {
		event := call.Event()
		request.Audit = &event
	}
	if call.IdempotencyKey != "" {
		request.Key = idempotencyKey(call)
		if c.root != call.Root {
			return writeElsewhere[Response](ctx, a, call, request)
		}
	}
	return run[Response](ctx, a, call, request)
}

// idempotencyKey is the caller's name for its request. Who signs with another
// right than the account's own does not get at the answers of others, which may
// hold secrets: sub-users and roles have names of their own, and so do temporary
// keys, whose policies may allow less.
func idempotencyKey(call *api.Call) *store.IdempotencyKey {
	account := call.Uin
	if call.User != 0 {
		account = call.User
	}
	if call.Temporary {
		account = -account
	}
	return &store.IdempotencyKey{Account: account, Action: call.Action.Name, Key: call.IdempotencyKey}
}

func run[Response any](ctx context.Context, a *Actions, call *api.Call, r engine.Request) (*Response, error) {
	result, err := a.Engine.Do(ctx, r)
	if err != nil {
		return nil, err
	}
	if result.Replay == nil {
		call.Audited = call.Audited || r.Audit != nil
		return result.Answer.(*Response), nil
	}
	return replayed[Response](call, result.Replay)
}

// replay answers a request of the caller's own tree whose idempotency key has an
// answer; nil where it has none. A request whose first execution has changed what
// it asks for before its batch begins with it.
func replay[Response any](ctx context.Context, a *Actions, call *api.Call) (*Response, error) {
	if call.IdempotencyKey == "" {
		return nil, nil
	}
	return recorded[Response](ctx, a, call, call.Root, *idempotencyKey(call))
}

// recorded is what a request with a key was answered in a tree, or nil.
func recorded[Response any](
	ctx context.Context, a *Actions, call *api.Call, root int64, key store.IdempotencyKey,
) (*Response, error) {
	answer, found, err := a.Store.RecordedAnswer(ctx, root, key, call.Now.UnixMilli())
	if err != nil || !found {
		return nil, err
	}
	if answer.Parameters != call.Parameters {
		return nil, engine.ErrKeyReused
	}
	return replayed[Response](call, answer.Response)
}

func replayed[Response any](call *api.Call, answer []byte) (*Response, error) {
	call.Replayed = true
	var response Response
	if err := json.Unmarshal(answer, &response); err != nil {
		return nil, fmt.Errorf("recorded answer: %w", err)
	}
	return &response, nil
}

// destination is what the caller's tree remembers of a write in another tree.
type destination struct{ Root int64 }

// writeElsewhere runs a write of the operator, whose own tree is not the one
// that it changes. No transaction spans two trees, so the key is first claimed
// in the operator's tree, with the tree it went to; the answer is recorded in
// that tree with the effect. A repeat finds the claim, follows it, and finds
// the answer or, where the first attempt never got there, makes the change.
func writeElsewhere[Response any](
	ctx context.Context, a *Actions, call *api.Call, r engine.Request,
) (*Response, error) {
	claimed, err := a.claimRoot(ctx, call, r.Root)
	if err != nil {
		return nil, err
	}
	r.Root = claimed // where the account was that this is about, if it has left since
	response, err := run[Response](ctx, a, call, r)
	if err == nil || isUnsettled(err) {
		return response, err
	}
	return nil, errors.Join(err, a.releaseRoot(ctx, call))
}

// releaseRoot takes claimRoot's claim back. Refusals are not recorded: the key is
// free again, even if the caller left.
func (a *Actions) releaseRoot(ctx context.Context, call *api.Call) error {
	_, err := a.Engine.Do(context.WithoutCancel(ctx), engine.Request{
		Root: call.Root, Claims: []store.Claim{store.ReleaseKey(call.Root, *idempotencyKey(call))},
		Answer: func(ledger.Outcome) any { return nil },
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil // a concurrent repeat has released it
	}
	return err
}

// claimRoot claims the caller's idempotency key in its own tree for a write in
// the tree root, and returns the tree that the key went to first: a creation
// that draws its tree's UIN at random goes on with that one. Without a key, or
// at home, there is nothing to claim.
func (a *Actions) claimRoot(ctx context.Context, call *api.Call, root int64) (int64, error) {
	if call.IdempotencyKey == "" || root == call.Root {
		return root, nil
	}
	claimed, err := run[destination](ctx, a, call, engine.Request{
		Root: call.Root, Parameters: call.Parameters,
		Key:    idempotencyKey(call),
		Answer: func(ledger.Outcome) any { return &destination{root} },
	})
	if err != nil {
		return 0, err
	}
	call.Replayed = false // that was the claim, not the answer
	return claimed.Root, nil
}

// isUnsettled reports whether the same request may still be carried out.
func isUnsettled(err error) bool {
	return errors.Is(err, engine.ErrBusy) || errors.Is(err, engine.ErrUnknownOutcome) || errors.Is(err, context.Canceled)
}

// uinAttempts is how many random UINs are tried; one in 10¹¹ is taken for each
// account there is.
const uinAttempts = 5

// withNewUin runs a creation under random UINs until one is free.
func withNewUin[Response any](create func(uin int64) (*Response, error)) (*Response, error) {
	for attempt := 1; ; attempt++ {
		uin, err := newUin()
		if err != nil {
			return nil, err
		}
		response, err := create(uin)
		if !errors.Is(err, store.ErrUinTaken) || attempt == uinAttempts {
			return response, err
		}
	}
}

// firstUin is the least UIN.
const firstUin = 200_000_000_000

// newUin draws a UIN: twelve digits that start with 2.
func newUin() (int64, error) {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000_000))
	if err != nil {
		return 0, err
	}
	return firstUin + n.Int64(), nil
}

// NewKey draws the two halves of a key in the form that clients know.
func NewKey() (secretID, secretKey string) {
	return "AKID" + (rand.Text() + rand.Text())[:32], (rand.Text() + rand.Text())[:32]
}

// account is a new account with its first key.
type account struct {
	store.Identity
	mail string

	secretID  string
	secretKey string
}

// newAccount draws a key for a new account.
func newAccount(i store.Identity, mail string) account {
	secretID, secretKey := NewKey()
	return account{Identity: i, mail: mail, secretID: secretID, secretKey: secretKey}
}

// claims are the directory entries of a new account.
func (n *account) claims(a *Actions, call *api.Call) ([]store.Claim, error) {
	claims := []store.Claim{store.ClaimIdentity(n.Identity, call.Now)}
	if n.mail != "" {
		claims = append(claims, store.ClaimMail(n.mail, n.Uin))
	}
	key, err := a.Store.ClaimKey(n.Uin, n.secretID, n.secretKey, call.Now)
	return append(claims, key), err
}

// partnerOf finds a partner of any tree for the operator.
func (a *Actions) partnerOf(ctx context.Context, uin int64) (store.Identity, error) {
	identity, err := a.Store.Identity(ctx, uin)
	if errors.Is(err, store.ErrNotFound) || err == nil && !identity.Role.IsPartner() {
		return store.Identity{}, ledger.ErrNotPartner
	}
	return identity, err
}

// customerOf finds a customer of any tree for the operator. A repeat of what was
// done to somebody who has left since finds the tree that it was done in, by its
// idempotency key.
func (a *Actions) customerOf(ctx context.Context, call *api.Call, uin int64) (store.Identity, error) {
	identity, err := a.Store.Identity(ctx, uin)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return store.Identity{}, err
	}
	if err == nil && identity.Role == partner.Customer {
		return identity, nil
	}
	if call.IdempotencyKey == "" {
		return store.Identity{}, ledger.ErrNotCustomer
	}
	// Only a look: a claim of no tree, left behind by a crash, would keep the key from
	// working once there is a customer.
	went, err := recorded[destination](ctx, a, call, call.Root, *idempotencyKey(call))
	if err == nil && went == nil {
		err = ledger.ErrNotCustomer
	}
	if err != nil {
		return store.Identity{}, err
	}
	call.Replayed = false // that was the claim, not the answer
	return store.Identity{Uin: uin, Root: went.Root, Role: partner.Customer}, nil
}

// self is the caller as a member of its tree.
func self(call *api.Call) store.Account {
	return store.Account{Root: call.Root, Uin: call.Uin}
}

// pageOf makes a page of wire values that are at least 1; sizes above limit
// count as limit (domain.md Q 12, Q 16).
func pageOf(number, size, limit int64) store.Page {
	return store.Page{Number: number, Size: min(size, limit)}
}

// accessPageMax is the largest page of sub-users, policies and roles.
const accessPageMax = 200

// unpagedMax is how many rows an action without pages answers.
const unpagedMax = 10_000

// wireRole is a partner's role in the management service.
func wireRole(role partner.Role) string {
	switch role {
	case partner.Distributor:
		return "Distributor"
	case partner.Reseller:
		return "Reseller"
	case partner.Subreseller:
		return "SubAgent"
	}
	return ""
}

// unique drops repeated UINs and keeps the order.
func unique[N int64 | uint64](uins []N) []int64 {
	seen := make(map[N]bool, len(uins))
	kept := make([]int64, 0, len(uins))
	for _, uin := range uins {
		if !seen[uin] {
			seen[uin] = true
			kept = append(kept, int64(uin))
		}
	}
	return kept
}

// value is what an optional parameter points to, or the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
