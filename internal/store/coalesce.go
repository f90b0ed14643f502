package store

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// coalescer lets reads of the same thing share one query. A read only joins a
// query that has not started yet, so that it sees everything committed before
// it was asked for; while a query runs, those that arrive wait for the next.
type coalescer[K comparable, V any] struct {
	load func(context.Context, K) (V, error)

	crowded atomic.Bool // the last query served more than one read, or was waited for
	mu      sync.Mutex
	reads   map[K]*reading[V]
}

// reading is the queries of one key: one that runs and one that gathers.
type reading[V any] struct {
	next *sharedRead[V] // nil until somebody waits
}

type sharedRead[V any] struct {
	done   chan struct{}
	value  V
	err    error
	joined bool // by more than the read that made it; guarded by mu
}

// errReadFailed is what those get who shared a query that panicked.
var errReadFailed = errors.New("a shared read failed")

// get returns what is stored under key now.
func (c *coalescer[K, V]) get(ctx context.Context, key K) (V, error) {
	c.mu.Lock()
	if c.reads == nil {
		c.reads = map[K]*reading[V]{}
	}
	running := c.reads[key]
	if running == nil {
		shared := newSharedRead[V]()
		c.reads[key] = &reading[V]{next: shared}
		c.mu.Unlock()
		c.run(ctx, key, shared)
		return shared.value, shared.err
	}
	if running.next == nil {
		running.next = newSharedRead[V]()
	}
	shared := running.next
	shared.joined = true
	c.mu.Unlock()
	select {
	case <-shared.done:
		return shared.value, shared.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

func newSharedRead[V any]() *sharedRead[V] {
	return &sharedRead[V]{done: make(chan struct{}), err: errReadFailed}
}

// run makes one query. It is for all who share it, so it does not end with the
// context of one.
func (c *coalescer[K, V]) run(ctx context.Context, key K, shared *sharedRead[V]) {
	if c.crowded.Load() {
		// Requests that are ready to run get to join; without company this costs
		// nothing, and no timer is involved.
		runtime.Gosched()
	}
	c.mu.Lock()
	c.reads[key].next = nil // from here on nobody joins
	c.mu.Unlock()
	defer c.finish(ctx, key, shared)
	defer func() {
		if problem := recover(); problem != nil { // a damaged row ends this read, not the process
			shared.err = fmt.Errorf("%w: %v", errReadFailed, problem)
		}
	}()
	shared.value, shared.err = c.load(context.WithoutCancel(ctx), key)
}

// finish ends a query and starts the next one if somebody waits for it.
func (c *coalescer[K, V]) finish(ctx context.Context, key K, shared *sharedRead[V]) {
	close(shared.done)
	c.mu.Lock()
	defer c.mu.Unlock()
	next := c.reads[key].next
	c.crowded.Store(shared.joined || next != nil)
	if next == nil {
		delete(c.reads, key)
		return
	}
	go c.run(ctx, key, next)
}
