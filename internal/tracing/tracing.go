// Package tracing continues the trace that a context belongs to. It knows no
// settings and sends nothing: the gateway begins a trace where cmd/tael gave it
// the means, and what a request comes through after that asks its context.
package tracing

import (
	"context"

	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// Scope is the name under which all of Tael's spans are made.
const Scope = "tael"

// none is the span of what is not traced.
var none trace.Span = noop.Span{}

// Child begins a span below the recorded one of a context. Where there is none it
// returns the context as it is and a span that does nothing, and allocates nothing;
// IsRecording of the span then says that attributes are not worth making.
func Child(ctx context.Context, name string, o ...trace.SpanStartOption) (context.Context, trace.Span) {
	parent := trace.SpanFromContext(ctx)
	if !parent.IsRecording() {
		return ctx, none
	}
	return parent.TracerProvider().Tracer(Scope).Start(ctx, name, o...)
}

// End ends a span, as a failure if problem is not empty: a word of ours, never the
// text of an error, which may hold what a caller sent.
func End(span trace.Span, problem string) {
	if problem != "" {
		span.SetStatus(codes.Error, problem)
	}
	span.End()
}
