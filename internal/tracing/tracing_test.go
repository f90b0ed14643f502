package tracing_test

import (
	"context"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"tael/internal/tracing"
)

// Requests that are not traced, which is all of them unless somebody asked for
// traces, pay nothing for what could have been traced.
func TestWithoutATraceNothingIsAllocated(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	allocations := testing.AllocsPerRun(100, func() {
		below, span := tracing.Child(ctx, "child")
		if below != ctx || span.IsRecording() || span.SpanContext().IsValid() {
			t.Error("there is a span")
		}
		tracing.End(span, "problem")
	})
	if allocations != 0 {
		t.Errorf("%v allocations", allocations)
	}
}

// A trace that was not chosen is not begun again further down.
func TestChildOfAnUnsampledSpan(t *testing.T) {
	t.Parallel()
	recorder := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder), sdk.WithSampler(sdk.NeverSample()))
	ctx, _ := provider.Tracer(tracing.Scope).Start(t.Context(), "request")
	below, span := tracing.Child(ctx, "child")
	tracing.End(span, "")
	if below != ctx || len(recorder.Started()) != 0 {
		t.Errorf("%d spans", len(recorder.Started()))
	}
}
