package main_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"tael/internal/demo"
	"tael/internal/testkit"
)

// receiver takes traces as an OpenTelemetry collector does.
type receiver struct {
	*httptest.Server
	refuses atomic.Bool // with an answer that is not worth another try
	refused atomic.Int64

	mu       sync.Mutex
	spans    []*otlp.Span
	resource map[string]string
	paths    map[string]bool
	headers  http.Header // of the last request
	raw      []byte      // of all requests
}

func receive(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{paths: map[string]bool{}}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		body, err := io.ReadAll(q.Body)
		var sent collector.ExportTraceServiceRequest
		if err == nil {
			err = proto.Unmarshal(body, &sent)
		}
		if err != nil {
			t.Errorf("not a request of OTLP: %v", err)
		}
		if r.refuses.Load() {
			r.refused.Add(1)
			http.Error(w, strings.Repeat("no", 1000), http.StatusBadRequest)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		r.paths[q.URL.Path], r.headers, r.raw = true, q.Header, append(r.raw, body...)
		for _, from := range sent.ResourceSpans {
			r.resource = attributesOf(from.Resource.Attributes)
			for _, scope := range from.ScopeSpans {
				r.spans = append(r.spans, scope.Spans...)
			}
		}
	}))
	t.Cleanup(r.Close)
	return r
}

func attributesOf(all []*common.KeyValue) map[string]string {
	texts := map[string]string{}
	for _, a := range all {
		if texts[a.Key] = a.Value.GetStringValue(); texts[a.Key] == "" {
			texts[a.Key] = fmt.Sprint(a.Value.GetIntValue())
		}
	}
	return texts
}

// tree is a trace as text: a span a line, below its parent. That a key had to be
// looked up depends on the time, and is left out.
func (r *receiver) tree(trace string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var text strings.Builder
	var below func(parent, indent string)
	below = func(parent, indent string) {
		for _, s := range r.spans {
			if hex.EncodeToString(s.TraceId) == trace && hex.EncodeToString(s.ParentSpanId) == parent &&
				s.Name != "SELECT secret_key" {
				kind := strings.TrimPrefix(s.Kind.String(), "SPAN_KIND_")
				fmt.Fprintf(&text, "%s%s %s\n", indent, s.Name, kind)
				below(hex.EncodeToString(s.SpanId), indent+"  ")
			}
		}
	}
	slices.SortFunc(r.spans, func(x, y *otlp.Span) int { return int(x.StartTimeUnixNano - y.StartTimeUnixNano) })
	below(callerSpan, "")
	return text.String()
}

// named are the spans of a name.
func (r *receiver) named(name string) (found []*otlp.Span) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.spans {
		if s.Name == name {
			found = append(found, s)
		}
	}
	return found
}

func (r *receiver) received() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.spans)
}

// callerSpan is the span of every caller.
const callerSpan = "b7ad6b7169203331"

// traceOf is a trace's number as text.
func traceOf(n int) string { return fmt.Sprintf("0af7651916cd43dd8448eb211c%06x", n) }

// caller sends requests of a trace that is sampled, or is not.
func caller(trace string, sampled bool) *http.Client {
	flags := "00"
	if sampled {
		flags = "01"
	}
	return &http.Client{Transport: withHeader{"Traceparent", "00-" + trace + "-" + callerSpan + "-" + flags}}
}

type withHeader struct{ name, value string }

func (h withHeader) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set(h.name, h.value)
	return http.DefaultTransport.RoundTrip(r)
}

// Only the end of the process sends traces.
const atTheEnd = "OTEL_BSP_SCHEDULE_DELAY=3600000"

