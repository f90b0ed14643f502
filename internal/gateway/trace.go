package gateway

import (
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"tael/api"
	"tael/internal/tracing"
)

// Headers of the trace that a request belongs to (W3C Trace Context).
const (
	headerTraceparent = "Traceparent"
	headerTracestate  = "Tracestate"
)

// tracestateMax is the longest tracestate that is taken over, in bytes. The
// standard asks for as many; more would let anybody fill the receiver's disk.
const tracestateMax = 512

// unnamed is the name of a request's span until its action is known. For actions
// that do not exist it stays: a client shall not be able to make up names.
const unnamed = "unknown"

var ofServer = trace.WithSpanKind(trace.SpanKindServer)

// traced returns a request with a span in its context, which belongs to the trace
// that the client names, if it does.
func (g *Gateway) traced(r *http.Request) *http.Request {
	carrier := propagation.MapCarrier{"traceparent": r.Header.Get(headerTraceparent)}
	if state := r.Header.Get(headerTracestate); len(state) <= tracestateMax {
		carrier["tracestate"] = state
	}
	ctx := propagation.TraceContext{}.Extract(r.Context(), carrier)
	ctx, _ = g.Tracer.Start(ctx, unnamed, ofServer)
	return r.WithContext(ctx)
}

// endSpan says of a request's span what the log says of the request, and nothing
// that the caller chose. What went wrong here is a failure, a refusal is not.
func endSpan(r *http.Request, call *api.Call, refusal *api.Error) {
	span := trace.SpanFromContext(r.Context())
	if !span.IsRecording() {
		return
	}
	code := codeOf(refusal)
	span.SetAttributes(attribute.String("tael.request", call.RequestID), attribute.String("tael.code", code))
	if a := call.Action; a != nil {
		span.SetName(a.Name)
		span.SetAttributes(attribute.String("tael.action", a.Name),
			attribute.String("tael.service", a.Service), attribute.String("tael.version", a.Version))
	}
	if call.Uin != 0 {
		span.SetAttributes(attribute.Int64("tael.account", call.Uin))
	}
	problem := ""
	if code == string(api.InternalError) || code == string(api.OperationDeniedServiceBusy) {
		problem = code
	}
	tracing.End(span, problem)
}
