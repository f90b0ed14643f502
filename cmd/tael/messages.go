package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/pflag"

	"tael/internal/notice"
)

// Variables that hold what others shall not see on a command line.
const (
	smtpPasswordVariable  = "TAEL_SMTP_PASSWORD"
	webhookSecretVariable = "TAEL_WEBHOOK_SECRET"
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
