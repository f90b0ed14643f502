package engine

import (
	"context"
	"errors"
	"slices"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"tael/internal/tracing"
)

// problemOf is why a request's span counts as failed; refusals do not.
func problemOf(err error) string {
	switch {
	case errors.Is(err, ErrBusy):
		return Busy
	case errors.Is(err, ErrUnknownOutcome):
		return InDoubt
	}
	return ""
}

// beginSpan begins the span of a batch, if any of its requests is traced: below the
// first that is, so that the trace of a request that had a batch to itself shows
// all that it waited for. The batch and the other requests link to each other.
func beginSpan(root int64, batch []*item) (context.Context, trace.Span) {
	ctx := context.Background()
	first := slices.IndexFunc(batch, func(it *item) bool { return it.span != nil })
	if first < 0 {
		return ctx, trace.SpanFromContext(ctx)
	}
	traced := batch[first:]
	var links []trace.Link
	for _, it := range traced[1:] {
		if it.span != nil {
			links = append(links, trace.Link{SpanContext: it.span.SpanContext()})
		}
	}
	ctx, span := tracing.Child(trace.ContextWithSpan(ctx, traced[0].span), "batch", trace.WithLinks(links...),
		trace.WithAttributes(attribute.Int64("tael.tree", root), attribute.Int("tael.commands", len(batch))))
	for i, it := range traced {
		if it.span == nil {
			continue
		}
		it.span.AddEvent("taken") // before it waited, from here on it is executed
		if i > 0 {
			it.span.AddLink(trace.Link{SpanContext: span.SpanContext()})
		}
	}
	return ctx, span
}
