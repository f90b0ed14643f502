// Package trail records the calls that changed nothing, of one process. It
// remembers them and writes what it has within a second, so that a call waits
// for nothing and a crash takes no more than the last second.
package trail

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"tael/internal/audit"
	"tael/internal/clock"
	"tael/internal/store"
)

const (
	// interval is how long what is remembered waits to be written.
	interval = 500 * time.Millisecond
	// eventsMax bounds what is remembered, some twenty megabytes; half of it is
	// written at once.
	eventsMax = 1 << 17
	// writeTime bounds one try at writing, and the last one of a process.
	writeTime = 5 * time.Second
	// spareMax bounds the memory that is kept for a next time, in events.
	spareMax = 1 << 15
)

// Trail takes calls from any number of goroutines.
type Trail struct {
	store *store.Store
	clock *clock.Clock
	log   *slog.Logger

	mu        sync.Mutex // guards what follows, up to wake
	events    []audit.Event
	spare     []audit.Event // to be used next
	unwritten int           // events taken from events and not yet written
	missed    missed
	strangers strangers
	stats     Stats
	closed    bool

	wake chan struct{} // there is something
	full chan struct{} // there is much
	stop chan struct{}
	done chan struct{}

	writing sync.Mutex // guards the rest
	chunks  []chunk    // not yet written
	failing bool
}

// chunk is pages that are written together.
type chunk struct {
	pages  []audit.Page
	doubt  bool // whether they have been written
	ticket store.CallsTicket
}

// Stats count what became of calls since the start.
type Stats struct {
	Recorded int64 // written
	Missed   int64 // not remembered, for want of room, or refused by the database
	Waiting  int64 // remembered and not yet written
}

// New starts a trail. Close ends it.
func New(s *store.Store, c *clock.Clock, log *slog.Logger) *Trail {
	t := &Trail{
		store: s, clock: c, log: log,
		wake: make(chan struct{}, 1), full: make(chan struct{}, 1),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	go t.run()
	return t
}

// Record remembers a call. It never waits for the database.
func (t *Trail) Record(e audit.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	waiting := len(t.events) + t.unwritten
	if waiting >= eventsMax || t.closed {
		t.missed.add(e.Root, e.Account)
		t.stats.Missed++
		signal(t.wake)
		return
	}
	t.events = append(t.events, e)
	if len(t.events) == 1 {
		signal(t.wake)
	}
	if waiting == eventsMax/2 {
		signal(t.full)
	}
}

// Count counts a call of nobody that is known.
func (t *Trail) Count(s audit.Stranger, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.strangers.add(s, at.Unix()/60) {
		signal(t.wake)
	}
}

// Stats tells what became of calls.
func (t *Trail) Stats() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	stats := t.stats
	stats.Waiting = int64(len(t.events) + t.unwritten)
	return stats
}

