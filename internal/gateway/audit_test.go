package gateway_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"tael/api"
	"tael/internal/audit"
	"tael/internal/gateway"
)

// Every call is told once: as an event where its caller is known, else as a
// stranger's; and not at all where a write has recorded it.
func TestEveryCallIsTold(t *testing.T) {
	t.Parallel()
	var events []audit.Event
	var strangers []audit.Stranger
	b := newBench(func(o *gateway.Options) {
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
		o.Record = func(e audit.Event) { events = append(events, e) }
		o.Count = func(s audit.Stranger, _ time.Time) { strangers = append(strangers, s) }
	})
	answer := b.answer
	const good = `{"ClientUins": [5]}`
	event := func(code string) audit.Event {
		return audit.Event{
			Root: 7, Action: "QueryVoucherAmountByUin", Code: code,
			Caller: audit.Caller{Account: 7, Address: netip.MustParseAddr("198.51.100.9")},
		}
	}
	stranger := func(id, code string) audit.Stranger {
		return audit.Stranger{SecretID: id, Address: netip.MustParseAddr("198.51.100.9"), Code: code}
	}
	for _, c := range []struct {
		name     string
		request  *http.Request
		answer   func(*api.Call)
		event    *audit.Event
		stranger audit.Stranger
	}{
		{name: "success", request: request{body: good}.tc3(t), event: new(event("OK"))},
		{name: "refusal", request: request{body: `{"X": 1}`}.tc3(t), event: new(event("UnknownParameter"))},
		{
			name: "replay", request: request{body: good}.tc3(t), answer: func(c *api.Call) { c.Replayed = true },
			event: func() *audit.Event { e := event("OK"); e.Replayed = true; return &e }(),
		},
		{name: "panic", request: request{body: good}.tc3(t), answer: func(*api.Call) { panic("x") }, event: new(event("InternalError"))},
		{name: "a write's own", request: request{body: good}.tc3(t), answer: func(c *api.Call) { c.Audited = true }},
		{
			name: "wrong secret", request: request{body: good, secret: "wrong"}.tc3(t),
			stranger: stranger(keyID, "AuthFailure.SignatureFailure"),
		},
		{
			name: "unknown key", request: request{body: good, id: "AKIDunknown00000"}.tc3(t),
			stranger: stranger("AKIDunknown00000", "AuthFailure.SecretIdNotFound"),
		},
		{
			name: "a secret for an id", request: request{body: good, id: "thisIsNoIdButASecret000000000000"}.tc3(t),
			stranger: stranger("", "AuthFailure.SecretIdNotFound"),
		},
		{
			name: "an id too long", request: request{body: good, id: "AKID" + strings.Repeat("0", 61)}.tc3(t),
			stranger: stranger("", "AuthFailure.SecretIdNotFound"),
		},
		{name: "no such action", request: request{body: good, action: "Nothing"}.tc3(t), stranger: stranger("", "InvalidAction")},
		{name: "nothing", request: httptest.NewRequestWithContext(t.Context(), "PUT", "/", nil), stranger: stranger("", "UnsupportedProtocol")},
	} {
		events, strangers = nil, nil
		b.answer = func(call *api.Call, r *api.QueryVoucherAmountByUinRequest) (*api.QueryVoucherAmountByUinResponse, error) {
			if c.answer != nil {
				c.answer(call)
			}
			return answer(call, r)
		}
		c.request.RemoteAddr = "192.0.2.8:1234"
		c.request.Header.Set("X-Forwarded-For", "203.0.113.1, 198.51.100.9, 192.0.2.9")
		recorder := httptest.NewRecorder()
		b.ServeHTTP(recorder, c.request)
		var wantEvents []audit.Event
		var wantStrangers []audit.Stranger
		if c.event != nil {
			wantEvents = []audit.Event{*c.event}
		}
		if c.stranger != (audit.Stranger{}) {
			wantStrangers = []audit.Stranger{c.stranger}
		}
		options := cmp.Options{cmpopts.IgnoreFields(audit.Event{}, "At", "RequestID"), cmpopts.EquateComparable(netip.Addr{})}
		if diff := cmp.Diff(wantEvents, events, options); diff != "" {
			t.Errorf("%s: events: %s", c.name, diff)
		}
		if diff := cmp.Diff(wantStrangers, strangers, options); diff != "" {
			t.Errorf("%s: strangers: %s", c.name, diff)
		}
		for _, e := range events {
			if !strings.Contains(recorder.Body.String(), e.RequestID) || e.RequestID == "" || e.At == 0 {
				t.Errorf("%s: %+v is not of %s", c.name, e, recorder.Body)
			}
		}
	}
}
