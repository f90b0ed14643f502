package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/go-logr/logr/funcr"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"tael/internal/clock"
	"tael/internal/tracing"
)

const (
	// flushTime bounds how long the end of the process waits for what is not sent.
	flushTime = 5 * time.Second
	// silence is how long a failure to send that has been logged is not logged again.
	silence = time.Minute
	// errorLogged bounds what is logged of one, in bytes: receivers answer pages.
	errorLogged = 300
)

// tracesTo is the host that the standard variables name for traces, or "" where
// they name none or switch traces off. What is wrong with an address is not shown:
// there may be a password in it.
func tracesTo() (host string, err error) {
	if strings.EqualFold(os.Getenv("OTEL_SDK_DISABLED"), "true") || os.Getenv("OTEL_TRACES_EXPORTER") == "none" {
		return "", nil
	}
	for _, name := range [...]string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"} {
		address := strings.TrimSpace(os.Getenv(name))
		if address == "" {
			continue
		}
		u, err := url.Parse(address)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
			return "", fmt.Errorf("%s: use http://host:4318 or https://host:4318; a password belongs in "+
				"OTEL_EXPORTER_OTLP_HEADERS", name)
		}
		host = u.Host
	}
	protocol := cmp.Or(os.Getenv("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"), os.Getenv("OTEL_EXPORTER_OTLP_PROTOCOL"))
	if host != "" && strings.TrimSpace(protocol) == "grpc" {
		return "", errors.New("OTEL_EXPORTER_OTLP_PROTOCOL: traces are sent with http/protobuf, to port 4318 as a rule")
	}
	return host, nil
}

// openTraces begins to send traces where the standard variables say whereto; else
// the provider is nil. The SDK reads the other variables itself. Traces are sent
// beside the requests, and dropped where that does not get on.
func openTraces(ctx context.Context, c *clock.Clock, log *slog.Logger) (*sdk.TracerProvider, error) {
	host, err := tracesTo()
	if err != nil || host == "" {
		return nil, err
	}
	hearSDK(log)
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, fmt.Errorf("OpenTelemetry: %w", err)
	}
	// No command line: there may be passwords in it.
	self, err := resource.New(ctx, resource.WithTelemetrySDK(), resource.WithHost(), resource.WithProcessPID(),
		resource.WithAttributes(semconv.ServiceName("tael"), semconv.ServiceVersion(version)), resource.WithFromEnv())
	if err != nil {
		log.Warn("OpenTelemetry", "error", err) // what could be found is there
	}
	log.Info("sending traces", "to", host)
	return sdk.NewTracerProvider(sdk.WithResource(self), sdk.WithoutPanicRecording(),
		sdk.WithBatcher(&delivery{SpanExporter: exporter, clock: c, log: log})), nil
}

// hearSDK brings what the SDK complains of to the log: the errors without the values
// that they are about, which may be headers with passwords.
func hearSDK(log *slog.Logger) {
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("OpenTelemetry", "error", err) }))
	otel.SetLogger(funcr.New(func(_, complaint string) { log.Warn("OpenTelemetry", "error", complaint) },
		funcr.Options{RenderArgsHook: func([]any) []any { return nil }}))
}

// tracerOf is what requests are traced with, nil where they are not.
func tracerOf(provider *sdk.TracerProvider) trace.Tracer {
	if provider == nil {
		return nil
	}
	return provider.Tracer(tracing.Scope)
}

// closeTraces sends what is not sent yet, as far as that gets.
func closeTraces(provider *sdk.TracerProvider, log *slog.Logger) {
	if provider == nil {
		return
	}
	patience, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	if err := provider.Shutdown(patience); err != nil {
		log.Warn("the last traces were not delivered", "error", err)
	}
}

// delivery sends spans and says so where it cannot, once in a while. It is used by
// one goroutine at a time.
type delivery struct {
	sdk.SpanExporter
	clock  *clock.Clock
	log    *slog.Logger
	told   time.Time // when it was last said
	unsaid bool      // that it can again
}

func (d *delivery) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := d.SpanExporter.ExportSpans(ctx, spans)
	if err == nil {
		if d.unsaid {
			d.log.Warn("traces are delivered again")
		}
		d.unsaid = false
		return nil
	}
	if now := d.clock.Real(); now.Sub(d.told) > silence {
		text := err.Error()
		d.log.Warn("traces are not delivered", "error", text[:min(len(text), errorLogged)])
		d.told, d.unsaid = now, true
	}
	return nil // it has been said
}

// inTrace adds the trace to what is logged of a request that has one.
type inTrace struct{ slog.Handler }

func (h inTrace) Handle(ctx context.Context, r slog.Record) error {
	if of := trace.SpanContextFromContext(ctx); of.IsValid() {
		r.AddAttrs(slog.String("trace_id", of.TraceID().String()))
	}
	return h.Handler.Handle(ctx, r)
}

func (h inTrace) WithAttrs(attributes []slog.Attr) slog.Handler {
	return inTrace{h.Handler.WithAttrs(attributes)}
}

func (h inTrace) WithGroup(name string) slog.Handler { return inTrace{h.Handler.WithGroup(name)} }
