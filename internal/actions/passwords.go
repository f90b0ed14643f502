package actions

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/alexedwards/argon2id"
	"golang.org/x/sync/semaphore"

	"tael/internal/engine"
)

// passwordHash is what a hash costs: RFC 9106's scheme with the memory and passes
// of OWASP's recommendation, some 20 MB and a few hundredths of a second.
var passwordHash = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

const (
	// hashesMax is how many passwords are hashed at once, so that whoever sends many
	// keeps neither processors nor memory from others.
	hashesMax = 2
	// hashWait is how long one waits for its turn.
	hashWait = 500 * time.Millisecond
)

// passwords hashes passwords, a few at a time, never inside of a batch.
type passwords struct {
	once    sync.Once
	slots   *semaphore.Weighted
	nobodys string // hash of a password that nobody has
	err     error
}

// take waits for a turn; engine.ErrBusy where none comes soon.
func (p *passwords) take(ctx context.Context) (release func(), err error) {
	p.once.Do(func() {
		p.slots = semaphore.NewWeighted(hashesMax)
		p.nobodys, p.err = argon2id.CreateHash("", passwordHash)
	})
	if p.err != nil {
		return nil, p.err
	}
	waiting, cancel := context.WithTimeout(ctx, hashWait)
	defer cancel()
	if err := p.slots.Acquire(waiting, 1); err != nil {
		return nil, fmt.Errorf("%w: passwords wait", engine.ErrBusy)
	}
	return func() { p.slots.Release(1) }, nil
}

// hash makes what is stored of a password.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	release, err := p.take(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	return argon2id.CreateHash(password, passwordHash)
}

// match compares a password with what is stored of one. It takes as long where
// there is none.
func (p *passwords) match(ctx context.Context, password, stored string) (bool, error) {
	release, err := p.take(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	if stored == "" {
		_, err := argon2id.ComparePasswordAndHash(password, p.nobodys)
		return false, err
	}
	return argon2id.ComparePasswordAndHash(password, stored)
}

// attempts are invitations that are being taken up, by their tokens.
type attempts struct {
	mu     sync.Mutex
	tokens map[string]bool
}

// begin reports whether nobody else is at it with this token; end follows.
func (a *attempts) begin(token string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.tokens == nil {
		a.tokens = map[string]bool{}
	}
	if a.tokens[token] {
		return false
	}
	a.tokens[token] = true
	return true
}

func (a *attempts) end(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.tokens, token)
}
