package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"tael/internal/clock"
	"tael/internal/notice"
	"tael/internal/schedule"
	"tael/internal/store"
)

// Variables that hold what others shall not see on a command line.
const (
	smtpPasswordVariable  = "TAEL_SMTP_PASSWORD"
	webhookSecretVariable = "TAEL_WEBHOOK_SECRET"
)

// How often sweeps look for work.
const (
	deliverEvery = 2 * time.Second
	forgetEvery  = 10 * time.Minute
)

// messageFlags say where messages go.
type messageFlags struct {
	options    notice.Options
	secretFile string
}

func (f *messageFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.options.SMTP, "smtp", "",
		"`URL` of the mail server, smtp://user@host:port or smtps://…; the password is the value of "+smtpPasswordVariable+
			"\n(default: mail stays in the outbox)")
	flags.StringVar(&f.options.From, "mail-from", "", "`address` that mail comes from")
	flags.StringVar(&f.options.SMS, "sms-webhook", "",
		"`URL` that short messages are posted to (default: they stay in the outbox)")
	flags.StringVar(&f.options.Webhook, "webhook", "",
		"`URL` that events are posted to (default: they stay in the outbox)")
	flags.StringVar(&f.secretFile, "webhook-secret-file", "",
		"`file` with the secret that signs what is posted (default: the value of "+webhookSecretVariable+")")
}

// check reads the secrets and finds what cannot be served.
func (f *messageFlags) check() error {
	f.options.Password, f.options.Secret = os.Getenv(smtpPasswordVariable), os.Getenv(webhookSecretVariable)
	if f.secretFile != "" {
		text, err := os.ReadFile(f.secretFile)
		if err != nil {
			return fmt.Errorf("--webhook-secret-file: %w", err)
		}
		f.options.Secret = strings.TrimSpace(string(text))
	}
	return f.options.Check()
}

// start begins the sweeps of a server.
func (f *messageFlags) start(
	ctx context.Context, database *databaseFlags, s *store.Store, c *clock.Clock, m *metrics, log *slog.Logger,
) (*schedule.Schedule, error) {
	n, err := notice.New(s, c, log, f.options)
	if err != nil {
		return nil, err
	}
	if m != nil {
		m.watchMessages(n, s, c)
	}
	sweeps := []schedule.Sweep{{Name: "forget", Every: forgetEvery, Run: logged(log, "forget", n.Forget)}}
	for _, channel := range n.Channels() {
		name := "deliver " + string(channel)
		sweeps = append(sweeps, schedule.Sweep{Name: name, Every: deliverEvery, Run: logged(log, name,
			func(ctx context.Context) error { return n.Deliver(ctx, channel) })})
	}
	return schedule.Start(ctx, schedule.Options{
		Address: database.address, Postgres: database.postgres, Sweeps: sweeps, Log: log,
	})
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
