package testkit

import (
	"bytes"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// Received is a message as its receiver got it.
type Received struct {
	ID      string // stable over all attempts
	Attempt int
	To      string
	Header  map[string][]string
	Body    []byte
}

// Receiver is a mail server or a webhook that takes messages, or refuses them.
type Receiver struct {
	URL string

	mu       sync.Mutex
	received []Received
	verdict  func(Received) error
	arrived  chan struct{}
}

// ErrAfterTaking says that a receiver took a message but does not say so.
var ErrAfterTaking = errors.New("taken, but not answered")

// Judge lets a function decide on each message: its error is what the sender
// gets, with ErrAfterTaking of a message that was taken.
func (r *Receiver) Judge(verdict func(Received) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.verdict = verdict
}

// Received are the messages taken so far.
func (r *Receiver) Received() []Received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.received)
}

// Arrived gets a value after messages were taken.
func (r *Receiver) Arrived() <-chan struct{} { return r.arrived }

func (r *Receiver) take(m Received) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.verdict != nil {
		if err := r.verdict(m); err != nil && !errors.Is(err, ErrAfterTaking) {
			return err
		} else if err != nil {
			r.received = append(r.received, m)
			return err
		}
	}
	r.received = append(r.received, m)
	select {
	case r.arrived <- struct{}{}:
	default:
	}
	return nil
}

// MailServer speaks SMTP on this machine until the test ends. Its URL is what
// --smtp takes.
func MailServer(t testing.TB) *Receiver {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &Receiver{URL: "smtp://" + listener.Addr().String(), arrived: make(chan struct{}, 1)}
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) {
		return &session{receiver: r}, nil
	}))
	server.ErrorLog = log.New(io.Discard, "", 0) // senders that are killed are no news
	server.Domain = "localhost"
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) }) // until it is closed
	t.Cleanup(func() {
		_ = server.Close() // and its connections
		serving.Wait()
	})
	return r
}

// session is one connection of a mail server.
type session struct {
	receiver *Receiver
	to       []string
}

func (s *session) Reset()                               { s.to = nil }
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

func (s *session) Data(body io.Reader) error {
	raw, err := io.ReadAll(body)
	if err != nil {
		return err // the sender went away in the middle
	}
	letter, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	text, err := io.ReadAll(letter.Body)
	if err != nil {
		return err
	}
	id, _, _ := strings.Cut(strings.Trim(letter.Header.Get("Message-ID"), "<>"), "@")
	attempt, err := strconv.Atoi(letter.Header.Get("X-Tael-Attempt"))
	if err != nil {
		return err
	}
	return s.receiver.take(Received{
		ID: id, Attempt: attempt, To: strings.Join(s.to, ","), Header: letter.Header, Body: text,
	})
}

// Webhook takes requests on this machine until the test ends.
func Webhook(t testing.TB) *Receiver {
	t.Helper()
	r := &Receiver{arrived: make(chan struct{}, 1)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		body, err := io.ReadAll(request.Body)
		if err != nil {
			return // the sender went away in the middle
		}
		attempt, err := strconv.Atoi(request.Header.Get("X-Tael-Attempt"))
		if err == nil {
			err = r.take(Received{
				ID: request.Header.Get("X-Tael-Message"), Attempt: attempt, Header: request.Header, Body: body,
			})
		}
		if err != nil {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(server.Close)
	r.URL = server.URL + "/hook"
	return r
}