// Traces arrive, with what a request went through below the caller's span, and
// with nothing that must not leave the server. The log names the trace.
func TestTraces(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		r := receive(t)
		env := []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + r.URL, atTheEnd}
		s := start(t, env, append([]string{
			"--demo", "--log-level", "debug", "--redis", "redis://:s3cr3t-hunter@127.0.0.1:1",
		}, newDatabase(t, d)...)...)
		reseller, operator := account(demo.Reseller), account(demo.OperatorUin)
		made := s.must(t, operator, "CreatePartner", `{"Name": "Unmentioned Ltd", "Role": "Reseller"}`)
		var key struct{ SecretId, SecretKey string } //nolint:revive // as the wire has it
		if err := json.Unmarshal(made.Response, &key); err != nil || key.SecretKey == "" {
			t.Fatalf("%s %v", made.Response, err)
		}
		const allocation = `{"ClientUin": 200000001001, "AddedCredit": 1.23456}`
		calls := []struct {
			as           demo.Account
			action, body string
			code, tree   string
		}{
			{reseller, "QueryPartnerCredit", "{}", "", `
				QueryPartnerCredit SERVER
				  SELECT partner CLIENT`},
			{reseller, "AllocateCustomerCredit", allocation, "", `
				AllocateCustomerCredit SERVER
				  write INTERNAL
				    batch INTERNAL
				      transaction INTERNAL
				        commit CLIENT`}, // it begins with what the demo world's last batch left
			{
				reseller, "AllocateCustomerCredit", `{"ClientUin": 200000001001, "AddedCredit": -987654321}`,
				"FailedOperation.BalanceInsufficient", `
				AllocateCustomerCredit SERVER
				  write INTERNAL
				    batch INTERNAL
				      transaction INTERNAL
				      transaction INTERNAL
				        execute CLIENT`, // what memory refuses is asked of the tree
			},
			{operator, "DescribePartners", "{}", "", `
				DescribePartners SERVER
				  SELECT partner CLIENT
				  SELECT partner CLIENT`},
			{reseller, "NoSuchAction", "{}", "InvalidAction", `
				unknown SERVER`},
		}
		requests := make([]string, len(calls))
		for i, c := range calls {
			got, err := call(t.Context(), caller(traceOf(i), true), s.endpoint, c.as, c.action, c.body, fmt.Sprint("s3cr3t-", i))
			var id struct{ RequestId string } //nolint:revive // as the wire has it
			if err != nil || got.Code != c.code || json.Unmarshal(got.Response, &id) != nil {
				t.Fatalf("%s: %s %s %v", c.action, got.Code, got.Message, err)
			}
			requests[i] = id.RequestId
		}
		if code := s.stop(t); code != 0 {
			t.Errorf("exit code %d: %s", code, s.stderr.String())
		}
		for i, c := range calls {
			want := strings.TrimPrefix(strings.ReplaceAll(c.tree, "\n\t\t\t\t", "\n"), "\n") + "\n"
			if diff := cmp.Diff(want, r.tree(traceOf(i))); diff != "" {
				t.Errorf("the trace of %s %s:\n%s", c.action, c.code, diff)
			}
			line := firstLine(s.stderr.String(), requests[i])
			if !strings.Contains(line, `"trace_id":"`+traceOf(i)+`"`) {
				t.Errorf("the log does not name the trace: %s", line)
			}
		}
		if len(r.named("SELECT secret_key")) == 0 {
			t.Error("no key was looked up")
		}
		want := map[string]string{
			"tael.request": requests[1], "tael.action": "AllocateCustomerCredit", "tael.service": "intlpartnersmgt",
			"tael.version": "2022-09-28", "tael.account": fmt.Sprint(demo.Reseller), "tael.code": "OK",
		}
		if diff := cmp.Diff(want, attributesOf(r.named("AllocateCustomerCredit")[0].Attributes)); diff != "" {
			t.Error(diff)
		}
		system := map[testkit.Database]string{testkit.SQLite: "sqlite", testkit.Postgres: "postgresql"}[d]
		for _, s := range slices.Concat(r.named("commit"), r.named("SELECT partner")) {
			if got := attributesOf(s.Attributes)["db.system.name"]; got != system {
				t.Errorf("%s went to %q", s.Name, got)
			}
		}
		r.keepsQuiet(t, key.SecretId, key.SecretKey, reseller.SecretID, reseller.SecretKey, operator.SecretKey,
			"Signature", "TC3-HMAC", "s3cr3t", "Unmentioned", "1.23456", "123456000", "987654321", "--redis", "NoSuchAction",
			"master.key", "200000001001")
	})
}

// keepsQuiet checks that nothing of some texts was sent.
func (r *receiver) keepsQuiet(t *testing.T, secrets ...string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	sent := string(r.raw)
	if !strings.Contains(sent, "AllocateCustomerCredit") {
		t.Error("what was sent is not to be searched")
	}
	for _, secret := range secrets {
		if strings.Contains(sent, secret) {
			t.Errorf("%s was sent", secret)
		}
	}
}

