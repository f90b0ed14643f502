package gateway

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tael/api"
	"tael/internal/access"
	"tael/internal/clock"
	"tael/internal/failures"
	"tael/internal/signature"
)

// Key is a secret key and the account it signs for.
type Key struct {
	Caller    api.Caller
	SecretKey string
	Disabled  bool // it belongs to Caller, but must not sign

	signing atomic.Pointer[derivedKey]
}

// Role is a role that temporary keys act as.
type Role struct {
	ID     int64
	Caller api.Caller
}

// derivedKey is the key that a day's signatures for one service are made with.
type derivedKey struct {
	date, service string
	key           [sha256.Size]byte
}

// signingKey derives the key of a credential scope, or remembers it: clients
// sign for one service and one day.
func (k *Key) signingKey(a *signature.Authorization) [sha256.Size]byte {
	if d := k.signing.Load(); d != nil && d.date == a.Date && d.service == a.Service {
		return d.key
	}
	d := &derivedKey{a.Date, a.Service, a.SigningKey(k.SecretKey)}
	k.signing.Store(d)
	return d.key
}

// inherit takes over what was derived from the same secret.
func (k *Key) inherit(earlier *Key) {
	if earlier != nil && earlier.SecretKey == k.SecretKey {
		k.signing.Store(earlier.signing.Load())
	}
}

// keyLife is how long a key is used without looking it up again, counted from
// the start of the look-up: so long may a change elsewhere take to be noticed.
const keyLife = time.Second

// Bounds of what is remembered: keysMax also of ids that do not exist. A
// temporary key takes some kilobytes, and whoever has a key can ask for many.
const (
	keysMax     = 20_000
	sessionsMax = 2_000
)

// secretIDMax is longer than any secret id, and tokenMax than any token, in
// bytes.
const (
	secretIDMax = 64
	tokenMax    = 8 << 10
)

// errToken says that the token of a temporary key is absent, not this key's, or
// expired, or that the key ended with what it came from.
var errToken = errors.New("token")

// Sources are where a keyring's keys come from.
type Sources struct {
	// Key returns nil for an id that does not exist.
	Key func(ctx context.Context, secretID string) (*Key, error)
	// Role returns nil for a role that does not exist.
	Role func(ctx context.Context, owner int64, name string) (*Role, error)
	// Session opens the token of a temporary key, or returns nil where it is not
	// this key's.
	Session func(secretID, token string) *access.Session
}

// Keyring finds keys by their ids and remembers them for a second. A temporary
// key is remembered only together with the key and the role it came from, which
// are looked up as if they signed themselves: it ends when they do.
type Keyring struct {
	clock    *clock.Clock
	sources  Sources
	keys     memory[string, known[*Key]]
	roles    memory[int64, known[*Role]] // by their ids
	sessions memory[string, *session]
}

// known is what a look-up found, which may be nothing.
type known[V any] struct {
	found V
	until time.Time
}

// session is an opened token with the key it makes of its parent and role.
type session struct {
	*access.Session
	token  string
	policy *access.Policy // nil: none of its own
	parent *Key
	role   *Role
	key    *Key
}

// memory is a map for many readers that forgets everything when it is full.
type memory[K comparable, V any] struct {
	mu  sync.RWMutex
	all map[K]V
}

func (m *memory[K, V]) get(k K) (V, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v, ok := m.all[k]
	return v, ok
}

func (m *memory[K, V]) put(k K, v V, most int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.all == nil || len(m.all) >= most {
		m.all = map[K]V{}
	}
	m.all[k] = v
}

func (m *memory[K, V]) forget(k K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.all, k)
}

// NewKeyring makes a keyring.
func NewKeyring(c *clock.Clock, sources Sources) *Keyring {
	return &Keyring{clock: c, sources: sources}
}

// Forget makes the next request with a key look it up again.
func (k *Keyring) Forget(secretID string) { k.keys.forget(secretID) }

// ForgetRole makes the next request with a temporary key of a role look the role
// up again.
func (k *Keyring) ForgetRole(id int64) { k.roles.forget(id) }

// find finds a key, or nil where there is none. The token is what came with the
// id, or empty; of a temporary key errToken says that it does not do.
func (k *Keyring) find(ctx context.Context, secretID, token string) (*Key, error) {
	if len(secretID) > secretIDMax {
		return nil, nil
	}
	if access.IsTemporary(secretID) {
		return k.findTemporary(ctx, secretID, token)
	}
	key, err := k.lookUp(ctx, secretID)
	if key != nil && key.Disabled {
		key = nil
	}
	return key, err
}