// Close writes what there is, and gives up after a few seconds. Whatever calls
// come later are not recorded.
func (t *Trail) Close() {
	t.mu.Lock()
	first := !t.closed
	t.closed = true
	t.mu.Unlock()
	if first {
		close(t.stop)
	}
	<-t.done
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// run writes what there is, half a second after the first of it came.
func (t *Trail) run() {
	defer close(t.done)
	for {
		select {
		case <-t.wake:
		case <-t.stop:
			t.last()
			return
		}
		select {
		case <-time.After(interval):
		case <-t.full:
		case <-t.stop:
			t.last()
			return
		}
		if err := t.Flush(context.Background()); err != nil {
			signal(t.wake) // and so again
		}
	}
}

// last writes what there is before the process ends.
func (t *Trail) last() {
	err := t.Flush(context.Background())
	if err == nil { // how many there was no room for, if there was a backlog
		err = t.Flush(context.Background())
	}
	if err != nil {
		t.log.Warn("audit: calls were not recorded", "calls", t.Stats().Waiting, "error", err)
	}
}

// Flush writes what there is now; an error says that some of it waits for the
// next time.
func (t *Trail) Flush(ctx context.Context) error {
	t.writing.Lock()
	defer t.writing.Unlock()
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	events, counts := t.take()
	if len(events) > 0 {
		for _, pages := range t.store.AuditChunks(audit.Pages(events)) {
			t.chunks = append(t.chunks, chunk{pages: pages})
		}
		t.give(events)
	}
	err := t.write(ctx)
	if len(counts) > 0 && err == nil {
		if err = t.store.CountStrangers(ctx, counts); errors.Is(err, store.ErrInDoubt) {
			err = nil // never twice
		}
	}
	t.settle(err, counts)
	if failing := err != nil; failing != t.failing {
		t.failing = failing
		if failing {
			t.log.Warn("audit: calls wait to be recorded", "error", err)
		} else {
			t.log.Info("audit: calls are recorded again")
		}
	}
	return err
}

// take takes over what is remembered.
func (t *Trail) take() ([]audit.Event, []audit.Strangers) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.unwritten == 0 { // there is room again: what there was none for comes first
		t.events = append(t.events, t.missed.take(t.clock.Real().UnixMilli())...)
	}
	events := t.events
	t.events, t.spare = t.spare[:0], nil
	t.unwritten += len(events)
	return events, t.strangers.take()
}

// give gives the memory of events back.
func (t *Trail) give(events []audit.Event) {
	if cap(events) > spareMax {
		return
	}
	clear(events)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.spare = events
}

// settle takes back counts that could not be written, or sees to it that what
// there was no room for comes next.
func (t *Trail) settle(err error, counts []audit.Strangers) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case err != nil:
		t.strangers.keep(counts)
	case len(t.missed) > 0:
		signal(t.wake)
	}
}

// write writes the chunks in their order, as far as it gets. Of one that the
// database refuses it writes each page by itself, so that only the one at fault is
// lost: nobody else's calls wait for it.
func (t *Trail) write(ctx context.Context) error {
	var refusal error
	lost := 0
	defer func() {
		if lost > 0 {
			t.log.Error("audit: calls cannot be recorded", "calls", lost, "error", refusal)
		}
	}()
	for len(t.chunks) > 0 {
		c := &t.chunks[0]
		done, err := t.writeChunk(ctx, c)
		refused := errors.Is(err, store.ErrRefused) && !c.doubt
		switch {
		case refused && len(c.pages) > 1:
			t.chunks = append(apart(c.pages), t.chunks[1:]...)
			continue
		case err != nil && !refused:
			return err
		case !done && !refused:
			continue
		}
		calls := c.calls()
		if refused {
			lost, refusal = lost+calls, err
		}
		t.end(calls, refused)
		t.chunks = t.chunks[1:]
	}
	t.chunks = nil
	return nil
}

// apart are chunks of one page each.
func apart(pages []audit.Page) []chunk {
	chunks := make([]chunk, len(pages))
	for i := range pages {
		chunks[i].pages = pages[i : i+1]
	}
	return chunks
}

func (c *chunk) calls() int {
	count := 0
	for i := range c.pages {
		count += c.pages[i].Made
	}
	return count
}

// end counts calls that wait no longer.
func (t *Trail) end(calls int, lost bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unwritten -= calls
	if lost {
		t.stats.Missed += int64(calls)
		return
	}
	t.stats.Recorded += int64(calls)
}

// writeChunk writes a chunk, once: where a commit was not answered it first finds
// out what became of that. It reports false where that was not to be.
func (t *Trail) writeChunk(ctx context.Context, c *chunk) (done bool, err error) {
	if c.doubt {
		done, err := t.store.CallsAppended(ctx, c.ticket)
		c.doubt = err != nil
		return done, err
	}
	c.ticket, err = t.store.AppendCalls(ctx, c.pages)
	if errors.Is(err, store.ErrInDoubt) {
		c.doubt = true
		return false, nil
	}
	return err == nil, err
}
