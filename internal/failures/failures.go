// Package failures remembers requests that were refused, by the key that they named,
// so that whoever has the key can find out why. It lives in the process and is
// bounded, whoever sends how much. It may not import the contract or the database.
package failures

import (
	"container/list"
	"crypto/sha256"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"tael/internal/clock"
	"tael/internal/diagnose"
)

// Bounds of what is remembered.
const (
	Life       = time.Hour
	OfKey      = 10 // requests of one key that were signed with it, and as many that were not
	bytesMax   = 4 << 20
	BodyMax    = 4 << 10 // bytes of a body, query or path
	headersMax = 40
	headerMax  = 16 << 10 // bytes of all headers; a token may take half of them
	overhead   = 1 << 10  // bytes that a request takes besides its texts
)

// Owner is whose key a request named.
type Owner struct {
	Account   int64
	User      int64 // a sub-user, or a role that was assumed; 0: the account itself
	Temporary bool
}

// Request is a request that was refused.
type Request struct {
	Owner
	diagnose.Request

	At        time.Time
	RequestID string
	SecretID  string
	Address   netip.Addr
	Action    string // "" where there is none of the name
	Code      string
	Signed    bool // with the key
	Withheld  bool // parameters are not kept, for they may hold a secret
}

// Memory remembers requests. It is safe for concurrent use.
type Memory struct {
	clock *clock.Clock

	mu        sync.Mutex
	all       *list.List // of *Request, the oldest first
	ofKey     map[string][]*list.Element
	bytes     int
	ofAccount map[int64]int // bytes
}

// New makes a memory.
func New(c *clock.Clock) *Memory {
	return &Memory{clock: c, all: list.New(), ofKey: map[string][]*list.Element{}, ofAccount: map[int64]int{}}
}

// Add remembers a request, which nobody may change afterwards, and forgets what there
// is no room for: first of the key's others of the kind, so that nobody who knows no
// more than an id displaces what was signed with the key, then of the account that
// takes most, so that nobody with many keys displaces what is another's.
func (m *Memory) Add(r *Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire()
	var oldest *list.Element
	kind := 0
	for _, e := range m.ofKey[r.SecretID] {
		if e.Value.(*Request).Signed == r.Signed {
			if kind++; oldest == nil {
				oldest = e
			}
		}
	}
	if kind >= OfKey {
		m.forget(oldest)
	}
	m.bytes += r.size()
	m.ofAccount[r.Account] += r.size()
	m.ofKey[r.SecretID] = append(m.ofKey[r.SecretID], m.all.PushBack(r))
	for m.bytes > bytesMax {
		m.forget(m.oldestOf(m.largest()))
	}
}

// largest is the account whose requests take most. There are no more accounts than
// requests: some thousands.
func (m *Memory) largest() (account int64) {
	most := 0
	for a, bytes := range m.ofAccount {
		if bytes > most || bytes == most && a < account {
			account, most = a, bytes
		}
	}
	return account
}

func (m *Memory) oldestOf(account int64) *list.Element {
	e := m.all.Front()
	for e.Value.(*Request).Account != account {
		e = e.Next()
	}
	return e
}

// Newest lists the requests that the caller may see, newest first.
func (m *Memory) Newest(may func(*Request) bool, limit int) []*Request {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire()
	var found []*Request
	for e := m.all.Back(); e != nil && len(found) < limit; e = e.Prev() {
		if r := e.Value.(*Request); may(r) {
			found = append(found, r)
		}
	}
	return found
}

// Size is what is remembered now: requests, and about how many bytes they take.
func (m *Memory) Size() (requests, bytes int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.all.Len(), m.bytes
}

func (m *Memory) expire() {
	before := m.clock.Real().Add(-Life)
	for e := m.all.Front(); e != nil && e.Value.(*Request).At.Before(before); e = m.all.Front() {
		m.forget(e)
	}
}

func (m *Memory) forget(e *list.Element) {
	r := m.all.Remove(e).(*Request)
	m.bytes -= r.size()
	if m.ofAccount[r.Account] -= r.size(); m.ofAccount[r.Account] == 0 {
		delete(m.ofAccount, r.Account)
	}
	others := m.ofKey[r.SecretID]
	for i := range others {
		if others[i] == e {
			others = append(others[:i:i], others[i+1:]...)
			break
		}
	}
	m.ofKey[r.SecretID] = others
	if len(others) == 0 {
		delete(m.ofKey, r.SecretID)
	}
}

func (r *Request) size() int {
	size := overhead + len(r.Body) + len(r.Query) + len(r.Path) + len(r.Host) + len(r.Method)
	for name, values := range r.Header {
		size += len(name) + 64
		for _, value := range values {
			size += len(value)
		}
	}
	return size
}

// Keep makes a copy of a request as far as it is remembered; without its parameters
// where they may hold a secret. The copy shares no memory with the original.
func Keep(r *http.Request, body []byte, secret bool) diagnose.Request {
	kept := diagnose.Request{
		Method: strings.Clone(r.Method), Host: strings.Clone(r.Host), Header: http.Header{},
		BodyLength: len(body), BodySum: sha256.Sum256(body),
	}
	cut := func(text string) string {
		if len(text) > BodyMax {
			text, kept.Incomplete = text[:BodyMax], true
		}
		return strings.Clone(text)
	}
	kept.Path, kept.Query = cut(r.URL.EscapedPath()), cut(r.URL.RawQuery)
	if kept.Partial = len(body) > BodyMax; kept.Partial {
		body = body[:BodyMax]
	}
	if secret && kept.Query != "" {
		kept.Query, kept.Incomplete = "", true
	}
	if secret && len(body) > 0 {
		body, kept.Partial = nil, true
	}
	kept.Body = append([]byte(nil), body...)
	keepHeaders(&kept, r.Header)
	return kept
}

func keepHeaders(kept *diagnose.Request, all http.Header) {
	left := headerMax
	signed := signedIn(all.Get("Authorization"))
	for name, values := range all {
		wasSigned := strings.Contains(signed, ";"+strings.ToLower(name)+";")
		if !wasSigned && !alwaysKept[name] && !strings.HasPrefix(name, "X-Tc-") {
			continue
		}
		value := values[0] // more of a name are not looked at
		if left -= len(name) + len(value); left < 0 || len(kept.Header) == headersMax {
			kept.Incomplete = true
			break
		}
		kept.Header[strings.Clone(name)] = []string{strings.Clone(value)}
	}
}

var alwaysKept = map[string]bool{"Content-Type": true, "Authorization": true, "X-Forwarded-Host": true}

// signedIn is the list of signed headers of an Authorization header, between
// semicolons.
func signedIn(header string) string {
	_, names, _ := strings.Cut(header, "SignedHeaders=")
	names, _, _ = strings.Cut(names, ",")
	return ";" + strings.ToLower(strings.TrimSpace(names)) + ";"
}
