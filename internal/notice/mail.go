package notice

import (
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"net/url"
	"strconv"
	"strings"

	"github.com/wneessen/go-mail"

	"tael/internal/store"
)

// mailer sends mail by SMTP.
type mailer struct {
	host    string
	options []mail.Option
	from    *netmail.Address
	domain  string // of Message-IDs
}

// newMailer reads "smtp://user:password@host:port". A server on another machine
// has to speak TLS, unless "?starttls=never" says that it need not.
func newMailer(address, password, from string) (*mailer, error) {
	bad := errors.New("use smtp://user@host:port or smtps://user@host:port")
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, bad // what url.Parse says holds the password
	}
	sender, err := sender(from)
	if err != nil {
		return nil, err
	}
	m := &mailer{host: u.Hostname(), from: sender, domain: sender.Address[strings.LastIndex(sender.Address, "@")+1:]}
	m.options = []mail.Option{mail.WithTimeout(attemptTime), mail.WithHELO(m.domain)}
	port := 587
	starttls := u.Query().Get("starttls")
	switch {
	case u.Scheme == "smtps":
		port = 465
		m.options = append(m.options, mail.WithSSL())
	case starttls == "never" || starttls == "" && isLocal(u.Hostname()):
		m.options = append(m.options, mail.WithTLSPolicy(mail.NoTLS))
	case starttls == "" || starttls == "always":
		m.options = append(m.options, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		return nil, errors.New("starttls is always or never")
	}
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, bad
		}
	}
	m.options = append(m.options, mail.WithPort(port))
	if user := u.User.Username(); user != "" {
		if given, ok := u.User.Password(); ok {
			password = given
		}
		m.options = append(m.options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover),
			mail.WithUsername(user), mail.WithPassword(password))
	}
	_, err = mail.NewClient(m.host, m.options...)
	return m, err
}

// send tries messages one after the other on one connection.
func (m *mailer) send(ctx context.Context, messages []store.StoredMessage) []error {
	errs := make([]error, len(messages))
	client, err := mail.NewClient(m.host, m.options...)
	if err == nil {
		err = client.DialWithContext(ctx)
	}
	if err != nil {
		for i := range errs {
			errs[i] = fmt.Errorf("mail server %w: %w", errDown, err)
		}
		return errs
	}
	defer func() { _ = client.Close() }() // what it accepted, it has
	for i := range messages {
		letter, err := m.letter(&messages[i])
		if err != nil {
			errs[i] = fmt.Errorf("%w: %w", errHopeless, err)
			continue
		}
		if err := client.Send(letter); err != nil && !letter.IsDelivered() {
			errs[i] = err
		}
	}
	return errs
}

// letter makes a message's mail. Its Message-ID is the same in every attempt, so
// that a receiver can tell a repeat.
func (m *mailer) letter(message *store.StoredMessage) (*mail.Msg, error) {
	subject, text, err := textOf(&message.Message)
	if err != nil {
		return nil, err
	}
	letter := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := letter.FromFormat(m.from.Name, m.from.Address); err != nil {
		return nil, err
	}
	if err := letter.To(message.To); err != nil {
		return nil, errors.New("not a mail address")
	}
	letter.Subject(subject)
	letter.SetDateWithValue(message.At)
	letter.SetMessageIDWithValue(message.ID + "@" + m.domain)
	letter.SetGenHeader("Auto-Submitted", "auto-generated")
	letter.SetGenHeader(attemptHeader, strconv.FormatInt(message.Attempts, 10))
	letter.SetBodyString(mail.TypeTextPlain, text)
	return letter, nil
}
