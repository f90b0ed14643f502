package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"tael/internal/notice"
	"tael/internal/schedule"
	"tael/internal/trail"
)

// How often sweeps look for work, and what they may take where a minute is not
// enough: to deliver ends by itself before, to retain goes through all trees.
const (
	deliverEvery = 2 * time.Second
	deliverTakes = 3 * time.Minute
	forgetEvery  = 10 * time.Minute
	retainEvery  = time.Hour
	retainTakes  = 50 * time.Minute
)

// sweep begins the work that nobody calls for: messages are delivered, and what
// has been kept long enough is forgotten.
func (f *serveFlags) sweep(ctx context.Context, p *parts) error {
	n, err := notice.New(p.store, p.clock, p.log, f.messages.options)
	if err != nil {
		return err
	}
	if p.metrics != nil {
		p.metrics.watchMessages(n, p.store, p.clock)
	}
	sweeps := []schedule.Sweep{
		{Name: "forget", Every: forgetEvery, Run: n.Forget},
		{Name: "audit", Every: retainEvery, Takes: retainTakes, Run: func(ctx context.Context) error {
			return trail.Retain(ctx, p.store, p.clock.Real(), p.settings.AuditDays)
		}},
	}
	for _, channel := range n.Channels() {
		sweeps = append(sweeps, schedule.Sweep{
			Name: "deliver " + string(channel), Every: deliverEvery, Takes: deliverTakes,
			Run: func(ctx context.Context) error { return n.Deliver(ctx, channel) },
		})
	}
	for i := range sweeps {
		sweeps[i].Run = logged(p.log, sweeps[i].Name, sweeps[i].Run)
	}
	running, err := schedule.Start(ctx, schedule.Options{
		Address: f.jobs.beside(&f.database), Postgres: f.database.postgres, Sweeps: sweeps, Log: p.log,
	})
	if err == nil {
		p.onClose(running.Close)
	}
	return err
}

// logged tells of a sweep that failed: the next goes on.
func logged(log *slog.Logger, name string, run func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		err := run(ctx)
		if err != nil && !errors.Is(err, context.Canceled) {
			log.Warn("sweep failed", "sweep", name, "error", err)
		}
		return nil
	}
}
