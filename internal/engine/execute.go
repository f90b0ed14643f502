package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"go.opentelemetry.io/otel/trace"

	"tael/internal/audit"
	"tael/internal/ledger"
	"tael/internal/store"
)

// execute runs a batch in one transaction, or, where the first began with what is
// remembered of the tree and that does not do, in a second one. Where it returns an
// error other than ErrInDoubt, nothing was changed.
func (e *Engine) execute(ctx context.Context, root int64, batch []*item) (store.Ticket, error) {
	began := e.clock.Real()
	ticket, err := e.executeOnce(ctx, root, batch, false)
	outdated := errors.Is(err, store.ErrOutdated)
	if outdated {
		e.observe(ctx, batch, began, err)
		began = e.clock.Real()
	}
	if outdated || errors.Is(err, errOnlyRemembered) {
		ticket, err = e.executeOnce(ctx, root, batch, true)
	}
	e.observe(ctx, batch, began, err)
	return ticket, err
}

// observe tells of an attempt at a batch that has ended.
func (e *Engine) observe(ctx context.Context, batch []*item, began time.Time, err error) {
	if err != nil {
		trace.SpanFromContext(ctx).AddEvent(resultOf(err))
	}
	if e.Observe != nil {
		e.Observe(Attempt{Commands: len(batch), Took: e.clock.Real().Sub(began), Result: resultOf(err)})
	}
}

// errOnlyRemembered says that by what is remembered of the tree nothing was accepted,
// or not a request with a key. Somebody may have changed why, or the request may have
// been executed before: the tree itself has to be asked.
var errOnlyRemembered = errors.New("refused by memory")

func (e *Engine) executeOnce(
	ctx context.Context, root int64, batch []*item, fresh bool,
) (ticket store.Ticket, err error) {
	ctx, cancel := context.WithTimeout(ctx, lockWait)
	defer cancel()
	defer func() { // a damaged row or a wrong rule ends this batch, not the process
		if problem := recover(); problem != nil {
			err = fmt.Errorf("panic: %v\n%s", problem, debug.Stack())
		}
	}()
	b, err := e.store.Begin(ctx, e.requestOf(root, batch, fresh))
	if err != nil {
		return store.Ticket{}, err
	}
	defer b.Rollback()
	answers := map[store.IdempotencyKey]store.Answer{}
	accepted := 0
	for _, it := range batch {
		if it.replay(b.Answers) {
			continue
		}
		changed, err := it.apply(b)
		if err != nil {
			return store.Ticket{}, err
		}
		if !changed {
			if it.Key != nil && b.Recalled() {
				return store.Ticket{}, errOnlyRemembered // it may have been executed before
			}
			continue
		}
		accepted++
		if it.Audit != nil {
			b.Record(it.event())
		}
		if it.Key != nil {
			answer, err := it.record()
			if err != nil {
				return store.Ticket{}, err
			}
			answers[*it.Key], b.Answers[*it.Key] = answer, answer
		}
	}
	switch {
	case accepted > 0:
	case b.Recalled():
		return store.Ticket{}, errOnlyRemembered
	default:
		return store.Ticket{}, nil // nothing to write
	}
	err = b.Commit(answers)
	return b.Ticket(), err
}

func (e *Engine) requestOf(root int64, batch []*item, fresh bool) store.BatchRequest {
	r := store.BatchRequest{Root: root, Fresh: fresh, Now: func() int64 { return e.clock.Now(root).UnixMilli() }}
	for _, it := range batch {
		r.Create = r.Create || it.Create
		if it.Command != nil {
			r.Needs.Need(it.Command)
		}
		if it.Key != nil {
			r.Keys = append(r.Keys, *it.Key)
		}
		r.Fresh = r.Fresh || len(it.Claims) > 0
	}
	return r
}

// replay answers an item whose idempotency key has an answer.
func (it *item) replay(answers map[store.IdempotencyKey]store.Answer) bool {
	if it.Key == nil {
		return false
	}
	recorded, found := answers[*it.Key]
	if !found {
		return false
	}
	if recorded.Parameters != it.Parameters {
		it.result, it.err = Result{}, ErrKeyReused
		return true
	}
	it.result, it.err = Result{Replay: recorded.Response}, nil
	return true
}

// apply runs an item's claims and command. It reports false where the item was
// refused; err is a failure of the database.
func (it *item) apply(b *store.Batch) (accepted bool, err error) {
	refusal, err := b.Claim(it.Claims)
	if err != nil {
		return false, err
	}
	if refusal != nil {
		it.result, it.err = Result{}, refusal
		return false, nil
	}
	it.outcome = ledger.Outcome{}
	if it.Command != nil {
		if it.outcome, err = b.State.Apply(it.Command, it.Origin); err != nil {
			it.result, it.err = Result{}, err
			return false, b.Unclaim(it.Claims)
		}
	}
	it.result, it.err = Result{Answer: it.Answer(it.outcome)}, nil
	return true, nil
}

// event is what the audit remembers of an item that was accepted.
func (it *item) event() audit.Event {
	event := *it.Audit
	event.Code = audit.OK
	for i := range it.Claims {
		if object := it.Claims[i].Object; object != "" {
			event.Change(object)
		}
	}
	o := &it.outcome
	for _, changed := range [...]struct {
		kind string
		id   int64
	}{{"partner", o.Partner.Uin}, {"customer", o.Customer.Uin}, {"voucher", o.Voucher.ID}} {
		if changed.id != 0 {
			event.Change(audit.Object(changed.kind, changed.id))
		}
	}
	if o.Charge.ID != "" {
		event.Change(audit.Object("charge", o.Charge.ID))
	}
	if o.Refund.ID != "" {
		event.Change(audit.Object("refund", o.Refund.ID))
	}
	return event
}

func (it *item) record() (store.Answer, error) {
	response, err := json.Marshal(it.result.Answer)
	return store.Answer{Parameters: it.Parameters, Response: response, Secret: it.Secret}, err
}
