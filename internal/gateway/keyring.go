package gateway

import (
	"context"
	"crypto/sha256"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tael/api"
	"tael/internal/clock"
	"tael/internal/signature"
)

// Key is a secret key and the account it signs for.
type Key struct {
	Caller    api.Caller
	SecretKey string

	signing atomic.Pointer[derivedKey]
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

// keyLife is how long a key is used without looking it up again, counted from
// the start of the look-up: so long may a change elsewhere take to be noticed.
const keyLife = time.Second

// keysMax bounds what is remembered, also of ids that do not exist.
const keysMax = 20_000

// secretIDMax is longer than any secret id, in bytes.
const secretIDMax = 64

// Keyring finds keys by their ids and remembers them for a second.
type Keyring struct {
	clock *clock.Clock
	load  func(ctx context.Context, secretID string) (*Key, error)

	mu    sync.RWMutex
	known map[string]knownKey
}

type knownKey struct {
	key   *Key // nil: no such key
	until time.Time
}

// NewKeyring makes a keyring. load returns nil for an id that does not exist
// or must not sign.
func NewKeyring(c *clock.Clock, load func(ctx context.Context, secretID string) (*Key, error)) *Keyring {
	return &Keyring{clock: c, load: load, known: map[string]knownKey{}}
}

// Forget makes the next request with a key look it up again.
func (k *Keyring) Forget(secretID string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.known, secretID)
}

func (k *Keyring) find(ctx context.Context, secretID string) (*Key, error) {
	if len(secretID) > secretIDMax {
		return nil, nil
	}
	now := k.clock.Real()
	k.mu.RLock()
	entry, ok := k.known[secretID]
	k.mu.RUnlock()
	if ok && now.Before(entry.until) {
		return entry.key, nil
	}
	key, err := k.load(ctx, secretID)
	if err != nil {
		return nil, err // never an older answer: the key may have been disabled
	}
	if ok && entry.key != nil && key != nil && entry.key.SecretKey == key.SecretKey {
		key.signing.Store(entry.key.signing.Load())
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.known) >= keysMax {
		clear(k.known)
	}
	// A copy: the id is part of a request, and would keep all of it.
	k.known[strings.Clone(secretID)] = knownKey{key, now.Add(keyLife)}
	return key, nil
}
