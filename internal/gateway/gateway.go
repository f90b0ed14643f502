// Package gateway speaks API 3.0: it decodes a request, finds out who signed
// it, checks what may be checked without knowing the business, hands it to its
// action and encodes the answer. It may import the contract and signatures,
// but no rule and no database.
package gateway

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/sync/semaphore"

	"tael/api"
	"tael/internal/audit"
	"tael/internal/clock"
	"tael/internal/diagnose"
	"tael/internal/failures"
	"tael/internal/partner"
)

// Options configure a Gateway.
type Options struct {
	Contract *api.Contract
	Keys     *Keyring
	Clock    *clock.Clock
	Log      *slog.Logger
	// Explain turns an action's error into the wire's; nil for errors that the
	// wire must not see.
	Explain func(error) *api.Error
	// RateLimits enforces the rates of the definition.
	RateLimits bool
	// SharedCount counts a request together with other servers and says how many
	// there were of that account and action in the second; false where it cannot,
	// and this server counts by itself. With nil it always does.
	SharedCount func(account int64, action string, arrived time.Time) (count int, ok bool)
	// Enabled says whether an account may use an action that the definition marks
	// as a feature; with nil all may.
	Enabled func(ctx context.Context, caller *api.Caller, action string) (bool, error)
	// StrictService insists that the credential scope names the service, as the
	// real gateway does. Clients given an IP address as endpoint fail then.
	StrictService bool
	// TrustedProxies are those whose X-Forwarded-For is believed.
	TrustedProxies []netip.Prefix
	// Observe, where set, is told of every request: its action, "" where there is
	// no such action, the code it was answered, "OK" for success, and how long that
	// took.
	Observe func(action, code string, took time.Duration)
	// Tracer, where set, makes a span of every request.
	Tracer trace.Tracer
	// Record, where set, is told of every call of a known caller, but for those that
	// a write has recorded with its effect.
	Record func(audit.Event)
	// Count, where set, is told of the calls of nobody that is known.
	Count func(audit.Stranger, time.Time)
	// Failures, where set, remembers refused requests that named a key which exists.
	Failures *failures.Memory
}

// Gateway serves API 3.0 on any path.
type Gateway struct {
	Options
	limits *limiter
	bodies *semaphore.Weighted
	busyAt atomic.Int64 // Unix second in which a failure behind ServiceBusy was last logged
}

// bodiesMax bounds the memory of large bodies that are being read, in bytes:
// who sends them is not known before they are complete.
const bodiesMax = 128 << 20

// New makes a gateway.
func New(o Options) *Gateway {
	return &Gateway{Options: o, limits: newLimiter(), bodies: semaphore.NewWeighted(bodiesMax)}
}

// window is how far a signature's time may be from the server's, in seconds.
const window = diagnose.Window

// ServeHTTP answers one request, always with status 200: clients lose the error
// code of any other (protocol.md §4.2).
func (g *Gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	started := g.Clock.Real()
	requestID := newRequestID()
	call := &api.Call{RequestID: requestID, Arrived: started, Address: clientAddress(r, g.TrustedProxies)}
	if g.Tracer != nil {
		r = g.traced(r)
	}
	q := &request{http: r, arrived: started}
	response, refusal := g.serve(q, call)
	if refusal == nil {
		g.answer(w, r, call, encode(response, requestID))
	} else {
		g.answer(w, r, call, encodeError(refusal, q.language(), requestID))
	}
	if g.Observe != nil {
		name := ""
		if call.Action != nil {
			name = call.Action.Name
		}
		g.Observe(name, codeOf(refusal), g.Clock.Real().Sub(started))
	}
	if g.Tracer != nil {
		endSpan(r, call, refusal)
	}
	g.record(q, call, refusal)
	if refusal != nil && g.Failures != nil {
		g.remember(q, call, refusal)
	}
	if g.Log.Enabled(r.Context(), slog.LevelDebug) {
		g.logRequest(q, call, refusal)
	}
}

// record tells the audit of a call. Its parameters are none of the audit's
// business: they may hold secrets.
func (g *Gateway) record(q *request, call *api.Call, refusal *api.Error) {
	switch {
	case call.Audited:
	case call.Uin == 0:
		if g.Count == nil {
			return
		}
		id := q.secretID()
		if q.key == nil && !audit.LooksLikeKey(id) {
			id = "" // whatever was sent in its place, a secret perhaps
		}
		g.Count(audit.Stranger{SecretID: id, Address: call.Address, Code: codeOf(refusal)}, call.Arrived)
	case g.Record != nil:
		event := call.Event()
		event.Code, event.Replayed = codeOf(refusal), call.Replayed
		g.Record(event)
	}
}

// codeOf is the code that a request was answered, "OK" for success.
func codeOf(refusal *api.Error) string {
	if refusal == nil {
		return audit.OK
	}
	return string(refusal.Code)
}

