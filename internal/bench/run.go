package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"tael/internal/money"
)

const (
	// warmTime is how long a server gets its requests before they count, each
	// answer looked at.
	warmTime = time.Second
	// settleTime is how long requests that wrk left behind may take.
	settleTime = 10 * time.Second
	settleStep = 50 * time.Millisecond
)

// measure runs one side once, on a server and a database of its own. The
// database is proved afterwards: figures of a wrong ledger are worth nothing.
func (b *bench) measure(ctx context.Context, s *side) (m measurement, err error) {
	folder, err := os.MkdirTemp(b.folder, "run-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	database := filepath.Join(folder, "tael.db")
	p, err := b.startSide(ctx, s, folder, database)
	if err != nil {
		return m, err
	}
	warm, m, err := b.drive(ctx, s, p, folder)
	if err := errors.Join(err, p.stop()); err != nil {
		return m, err
	}
	m.CPU = p.cpu().Seconds() * 1e6 / float64(warm.Requests+m.Requests)
	if s.serve.bare != "" {
		return m, nil
	}
	return m, b.verify(ctx, database)
}

func (b *bench) startSide(ctx context.Context, s *side, folder, database string) (*process, error) {
	if s.serve.bare == "" {
		return b.startTael(ctx, database, s.serve.arguments)
	}
	answer, err := b.sampleAnswer(ctx, s, database)
	if err != nil {
		return nil, err
	}
	return startBare(ctx, s.serve.bare, folder, answer)
}

// sampleAnswer is what Tael answers to the requests of a side.
func (b *bench) sampleAnswer(ctx context.Context, s *side, database string) (recordedAnswer, error) {
	p, err := b.startTael(ctx, database, nil)
	if err != nil {
		return recordedAnswer{}, err
	}
	answer, err := call(ctx, sign(p.address, s.action))
	return answer, errors.Join(err, p.stop())
}

// drive warms a server up, puts it under load and checks what it answered.
func (b *bench) drive(ctx context.Context, s *side, p *process, folder string) (warm, m measurement, err error) {
	request := func() signedRequest { // signed anew each time: a signature is valid for 300 s
		r := sign(p.address, s.action)
		if s.unsigned {
			r.header.Del("Authorization")
		}
		return r
	}
	if warm, err = runWrk(ctx, folder, request(), warmTime, true); err != nil {
		return warm, m, fmt.Errorf("warm-up: %w", err)
	}
	var before money.Amount
	if s.action.adds != 0 {
		if before, err = settledCredit(ctx, p.address); err != nil {
			return warm, m, err
		}
	}
	if m, err = runWrk(ctx, folder, request(), b.duration, false); err != nil {
		return warm, m, err
	}
	if s.action.adds == 0 {
		return warm, m, checkBytes(warm, m)
	}
	after, err := settledCredit(ctx, p.address)
	if err != nil {
		return warm, m, err
	}
	return warm, m, checkCredit(after-before, s.action.adds, m.Requests)
}

// checkBytes compares the answers' length with that of the warm-up's answers,
// all of which were successes: refusals have the same status but another length.
func checkBytes(warm, m measurement) error {
	length := (warm.Bytes + warm.Requests/2) / warm.Requests
	if m.Bytes < m.Requests*length || m.Bytes > (m.Requests+clients)*length {
		return fmt.Errorf("%d answers have %d bytes rather than %d each: some are refusals", m.Requests, m.Bytes, length)
	}
	return nil
}

// checkCredit compares what a customer was given with the answers that wrk
// counted. It does not count those that are on their way when time is up.
func checkCredit(risen, each money.Amount, counted int64) error {
	least := each * money.Amount(counted)
	if risen < least || risen > least+each*clients {
		return fmt.Errorf("%d allocations of %s were answered, but the customer's credit rose by %s", counted, each, risen)
	}
	return nil
}

// settledCredit is the customer's credit once it no longer changes.
func settledCredit(ctx context.Context, address string) (money.Amount, error) {
	last := money.Amount(-1)
	for range settleTime / settleStep {
		credit, err := customerCredit(ctx, address)
		if err != nil || credit == last {
			return credit, err
		}
		last = credit
		select {
		case <-time.After(settleStep):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return 0, fmt.Errorf("the customer's credit still changes %s after the load", settleTime)
}
