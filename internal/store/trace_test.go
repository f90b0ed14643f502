package store_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"tael/internal/store"
	"tael/internal/testkit"
)

// Reads that share a query have a span each, in the trace of the one who asked.
func TestSharedReadIsInTheTraceOfEach(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, address := fresh(t, d)
		plant(t, s)
		shut(t, s)
		var hold atomic.Bool
		reached, released := make(chan struct{}), make(chan struct{})
		s, err := store.Open(t.Context(), store.Options{
			Address: address, Postgres: testkit.PostgresOptions(), Vault: vaultOf(t, "a"),
			Watch: func(store.Statement, bool) error {
				if hold.CompareAndSwap(true, false) {
					close(reached)
					<-released
				}
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		defer shut(t, s)
		recorder := tracetest.NewSpanRecorder()
		tracer := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder), sdk.WithSampler(sdk.AlwaysSample())).Tracer("test")
		var readers sync.WaitGroup
		names := map[trace.TraceID]string{}
		read := func(name string, uin int64) {
			ctx, _ := tracer.Start(context.Background(), name)
			names[trace.SpanContextFromContext(ctx).TraceID()] = name
			readers.Go(func() {
				_, err := s.PartnerCredit(ctx, store.Account{Root: root, Uin: uin})
				if uin == root && err != nil || uin != root && !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		hold.Store(true)
		read("first", root)
		<-reached
		read("second", root)
		read("third", root+9)
		for deadline := time.Now().Add(time.Minute); s.Waiting(root) < 2; time.Sleep(50 * time.Microsecond) {
			if time.Now().After(deadline) {
				t.Fatal("the readers do not wait")
			}
		}
		close(released)
		readers.Wait()
		got := map[string][2]int64{} // what was asked for, and by all who shared the query
		for _, span := range recorder.Ended() {
			var counts [2]int64
			for _, a := range span.Attributes() {
				switch a.Key {
				case "tael.asked":
					counts[0] = a.Value.AsInt64()
				case "tael.gathered":
					counts[1] = a.Value.AsInt64()
				}
			}
			got[names[span.SpanContext().TraceID()]+" "+span.Name()] = counts
		}
		want := map[string][2]int64{"first SELECT partner": {1, 1}, "second SELECT partner": {1, 2}, "third SELECT partner": {1, 2}}
		if diff := cmp.Diff(want, got); diff != "" || len(recorder.Ended()) != len(want) {
			t.Errorf("%d spans\n%s", len(recorder.Ended()), diff)
		}
	})
}

// Spans of reads are named for what is read, and never longer for what is asked.
func TestSpansOfReadsHaveNames(t *testing.T) {
	t.Parallel()
	for sql, want := range map[string]string{
		`SELECT 1`: "SELECT",
		`SELECT value FROM setting WHERE name = $1`:                                             "SELECT setting",
		"SELECT COUNT(*)\n\t\t\tFROM transfer WHERE root_uin = $1":                              "SELECT transfer",
		`SELECT p.uin, (SELECT SUM(v.balance) FROM voucher v WHERE v.x = ($1)) FROM partner p`:  "SELECT partner",
		`SELECT k.id FROM secret_key k JOIN identity i ON i.uin = k.uin WHERE k.id IN ($1, $2)`: "SELECT secret_key",
		`SHOW fsync`: "SHOW",
	} {
		if got := store.Summary(sql); got != want {
			t.Errorf("%s: %s", sql, got)
		}
	}
}
