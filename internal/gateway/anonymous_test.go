package gateway_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"testing"

	"tael/api"
	"tael/internal/gateway"
)

func (s *service) AcceptInvitation(
	_ context.Context, call *api.Call, _ *api.AcceptInvitationRequest,
) (*api.AcceptInvitationResponse, error) {
	if call.Caller != (api.Caller{}) {
		return nil, errors.New("somebody is said to have called")
	}
	return &api.AcceptInvitationResponse{Uin: 1}, nil
}

func (s *service) CreateAccount(
	context.Context, *api.Call, *api.CreateAccountRequest,
) (*api.CreateAccountResponse, error) {
	return &api.CreateAccountResponse{}, nil
}

func (s *service) QueryPendingClientsV2(
	context.Context, *api.Call, *api.QueryPendingClientsV2Request,
) (*api.QueryPendingClientsV2Response, error) {
	return &api.QueryPendingClientsV2Response{}, nil
}

var acceptance = request{
	action: "AcceptInvitation", version: "2026-11-01", service: "tael",
	body: `{"Token": "x", "Mail": "a@a.example", "Name": "Applicant", "Password": "Harbour1!"}`,
}

// An action that takes no key is served unsigned and signed, also with a key that
// is none; every other action refuses what is not signed as before.
func TestActionsWithoutAKey(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	unsigned := func(q request, authorization string) *http.Request {
		q.after = map[string]string{"Authorization": authorization, "X-TC-Timestamp": ""}
		return q.tc3(t)
	}
	stranger := acceptance
	stranger.id, stranger.skew = "AKIDnobody", 4000
	for what, r := range map[string]*http.Request{
		"unsigned": unsigned(acceptance, ""), "SKIP": unsigned(acceptance, "SKIP"), "signed": acceptance.tc3(t),
		"signed by a stranger": stranger.tc3(t),
	} {
		if answer := b.send(t, r); answer.Code != "" {
			t.Errorf("%s: %s %s", what, answer.Code, answer.Message)
		}
	}
	other := request{body: `{"ClientUins": [5]}`}
	for what, want := range map[string]string{
		"": "MissingParameter", "SKIP": "AuthFailure.InvalidAuthorization", "Basic x": "AuthFailure.InvalidAuthorization",
	} {
		if answer := b.send(t, unsigned(other, what)); answer.Code != want {
			t.Errorf("%q: %s, not %s", what, answer.Code, want)
		}
	}
	if answer := b.send(t, unsigned(acceptance, "Basic x")); answer.Code != "AuthFailure.InvalidAuthorization" {
		t.Errorf("malformed: %s", answer.Code)
	}
	wrong := acceptance
	wrong.body = `{"Token": "x"}`
	if answer := b.send(t, unsigned(wrong, "")); answer.Code != "MissingParameter" {
		t.Errorf("parameters: %s", answer.Code)
	}
}

// Without a key the address is counted, as a trusted proxy reports it; of IPv6
// the network is.
func TestCallsWithoutAKeyAreCountedByAddress(t *testing.T) {
	t.Parallel()
	b := newBench(func(o *gateway.Options) {
		o.RateLimits = true
		o.Clock.StopReal() // all of this test is in one second
		o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	})
	send := func(remote, forwarded string) string {
		q := acceptance
		q.after = map[string]string{"Authorization": "", "X-Forwarded-For": forwarded}
		r := q.tc3(t)
		r.RemoteAddr = remote
		return b.send(t, r).Code
	}
	spend := func(remote, forwarded string) {
		t.Helper()
		for range 5 {
			if code := send(remote, forwarded); code != "" {
				t.Errorf("%s for %s: %s", remote, forwarded, code)
			}
		}
		if code := send(remote, forwarded); code != "RequestLimitExceeded" {
			t.Errorf("%s for %s, once more: %q", remote, forwarded, code)
		}
	}
	spend("198.51.100.1:1", "")
	spend("192.0.2.1:1", "203.0.113.5")
	spend("[2001:db8:0:1::1]:1", "")
	for _, fresh := range [][2]string{
		{"198.51.100.2:1", ""}, {"192.0.2.1:1", "203.0.113.6"}, {"[2001:db8:0:2::1]:1", ""},
	} {
		if code := send(fresh[0], fresh[1]); code != "" {
			t.Errorf("%s for %s is counted with others: %s", fresh[0], fresh[1], code)
		}
	}
	// Another address of the same network is the same; what a stranger reports is nothing.
	for _, spent := range [][2]string{{"[2001:db8:0:1::2]:1", ""}, {"198.51.100.1:1", "203.0.113.9"}} {
		if code := send(spent[0], spent[1]); code != "RequestLimitExceeded" {
			t.Errorf("%s for %s is counted by itself: %q", spent[0], spent[1], code)
		}
	}
}

// An action that is switched off for its caller is refused before its values are
// looked at, with the code that it documents for it.
func TestFeaturesThatAreOff(t *testing.T) {
	t.Parallel()
	var asked []string
	on, problem := false, error(nil)
	b := newBench(func(o *gateway.Options) {
		o.Enabled = func(_ context.Context, caller *api.Caller, action string) (bool, error) {
			asked = append(asked, action)
			if caller.Uin != 7 {
				t.Errorf("asked for %d", caller.Uin)
			}
			return on, problem
		}
	})
	pending := request{action: "QueryPendingClientsV2", body: `{"Page": 0, "PageSize": 1}`}
	create := request{action: "CreateAccount", body: `{"AccountType": "", "Mail": "", "Password": "", "ConfirmPassword": "",
		"PhoneNum": "", "CountryCode": "", "Area": "", "VerifyCode": "", "TradeOne": "", "TradeTwo": ""}`}
	expect := func(q request, want string) {
		t.Helper()
		if answer := b.send(t, q.tc3(t)); answer.Code != want {
			t.Errorf("%s: %s, not %s", q.action, answer.Code, want)
		}
	}
	expect(pending, "UnauthorizedOperation.UinNoAuth")
	expect(create, "UnauthorizedOperation")
	on = true
	expect(pending, "InvalidParameterValue")
	expect(create, "InvalidParameterValue.AccountTypeEmpty")
	problem = errors.New("a secret of ours")
	expect(pending, "InternalError")
	before := len(asked)
	expect(request{body: `{"ClientUins": [5]}`}, "") // no feature: nobody is asked
	if len(asked) != before {
		t.Errorf("asked for %v", asked[before:])
	}
}
