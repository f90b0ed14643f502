package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"tael/internal/engine"
	"tael/internal/store"
	"tael/internal/testkit"
)

// traces records the spans of requests.
type traces struct {
	*tracetest.SpanRecorder
	tracer trace.Tracer
}

func record(t *testing.T) *traces {
	t.Helper()
	r := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(r), sdk.WithSampler(sdk.ParentBased(sdk.AlwaysSample())))
	t.Cleanup(func() {
		if err := provider.Shutdown(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return &traces{r, provider.Tracer("test")}
}

// request is the context of a traced request.
func (r *traces) request(name string) context.Context {
	ctx, _ := r.tracer.Start(context.Background(), name)
	return ctx
}

// unsampled is the context of a request whose caller does not want it traced.
func (r *traces) unsampled() context.Context {
	parent := trace.NewSpanContext(trace.SpanContextConfig{TraceID: trace.TraceID{1}, SpanID: trace.SpanID{1}})
	ctx, _ := r.tracer.Start(trace.ContextWithRemoteSpanContext(context.Background(), parent), "unsampled")
	return ctx
}

// below finds the only span of a name below that of a context, or below another.
func (r *traces) below(t *testing.T, parent trace.SpanContext, name string) sdk.ReadOnlySpan {
	t.Helper()
	found := r.named(parent, name)
	if len(found) != 1 {
		t.Fatalf("%d spans %s below %s", len(found), name, parent.SpanID())
	}
	return found[0]
}

func (r *traces) named(parent trace.SpanContext, name string) []sdk.ReadOnlySpan {
	return slices.DeleteFunc(r.Ended(), func(s sdk.ReadOnlySpan) bool {
		return s.Name() != name || s.Parent().SpanID() != parent.SpanID()
	})
}

func of(ctx context.Context) trace.SpanContext { return trace.SpanContextFromContext(ctx) }

func attributes(s sdk.ReadOnlySpan) map[string]string {
	all := map[string]string{}
	for _, a := range s.Attributes() {
		all[string(a.Key)] = a.Value.String()
	}
	return all
}

func events(s sdk.ReadOnlySpan) (names []string) {
	for _, e := range s.Events() {
		names = append(names, e.Name)
	}
	return names
}

func links(s sdk.ReadOnlySpan) (all []trace.SpanID) {
	for _, l := range s.Links() {
		all = append(all, l.SpanContext.SpanID())
	}
	return all
}

// A batch has its span in the trace of the first request that is traced; the other
// traced requests and the batch link to each other.
func TestBatchIsInATrace(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1000)
		r := record(t)
		first, second := r.request("first"), r.request("second")
		gate := w.shut(context.Background())
		var all []*pending
		for i, ctx := range []context.Context{context.Background(), r.unsampled(), first, second} {
			all = append(all, w.queue(ctx, allocation(1, 1, fmt.Sprint(i)))...)
		}
		gate.open(t)
		for _, p := range all {
			if _, err := p.wait(t); err != nil {
				t.Error(err)
			}
		}
		w.close() // with it the last span has ended
		one, two := r.below(t, of(first), "write"), r.below(t, of(second), "write")
		batch := r.below(t, one.SpanContext(), "batch")
		want := map[string]string{"tael.tree": fmt.Sprint(root), "tael.commands": "4"}
		if diff := cmp.Diff(want, attributes(batch)); diff != "" {
			t.Error(diff)
		}
		if got := links(batch); !slices.Equal(got, []trace.SpanID{two.SpanContext().SpanID()}) {
			t.Errorf("the batch links to %v", got)
		}
		if got := links(two); !slices.Equal(got, []trace.SpanID{batch.SpanContext().SpanID()}) {
			t.Errorf("the second request links to %v", got)
		}
		if len(one.Links()) != 0 || len(r.named(two.SpanContext(), "batch")) != 0 {
			t.Error("the batch is in two traces")
		}
		for _, s := range []sdk.ReadOnlySpan{one, two} {
			if got := events(s); !slices.Equal(got, []string{"taken"}) {
				t.Errorf("a request's events are %v", got)
			}
		}
		transaction := r.below(t, batch.SpanContext(), "transaction")
		// It began with what the world's batches left, so that it asks for nothing.
		if attributes(r.below(t, transaction.SpanContext(), "commit"))["db.operation.batch.size"] == "" {
			t.Error("commit has no size")
		}
		if ended := len(r.Ended()); ended != len("wwbtc") {
			t.Errorf("%d spans ended", ended)
		}
	})
}

// However much a batch does, its spans and links are few.
func TestTraceOfABatchIsBounded(t *testing.T) {
	t.Parallel()
	const requests = 200
	w := newWorld(t, testkit.SQLite, 0, 1000)
	r := record(t)
	ctx := r.request("all")
	gate := w.shut(context.Background())
	all := make([]engine.Request, requests)
	for i := range all {
		all[i] = allocation(1, 1, "claims")
		all[i].Claims = []store.Claim{store.ClaimMail(fmt.Sprintf("%d@example.com", i), customer(1))}
	}
	queued := w.queue(ctx, all...)
	gate.open(t)
	for _, p := range queued {
		if _, err := p.wait(t); err != nil {
			t.Fatal(err)
		}
	}
	w.close()
	counts := map[string]int{}
	for _, s := range r.Ended() {
		counts[s.Name()]++
		if links := len(s.Links()); links > 128 {
			t.Errorf("%s has %d links", s.Name(), links)
		}
		if n, _ := strconv.Atoi(attributes(s)["tael.statements"]); s.Name() == "transaction" && n < 2*requests {
			t.Errorf("the transaction has %d statements; each claim and each transfer is one", n)
		}
	}
	want := map[string]int{"write": requests, "batch": 1, "transaction": 1, "execute": 16, "commit": 1}
	if diff := cmp.Diff(want, counts); diff != "" {
		t.Error(diff)
	}
}

// A trace shows a commit in doubt and how it was looked up, without the text of the
// error.
func TestDoubtIsInTheTrace(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, 0, 1000)
		var lost atomic.Bool
		w.close()
		w.watch = func(s store.Statement, done bool) error {
			if s.SQL == "COMMIT" && done && lost.CompareAndSwap(true, false) {
				return errors.New("s3cr3t-hunter")
			}
			return nil
		}
		w.open(0)
		r := record(t)
		ctx := r.request("request")
		lost.Store(true)
		if _, err := w.do(ctx, allocation(1, 1, "doubtful")); err != nil {
			t.Fatal(err)
		}
		w.close()
		batch := r.below(t, r.below(t, of(ctx), "write").SpanContext(), "batch")
		if got := events(batch); !slices.Equal(got, []string{engine.InDoubt}) {
			t.Errorf("the batch's events are %v", got)
		}
		var failures []string
		for _, s := range r.named(batch.SpanContext(), "transaction") {
			failures = append(failures, s.Status().Description)
		}
		if !slices.Equal(failures, []string{"commit in doubt", ""}) {
			t.Errorf("the transactions say %q", failures)
		}
		for _, s := range r.Ended() {
			text := fmt.Sprint(s.Name(), s.Attributes(), s.Status(), s.Events())
			if strings.Contains(text, "s3cr3t") || s.Status().Code == codes.Error && s.Name() == "write" {
				t.Errorf("%s says %s", s.Name(), text)
			}
		}
	})
}
