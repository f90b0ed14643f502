package load

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"tael/internal/clock"
	"tael/internal/signature"
)

// answerTime bounds one exchange; the server looks a commit in doubt up for half
// of it.
const answerTime = 60 * time.Second

// call is one request of an account.
type call struct {
	key     Key
	service string
	version string
	action  string
	body    string
}

// The services that calls go to.
const (
	partnerService, partnerVersion       = "intlpartnersmgt", "2022-09-28"
	managementService, managementVersion = "tael", "2026-11-01"
)

// client is one connection, used by one worker. It does without the pool and
// the goroutines of http.Client, which would cost as much as the server does.
type client struct {
	endpoint *url.URL
	clock    *clock.Clock
	conn     net.Conn
	in       *bufio.Reader
	out      *bufio.Writer
	answer   bytes.Buffer
}

// errUnanswered says that a request may or may not have been executed.
var errUnanswered = errors.New("no answer")

// do signs a call, sends it and returns the answer's bytes, which are good until
// the next call.
func (c *client) do(ctx context.Context, request *call) ([]byte, error) {
	if c.conn == nil {
		if err := c.dial(ctx); err != nil {
			return nil, err
		}
	}
	answer, err := c.exchange(ctx, request)
	if err != nil {
		c.close()
		return nil, fmt.Errorf("%w: %w", errUnanswered, err)
	}
	return answer, nil
}

func (c *client) dial(ctx context.Context) error {
	host := c.endpoint.Host
	if c.endpoint.Port() == "" {
		host = net.JoinHostPort(host, map[string]string{"http": "80", "https": "443"}[c.endpoint.Scheme])
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", host)
	if err != nil {
		return err
	}
	if c.endpoint.Scheme == "https" {
		conn = tls.Client(conn, &tls.Config{ServerName: c.endpoint.Hostname()})
	}
	c.conn, c.in, c.out = conn, bufio.NewReader(conn), bufio.NewWriter(conn)
	return nil
}

func (c *client) close() {
	if c.conn != nil {
		_ = c.conn.Close() // what was in it is lost either way
		c.conn = nil
	}
}

func (c *client) exchange(ctx context.Context, request *call) ([]byte, error) {
	now := c.clock.Real()
	deadline := now.Add(answerTime)
	if limit, ok := ctx.Deadline(); ok && limit.Before(deadline) {
		deadline = limit
	}
	if err := c.conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	r := &http.Request{
		Method: http.MethodPost, URL: c.endpoint, Host: c.endpoint.Host, ContentLength: int64(len(request.body)),
		Header: request.header(c.endpoint.Host, now.Unix()), Body: io.NopCloser(bytes.NewBufferString(request.body)),
	}
	if err := errors.Join(r.Write(c.out), c.out.Flush()); err != nil {
		return nil, err
	}
	response, err := http.ReadResponse(c.in, r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = response.Body.Close() }() // read to its end
	c.answer.Reset()
	if _, err := c.answer.ReadFrom(response.Body); err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("status %s", response.Status)
	}
	return c.answer.Bytes(), nil
}

// header signs the call as the Go SDK does.
func (r *call) header(host string, now int64) http.Header {
	h := http.Header{
		"Content-Type":   {"application/json"},
		"X-Tc-Action":    {r.action},
		"X-Tc-Version":   {r.version},
		"X-Tc-Timestamp": {strconv.FormatInt(now, 10)},
	}
	tc3 := signature.TC3{Method: http.MethodPost, Host: host, Header: h, Payload: []byte(r.body), Timestamp: now}
	h["Authorization"] = []string{tc3.Sign(signature.Credential{ID: r.key.ID, Key: r.key.Secret}, r.service)}
	return h
}
