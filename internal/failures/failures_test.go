package failures_test

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tael/internal/clock"
	"tael/internal/diagnose"
	"tael/internal/failures"
)

func all(*failures.Request) bool { return true }

// A key has so many of each kind, and the newest come first.
func TestAKeyHasAFewOfEachKind(t *testing.T) {
	t.Parallel()
	c := &clock.Clock{}
	m := failures.New(c)
	for i := range 100 {
		for _, key := range []string{"one", "two"} {
			m.Add(&failures.Request{At: c.Real(), SecretID: key, Signed: i < 50, RequestID: fmt.Sprint(i)})
		}
	}
	one := m.Newest(func(r *failures.Request) bool { return r.SecretID == "one" }, 1000)
	var got []string
	for _, r := range one {
		got = append(got, r.RequestID)
	}
	var want []string
	for i := range 2 * failures.OfKey {
		want = append(want, fmt.Sprint(99-i-(i/failures.OfKey)*(50-failures.OfKey)))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	if got := m.Newest(all, 3); len(got) != 3 || got[0].SecretID != "two" {
		t.Errorf("the newest are %v", got)
	}
}

// After an hour nothing is shown, and nothing is kept.
func TestAnHourIsRemembered(t *testing.T) {
	t.Parallel()
	c := &clock.Clock{}
	m := failures.New(c)
	m.Add(&failures.Request{At: c.Real().Add(-failures.Life - time.Second), SecretID: "old"})
	m.Add(&failures.Request{At: c.Real().Add(time.Minute - failures.Life), SecretID: "young"})
	if got := m.Newest(all, 10); len(got) != 1 || got[0].SecretID != "young" {
		t.Errorf("%v", got)
	}
	if requests, bytes := m.Size(); requests != 1 || bytes > 2<<10 {
		t.Errorf("%d requests of %d bytes are kept", requests, bytes)
	}
}

// However many keys are named in however large requests, the memory is bounded, and
// the process takes no more than it says.
func TestMemoryIsBounded(t *testing.T) {
	c := &clock.Clock{}
	m := failures.New(c)
	body := make([]byte, 64<<10)
	header := http.Header{"Authorization": {"TC3-HMAC-SHA256 Credential=x, SignedHeaders=" + signedNames(60)}}
	for i := range 60 {
		header[http.CanonicalHeaderKey(fmt.Sprintf("x-%d", i))] = []string{strings.Repeat("v", 1000)}
	}
	heap := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	before := heap()
	var wait sync.WaitGroup
	for worker := range 4 {
		wait.Go(func() {
			for i := range 1000 {
				r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/"+strings.Repeat("p", 9000)+"?"+strings.Repeat("q", 9000), nil)
				r.Header = header
				m.Add(&failures.Request{
					At: c.Real(), SecretID: fmt.Sprint(worker, i), Request: failures.Keep(r, body, false),
				})
				m.Newest(all, 1)
			}
		})
	}
	wait.Wait()
	requests, bytes := m.Size()
	if bytes > 4<<20 || requests < 100 || requests > 500 {
		t.Errorf("%d requests of %d bytes", requests, bytes)
	}
	if after := heap(); after > before+8<<20 {
		t.Errorf("the heap grew by %d bytes for %d", after-before, bytes)
	}
	for i := range 100_000 { // small ones
		m.Add(&failures.Request{At: c.Real(), SecretID: fmt.Sprint(i)})
	}
	if after := heap(); after > before+8<<20 {
		t.Errorf("the heap grew by %d bytes", after-before)
	}
	runtime.KeepAlive(m)
}

// Where there is no more room, the account that takes most of it forgets: with however
// many keys of its own it fails, it displaces nothing of others.
func TestAnAccountDisplacesOnlyItsOwn(t *testing.T) {
	t.Parallel()
	c := &clock.Clock{}
	m := failures.New(c)
	add := func(account int64, key, request string) {
		r := &failures.Request{At: c.Real(), SecretID: key, RequestID: request, Owner: failures.Owner{Account: account}}
		r.Body = make([]byte, failures.BodyMax)
		m.Add(r)
	}
	for i := range 5 {
		add(1, "quiet", fmt.Sprint("quiet ", i))
	}
	for i := range 2000 {
		add(2, fmt.Sprint("loud ", i), fmt.Sprint(i))
	}
	quiet := m.Newest(func(r *failures.Request) bool { return r.Account == 1 }, 10)
	loud := m.Newest(func(r *failures.Request) bool { return r.Account == 2 }, 2000)
	if len(quiet) != 5 || len(loud) < 500 || loud[0].RequestID != "1999" {
		t.Errorf("%d of the quiet account, %d of the loud", len(quiet), len(loud))
	}
	if requests, bytes := m.Size(); requests != len(quiet)+len(loud) || bytes > 4<<20 {
		t.Errorf("%d requests of %d bytes", requests, bytes)
	}
}

func signedNames(count int) string {
	var names []string
	for i := range count {
		names = append(names, fmt.Sprintf("x-%d", i))
	}
	return strings.Join(names, ";")
}

// What is kept of a request is what a signature needs, cut where it is long.
func TestKeep(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/a%2Fb?c=d", nil)
	r.Host = "h:1"
	for name, value := range map[string]string{
		"Content-Type": "t", "X-TC-Action": "A", "X-Signed": "s", "Cookie": "c", "User-Agent": "u",
		"Authorization": "TC3-HMAC-SHA256 Credential=x, SignedHeaders=host;x-signed, Signature=00",
	} {
		r.Header.Set(name, value)
	}
	body := []byte("body")
	got := failures.Keep(r, body, false)
	body[0] = 'B'
	if got.Method != http.MethodPost || got.Path != "/a%2Fb" || got.Query != "c=d" || got.Host != "h:1" || string(got.Body) != "body" ||
		got.Partial || got.Incomplete || len(got.Header) != 4 || got.Header.Get("X-Signed") != "s" {
		t.Errorf("%+v", got)
	}
	if got := failures.Keep(r, body, true); got.Query != "" || len(got.Body) > 0 || !got.Partial || !got.Incomplete ||
		got.BodyLength != 4 || got.BodySum != sha256.Sum256(body) {
		t.Errorf("with a secret: %+v", got)
	}
	long := failures.Keep(r, make([]byte, failures.BodyMax+1), false)
	if !long.Partial || long.Incomplete || len(long.Body) != failures.BodyMax || long.BodyLength != failures.BodyMax+1 {
		t.Errorf("a long body: %d bytes, %+v", len(long.Body), long.Partial)
	}
	var none diagnose.Request
	if len(none.ShownHeaders()) != 1 {
		t.Error("a request without headers has Host")
	}
}
