package diagnose

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"tael/internal/signature"
)

const terminator = "tc3_request"

// recipe is everything that a TC3 signature is made of, so that any of it can be
// changed by itself.
type recipe struct {
	method, path, query string
	headers             []header
	ended               bool // an empty line follows the headers
	signed              string
	payload             string // hash of the body
	tail                string // behind it

	timestamp   string
	date        string
	service     string
	upper       bool // the hash of the canonical request is in capitals
	unhashed    bool // the canonical request itself stands in its place
	derivation  derivation
	canonicalAs string // of the terminator in the string to sign
}

type header struct{ name, value string }

// derivation is what the signing key is made of.
type derivation struct {
	prefix, secret, date, service, terminator string
	hexadecimal                               bool // each step's key is the text of the last one's result
	underived                                 bool // the secret itself signs
}

func (r *recipe) canonical() string {
	var b strings.Builder
	for _, text := range []string{r.method, "\n", r.path, "\n", r.query, "\n"} {
		b.WriteString(text)
	}
	for _, h := range r.headers {
		b.WriteString(h.name + ":" + h.value + "\n")
	}
	if r.ended {
		b.WriteByte('\n')
	}
	b.WriteString(r.signed + "\n" + r.payload + r.tail)
	return b.String()
}

// length is about that of the canonical request.
func (r *recipe) length() int {
	length := len(r.query) + len(r.signed)
	for _, h := range r.headers {
		length += len(h.name) + len(h.value)
	}
	return length
}

func (r *recipe) stringToSign() string {
	canonical := r.canonical()
	hashed := hexOf([]byte(canonical))
	switch {
	case r.unhashed:
		hashed = canonical
	case r.upper:
		hashed = strings.ToUpper(hashed)
	}
	return signature.Algorithm + "\n" + r.timestamp + "\n" + r.scope() + "\n" + hashed
}

func (r *recipe) scope() string { return r.date + "/" + r.service + "/" + r.canonicalAs }

func hexOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func (d *derivation) key() []byte {
	key := []byte(d.prefix + d.secret)
	if d.underived {
		return key
	}
	for _, step := range []string{d.date, d.service, d.terminator} {
		key = macOf(key, step)
		if d.hexadecimal {
			key = []byte(hex.EncodeToString(key))
		}
	}
	return key
}

