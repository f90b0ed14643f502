package gateway

import (
	"bytes"
	"errors"
	"net"
	"slices"
	"strconv"
	"strings"
)

// headMax is the length in bytes of the longest request head that is looked at.
const headMax = 64 << 10

// AcceptURLHosts makes a listener's connections lenient about a Host header
// that is a URL. Over plain HTTP, tccli can only be told where to connect as
// "http://127.0.0.1:8080", and then sends that as Host; net/http answers 400
// before any handler sees the request. The scheme is taken off; the signature,
// which covers it, is verified with it put back.
//
// A connection whose first request names an ordinary host, or which does not
// speak HTTP/1, is passed through untouched from there on. Of the others every
// head is treated so as long as its requests say plainly where they end, and no
// byte of a body is altered.
func AcceptURLHosts(l net.Listener) net.Listener {
	return urlHostListener{l}
}

type urlHostListener struct{ net.Listener }

func (l urlHostListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &urlHostConn{Conn: conn}, nil
}

// urlHostConn reads, by turns, a head into held and a body past it. One
// goroutine may read at a time, which is what net/http does.
type urlHostConn struct {
	net.Conn
	through bool   // everything still to come passes as it is
	urls    bool   // the first head had a URL for a host
	held    []byte // read and not yet passed on
	ready   int    // bytes at the start of held that may be
	body    int64  // bytes of the body that come after held
	head    requestHead
}

func (c *urlHostConn) Read(p []byte) (int, error) {
	for {
		switch {
		case c.ready > 0:
			n := copy(p, c.held[:c.ready])
			c.ready -= n
			c.held = c.held[n:]
			if len(c.held) == 0 {
				c.held = nil
			}
			return n, nil
		case c.through || len(p) == 0:
			return c.Conn.Read(p)
		case c.body > 0:
			n, err := c.Conn.Read(p[:min(int64(len(p)), c.body)])
			c.body -= int64(n)
			return n, err
		case !c.urls && len(c.held) == 0:
			// The usual first read holds a whole head and stays where it is.
			n, err := c.Conn.Read(p)
			var head requestHead
			if err != nil || head.scan(p[:n], true) == headThrough {
				c.through = n > 0
				return n, err
			}
			c.held = bytes.Clone(p[:n])
		default:
			if err := c.advance(); err != nil {
				return 0, err
			}
		}
	}
}

// advance lets the head that is held go, or reads more of it.
func (c *urlHostConn) advance() error {
	switch c.head.scan(c.held, !c.urls) {
	case headThrough:
		c.through = true
		c.ready = len(c.held)
	case headComplete:
		c.urls = true
		c.release()
	case headPartial:
		return c.fill()
	}
	return nil
}

// fill reads more of a head. A deadline may be renewed and the head go on; when
// the connection has ended, what is held is passed on before that is said.
func (c *urlHostConn) fill() error {
	if len(c.held) == cap(c.held) {
		c.held = slices.Grow(c.held, 2048)
	}
	n, err := c.Conn.Read(c.held[len(c.held):cap(c.held)])
	c.held = c.held[:len(c.held)+n]
	var failure net.Error
	switch {
	case n > 0 || err == nil:
		return nil // an error will be met again
	case errors.As(err, &failure) && failure.Timeout():
		return err
	}
	c.through = true
	c.ready = len(c.held)
	if c.ready > 0 {
		return nil
	}
	return err
}

func (c *urlHostConn) release() {
	h := c.head
	c.head = requestHead{}
	// The part before the scheme is the shorter one to move.
	copy(c.held[h.scheme:], c.held[:h.host])
	c.held = c.held[h.scheme:]
	if h.endless {
		c.through = true
		c.ready = len(c.held)
		return
	}
	rest := int64(len(c.held) - (h.next - h.scheme))
	inside := min(rest, h.body)
	c.ready = len(c.held) - int(rest-inside)
	c.body = h.body - inside
}

// CloseWrite lets net/http end its side first, so that a client still sending
// what was refused gets to read the answer.
func (c *urlHostConn) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

type headState int

const (
	headPartial  headState = iota // its end has not arrived
	headComplete                  // and its end is known
	headThrough                   // nothing to do here, now or later
)

// requestHead is what is known of the request head at the start of some bytes.
type requestHead struct {
	next    int   // where the first line not yet looked at begins
	begun   bool  // the request line has been looked at
	named   bool  // a Host header has been
	sized   bool  // a Content-Length has been
	host    int   // where the value of Host begins
	scheme  int   // the length of the scheme in it
	body    int64 // Content-Length
	endless bool  // where the body ends is not for us to know
}

// scan goes on with the lines of data, which holds the head from its beginning.
// It gives up on anything that net/http would not read in the same way, and
// with first set on a Host that is not a URL.
func (h *requestHead) scan(data []byte, first bool) headState {
	for {
		length := bytes.IndexByte(data[h.next:], '\n')
		if h.next+max(length, 0) >= headMax || length < 0 && len(data) > headMax {
			return headThrough
		}
		if !h.begun && h.next < len(data) && !isRequestStart(data[h.next]) {
			return headThrough
		}
		if length < 0 {
			return headPartial
		}
		from := h.next
		h.next += length + 1
		line := string(bytes.TrimSuffix(data[from:from+length], []byte("\r")))
		switch {
		case !h.begun:
			if line != "" && !h.begin(line) {
				return headThrough
			}
		case line == "" && first && h.scheme == 0:
			return headThrough
		case line == "":
			return headComplete
		case !h.header(line, from) || first && h.named && h.scheme == 0:
			return headThrough
		}
	}
}

// isRequestStart says whether a request can begin with c. A TLS handshake,
// which would be waiting for an answer, begins with 0x16. Empty lines before a
// request are allowed.
func isRequestStart(c byte) bool {
	return 'A' <= c && c <= 'Z' || c == '\r' || c == '\n'
}

func (h *requestHead) begin(line string) bool {
	h.begun = true
	rest, version, ok := cutLast(line, " HTTP/1.")
	return ok && (version == "0" || version == "1") && !strings.HasPrefix(rest, "CONNECT ")
}

func cutLast(s, separator string) (before, after string, ok bool) {
	i := strings.LastIndex(s, separator)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(separator):], true
}

// header looks at one header line, which begins at from.
func (h *requestHead) header(line string, from int) bool {
	name, value, ok := strings.Cut(line, ":")
	if !ok || line[0] == ' ' || line[0] == '\t' {
		return false
	}
	trimmed := strings.TrimLeft(value, " \t")
	switch {
	case strings.EqualFold(name, "Host"):
		if h.named {
			return false
		}
		h.named = true
		h.host = from + len(line) - len(trimmed)
		h.scheme = schemeLength(trimmed)
	case strings.EqualFold(name, "Content-Length"):
		length, err := strconv.ParseUint(strings.TrimRight(trimmed, " \t"), 10, 63)
		if h.sized || err != nil {
			return false
		}
		h.sized = true
		h.body = int64(length)
	case strings.EqualFold(name, "Transfer-Encoding"), strings.EqualFold(name, "Upgrade"):
		h.endless = true
	}
	return true
}

func schemeLength(host string) int {
	for _, scheme := range [...]string{"http://", "https://"} {
		if len(host) >= len(scheme) && strings.EqualFold(host[:len(scheme)], scheme) {
			return len(scheme)
		}
	}
	return 0
}
