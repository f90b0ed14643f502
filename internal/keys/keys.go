// Package keys tells the gateway who signs and what it may use: it joins its keyring, which knows no
// database, with the store, which knows no wire.
package keys

import (
	"context"
	"errors"
	"fmt"

	"tael/api"
	"tael/internal/access"
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

// Ring is a keyring of the keys in a store.
func Ring(c *clock.Clock, s *store.Store) *gateway.Keyring {
	return gateway.NewKeyring(c, gateway.Sources{
		Key: func(ctx context.Context, secretID string) (*gateway.Key, error) {
			key, err := s.Key(ctx, secretID)
			if errors.Is(err, store.ErrNotFound) {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			return keyOf(&key)
		},
		Role: func(ctx context.Context, owner int64, name string) (*gateway.Role, error) {
			role, err := s.AssumedRole(ctx, owner, name)
			if errors.Is(err, store.ErrNotFound) {
				return nil, nil
			}
			if err != nil {
				return nil, err
			}
			return roleOf(&role)
		},
		Session: func(secretID, token string) *access.Session {
			plain, err := s.OpenToken(token, secretID)
			if err != nil {
				return nil
			}
			session, err := access.DecodeSession(plain)
			if err != nil {
				return nil
			}
			return session
		},
	})
}

func callerOf(i *store.Identity) api.Caller {
	return api.Caller{Uin: i.Uin, Root: i.Root, Role: i.Role, Name: i.Name, Account: i.Name}
}

func keyOf(key *store.Key) (*gateway.Key, error) {
	caller := callerOf(&key.Identity)
	caller.SecretID = key.SecretID
	if key.User != 0 {
		policies, err := access.ParseAll(key.Policies)
		if err != nil {
			return nil, fmt.Errorf("policies of sub-user %d: %w", key.User, err)
		}
		caller.User, caller.Name, caller.Rights = key.User, caller.Name+"/"+key.UserName, access.NewRights(policies)
	}
	return &gateway.Key{SecretKey: key.SecretKey, Caller: caller, Disabled: key.Status != store.KeyActive}, nil
}

func roleOf(role *store.AssumedRole) (*gateway.Role, error) {
	policies, err := access.ParseAll(role.Policies)
	if err != nil {
		return nil, fmt.Errorf("policies of role %d: %w", role.ID, err)
	}
	caller := callerOf(&role.Identity)
	caller.User, caller.Name, caller.Rights = role.ID, caller.Name+"/"+role.Name, access.NewRights(policies)
	return &gateway.Role{ID: role.ID, Caller: caller}, nil
}
