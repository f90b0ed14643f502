// Package keys tells the gateway who signs and what it may use: it joins its keyring, which knows no
// database, with the store, which knows no wire.
package keys

import (
	"context"
	"errors"

	"tael/api"
	"tael/internal/clock"
	"tael/internal/gateway"
	"tael/internal/store"
)

// Enabled tells the gateway what partners may use; see gateway.Options.
func Enabled(s *store.Store) func(context.Context, *api.Caller, string) (bool, error) {
	return func(ctx context.Context, caller *api.Caller, action string) (bool, error) {
		return s.FeatureOn(ctx, store.Account{Root: caller.Root, Uin: caller.Uin}, action)
	}
}

// Ring is a keyring of the keys in a store that may sign.
func Ring(c *clock.Clock, s *store.Store) *gateway.Keyring {
	return gateway.NewKeyring(c, func(ctx context.Context, secretID string) (*gateway.Key, error) {
		key, err := s.Key(ctx, secretID)
		if errors.Is(err, store.ErrNotFound) || err == nil && key.Status != store.KeyActive {
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		return &gateway.Key{SecretKey: key.SecretKey, Caller: api.Caller{
			Uin: key.Identity.Uin, Root: key.Identity.Root, Role: key.Identity.Role, Name: key.Identity.Name,
			SecretID: key.SecretID,
		}}, nil
	})
}
