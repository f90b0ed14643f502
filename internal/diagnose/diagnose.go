// Package diagnose finds out why the signature of a request was refused: it
// makes what should have been signed, and repeats the mistakes that clients are
// known to make until one gives the signature that the request came with. It
// knows no key but those it is given, and tells neither a signature nor a
// derived key. It may import the standard library and internal/signature only.
package diagnose

import (
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"tael/internal/signature"
)

// Window is how far the time of a request may be from the server's, in seconds.
const Window = 300

// Request is one HTTP request as it arrived.
type Request struct {
	Method string
	Path   string // as received
	Query  string // as received, without the "?"
	Host   string
	Header http.Header // without Host
	Body   []byte
	// BodyLength and BodySum are of the whole body. Where Partial says that Body is
	// only its beginning, or nothing, they are all that is known of it.
	BodyLength int
	BodySum    [sha256.Size]byte
	Partial    bool
	// Incomplete says that query, path or a header are not as they arrived: nothing
	// that needs them can be made.
	Incomplete bool
}

// TokenState is what is known of the token of a request.
type TokenState int

// What a token may be.
const (
	TokenFine TokenState = iota // also: none, and none needed
	TokenAbsent
	TokenForeign // not this key's, or the key ended with what it came from
	TokenEnded
	TokenNeedless
)

// Key is what is known of the key that a request names.
type Key struct {
	Known    bool // false: there is no such key, as far as the one who asks may know
	Disabled bool
	Secret   string // may be unknown, with a token that cannot be opened
	Token    TokenState
	Others   []string // secrets of the other keys of the same user
}

// Moment is when a request is looked at.
type Moment struct {
	Now     int64 // Unix seconds
	Arrived bool  // it arrived then; else it is looked at later
}

// Diagnosis is what came of it. Texts that could not be made are empty.
type Diagnosis struct {
	Matches bool    // the signature is right
	Causes  []Cause // what is wrong, the likeliest first
	Found   bool    // it is known what the client signed

	CanonicalRequest       string // TC3 only
	HashedCanonicalRequest string
	StringToSign           string
	SignedCanonicalRequest string // what the client signed, if Found
	SignedStringToSign     string
	Scope                  string // TC3 only
	Timestamp              int64  // as sent
	Skew                   int64  // seconds; 0 without a timestamp

	Secretive bool // what was signed is not known: see Request.Incomplete

	searched bool
	mistaken bool // what was found is not among what a server accepts
	spent    int  // see evidence
}

// Diagnose looks at a request that was sent with the key. The services are those
// of the server by their versions.
func Diagnose(r *Reading, key *Key, at Moment, services map[string]string) *Diagnosis {
	d := &Diagnosis{Timestamp: r.Timestamp}
	d.addKeyCauses(key)
	late := d.skew(r, at)
	if late && at.Arrived {
		d.add(ClockSkew)
	}
	if r.TC3 {
		diagnoseTC3(d, r, key, services)
	} else {
		diagnoseV1(d, r, key)
	}
	if late {
		d.add(ClockSkew) // of a request that is looked at later it says the least
	}
	return d
}

func (d *Diagnosis) add(causes ...Cause) {
	for _, c := range causes {
		if !slices.Contains(d.Causes, c) {
			d.Causes = append(d.Causes, c)
		}
	}
}

func (d *Diagnosis) addKeyCauses(key *Key) {
	switch {
	case !key.Known:
		d.add(UnknownKey)
	case key.Disabled:
		d.add(DisabledKey)
	}
	switch key.Token {
	case TokenFine:
	case TokenAbsent:
		d.add(TokenMissing)
	case TokenForeign:
		d.add(TokenInvalid)
	case TokenEnded:
		d.add(TokenExpired)
	case TokenNeedless:
		d.add(TokenUnexpected)
	}
}

// unitMin is the least timestamp that is taken for one in milliseconds or less:
// as seconds it would be the year 5138.
const unitMin = 100_000_000_000

// skew compares the times and reports whether they are too far apart.
func (d *Diagnosis) skew(r *Reading, at Moment) bool {
	if r.Timestamp == 0 {
		return false
	}
	d.Skew = r.Timestamp - at.Now
	if r.Timestamp >= unitMin {
		d.add(TimestampUnit)
		return false
	}
	return d.Skew > Window || d.Skew < -Window
}

// seconds is the request's time, whatever its unit.
func (r *Reading) seconds() int64 {
	t := r.Timestamp
	for t >= unitMin {
		t /= 1000
	}
	return t
}

func dateOf(seconds int64) string {
	return time.Unix(seconds, 0).UTC().Format(time.DateOnly)
}

// evidence is what a search compares with and draws its guesses from.
type evidence struct {
	*Reading
	key *Key
	// signatures are the bytes that the given signature may stand for.
	signatures [][]byte
	derived    map[derivation][]byte
	guessed    []string              // see guessedPayloads; made once
	sorted     []signature.Parameter // v1: all that are signed
	services   map[string]string
	spent      int // bytes hashed
}