// owner finds whose a key is, also of one that must not sign now, and of a temporary
// one also when it has expired or came without its token but was used lately; nil
// where that is not known.
func (k *Keyring) owner(ctx context.Context, secretID, token string) (*failures.Owner, error) {
	if len(secretID) > secretIDMax {
		return nil, nil
	}
	if !access.IsTemporary(secretID) {
		key, err := k.lookUp(ctx, secretID)
		if key == nil {
			return nil, err
		}
		owner := ownerOf(&key.Caller)
		return &owner, nil
	}
	s, ok := k.sessions.get(secretID)
	if !ok {
		var err error
		if s, err = k.open(secretID, token); err != nil {
			return nil, err
		}
	}
	if s.RoleID != 0 {
		return &failures.Owner{Account: s.RoleOwner, User: s.RoleID, Temporary: true}, nil
	}
	parent, err := k.lookUp(ctx, s.Parent)
	if parent == nil {
		return nil, err
	}
	return &failures.Owner{Account: parent.Caller.Uin, User: parent.Caller.User, Temporary: true}, nil
}

// lookUp finds a key that is not temporary, also one that must not sign.
func (k *Keyring) lookUp(ctx context.Context, secretID string) (*Key, error) {
	now := k.clock.Real()
	earlier, ok := k.keys.get(secretID)
	if ok && now.Before(earlier.until) {
		return earlier.found, nil
	}
	key, err := k.sources.Key(ctx, secretID)
	if err != nil {
		return nil, err // never an older answer: the key may have been disabled
	}
	if key != nil {
		key.inherit(earlier.found)
	}
	// A copy: the id is part of a request, and would keep all of it.
	k.keys.put(strings.Clone(secretID), known[*Key]{key, now.Add(keyLife)}, keysMax)
	return key, nil
}

// findRole finds the role of a session, or nil where it is gone.
func (k *Keyring) findRole(ctx context.Context, s *session) (*Role, error) {
	now := k.clock.Real()
	earlier, ok := k.roles.get(s.RoleID)
	if ok && now.Before(earlier.until) {
		return earlier.found, nil
	}
	role, err := k.sources.Role(ctx, s.RoleOwner, s.RoleName)
	if err != nil {
		return nil, err
	}
	if role != nil && role.ID != s.RoleID {
		role = nil // another one of the same name
	}
	k.roles.put(s.RoleID, known[*Role]{role, now.Add(keyLife)}, keysMax)
	return role, nil
}

// findTemporary finds a temporary key. Nothing is looked up for a token that is
// not this key's.
func (k *Keyring) findTemporary(ctx context.Context, secretID, token string) (*Key, error) {
	s, ok := k.sessions.get(secretID)
	if !ok || subtle.ConstantTimeCompare([]byte(s.token), []byte(token)) == 0 {
		var err error
		if s, err = k.open(secretID, token); err != nil {
			return nil, err
		}
	}
	if k.clock.Real().Unix() >= s.Expires {
		return nil, errToken
	}
	parent, err := k.find(ctx, s.Parent, "")
	if err != nil {
		return nil, err
	}
	if parent == nil {
		return nil, errToken
	}
	var role *Role
	if s.RoleID != 0 {
		if role, err = k.findRole(ctx, s); err != nil {
			return nil, err
		}
		if role == nil {
			return nil, errToken
		}
	}
	if s.key != nil && s.parent == parent && s.role == role {
		return s.key, nil
	}
	if access.Proof(parent.SecretKey) != s.Proof {
		return nil, errToken
	}
	fresh := s.renewed(strings.Clone(secretID), parent, role)
	k.sessions.put(fresh.key.Caller.SecretID, fresh, sessionsMax)
	return fresh.key, nil
}

func (k *Keyring) open(secretID, token string) (*session, error) {
	if len(token) > tokenMax {
		return nil, errToken
	}
	opened := k.sources.Session(secretID, token)
	if opened == nil {
		return nil, errToken
	}
	s := &session{Session: opened, token: strings.Clone(token)}
	if opened.Policy == "" {
		return s, nil
	}
	var err error
	s.policy, err = access.Parse(opened.Policy)
	return s, err
}

// renewed is a session with the key that its parent and role make of it now.
func (s *session) renewed(secretID string, parent *Key, role *Role) *session {
	key := &Key{SecretKey: s.SecretKey, Caller: parent.Caller}
	if role != nil {
		key.Caller = role.Caller
	}
	if s.policy != nil {
		key.Caller.Rights = key.Caller.Rights.And(s.policy)
	}
	key.Caller.SecretID, key.Caller.Temporary = secretID, true
	key.inherit(s.key)
	fresh := *s
	fresh.parent, fresh.role, fresh.key = parent, role, key
	return &fresh
}
