package actions

import (
	"errors"
	"strings"
	"testing"

	"tael/internal/engine"
)

// Passwords are hashed two at a time, and whoever would be the third is told so
// soon.
func TestPasswordsAreHashedTwoAtATime(t *testing.T) {
	t.Parallel()
	var p passwords
	first, err := p.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := p.take(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.hash(t.Context(), "Harbour1!"); !errors.Is(err, engine.ErrBusy) {
		t.Errorf("a third: %v", err)
	}
	if _, err := p.match(t.Context(), "Harbour1!", ""); !errors.Is(err, engine.ErrBusy) {
		t.Errorf("a third: %v", err)
	}
	first()
	hash, err := p.hash(t.Context(), "Harbour1!")
	if err != nil || !strings.HasPrefix(hash, "$argon2id$") {
		t.Fatalf("%s: %v", hash, err)
	}
	second()
	for password, want := range map[string]bool{"Harbour1!": true, "Harbour2!": false, "": false} {
		if ok, err := p.match(t.Context(), password, hash); ok != want || err != nil {
			t.Errorf("%q: %v %v", password, ok, err)
		}
		if ok, err := p.match(t.Context(), password, ""); ok || err != nil {
			t.Errorf("%q matches no password: %v", password, err)
		}
	}
}

func TestOneAttemptWithATokenAtATime(t *testing.T) {
	t.Parallel()
	var a attempts
	if !a.begin("t") || a.begin("t") || !a.begin("u") {
		t.Error("a token is tried twice at once, or keeps others waiting")
	}
	a.end("t")
	if !a.begin("t") {
		t.Error("a token that was tried cannot be tried again")
	}
}
