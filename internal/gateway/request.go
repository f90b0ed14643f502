package gateway

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"tael/api"
	"tael/internal/signature"
)

// Sizes of requests in bytes (protocol.md §1).
const (
	queryMax   = 32 << 10
	formMax    = 1 << 20
	jsonMax    = 10 << 20
	smallMax   = 64 << 10 // bodies up to here are read without asking for memory
	bodiesWait = 5 * time.Second
)

// Headers of TC3 requests, spelt as net/http keeps them: any other spelling is
// made over at every look.
const (
	headerAction    = "X-Tc-Action"
	headerVersion   = "X-Tc-Version"
	headerTimestamp = "X-Tc-Timestamp"
	headerToken     = "X-Tc-Token"
	headerLanguage  = "X-Tc-Language"
	headerTrace     = "X-Tc-Traceid"
	headerKey       = "X-Tael-Idempotency-Key"
)

// request is one HTTP request on its way through the gateway.
type request struct {
	http          *http.Request
	arrived       time.Time // by the machine's clock
	body          []byte
	tc3           bool // signed with TC3-HMAC-SHA256, or of that form and unsigned; else v1
	unsigned      bool // asks for an action that takes no key
	common        commonParameters
	authorization signature.Authorization
	timestamp     int64                 // Unix seconds
	all           []signature.Parameter // v1: every parameter, as signed
	own           []signature.Parameter // v1: those of the action
	parameters    api.Value
	key           *Key // that it names; nil: none that may sign
}

// language is the one the caller asked messages in.
func (q *request) language() string {
	if q.common.Language != "" {
		return q.common.Language
	}
	return q.http.Header.Get(headerLanguage)
}

// read checks the method and reads the body within the limits of its kind. The
// caller releases what it holds when the request is done with.
func (g *Gateway) read(q *request) (release func(), refusal *api.Error) {
	release = func() {}
	r := q.http
	q.tc3 = strings.HasPrefix(r.Header.Get("Authorization"), signature.Algorithm)
	switch r.Method {
	case http.MethodGet:
		if len(r.URL.RawQuery) > queryMax {
			return release, api.NewError(api.RequestSizeLimitExceeded, "limit", strconv.Itoa(queryMax))
		}
		return release, nil
	case http.MethodPost:
	default:
		return release, api.NewError(api.UnsupportedProtocol)
	}
	limit := int64(formMax)
	if q.tc3 {
		limit = jsonMax
	}
	if r.ContentLength > limit {
		return release, q.tooLarge()
	}
	if r.ContentLength < 0 || r.ContentLength > smallMax {
		weight := limit
		if r.ContentLength > 0 {
			weight = r.ContentLength
		}
		ctx, cancel := context.WithTimeout(r.Context(), bodiesWait)
		defer cancel()
		if err := g.bodies.Acquire(ctx, weight); err != nil {
			return release, api.NewError(api.OperationDeniedServiceBusy)
		}
		release = func() { g.bodies.Release(weight) }
	}
	var err error
	if q.body, err = readBody(r, limit); err != nil {
		return release, api.NewError(api.InvalidRequest)
	}
	if int64(len(q.body)) > limit {
		return release, q.tooLarge()
	}
	return release, nil
}

// tooLarge refuses a body; with v1 the real service speaks of the signature.
func (q *request) tooLarge() *api.Error {
	if q.tc3 {
		return api.NewError(api.RequestSizeLimitExceeded, "limit", strconv.Itoa(jsonMax))
	}
	return api.NewError(api.AuthFailureSignatureFailure).In("size")
}

// readBody reads a body of a known length into exactly as much memory, another
// up to one byte more than the limit.
func readBody(r *http.Request, limit int64) ([]byte, error) {
	if r.ContentLength < 0 {
		return io.ReadAll(io.LimitReader(r.Body, limit+1))
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)
	if errors.Is(err, io.EOF) && r.ContentLength == 0 {
		err = nil
	}
	return body, err
}

// parse finds the common parameters and how the request is signed. An action
// that needs no key takes the form of TC3 without its header, or with "SKIP" in
// it.
func (q *request) parse(contract *api.Contract) *api.Error {
	header := q.http.Header.Get("Authorization")
	if header == "" || header == "SKIP" {
		action, _ := contract.Find(q.http.Header.Get(headerVersion), q.http.Header.Get(headerAction))
		q.unsigned = action != nil && action.Anonymous()
		q.tc3 = q.unsigned
	}
	if !q.tc3 && q.http.Header.Get(headerAction) != "" {
		// Meant for TC3: what is wrong is the header, not a missing parameter of v1.
		if header == "" {
			return api.NewError(api.MissingParameter, "parameter", "Authorization")
		}
		return api.NewError(api.AuthFailureInvalidAuthorization)
	}
	if q.tc3 {
		h := q.http.Header
		q.common = commonParameters{
			Action: h.Get(headerAction), Version: h.Get(headerVersion), Timestamp: h.Get(headerTimestamp),
			Token: h.Get(headerToken), Language: h.Get(headerLanguage),
		}
	} else if refusal := q.parseV1(); refusal != nil {
		return refusal
	}
	if refusal := q.checkCommon(); refusal != nil {
		return refusal
	}
	if !q.tc3 || q.unsigned {
		return nil
	}
	var err error
	if q.authorization, err = signature.ParseAuthorization(header); err != nil {
		return api.NewError(api.AuthFailureInvalidAuthorization)
	}
	return nil
}

