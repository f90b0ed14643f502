package gateway

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"tael/internal/clock"
)

// What is remembered is as old as the start of its look-up, however long that
// took, and when it is too old an answer is never made of it.
func TestKeyringRemembersFromTheStartOfALookUp(t *testing.T) {
	t.Parallel()
	away := errors.New("the database is away")
	for _, found := range []*Key{{SecretKey: "s"}, nil} {
		loads := 0
		ring := NewKeyring(&clock.Clock{}, Sources{Key: func(context.Context, string) (*Key, error) {
			if loads++; loads > 1 {
				return nil, away
			}
			time.Sleep(keyLife + time.Millisecond)
			return found, nil
		}})
		if key, err := ring.find(t.Context(), "id", ""); key != found || err != nil {
			t.Fatalf("found %v %v", key, err)
		}
		if key, err := ring.find(t.Context(), "id", ""); key != nil || !errors.Is(err, away) || loads != 2 {
			t.Errorf("then %v %v after %d look-ups", key, err, loads)
		}
	}
}

// However many ids are tried, what is remembered of them is bounded, and a key is
// found among them.
func TestKeyringForgetsWhenItIsFull(t *testing.T) {
	t.Parallel()
	ring := NewKeyring(&clock.Clock{}, Sources{Key: func(_ context.Context, id string) (*Key, error) {
		if id == "known" {
			return &Key{SecretKey: "s"}, nil
		}
		return nil, nil
	}})
	for i := range 2*keysMax + 100 {
		if key, err := ring.find(t.Context(), fmt.Sprint("unknown ", i), ""); key != nil || err != nil {
			t.Fatal(key, err)
		}
		if len(ring.keys.all) > keysMax {
			t.Fatalf("%d are remembered", len(ring.keys.all))
		}
	}
	if key, err := ring.find(t.Context(), "known", ""); key == nil || err != nil {
		t.Errorf("the key: %v %v", key, err)
	}
}
