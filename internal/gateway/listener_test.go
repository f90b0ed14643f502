package gateway

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
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// tccliRequest is what tccli sends when told --endpoint http://HOST.
func tccliRequest(host, body string) string {
	return "POST / HTTP/1.1\r\nUser-Agent: python-requests/2.34.2\r\nAccept: */*\r\nConnection: keep-alive\r\n" +
		"Content-Type: application/json\r\nHost: " + host + "\r\nX-TC-Action: QueryVoucherAmountByUin\r\n" +
		fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(body), body)
}

// echoServer answers with the Host and body it was sent.
func echoServer(t *testing.T) string {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		send(t, w, r.Host+"|"+string(body))
	}))
	server.Listener = AcceptURLHosts(server.Listener)
	server.Start()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

func dial(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // a test may have closed it
	return conn
}

func shut(t *testing.T, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
}

func send(t *testing.T, conn io.Writer, data string) {
	t.Helper()
	if _, err := io.WriteString(conn, data); err != nil {
		t.Error(err)
	}
}

func wantAnswers(t *testing.T, from *bufio.Reader, want ...string) {
	t.Helper()
	for _, want := range want {
		response, err := http.ReadResponse(from, nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		if err := errors.Join(err, response.Body.Close()); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%d %s", response.StatusCode, body); got != want {
			t.Fatalf("answer %q; want %q", got, want)
		}
	}
}

func TestURLHosts(t *testing.T) {
	t.Parallel()
	address := echoServer(t)
	long := "X-Long: " + strings.Repeat("x", headMax) + "\r\n"
	for name, c := range map[string]struct {
		request string
		want    []string
	}{
		"ordinary": {tccliRequest("h:1", "a"), []string{"200 h:1|a"}},
		"URL":      {tccliRequest("http://h:1", "a"), []string{"200 h:1|a"}},
		"https":    {tccliRequest("HTTPS://h:1", "a"), []string{"200 h:1|a"}},
		"pipelined": {
			tccliRequest("http://h:1", "Host: http://b") + tccliRequest("h:2", "") + tccliRequest("http://h:3", "c"),
			[]string{"200 h:1|Host: http://b", "200 h:2|", "200 h:3|c"},
		},
		"not the first": {
			tccliRequest("h:1", "a") + tccliRequest("http://h:2", "b"),
			[]string{"200 h:1|a", "400 400 Bad Request: malformed Host header"},
		},
		"chunked": {
			"POST / HTTP/1.1\r\nhost:\thttp://h\r\nTransfer-Encoding: chunked\r\n\r\n" +
				"e\r\nHost: http://b\r\n0\r\n\r\n",
			[]string{"200 h|Host: http://b"},
		},
		"after chunked": {
			"POST / HTTP/1.1\r\nHost: http://h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
				tccliRequest("http://h:2", ""),
			[]string{"200 h|", "400 400 Bad Request: malformed Host header"},
		},
		"bare newlines": {"GET / HTTP/1.1\nHost: http://h\n\n", []string{"200 h|"}},
		"no host":       {"GET / HTTP/1.0\r\n\r\n", []string{"200 |"}},
		"two hosts": {
			"GET / HTTP/1.1\r\nHost: http://h\r\nHost: http://h\r\n\r\n",
			[]string{"400 400 Bad Request"},
		},
		"long head, ordinary": {
			"GET / HTTP/1.1\r\n" + long + "Host: h\r\n\r\n", []string{"200 h|"},
		},
		"long head, URL": {
			"GET / HTTP/1.1\r\n" + long + "Host: http://h\r\n\r\n",
			[]string{"400 400 Bad Request: malformed Host header"},
		},
		"not HTTP": {"\r\nhello\r\n\r\n", []string{"400 400 Bad Request"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, address)
			send(t, conn, c.request)
			wantAnswers(t, bufio.NewReader(conn), c.want...)
		})
	}
}

// Requests arrive one byte at a time, and the second only after the first has
// been answered: nothing is held back that net/http waits for.
func TestURLHostsByteByByte(t *testing.T) {
	t.Parallel()
	conn := dial(t, echoServer(t))
	answers := bufio.NewReader(conn)
	for range 2 {
		for _, b := range []byte(tccliRequest("http://h:1", "body")) {
			send(t, conn, string([]byte{b}))
		}
		wantAnswers(t, answers, "200 h:1|body")
	}
}

// While a handler runs, net/http reads ahead to learn of the client's leaving,
// and stops that read by a deadline.
func TestURLHostsBackgroundRead(t *testing.T) {
	t.Parallel()
	entered, left := make(chan struct{}), make(chan error)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/wait" {
			close(entered)
			<-r.Context().Done()
			left <- context.Cause(r.Context())
			return
		}
		time.Sleep(20 * time.Millisecond) // long enough for the next request's first half
		send(t, w, r.Host)
	}))
	server.Listener = AcceptURLHosts(server.Listener)
	server.Start()
	t.Cleanup(server.Close)

	conn := dial(t, server.Listener.Addr().String())
	answers := bufio.NewReader(conn)
	send(t, conn, tccliRequest("http://h:1", "")+"GET /wait HTTP/1.1\r\nHost: ht")
	wantAnswers(t, answers, "200 h:1")
	send(t, conn, "tp://h:2\r\n\r\n")
	<-entered
	shut(t, conn)
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("the handler ended with %v", err)
	}
}