func macOf(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

// gives reports whether the recipe makes the signature of the request.
func (e *evidence) gives(r recipe) bool {
	key, ok := e.derived[r.derivation]
	if !ok {
		key = r.derivation.key()
		e.derived[r.derivation] = key
	}
	text := r.stringToSign()
	return e.spend(len(text)+r.length()) && e.proves(macOf(key, text))
}

// diagnoseTC3 diagnoses a request that is signed with TC3-HMAC-SHA256, or meant to
// be.
func diagnoseTC3(d *Diagnosis, r *Reading, key *Key, services map[string]string) {
	a := r.Authorization
	if a == nil || !fewHeaders(a.SignedHeaders) {
		d.add(AuthorizationForm)
		return
	}
	e := &evidence{Reading: r, key: key, derived: map[derivation][]byte{}, services: services}
	strict, err := signature.ParseAuthorization(r.Header.Get("Authorization"))
	d.addFormCauses(e, err)
	date := dateOf(r.seconds())
	service, known := services[r.Version]
	if !known {
		service = a.Service
	}
	d.Scope = date + "/" + service + "/" + terminator
	for _, other := range services {
		if a.Service == other && a.Service != service {
			d.add(WrongService)
		}
	}
	if a.Date != date && r.Timestamp != 0 {
		d.add(DateNotUTC)
	}
	if err == nil && key.Secret != "" && !r.Incomplete {
		d.Matches = r.verified(&strict, key.Secret)
	}
	if r.Incomplete {
		d.Secretive = true
		return
	}
	expected := e.expected(r.Host)
	expected.date, expected.derivation.date, expected.canonicalAs = date, date, terminator
	expected.timestamp = strconv.FormatInt(r.Timestamp, 10)
	d.CanonicalRequest, d.StringToSign = expected.canonical(), expected.stringToSign()
	d.HashedCanonicalRequest = hexOf([]byte(d.CanonicalRequest))
	if key.Secret != "" && len(e.signatures) > 0 {
		d.searchTC3(e)
	}
	if r.Partial { // without the body, its hash tells as much
		d.Matches = d.Found && err == nil && a.Date == date && !d.mistaken
	}
}

// signedMax is how many headers a client may sign, once each.
const signedMax = 32

func fewHeaders(signed string) bool {
	names := strings.Split(strings.ToLower(signed), ";")
	slices.Sort(names)
	return len(names) <= signedMax && len(slices.Compact(names)) == strings.Count(signed, ";")+1
}

func (d *Diagnosis) searchTC3(e *evidence) {
	found, causes, ok := search(e, e.accepted(), mistakesTC3, (*evidence).gives)
	d.searched, d.spent = true, e.spent
	if ok {
		d.Found, d.SignedCanonicalRequest, d.SignedStringToSign = true, found.canonical(), found.stringToSign()
		d.mistaken = len(causes) > 0
		d.add(causes...)
		return
	}
	for name := range strings.SplitSeq(e.Authorization.SignedHeaders, ";") {
		if !strings.EqualFold(name, "host") && e.Header.Get(name) == "" && !strings.EqualFold(name, "content-type") {
			d.add(HeaderMissing)
		}
	}
}

// verified is the server's own judgement.
func (r *Reading) verified(a *signature.Authorization, secret string) bool {
	request := signature.TC3{
		Method: r.Method, Query: r.Query, Host: r.Host, Header: r.Header, Payload: r.Body, Timestamp: r.Timestamp,
	}
	return request.Verify(a, a.SigningKey(secret), signature.PublicHosts)
}

const (
	contentSum = "X-Tc-Content-Sha256"
	unsigned   = "UNSIGNED-PAYLOAD"
)

// addFormCauses says what the Authorization header itself has wrong, and reads the
// signature in whatever encoding it is.
func (d *Diagnosis) addFormCauses(e *evidence, err error) {
	a := e.Authorization
	plain := false
	e.signatures, plain = signaturesIn(a.signature)
	causes := len(d.Causes)
	if len(e.signatures) > 0 && !plain {
		d.add(SignatureForm)
	}
	if a.Terminator != terminator {
		d.add(Terminator)
	}
	if strings.ToLower(a.SignedHeaders) != a.SignedHeaders || strings.ContainsAny(a.SignedHeaders, " ,:") {
		d.add(HeaderForm)
	}
	if errors.Is(err, signature.ErrUnsigned) {
		d.add(HeadersNotSigned)
	}
	if err != nil && len(d.Causes) == causes || len(e.signatures) == 0 {
		d.add(AuthorizationForm)
	}
}

// signaturesIn are the bytes that a text may stand for, and whether it is in lower-case
// hexadecimal, as it should be.
func signaturesIn(text string) (all [][]byte, plain bool) {
	if raw, err := hex.DecodeString(text); err == nil && len(raw) == sha256.Size {
		return [][]byte{raw}, strings.ToLower(text) == text
	}
	text = strings.ReplaceAll(text, " ", "+")
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding} {
		if raw, err := encoding.DecodeString(text); err == nil && len(raw) > 0 {
			return [][]byte{raw}, false
		}
	}
	return nil, false
}

// expected is what should have been signed for a host, by what the client says of
// itself.
func (e *evidence) expected(host string) recipe {
	a := e.Authorization
	r := recipe{
		method: e.Method, path: "/", ended: true, signed: strings.ToLower(a.SignedHeaders), payload: e.payload(),
		timestamp: strconv.FormatInt(e.Timestamp, 10), date: a.Date, service: a.Service, canonicalAs: a.Terminator,
	}
	r.derivation = derivation{
		prefix: "TC3", secret: e.key.Secret, date: a.Date, service: a.Service, terminator: a.Terminator,
	}
	if e.Method == http.MethodGet {
		r.query = e.Query
	}
	for name := range strings.SplitSeq(r.signed, ";") {
		value := e.Header.Get(name)
		if name == "host" {
			value = host
		}
		r.headers = append(r.headers, header{name, value})
	}
	return r
}

func (e *evidence) payload() string {
	switch {
	case e.Header.Get(contentSum) == unsigned:
		return hexOf([]byte(unsigned))
	case e.Method == http.MethodGet:
		return hexOf(nil)
	}
	return hex.EncodeToString(e.BodySum[:])
}

// accepted are the readings that a server accepts, the commonest first: of any
// host that a client may have meant, with values of headers as they are or in
// lower case.
func (e *evidence) accepted() []recipe {
	var all []recipe
	for host := range signature.Hosts(e.Host, signature.PublicHosts) {
		plain := e.expected(host)
		all = append(all, plain)
		for _, also := range []bool{false, true} {
			lowered := plain.withHeaders(func(h header) header {
				name := strings.ToLower(h.name)
				if name != "host" && (also || name != "content-type") {
					h.value = strings.ToLower(strings.TrimSpace(h.value))
				}
				return h
			})
			if !slices.Equal(lowered.headers, plain.headers) {
				all = append(all, lowered)
			}
		}
	}
	return all
}

// withHeaders is a copy whose headers are changed.
func (r recipe) withHeaders(change func(header) header) recipe {
	changed := make([]header, len(r.headers))
	for i, h := range r.headers {
		changed[i] = change(h)
	}
	r.headers = changed
	return r
}