func newRequestID() string {
	// Version 7 begins with the time, so that an index of request ids grows at
	// one end.
	id, err := uuid.NewV7()
	if err != nil {
		id = uuid.New()
	}
	return id.String()
}

// serve takes a request through every check, in this order, to its action.
func (g *Gateway) serve(q *request, call *api.Call) (any, *api.Error) {
	release, refusal := g.read(q)
	defer release()
	if refusal != nil {
		return nil, refusal
	}
	if refusal := q.parse(g.Contract); refusal != nil {
		return nil, refusal
	}
	action, refusal := g.Contract.Find(q.common.Version, q.common.Action)
	if refusal != nil {
		return nil, refusal
	}
	call.Action = action
	if action.Offline {
		return nil, api.NewError(api.ActionOffline, "action", action.Name)
	}
	if !action.Anonymous() {
		if refusal := g.authenticate(q, call); refusal != nil {
			return nil, refusal
		}
	}
	if refusal := g.limit(q, call); refusal != nil {
		return nil, refusal
	}
	if !permitted(call) {
		return nil, call.Denied()
	}
	if refusal := q.parseParameters(); refusal != nil {
		return nil, refusal
	}
	if refusal := action.CheckShape(&q.parameters); refusal != nil {
		return nil, refusal
	}
	if !action.MayCall(call.Role) {
		return nil, wrongRole(action, call.Role)
	}
	if refusal := g.enabled(q.http.Context(), call); refusal != nil {
		return nil, refusal
	}
	canonical, refusal := action.Canonical(&q.parameters)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := q.idempotency(call); refusal != nil {
		return nil, refusal
	}
	call.Parameters = sha256.Sum256(canonical)
	call.Now, call.Language = g.Clock.Now(call.Root), q.language()
	return g.run(q.http.Context(), call, canonical)
}

// authenticate checks clock, key, signature and token, and fills in the caller.
func (g *Gateway) authenticate(q *request, call *api.Call) *api.Error {
	if q.tc3 && !g.admitsScope(q.authorization.Service, call.Action.Service) {
		return api.NewError(api.AuthFailureInvalidAuthorization).In("service")
	}
	if skew := q.arrived.Unix() - q.timestamp; skew > window || skew < -window {
		return api.NewError(api.AuthFailureSignatureExpire)
	}
	key, err := g.Keys.find(q.http.Context(), q.secretID(), q.common.Token)
	if errors.Is(err, errToken) {
		return api.NewError(api.AuthFailureTokenFailure)
	}
	if err != nil {
		return g.explain(q.http.Context(), call, err)
	}
	q.key = key
	if key == nil {
		return api.NewError(api.AuthFailureSecretIdNotFound)
	}
	if !q.signedWith(key) {
		return api.NewError(api.AuthFailureSignatureFailure)
	}
	if q.common.Token != "" && !key.Caller.Temporary {
		return api.NewError(api.AuthFailureTokenFailure)
	}
	call.Caller = key.Caller
	return nil
}

// permitted reports whether the policies of a sub-user, role or temporary key
// allow the action. An account's own key has none and may.
func permitted(call *api.Call) bool {
	return call.Rights == nil || call.Rights.Allows(call.Action.Operation, call.Address)
}

// admitsScope reports whether a signature made for one service counts for an
// action of another. A client may have derived the name from its endpoint; but
// one that names the other of our services was never meant for this action,
// whose name the signature of most clients does not cover.
func (g *Gateway) admitsScope(signed, service string) bool {
	if signed == service {
		return true
	}
	for _, other := range api.Definition().Services {
		if signed == other.Name {
			return false
		}
	}
	return !g.StrictService
}

// limit counts the request against the rate of its action.
func (g *Gateway) limit(q *request, call *api.Call) *api.Error {
	if !g.RateLimits {
		return nil
	}
	rate := call.Action.Rate
	key := limitKey{call.Uin, call.Action.Name}
	if call.Action.Anonymous() {
		key.action += " " + network(call.Address).String()
	}
	count, shared := 0, false
	if g.SharedCount != nil {
		count, shared = g.SharedCount(key.account, key.action, q.arrived)
	}
	ok := count <= rate
	if !shared {
		count, ok = g.limits.allow(key, rate, q.arrived.Unix())
	}
	if ok {
		return nil
	}
	return api.NewError(api.RequestLimitExceeded, "count", strconv.Itoa(count), "limit", strconv.Itoa(rate))
}

// networkBits is how much of an IPv6 address is one customer of a provider's.
const networkBits = 64

// network is what stands for a client without a key: its address or, with IPv6,
// of which everybody has many, its network.
func network(address netip.Addr) netip.Addr {
	if !address.Is6() {
		return address
	}
	prefix, _ := address.WithZone("").Prefix(networkBits) // no address is shorter
	return prefix.Addr()
}

