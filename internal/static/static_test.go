package static_test

import (
	"compress/gzip"
	"crypto/sha256"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tael/internal/static"
)

// serve asks for a file with headers, names and values in turn.
func serve(f *static.File, method string, status int, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	f.Serve(w, r, status)
	return w
}

// body is what was sent, unpacked.
func body(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	var from io.Reader = answer.Body
	if answer.Header().Get("Content-Encoding") == "gzip" {
		unpacked, err := gzip.NewReader(from)
		if err != nil {
			t.Fatal(err)
		}
		from = unpacked
	}
	content, err := io.ReadAll(from)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

var long = strings.Repeat("credit ", 1000)

func text() *static.File { return static.New("text/plain", static.Checked, []byte(long)) }

// The client says which coding it takes, and which it prefers.
func TestAcceptEncoding(t *testing.T) {
	t.Parallel()
	for accepted, compressed := range map[string]bool{
		"gzip": true, "gzip, deflate, br, zstd": true, "br, GZIP;q=0.5": true, "br;q=1.0, gzip ; Q=0.8, *;q=0.1": true,
		"*": true, "*;q=0.001": true, "identity;q=0, *": true, "identity;q=0.5, gzip": true, "gzip;q=0.5, identity;q=0.5": true,
		"x-gzip": true, "gzip;q=1.000;": true,

		"": false, "br": false, "identity": false, "gzipped": false, "gzip;q=0": false, "gzip; q=0.000, *": false, "*;q=0": false,
		"identity, gzip;q=0.5": false, "gzip;q=0.5, *": false, "gzip;q=": false, "gzip;q=much": false, "gzip;q": false,
		"gzip;q=-1": false, "gzip;q=NaN": false, ";": false,
	} {
		answer := serve(text(), http.MethodGet, http.StatusOK, "Accept-Encoding", accepted)
		if got := answer.Header().Get("Content-Encoding") == "gzip"; got != compressed {
			t.Errorf("%q: compressed is %v", accepted, got)
		}
		if got := body(t, answer); got != long || answer.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%q: %d bytes, %v", accepted, len(got), answer.Header())
		}
	}
	lines := serve(text(), http.MethodGet, http.StatusOK, "Accept-Encoding", "br", "Accept-Encoding", "gzip;q=0")
	if lines.Header().Get("Content-Encoding") != "" {
		t.Error("the second line is not read")
	}
}

// What the client has is not sent again. Compressed it is another thing, whose tag
// says nothing of the content as it is.
func TestIfNoneMatch(t *testing.T) {
	t.Parallel()
	f := text()
	plain := serve(f, http.MethodGet, http.StatusOK).Header().Get("ETag")
	small := serve(f, http.MethodGet, http.StatusOK, "Accept-Encoding", "gzip").Header().Get("ETag")
	other := serve(static.New("text/plain", static.Checked, []byte(long+"!")), http.MethodGet, http.StatusOK).Header().Get("ETag")
	made := serve(static.Made("text/plain", static.Checked, []byte(long)), http.MethodGet, http.StatusOK).Header().Get("ETag")
	if plain == small || plain == other || plain != made || !strings.HasPrefix(plain, `"`) {
		t.Errorf("tags %s, %s, %s, %s", plain, small, other, made)
	}
	for _, c := range []struct {
		known, accepted string
		status          int
	}{
		{plain, "", 304},
		{"W/" + plain, "", 304},
		{`"x", ` + plain, "", 304},
		{"*", "", 304},
		{small, "gzip", 304},
		{plain, "gzip;q=0", 304},
		{small, "", 200},
		{plain, "gzip", 200},
		{other, "", 200},
		{strings.Trim(plain, `"`), "", 200},
		{"", "", 200},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			answer := serve(f, method, http.StatusOK, "If-None-Match", c.known, "Accept-Encoding", c.accepted)
			if answer.Code != c.status || c.status == 304 && body(t, answer) != "" {
				t.Errorf("%s %s with %q: %d", method, c.known, c.accepted, answer.Code)
			}
		}
	}
	tag := []string{plain}
	unchanged := serve(f, http.MethodGet, http.StatusOK, "If-None-Match", plain)
	want := http.Header{"Cache-Control": {"no-cache"}, "Vary": {"Accept-Encoding"}, "Etag": tag}
	if d := cmp.Diff(want, unchanged.Header()); d != "" {
		t.Error(d)
	}
}

// HEAD is answered with GET's headers and nothing else; a failure and what nobody
// may keep have no tag, whatever the client thinks to have.
func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cache  static.Cache
		status int
		tagged bool
	}{{static.Always, 200, true}, {static.Day, 200, true}, {static.Checked, 404, false}, {static.Never, 200, false}} {
		f := static.New("text/plain", c.cache, []byte(long))
		asked := []string{"Accept-Encoding", "gzip", "If-None-Match", `"x"`}
		if !c.tagged {
			asked[3] = "*"
		}
		got := serve(f, http.MethodGet, c.status, asked...)
		head := serve(f, http.MethodHead, c.status, asked...)
		if d := cmp.Diff(got.Header(), head.Header()); d != "" || body(t, got) != long {
			t.Errorf("%s: GET and HEAD: %s", c.cache, d)
		}
		if content, err := io.ReadAll(head.Body); err != nil || len(content) > 0 || head.Code != c.status {
			t.Errorf("%s: HEAD: %d with %d bytes, %v", c.cache, head.Code, len(content), err)
		}
		tag := got.Header().Get("ETag")
		got.Header().Del("ETag")
		want := http.Header{
			"Cache-Control": {string(c.cache)}, "Vary": {"Accept-Encoding"}, "Content-Encoding": {"gzip"}, "Content-Type": {"text/plain"},
		}
		if d := cmp.Diff(want, got.Header()); d != "" || (tag != "") != c.tagged || got.Code != c.status {
			t.Errorf("%s: %d, tag %q: %s", c.cache, got.Code, tag, d)
		}
	}
}

// What compression would not make smaller is sent as it is.
func TestIncompressible(t *testing.T) {
	t.Parallel()
	hash := sha256.Sum256([]byte("nothing to save here"))
	for _, content := range []string{"", "short", string(hash[:])} {
		answer := serve(static.New("text/plain", static.Checked, []byte(content)), http.MethodGet, http.StatusOK, "Accept-Encoding", "gzip")
		if got := answer.Header().Get("Content-Encoding"); got != "" || body(t, answer) != content {
			t.Errorf("%q is sent with %q", content, got)
		}
	}
}

// Large content made for one request is compressed too.
func TestMade(t *testing.T) {
	t.Parallel()
	large := strings.Repeat(long, 40)
	answer := serve(static.Made("text/plain", static.Checked, []byte(large)), http.MethodGet, http.StatusOK, "Accept-Encoding", "gzip")
	if answer.Header().Get("Content-Encoding") != "gzip" || body(t, answer) != large {
		t.Error(answer.Header())
	}
}
