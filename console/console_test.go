package console

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tael/internal/static"
)

func pages(t *testing.T) *Pages {
	t.Helper()
	p, err := New(Options{
		Definition: []byte(`{"actions":[` + strings.Repeat(`"x",`, 100) + `"y"]}`), Version: "1",
		Demo: []Account{{Uin: 1, Role: "reseller", Name: "R", SecretID: "id", SecretKey: "key"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func get(p *Pages, method, path string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	p.ServeHTTP(w, r)
	return w
}

// Whatever is answered, nobody may frame it, guess its kind or run a script of
// another place in it.
func TestEveryAnswerIsSecured(t *testing.T) {
	t.Parallel()
	p := pages(t)
	for _, path := range []string{"/explorer/", "/explorer", "/explorer/server.json", "/console/assets/none.js"} {
		for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPost} {
			answer := get(p, method, path)
			policy := answer.Header().Get("Content-Security-Policy")
			if !strings.Contains(policy, "script-src 'self';") || strings.Contains(policy, "unsafe") ||
				!strings.Contains(policy, "frame-ancestors 'none'") || answer.Header().Get("X-Frame-Options") != "DENY" ||
				answer.Header().Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("%s %s: %v", method, path, answer.Header())
			}
			if method == http.MethodPost && answer.Code != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", method, path, answer.Code)
			}
		}
	}
}

// What holds keys is kept by no cache; what never changes by all.
func TestKeysAreNotCached(t *testing.T) {
	t.Parallel()
	p := pages(t)
	answer := get(p, http.MethodGet, "/explorer/server.json")
	var about struct{ Demo []Account }
	if err := json.NewDecoder(answer.Body).Decode(&about); err != nil || len(about.Demo) != 1 || about.Demo[0].SecretKey != "key" {
		t.Errorf("%+v, %v", about, err)
	}
	if answer.Header().Get("Cache-Control") != "no-store" || answer.Header().Get("ETag") != "" {
		t.Error(answer.Header())
	}
}

func TestDefinitionIsCompressedAndChecked(t *testing.T) {
	t.Parallel()
	p := pages(t)
	answer := get(p, http.MethodGet, "/explorer/definition.json", "Accept-Encoding", "gzip, br")
	zip, err := gzip.NewReader(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(zip)
	if err != nil || !strings.HasPrefix(string(content), `{"actions"`) {
		t.Fatal(string(content), err)
	}
	again := get(p, http.MethodGet, "/explorer/definition.json", "Accept-Encoding", "gzip, br",
		"If-None-Match", answer.Header().Get("ETag"))
	if again.Code != http.StatusNotModified {
		t.Error(again.Code)
	}
	refused := get(p, http.MethodGet, "/explorer/definition.json", "Accept-Encoding", "gzip;q=0")
	if refused.Header().Get("Content-Encoding") != "" || refused.Body.String() != string(content) {
		t.Error("compressed for a client that refuses it")
	}
}

// Without a build the page says what to do, and with one every path of the
// application shows it; an asset that is not there is not found either way.
func TestPathsOfTheApplication(t *testing.T) {
	t.Parallel()
	p := pages(t)
	p.index = nil
	answer := get(p, http.MethodGet, "/explorer/QueryPartnerCredit")
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.Code != http.StatusNotFound || !strings.Contains(string(text), "make console") {
		t.Error(answer.Code, string(text), err)
	}
	p.index = static.New("text/html", static.Never, []byte("<!doctype html>"))
	for path, want := range map[string]int{
		"/explorer/": 200, "/explorer/QueryPartnerCredit/code": 200, "/console/": 200, "/explorer": 301,
		"/console/assets/none.js": 404,
	} {
		if answer := get(p, http.MethodGet, path); answer.Code != want {
			t.Errorf("%s: %d", path, answer.Code)
		}
	}
}

// A client of the API that asks for "/" is never sent to a page.
func TestOnlyPeopleAreSentToThePage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		method, path string
		headers      []string
		want         bool
	}{
		{"GET", "/", []string{"Accept", "text/html,*/*"}, true},
		{"GET", "/", []string{"Accept", "*/*"}, false},
		{"GET", "/?Action=QueryPartnerCredit", []string{"Accept", "text/html"}, false},
		{"GET", "/", []string{"Accept", "text/html", "X-TC-Action", "QueryPartnerCredit"}, false},
		{"GET", "/", []string{"Accept", "text/html", "Authorization", "TC3"}, false},
		{"POST", "/", []string{"Accept", "text/html"}, false},
		{"GET", "/x", []string{"Accept", "text/html"}, false},
	} {
		r := httptest.NewRequest(c.method, c.path, nil)
		for i := 0; i < len(c.headers); i += 2 {
			r.Header.Set(c.headers[i], c.headers[i+1])
		}
		if got := Page(r); got != c.want {
			t.Errorf("%s %s %v: %v", c.method, c.path, c.headers, got)
		}
	}
}
