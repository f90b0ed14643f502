package gateway

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"tael/internal/access"
	"tael/internal/clock"
)

// parentOnly is a keyring of one permanent key, which counts look-ups, and of
// temporary keys whose token is "token of" and their id.
func parentOnly(t *testing.T, lookups *int) *Keyring {
	return NewKeyring(&clock.Clock{}, Sources{
		Key: func(_ context.Context, secretID string) (*Key, error) {
			*lookups++
			if secretID != "parent" {
				return nil, nil
			}
			return &Key{SecretKey: "secret"}, nil
		},
		Session: func(secretID, token string) *access.Session {
			if len(token) > tokenMax {
				t.Errorf("a token of %d bytes is opened", len(token))
			}
			if token != "token of "+secretID {
				return nil
			}
			return &access.Session{SecretKey: "x", Parent: "parent", Proof: access.Proof("secret"), Expires: 1 << 40}
		},
	})
}

func temporaryID(i int) string { return access.TemporaryID(fmt.Sprintf("%032d", i)) }

// Not parallel: allocations are counted for the whole process.
func TestKnownKeysAllocateNothing(t *testing.T) {
	lookups := 0
	k := parentOnly(t, &lookups)
	id := temporaryID(1)
	token := "token of " + id
	for name, find := range map[string]func() (*Key, error){
		"permanent": func() (*Key, error) { return k.find(t.Context(), "parent", "") },
		"temporary": func() (*Key, error) { return k.find(t.Context(), id, token) },
	} {
		if key, err := find(); key == nil || err != nil {
			t.Fatal(name, err)
		}
		// A look-up may fall among them, once a second.
		allocations := testing.AllocsPerRun(1000, func() { _, _ = find() })
		if name == "permanent" && allocations != 0 || allocations > 2 {
			t.Errorf("%s: %v allocations", name, allocations)
		}
	}
}

// Who makes up temporary keys reaches no database and drives nobody's out; who
// has many of one parent costs its look-ups only.
func TestTemporaryKeysCostNoLookUps(t *testing.T) {
	t.Parallel()
	lookups := 0
	k := parentOnly(t, &lookups)
	for i := range 3 * sessionsMax {
		for _, token := range []string{"", "x", strings.Repeat("x", tokenMax+1), "token of " + temporaryID(i+1)} {
			if _, err := k.find(t.Context(), temporaryID(i), token); !errors.Is(err, errToken) {
				t.Fatal(err)
			}
		}
	}
	if lookups != 0 || len(k.sessions.all) != 0 {
		t.Errorf("%d look-ups, %d remembered", lookups, len(k.sessions.all))
	}
	began := k.clock.Real()
	for i := range 3 * sessionsMax {
		key, err := k.find(t.Context(), temporaryID(i), "token of "+temporaryID(i))
		if err != nil || !key.Caller.Temporary || key.Caller.SecretID != temporaryID(i) {
			t.Fatal(key, err)
		}
		if len(k.sessions.all) > sessionsMax {
			t.Fatal("temporary keys are remembered without bound")
		}
	}
	if seconds := int(k.clock.Real().Sub(began).Seconds()); lookups > seconds+1 {
		t.Errorf("%d look-ups in %d seconds", lookups, seconds)
	}
}
