package notice

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tael/internal/clock"
	"tael/internal/store"
)

// Headers of webhooks; mail has the second too.
const (
	messageHeader   = "X-Tael-Message"
	attemptHeader   = "X-Tael-Attempt"
	timestampHeader = "X-Tael-Timestamp"
	signatureHeader = "X-Tael-Signature"
)

// event is the body of a webhook.
type event struct {
	Id       string //nolint:revive // the wire's spelling
	Kind     store.MessageKind
	At       time.Time // of its cause
	Tree     int64
	Partner  int64  `json:",omitempty"`
	To       string `json:",omitempty"` // a phone number
	Text     string `json:",omitempty"` // for the phone
	Language string `json:",omitempty"`
	Fields   map[string]string
}

// hook sends messages to a webhook.
type hook struct {
	address string
	secret  []byte
	clock   *clock.Clock
	client  *http.Client
}

func newHook(address, secret string, c *clock.Clock) *hook {
	return &hook{
		address: address, secret: []byte(secret), clock: c,
		client: &http.Client{
			Timeout:   attemptTime,
			Transport: http.DefaultTransport.(*http.Transport).Clone(), // with connections of its own
			// Another place is not the one that was named.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// send tries messages one after the other. After one that the receiver did not
// even answer it spares it the others.
func (h *hook) send(ctx context.Context, messages []store.StoredMessage) []error {
	errs := make([]error, len(messages))
	defer h.client.CloseIdleConnections()
	for i := range messages {
		if errs[i] = h.post(ctx, &messages[i]); errors.Is(errs[i], errDown) {
			for rest := i + 1; rest < len(errs); rest++ {
				errs[rest] = errs[i]
			}
			break
		}
	}
	return errs
}

func (h *hook) post(ctx context.Context, m *store.StoredMessage) error {
	e := event{
		Id: m.ID, Kind: m.Kind, At: m.At.UTC(), Tree: m.Root, Partner: m.Partner, To: m.To, Language: m.Language,
		Fields: m.Fields,
	}
	if m.Channel == store.SMS {
		_, text, err := textOf(&m.Message)
		if err != nil {
			return fmt.Errorf("%w: %w", errHopeless, err)
		}
		e.Text = text
	}
	body, err := json.Marshal(e)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	timestamp := strconv.FormatInt(h.clock.Real().Unix(), 10)
	for name, value := range map[string]string{
		"Content-Type": "application/json", "User-Agent": "tael", messageHeader: m.ID,
		attemptHeader: strconv.FormatInt(m.Attempts, 10), timestampHeader: timestamp,
		signatureHeader: sign(h.secret, timestamp, body),
	} {
		request.Header.Set(name, value)
	}
	response, err := h.client.Do(request)
	if err != nil {
		if named, ok := errors.AsType[*url.Error](err); ok {
			err = named.Err // the address may hold a secret
		}
		return fmt.Errorf("webhook %w: %w", errDown, err)
	}
	_, _ = io.CopyN(io.Discard, response.Body, 4<<10) // so that the connection can be used again
	if err := response.Body.Close(); err != nil {
		return err
	}
	if response.StatusCode/100 != 2 {
		return fmt.Errorf("the webhook answered %d", response.StatusCode)
	}
	return nil
}

// sign is the value of the header X-Tael-Signature: the HMAC-SHA-256, under the
// secret, of the timestamp, a full stop and the body, in hexadecimal.
func sign(secret []byte, timestamp string, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	_, _ = io.WriteString(mac, timestamp+".") // a hash takes everything
	_, _ = mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
