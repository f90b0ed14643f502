package store

import (
	"context"
	"sync"
)

// coalescer lets reads of the same thing share one query. A read only joins a
// query that has not started yet, so that it sees everything committed before
// it was asked for; while a query runs, those that arrive wait for the next.
type coalescer[K comparable, V any] struct {
	load func(context.Context, K) (V, error)

	mu    sync.Mutex
	reads map[K]*reading[V]
}

// reading is the queries of one key: one that runs and one that gathers.
type reading[V any] struct {
	next *sharedRead[V] // nil until somebody waits
}

type sharedRead[V any] struct {
	done  chan struct{}
	value V
	err   error
}

// get returns what is stored under key now.
func (c *coalescer[K, V]) get(ctx context.Context, key K) (V, error) {
	c.mu.Lock()
	if c.reads == nil {
		c.reads = map[K]*reading[V]{}
	}
	running := c.reads[key]
	if running == nil {
		c.reads[key] = &reading[V]{}
		c.mu.Unlock()
		value, err := c.load(ctx, key)
		c.finish(ctx, key)
		return value, err
	}
	if running.next == nil {
		running.next = &sharedRead[V]{done: make(chan struct{})}
	}
	shared := running.next
	c.mu.Unlock()
	select {
	case <-shared.done:
		return shared.value, shared.err
	case <-ctx.Done():
		var none V
		return none, ctx.Err()
	}
}

// finish ends a query and starts the next one if somebody waits for it. That
// one runs for all who wait, so it does not end with the context of one.
func (c *coalescer[K, V]) finish(ctx context.Context, key K) {
	c.mu.Lock()
	shared := c.reads[key].next
	if shared == nil {
		delete(c.reads, key)
		c.mu.Unlock()
		return
	}
	c.mu.Unlock()
	go func() {
		c.mu.Lock()
		c.reads[key].next = nil // from here on nobody joins
		c.mu.Unlock()
		shared.value, shared.err = c.load(context.WithoutCancel(ctx), key)
		close(shared.done)
		c.finish(ctx, key)
	}()
}
