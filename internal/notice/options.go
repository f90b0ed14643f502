package notice

import (
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"

	"tael/internal/clock"
	"tael/internal/store"
)

// Options name the receivers. Empty ones leave their channel's messages in the
// outboxes.
type Options struct {
	SMTP     string // smtp:// or smtps://, with the user
	Password string // of the user, where the URL has none
	From     string // address that mail comes from, with a name or without
	SMS      string // URL of the webhook for short messages
	Webhook  string // URL of the webhook for events
	Secret   string // signs what is sent to webhooks
}

// secretMin is how long a secret is at least.
const secretMin = 16

// Check finds what cannot be served; its errors show no secret.
func (o Options) Check() error {
	_, err := o.transports(nil)
	return err
}

// transports makes a transport for each channel that is named.
func (o Options) transports(c *clock.Clock) (map[store.Channel]transport, error) {
	made := map[store.Channel]transport{}
	if o.SMTP != "" {
		t, err := newMailer(o.SMTP, o.Password, o.From)
		if err != nil {
			return nil, fmt.Errorf("--smtp: %w", err)
		}
		made[store.Mail] = t
	}
	for _, hook := range []struct {
		flag    string
		address string
		channel store.Channel
	}{{"--sms-webhook", o.SMS, store.SMS}, {"--webhook", o.Webhook, store.Webhook}} {
		if hook.address == "" {
			continue
		}
		if err := o.checkHook(hook.address); err != nil {
			return nil, fmt.Errorf("%s: %w", hook.flag, err)
		}
		made[hook.channel] = newHook(hook.address, o.Secret, c)
	}
	return made, nil
}

func (o Options) checkHook(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return errors.New("use https://host/path")
	case u.Scheme == "http" && !isLocal(u.Hostname()):
		return errors.New("a receiver on another machine needs https://")
	case len(o.Secret) < secretMin:
		return fmt.Errorf("it needs a secret of at least %d characters to sign with: "+
			"TAEL_WEBHOOK_SECRET or --webhook-secret-file", secretMin)
	}
	return nil
}

// isLocal reports whether a host is this machine.
func isLocal(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// sender reads the address that mail comes from.
func sender(text string) (*mail.Address, error) {
	if text == "" {
		return nil, errors.New("--mail-from has to say where mail comes from")
	}
	address, err := mail.ParseAddress(text)
	if err != nil {
		return nil, fmt.Errorf("--mail-from %s: not a mail address", text)
	}
	return address, nil
}