func TestURLHostsBelowTLS(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		send(t, w, r.Host)
	}))
	server.Listener = AcceptURLHosts(server.Listener)
	server.StartTLS()
	t.Cleanup(server.Close)
	conn, err := tls.Dial("tcp", server.Listener.Addr().String(), &tls.Config{
		InsecureSkipVerify: true, //nolint:gosec // the test's own server
	})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, conn)
	send(t, conn, tccliRequest("h:1", ""))
	wantAnswers(t, bufio.NewReader(conn), "200 h:1")
}

func setDeadline(t *testing.T, conn net.Conn, deadline time.Time) {
	t.Helper()
	if err := conn.SetReadDeadline(deadline); err != nil {
		t.Error(err)
	}
}

// A read that timed out loses nothing and can be repeated.
func TestURLHostDeadline(t *testing.T) {
	t.Parallel()
	client, server := net.Pipe()
	conn := &urlHostConn{Conn: server}
	go func() {
		send(t, client, "GET / HTTP/1.1\r\nHost: ht")
		setDeadline(t, server, time.Unix(1, 0)) // long past
	}()
	if n, err := conn.Read(make([]byte, 100)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read %d bytes, %v; want a timeout", n, err)
	}
	setDeadline(t, conn, time.Time{})
	go func() {
		send(t, client, "tp://h\r\n\r\nGET / HT")
		shut(t, client)
	}()
	got, err := io.ReadAll(conn)
	if want := "GET / HTTP/1.1\r\nHost: h\r\n\r\nGET / HT"; string(got) != want || err != nil {
		t.Fatalf("read %q, %v; want %q", got, err, want)
	}
}

// scriptConn is a connection on which data arrives in given pieces.
type scriptConn struct {
	net.Conn
	data   []byte
	pieces []byte // the length of each read, over and over
	turn   int
}

func (c *scriptConn) Read(p []byte) (int, error) {
	if len(c.data) == 0 {
		return 0, io.EOF
	}
	n := len(c.data)
	if len(c.pieces) > 0 {
		n = int(c.pieces[c.turn%len(c.pieces)])%64 + 1
		c.turn++
	}
	n = copy(p, c.data[:min(n, len(c.data))])
	c.data = c.data[n:]
	return n, nil
}

// requests makes up a connection's traffic from script, with hosts given as
// URLs or plainly.
func requests(script []byte, url bool) []byte {
	var b bytes.Buffer
	scheme := ""
	if url {
		scheme = "http://"
	}
	for len(script) > 0 {
		size := min(int(script[0]), len(script)-1)
		body := script[1 : 1+size]
		script = script[1+size:]
		fmt.Fprintf(&b, "POST / HTTP/1.1\r\nA: b\r\nHost: %sh\r\nContent-Length: %d\r\n\r\n%s", scheme, size, body)
	}
	return b.Bytes()
}

// parsed is the requests that net/http finds in data, without their hosts.
func parsed(data []byte) []string {
	var all []string
	reader := bufio.NewReader(bytes.NewReader(data))
	for {
		r, err := http.ReadRequest(reader)
		if err != nil {
			return all
		}
		body, err := io.ReadAll(r.Body)
		all = append(all, fmt.Sprint(r.Method, r.RequestURI, r.Header, string(body), err))
	}
}

// However the bytes of a connection are cut, the same comes out: any bytes at
// all pass as they would in one piece, with all but hosts the same for net/http,
// and those of requests whose hosts are URLs as if these had been plain.
func FuzzURLHosts(f *testing.F) {
	f.Add([]byte(tccliRequest("http://h:1", "Host: http://b")+tccliRequest("h:2", "")), []byte{5, 1})
	f.Add([]byte("\r\nPOST / HTTP/1.1\nHost:https://x\nTransfer-Encoding: x\n\nHost: http://"), []byte{1})
	f.Add([]byte("GET / HTTP/1.1\r\nHost: http://h\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\n"), []byte{})
	f.Fuzz(func(t *testing.T, data, pieces []byte) {
		read := func(data, pieces []byte, bytewise bool) []byte {
			var r io.Reader = &urlHostConn{Conn: &scriptConn{data: data, pieces: pieces}}
			if bytewise {
				r = iotest.OneByteReader(r)
			}
			got, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		whole := read(data, nil, false)
		if cut := read(data, pieces, false); !bytes.Equal(cut, whole) {
			t.Fatalf("in pieces %q; whole %q", cut, whole)
		}
		if cut := read(data, pieces, true); !bytes.Equal(cut, whole) {
			t.Fatalf("byte by byte %q; whole %q", cut, whole)
		}
		if got, want := parsed(whole), parsed(data); !slices.Equal(got, want) {
			t.Fatalf("net/http reads %q; want %q", got, want)
		}
		if !bytes.Contains(bytes.ToLower(data), []byte("://")) && !bytes.Equal(whole, data) {
			t.Fatalf("%q became %q", data, whole)
		}
		if got, want := read(requests(data, true), pieces, false), requests(data, false); !bytes.Equal(got, want) {
			t.Fatalf("requests became %q; want %q", got, want)
		}
	})
}

// What the wrapping costs a connection of ordinary requests.
func BenchmarkURLHostsOrdinary(b *testing.B) {
	request := []byte(tccliRequest("127.0.0.1:8080", "{}"))
	p := make([]byte, 4096)
	b.ReportAllocs()
	for b.Loop() {
		conn := urlHostConn{Conn: &scriptConn{data: request}}
		if n, _ := conn.Read(p); n != len(request) {
			b.Fatal(n)
		}
	}
}