// enabled asks whether the caller may use an action that needs enabling. One
// that documents a plain refusal answers that.
func (g *Gateway) enabled(ctx context.Context, call *api.Call) *api.Error {
	if !call.Action.Feature || g.Enabled == nil {
		return nil
	}
	on, err := g.Enabled(ctx, &call.Caller, call.Action.Name)
	switch {
	case err != nil:
		return g.explain(ctx, call, err)
	case on:
		return nil
	case call.Action.Lists(api.UnauthorizedOperation):
		return api.NewError(api.UnauthorizedOperation)
	}
	return api.NewError(api.UnauthorizedOperationUinNoAuth)
}

func wrongRole(action *api.Action, role partner.Role) *api.Error {
	if action.WrongRole != "" && role != partner.Operator {
		return api.NewError(api.Code(action.WrongRole))
	}
	return api.NewError(api.UnauthorizedOperationUinNoAuth)
}

// run calls the action. A panic in it ends the request, not the process.
func (g *Gateway) run(ctx context.Context, call *api.Call, canonical []byte) (response any, refusal *api.Error) {
	defer func() {
		if problem := recover(); problem != nil {
			refusal = g.explain(ctx, call, fmt.Errorf("panic: %v\n%s", problem, debug.Stack()))
		}
	}()
	response, err := call.Action.Handle(ctx, call, canonical)
	if err != nil {
		return nil, g.explain(ctx, call, err)
	}
	return response, nil
}

// explain turns an error into what the caller may know of it.
func (g *Gateway) explain(ctx context.Context, call *api.Call, err error) *api.Error {
	refusal := g.Explain(err)
	if refusal == nil {
		g.Log.ErrorContext(ctx, "internal error", "request", call.RequestID, "action", call.Action.Name, "error", err)
		return api.NewError(api.InternalError)
	}
	if refusal.Code == api.OperationDeniedServiceBusy && !errors.Is(err, context.Canceled) {
		g.logBusy(ctx, call, err)
	}
	if refusal.Code == api.InternalError {
		g.Log.ErrorContext(ctx, "internal error", "request", call.RequestID, "action", call.Action.Name, "error", err)
		return api.NewError(refusal.Code, "requestId", call.RequestID).In(refusal.Variant)
	}
	return refusal
}

// logBusy says why callers are told to come back later, once a second: what
// keeps one request from the database mostly keeps all. Callers that went away
// are no news.
func (g *Gateway) logBusy(ctx context.Context, call *api.Call, err error) {
	second := g.Clock.Real().Unix()
	if g.busyAt.Swap(second) != second {
		g.Log.ErrorContext(ctx, "busy", "request", call.RequestID, "action", call.Action.Name, "error", err)
	}
}

// traceMax is the longest trace id that is given back.
const traceMax = 128

func (g *Gateway) answer(w http.ResponseWriter, r *http.Request, call *api.Call, body []byte) {
	header := w.Header()
	// Exactly this: with a charset behind it Python takes errors for successes.
	header["Content-Type"] = contentType
	header["X-Tc-Requestid"] = []string{call.RequestID}
	if trace := r.Header.Get(headerTrace); trace != "" && len(trace) <= traceMax {
		header[headerTrace] = []string{trace}
	}
	if call.Replayed {
		header.Set("X-Tael-Idempotent-Replay", "true")
	}
	_, _ = w.Write(body) // a client that went away gets no answer
}

var contentType = []string{"application/json"}

// encode wraps a response: {"Response":{…,"RequestId":"…"}}.
func encode(response any, requestID string) []byte {
	fields, err := json.Marshal(response)
	if err != nil {
		panic(fmt.Sprintf("gateway: encode %T: %v", response, err)) // generated types always encode
	}
	body := make([]byte, 0, len(fields)+80)
	body = append(body, `{"Response":`...)
	body = append(body, fields[:len(fields)-1]...)
	if len(fields) > len("{}") {
		body = append(body, ',')
	}
	body = append(body, `"RequestId":"`...)
	body = append(body, requestID...)
	return append(body, `"}}`...)
}

type wireError struct {
	Error struct {
		Code    api.Code
		Message string
	}
}

func encodeError(refusal *api.Error, language, requestID string) []byte {
	var e wireError
	e.Error.Code, e.Error.Message = refusal.Code, refusal.Message(language)
	return encode(&e, requestID)
}

// actionLogged bounds what is logged of an action's name, in bytes.
const actionLogged = 64

func (g *Gateway) logRequest(q *request, call *api.Call, refusal *api.Error) {
	action := q.common.Action
	if len(action) > actionLogged {
		action = action[:actionLogged]
	}
	g.Log.DebugContext(q.http.Context(), "request",
		"request", call.RequestID, "action", action, "account", call.Uin, "code", codeOf(refusal),
		"address", call.Address, "ms", g.Clock.Real().Sub(q.arrived).Milliseconds())
}