// The variables of OpenTelemetry do what they do everywhere.
func TestTracesAsTheVariablesSay(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	t.Run("not sampled unless the caller is", func(t *testing.T) {
		t.Parallel()
		r := receive(t)
		s := start(t, []string{
			"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=" + r.URL + "/custom",
			"OTEL_EXPORTER_OTLP_HEADERS=x-tenant=t7,broken s3cr3t-hunter", "OTEL_SERVICE_NAME=other",
			"OTEL_RESOURCE_ATTRIBUTES=deployment.environment.name=test", "OTEL_TRACES_SAMPLER=parentbased_always_off", atTheEnd,
		}, "--demo", "--log-level", "debug")
		reseller := account(demo.Reseller)
		s.must(t, reseller, "QueryPartnerCredit", "{}")
		for i, sampled := range []bool{false, true} {
			got, err := call(t.Context(), caller(traceOf(i), sampled), s.endpoint, reseller, "QueryPartnerCredit", "{}", "")
			if err != nil || got.Code != "" {
				t.Fatalf("%s %v", got.Message, err)
			}
		}
		s.stop(t)
		if got := r.named("QueryPartnerCredit"); len(got) != 1 || hex.EncodeToString(got[0].TraceId) != traceOf(1) {
			t.Errorf("%d requests were traced", len(got))
		}
		if r.resource["service.name"] != "other" || r.resource["service.version"] != "development" ||
			r.resource["deployment.environment.name"] != "test" || r.headers.Get("X-Tenant") != "t7" ||
			len(r.paths) != 1 || !r.paths["/custom"] {
			t.Errorf("sent to %v with %v by %v", r.paths, r.headers, r.resource)
		}
		log := s.stderr.String()
		if !strings.Contains(log, `"trace_id":"`+traceOf(0)) || !strings.Contains(log, "parse headers") ||
			strings.Contains(log, "s3cr3t") {
			t.Errorf("the log is %s", log)
		}
	})
	for _, off := range []string{"OTEL_SDK_DISABLED=true", "OTEL_TRACES_EXPORTER=none", "OTEL_EXPORTER_OTLP_ENDPOINT="} {
		t.Run(off, func(t *testing.T) {
			t.Parallel()
			r := receive(t)
			s := start(t, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + r.URL, off}, "--demo", "--log-level", "debug")
			got, err := call(t.Context(), caller(traceOf(0), true), s.endpoint, account(demo.Reseller),
				"QueryPartnerCredit", "{}", "")
			if err != nil || got.Code != "" {
				t.Fatalf("%s %v", got.Message, err)
			}
			s.stop(t)
			if log := s.stderr.String(); r.received() != 0 || strings.Contains(log, "trace") {
				t.Errorf("%d spans and the log %s", r.received(), log)
			}
		})
	}
	for variable, says := range map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT=127.0.0.1:4318":                      "use http://host:4318",
		"OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4318":                      "use http://host:4318",
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://u:s3cr3t@127.0.0.1:1%": "use http://host:4318",
		"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://u:s3cr3t@127.0.0.1:1":  "OTEL_EXPORTER_OTLP_HEADERS",
		"OTEL_EXPORTER_OTLP_PROTOCOL=grpc":                                "http/protobuf",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Parallel()
			refused := command{
				args: []string{"serve", "--demo"}, env: []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:1", variable},
			}.run(t)
			refused.expect(t, 2, "", says)
			if strings.Contains(refused.stderr, "s3cr3t") {
				t.Errorf("it says %s", refused.stderr)
			}
		})
	}
}

// A receiver that refuses costs no request and two lines in the log, however often
// it does.
func TestTracesAreRefused(t *testing.T) {
	t.Parallel()
	r := receive(t)
	r.refuses.Store(true)
	s := start(t, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + r.URL, "OTEL_BSP_SCHEDULE_DELAY=1"}, "--demo", "--rate-limits", "off")
	reseller := account(demo.Reseller)
	until(t, s, "the receiver has refused enough", func() bool { return r.refused.Load() > 20 })
	r.refuses.Store(false)
	until(t, s, "traces arrive", func() bool { return r.received() > 0 })
	s.must(t, reseller, "QueryPartnerCredit", "{}")
	if code := s.stop(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	log := s.stderr.String()
	if strings.Count(log, "traces are not delivered") != 1 || strings.Count(log, "traces are delivered again") != 1 ||
		strings.Count(log, "no") > 200 { // of the 1000 in an answer
		t.Errorf("the log is %s", log)
	}
}

// until makes calls until a condition holds.
func until(t *testing.T, s *server, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); {
		s.must(t, account(demo.Reseller), "QueryPartnerCredit", "{}")
		if time.Now().After(deadline) {
			t.Fatalf("still not so: %s", what)
		}
	}
}

// A receiver that is not there, or takes a connection and never answers, costs no
// request, and the process ends without it.
func TestTracesGoNowhere(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close() // it takes no connection: the system does, and nobody answers
	for name, c := range map[string]struct{ address, says string }{
		"nobody":         {"127.0.0.1:1", "connection refused"},
		"one that hangs": {listener.Addr().String(), "the last traces were not delivered"},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, []string{
				"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + c.address, "OTEL_BSP_MAX_QUEUE_SIZE=4", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE=1",
				// Longer than the test would wait.
				"OTEL_EXPORTER_OTLP_TIMEOUT=600000", "OTEL_BSP_EXPORT_TIMEOUT=600000",
			}, "--demo", "--rate-limits", "off")
			client := &http.Client{Timeout: patience}
			for range 100 {
				for action, body := range map[string]string{
					"QueryPartnerCredit": "{}", "AllocateCustomerCredit": `{"ClientUin": 200000001001, "AddedCredit": 0.01}`,
				} {
					got, err := call(t.Context(), client, s.endpoint, account(demo.Reseller), action, body, "")
					if err != nil || got.Code != "" {
						t.Fatalf("%s: %s %v", action, got.Message, err)
					}
				}
			}
			if code := s.stop(t); code != 0 {
				t.Errorf("exit code %d", code)
			}
			if log := s.stderr.String(); strings.Count(log, "delivered") != 1 || !strings.Contains(log, c.says) {
				t.Errorf("the log is %s", log)
			}
		})
	}
}
