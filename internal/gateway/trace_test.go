package gateway_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"tael/api"
	"tael/internal/gateway"
	"tael/internal/store"
)

// What the span of a request says: its action, who called and what was answered,
// as a failure only where Tael failed, and nothing that the caller chose.
func TestSpanOfARequest(t *testing.T) {
	t.Parallel()
	recorder := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder), sdk.WithSampler(sdk.AlwaysSample()))
	b := newBench(func(o *gateway.Options) { o.Tracer = provider.Tracer("test") })
	b.answer = func(_ *api.Call, r *api.QueryVoucherAmountByUinRequest) (*api.QueryVoucherAmountByUinResponse, error) {
		switch r.ClientUins[0] {
		case 1:
			panic("s3cr3t-hunter")
		case 2:
			return nil, fmt.Errorf("s3cr3t-hunter: %w", store.ErrUnavailable)
		}
		return &api.QueryVoucherAmountByUinResponse{Data: []api.QueryVoucherAmountByUinItem{}}, nil
	}
	const uins = "QueryVoucherAmountByUin"
	of := func(more ...string) map[string]string {
		all := map[string]string{
			"tael.action": uins, "tael.service": "intlpartnersmgt", "tael.version": "2022-09-28",
			"tael.account": "7", "tael.code": "OK",
		}
		for i := 0; i < len(more); i += 2 {
			all[more[i]] = more[i+1]
		}
		return all
	}
	unknown := func(code string) map[string]string { return map[string]string{"tael.code": code} }
	stranger := of("tael.code", "AuthFailure.SignatureFailure")
	delete(stranger, "tael.account")
	for name, c := range map[string]struct {
		request *http.Request
		span    string
		failed  string
		want    map[string]string
	}{
		"success": {request{body: `{"ClientUins":[5]}`}.tc3(t), uins, "", of()},
		"v1":      {request{}.v1(t, nil), uins, "", of()},
		"refusal": {request{body: `{}`}.tc3(t), uins, "", of("tael.code", "MissingParameter")},
		"panic":   {request{body: `{"ClientUins":[1]}`}.tc3(t), uins, "InternalError", of("tael.code", "InternalError")},
		"busy": {
			request{body: `{"ClientUins":[2]}`}.tc3(t), uins, "OperationDenied.ServiceBusy",
			of("tael.code", "OperationDenied.ServiceBusy"),
		},
		"no such action": {request{action: "s3cr3t-hunter"}.tc3(t), "unknown", "", unknown("InvalidAction")},
		"wrong key":      {request{body: twoUins, secret: "s3cr3t-hunter"}.tc3(t), uins, "", stranger},
	} {
		recorder.Reset()
		answer := b.send(t, c.request)
		spans := recorder.Ended()
		if len(spans) != 1 {
			t.Fatalf("%s: %d spans", name, len(spans))
		}
		s := spans[0]
		got := map[string]string{}
		for _, a := range s.Attributes() {
			got[string(a.Key)] = a.Value.String()
		}
		c.want["tael.request"] = answer.RequestID
		if diff := cmp.Diff(c.want, got); diff != "" || s.Name() != c.span || s.SpanKind() != trace.SpanKindServer {
			t.Errorf("%s: %s %s\n%s", name, s.SpanKind(), s.Name(), diff)
		}
		if s.Status().Description != c.failed || (s.Status().Code == codes.Error) != (c.failed != "") {
			t.Errorf("%s: status %v", name, s.Status())
		}
		if text := fmt.Sprint(s.Name(), s.Attributes(), s.Status(), s.Events()); strings.Contains(text, "s3cr3t") {
			t.Errorf("%s: the span says %s", name, text)
		}
	}
}

// The caller's trace goes on, where the caller names one as the standard says.
func TestTraceOfTheCaller(t *testing.T) {
	t.Parallel()
	long := "a=" + strings.Repeat("x", 250) + ",b=" + strings.Repeat("x", 250) + ",c=1234567"
	const parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
	for name, c := range map[string]struct {
		traceparent, tracestate string
		parent, state           string
	}{
		"none":             {},
		"one":              {traceparent: parent, parent: "b7ad6b7169203331"},
		"with its state":   {traceparent: parent, tracestate: "a=1,b=2", parent: "b7ad6b7169203331", state: "a=1,b=2"},
		"with a long one":  {traceparent: parent, tracestate: long, parent: "b7ad6b7169203331"},
		"with the longest": {traceparent: parent, tracestate: long[:512], parent: "b7ad6b7169203331", state: long[:512]},
		"not one":          {traceparent: "00-0af7651916cd43dd8448eb211c80319c-01"},
		"state of none":    {tracestate: "a=1"},
		"of a later time":  {traceparent: "cc" + parent[2:] + "-what-the-future-holds", parent: "b7ad6b7169203331"},
		"capital letters":  {traceparent: strings.ToUpper(parent)},
		"nothing but nils": {traceparent: "00-00000000000000000000000000000000-0000000000000000-01"},
	} {
		recorder := tracetest.NewSpanRecorder()
		provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder), sdk.WithSampler(sdk.AlwaysSample()))
		b := newBench(func(o *gateway.Options) { o.Tracer = provider.Tracer("test") })
		b.send(t, request{body: twoUins, after: map[string]string{
			"Traceparent": c.traceparent, "Tracestate": c.tracestate,
		}}.tc3(t))
		spans := recorder.Ended()
		if len(spans) != 1 {
			t.Fatalf("%s: %d spans", name, len(spans))
		}
		got := spans[0].Parent()
		if got.HasSpanID() != (c.parent != "") || c.parent != "" && got.SpanID().String() != c.parent ||
			got.TraceState().String() != c.state {
			t.Errorf("%s: the parent is %s with state %q", name, got.SpanID(), got.TraceState())
		}
		if c.parent != "" && spans[0].SpanContext().TraceID() != got.TraceID() {
			t.Errorf("%s: the trace is another", name)
		}
	}
}