// effortMax bounds what is hashed for one diagnosis, in bytes: some tens of
// milliseconds. An attempt costs as much as attemptBytes besides its text.
const (
	effortMax    = 8 << 20
	attemptBytes = 512
)

// spend says whether there is effort left for a text of this length.
func (e *evidence) spend(length int) bool {
	if e.spent > effortMax {
		return false
	}
	e.spent += length + attemptBytes
	return true
}

func (e *evidence) proves(mac []byte) bool {
	for _, given := range e.signatures {
		if subtle.ConstantTimeCompare(mac, given) == 1 {
			return true
		}
	}
	return false
}

// mistake is one thing that clients get wrong: its name, and how to repeat it on
// what would be signed without it. There may be several ways.
type mistake[R any] struct {
	cause  Cause
	repeat func(*evidence, R) []R
}

// Bounds of the search: how many of the accepted readings are tried with a mistake
// on top, and in how many of its ways a mistake is tried with another.
const (
	nearMax   = 9
	pairedMax = 8
)

// search looks for what gives the signature: one of the readings that a server
// accepts, the commonest first; else one of the first with a mistake; else the
// very first with two.
func search[R any](e *evidence, accepted []R, mistakes []mistake[R], gives func(*evidence, R) bool) (
	found R, causes []Cause, ok bool,
) {
	for _, r := range accepted {
		if gives(e, r) {
			return r, nil, true
		}
	}
	for _, r := range accepted[:min(len(accepted), nearMax)] {
		for _, m := range mistakes {
			if e.spent > effortMax {
				return found, nil, false
			}
			for _, wrong := range m.repeat(e, r) {
				if gives(e, wrong) {
					return wrong, []Cause{m.cause}, true
				}
			}
		}
	}
	for i, first := range mistakes {
		for _, wrong := range few(first.repeat(e, accepted[0])) {
			for _, second := range mistakes[i+1:] {
				if e.spent > effortMax {
					return found, nil, false
				}
				for _, wronger := range few(second.repeat(e, wrong)) {
					if gives(e, wronger) {
						return wronger, []Cause{first.cause, second.cause}, true
					}
				}
			}
		}
	}
	return found, nil, false
}

func few[R any](ways []R) []R { return ways[:min(len(ways), pairedMax)] }

// misspelt are what may have been taken for the secret key, apart from itself.
func (e *evidence) misspelt() []string {
	s := e.key.Secret
	return []string{s + "\n", s + "\r\n", s + " ", " " + s, s + "\t", "\n" + s, s + "\r", `"` + s + `"`}
}

// otherSecrets are of keys that may have been taken for this one.
func (e *evidence) otherSecrets() []string {
	return append([]string{e.SecretID}, e.key.Others...)
}

// ports are those that a client may add to a host, or leave out.
var ports = []string{"80", "443", "8080", "8443"}

// otherPorts are hosts that differ from the received one by their port.
func (e *evidence) otherPorts() []string {
	bare := signature.WithoutPort(e.Host)
	hosts := []string{bare}
	for _, port := range ports {
		hosts = append(hosts, bare+":"+port)
	}
	return hosts
}

// otherHosts are names that a client may have meant: a proxy's, its own machine,
// those made of the service it names, and none.
func (e *evidence) otherHosts() []string {
	bare := signature.WithoutPort(e.Host)
	port := e.Host[len(bare):]
	hosts := []string{""}
	for _, name := range []string{e.Header.Get("X-Forwarded-Host"), "127.0.0.1", "localhost", "0.0.0.0", "[::1]"} {
		if name != "" {
			hosts = append(hosts, name, name+port)
		}
	}
	for _, service := range e.serviceNames() {
		hosts = append(hosts, service+".tencentcloudapi.com", service+".intl.tencentcloudapi.com")
	}
	return append(hosts, strings.ToUpper(e.Host), strings.ToLower(e.Host), e.Host+"/", e.Host+e.Path)
}

// serviceNames are services that a client may have signed for.
func (e *evidence) serviceNames() []string {
	var names []string
	for _, name := range e.services {
		names = append(names, name)
	}
	slices.Sort(names)
	label, _, _ := strings.Cut(signature.WithoutPort(e.Host), ".")
	return append(names, label, signature.WithoutPort(e.Host), e.Host, "cvm", "cam", "")
}

// otherTimes are timestamps that may have been signed instead of the one sent: a
// clock that was asked twice, or milliseconds.
func (e *evidence) otherTimes() []string {
	t := e.seconds()
	times := make([]string, 0, 8)
	for _, apart := range []int64{-1, 1, -2, 2} {
		times = append(times, strconv.FormatInt(t+apart, 10))
	}
	return append(times, strconv.FormatInt(t, 10), strconv.FormatInt(t, 10)+"000", "0", "")
}