func (q *request) parseV1() *api.Error {
	raw := q.http.URL.RawQuery
	if q.http.Method == http.MethodPost {
		raw = string(q.body)
	}
	var refusal *api.Error
	if q.all, refusal = parseForm(raw); refusal != nil {
		return refusal
	}
	q.common, q.own = splitCommon(q.all)
	return nil
}

// checkCommon checks the presence and type of the common parameters.
func (q *request) checkCommon() *api.Error {
	required := []struct{ name, value string }{
		{"Action", q.common.Action},
		{"Version", q.common.Version},
		{"Timestamp", q.common.Timestamp},
		{"Nonce", q.common.Nonce},
		{"SecretId", q.common.SecretID},
		{"Signature", q.common.Signature},
	}
	if q.tc3 {
		required = required[:3]
	}
	if q.unsigned {
		required = required[:2]
	}
	for _, parameter := range required {
		if parameter.value == "" {
			return api.NewError(api.MissingParameter, "parameter", parameter.name)
		}
	}
	if q.unsigned {
		return nil
	}
	var err error
	if q.timestamp, err = strconv.ParseInt(q.common.Timestamp, 10, 64); err != nil {
		return api.NewError(api.InvalidParameter, "parameter", "Timestamp").In("common")
	}
	if q.tc3 {
		return nil
	}
	if _, err := strconv.ParseUint(q.common.Nonce, 10, 64); err != nil {
		return api.NewError(api.InvalidParameter, "parameter", "Nonce").In("common")
	}
	return nil
}

// parseParameters makes the tree of the action's own parameters.
func (q *request) parseParameters() (refusal *api.Error) {
	switch {
	case !q.tc3:
		q.parameters, refusal = unflatten(q.own)
	case q.http.Method == http.MethodGet:
		var own []signature.Parameter
		if own, refusal = parseForm(q.http.URL.RawQuery); refusal == nil {
			q.parameters, refusal = unflatten(own)
		}
	default:
		q.parameters, refusal = parseJSON(q.body)
	}
	return refusal
}

func (q *request) secretID() string {
	if q.tc3 {
		return q.authorization.SecretID
	}
	return q.common.SecretID
}

// signedWith verifies the request's signature.
func (q *request) signedWith(key *Key) bool {
	if !q.tc3 {
		v1 := signature.V1{
			Method: q.http.Method, Host: q.http.Host, Path: q.http.URL.EscapedPath(), Parameters: q.all,
		}
		return v1.Verify(key.SecretKey, signature.PublicHosts)
	}
	tc3 := signature.TC3{
		Method: q.http.Method, Query: q.http.URL.RawQuery, Host: q.http.Host,
		Header: q.http.Header, Payload: q.body, Timestamp: q.timestamp,
	}
	return tc3.Verify(&q.authorization, key.signingKey(&q.authorization), signature.PublicHosts)
}

// idempotencyKeyMax is the longest idempotency key, in bytes.
const idempotencyKeyMax = 64

// idempotency reads the key that makes a write safe to repeat. The header
// X-Idempotency-Key is another one: the Go SDK sends a constant in it.
func (q *request) idempotency(call *api.Call) *api.Error {
	values := q.http.Header[headerKey]
	if len(values) == 0 || call.Action.Kind != "write" {
		return nil
	}
	key := values[0]
	ok := len(values) == 1 && key != "" && len(key) <= idempotencyKeyMax
	for i := range len(key) {
		ok = ok && key[i] > ' ' && key[i] < 0x7f
	}
	if !ok {
		return api.NewError(api.InvalidParameterValue, "parameter", headerKey, "value", key)
	}
	call.IdempotencyKey = key
	return nil
}

// clientAddress is where a request came from: the nearest address that is not
// a trusted proxy's. What a proxy reports counts only if the proxy is trusted.
func clientAddress(r *http.Request, trusted []netip.Prefix) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	address := peer.Addr().Unmap()
	if !isTrusted(address, trusted) {
		return address // the usual case, without a look at headers
	}
	forwarded := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(forwarded) - 1; i >= 0 && isTrusted(address, trusted); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if err != nil {
			break
		}
		address = next.Unmap().WithZone("") // a zone means nothing here, and may be any bytes
	}
	return address
}

// FromProxy reports whether a request comes from one of the proxies whose headers
// about the client are believed.
func FromProxy(r *http.Request, trusted []netip.Prefix) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && isTrusted(peer.Addr().Unmap(), trusted)
}

func isTrusted(address netip.Addr, trusted []netip.Prefix) bool {
	for _, prefix := range trusted {
		if prefix.Contains(address) {
			return true
		}
	}
	return false
}
