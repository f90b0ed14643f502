package actions_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tael/api"
	"tael/internal/diagnose"
	"tael/internal/signature"
	"tael/internal/testkit"
)

func diagnosed(t *testing.T, w *testkit.World, key testkit.Key, body string) api.DiagnoseRequestResponse {
	t.Helper()
	answer := w.Call(key, "DiagnoseRequest", body)
	var response api.DiagnoseRequestResponse
	if err := json.Unmarshal(answer.Body, &response); err != nil || answer.Code != "" {
		t.Fatalf("%s: %s %v", answer.Code, answer.Message, err)
	}
	return response
}

// rawOf is a request as it goes over the wire, as a parameter.
func rawOf(t *testing.T, r *http.Request) string {
	t.Helper()
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.URL.RequestURI(), r.Host)
	if err := r.Header.Write(&text); err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	parameter, err := json.Marshal(map[string]string{"RawRequest": text.String() + "\r\n" + string(body)})
	if err != nil {
		t.Fatal(err)
	}
	return string(parameter)
}

// By its RequestId or as text, a request of the caller's key is explained; of anybody
// else's key it is said that there is none.
func TestDiagnoseRequest(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
		u, v := w.User(r, "u", testkit.Allow("*")), w.User(r, "v", testkit.Allow("*"))
		second := w.UserKey(r, u.Uin)
		mixed := testkit.Key{ID: u.ID, Secret: second.Secret}
		failed := w.Call(mixed, "QueryPartnerCredit", `{}`)
		byID := w.JSON(`{"RequestId": %q}`, failed.RequestID)
		raw := rawOf(t, w.Request(mixed, "QueryPartnerCredit", `{}`))
		for name, body := range map[string]string{"by id": byID, "as text": raw} {
			for who, key := range map[string]testkit.Key{"its user": u, "the account": r} {
				got := diagnosed(t, w, key, body)
				if got.Cause != "WrongKey" || !slices.Equal(got.Causes, []string{"WrongKey"}) || got.Matches || got.SecretId != u.ID ||
					!strings.HasPrefix(got.CanonicalRequest, "POST\n/\n\ncontent-type:application/json\nhost:127.0.0.1:8080\n\n") ||
					got.SignedCanonicalRequest != got.CanonicalRequest || got.Authorization.Service != "intlpartnersmgt" ||
					got.Skew < -60 || got.Skew > 0 || got.Explanation == "" {
					t.Errorf("%s, %s: %+v", name, who, got)
				}
			}
		}
		for who, key := range map[string]testkit.Key{"another user": v, "another account": q, "the operator": w.Operator} {
			expectCode(t, "ResourceNotFound", w.Call(key, "DiagnoseRequest", byID))
			if got := diagnosed(t, w, key, raw); got.Cause != "UnknownKey" || len(got.Causes) != 1 || got.SignedCanonicalRequest != "" ||
				got.CanonicalRequest == "" {
				t.Errorf("%s: %+v", who, got)
			}
		}
		expectCode(t, "ResourceNotFound", w.Call(r, "DiagnoseRequest", `{"RequestId": "x"}`))
		for _, body := range []string{`{}`, `{"RequestId": "x", "RawRequest": "GET /"}`, `{"RawRequest": "x"}`, `{"RawRequest": ""}`} {
			expectCode(t, "InvalidParameterValue", w.Call(r, "DiagnoseRequest", body))
		}
		chinese := u
		chinese.Language = "zh-CN"
		if got := diagnosed(t, w, chinese, byID).Explanation; !strings.HasPrefix(got, "使用了同一用户") {
			t.Errorf("in Chinese: %s", got)
		}
		expectCode(t, "", w.Call(r, "SetSecretKeyStatus", w.JSON(`{"UserUin": %d, "SecretId": %q, "Status": "Disabled"}`, u.Uin, u.ID)))
		if got := diagnosed(t, w, r, byID); !slices.Equal(got.Causes, []string{"DisabledKey", "WrongKey"}) {
			t.Errorf("disabled: %v", got.Causes)
		}
		w.Verify()
	})
}

// Temporary keys are told about their tokens.
func TestDiagnoseTemporaryKeys(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
	arn := w.Role(r, "helper", fmt.Sprintf("qcs::cam::uin/%d:root", r.Uin), testkit.Allow("tael:*"))
	own, role := w.Federate(r, testkit.Allow("tael:*")), w.Assume(r, arn)
	short := w.Temporary(r, "GetFederationToken", w.JSON(`{"Name": "x", "Policy": %q, "DurationSeconds": 1}`, testkit.Allow("*")))
	wrong := func(key testkit.Key, change func(*testkit.Key)) testkit.Key {
		change(&key)
		return key
	}
	w.Clock.SetReal(time.Now().Add(time.Minute))
	expectCode(t, "AuthFailure.TokenFailure", w.Call(short, "QueryPartnerCredit", `{}`))
	for name, c := range map[string]struct {
		asks, sent testkit.Key
		want       []string
	}{
		"right":           {own, own, nil},
		"right, of role":  {role, role, nil},
		"the account's":   {r, role, nil},
		"without token":   {own, wrong(own, func(k *testkit.Key) { k.Token = "" }), []string{"TokenMissing"}},
		"another's token": {r, wrong(own, func(k *testkit.Key) { k.Token = role.Token }), []string{"TokenInvalid"}},
		"of a stranger":   {q, own, []string{"TokenInvalid"}},
		"of another key":  {role, own, []string{"TokenInvalid"}},
		"expired":         {r, short, []string{"TokenExpired"}},
		"needless":        {r, wrong(r, func(k *testkit.Key) { k.Token = own.Token }), []string{"TokenUnexpected"}},
	} {
		got := diagnosed(t, w, c.asks, rawOf(t, w.Request(c.sent, "QueryPartnerCredit", `{}`)))
		if !slices.Equal(got.Causes, c.want) {
			t.Errorf("%s: %v, not %v", name, got.Causes, c.want)
		}
		if (len(c.want) == 0 || c.want[0] == "TokenExpired" || c.want[0] == "TokenUnexpected") != got.Matches {
			t.Errorf("%s: matches %t", name, got.Matches)
		}
	}
	// A key that asks about itself learns nothing of its account's others.
	parent := rawOf(t, w.Request(r, "QueryPartnerCredit", `{}`))
	if got := diagnosed(t, w, own, parent); got.Cause != "UnknownKey" {
		t.Errorf("a temporary key about its parent: %v", got.Causes)
	}
	// What a key came from may end before it does.
	var spare api.CreateSecretKeyResponse
	if err := json.Unmarshal(w.Call(r, "CreateSecretKey", `{}`).Body, &spare); err != nil {
		t.Fatal(err)
	}
	other := testkit.Key{Uin: r.Uin, ID: spare.SecretId, Secret: spare.SecretKey}
	orphan := rawOf(t, w.Request(own, "QueryPartnerCredit", `{}`))
	expectCode(t, "", w.Call(other, "SetSecretKeyStatus", w.JSON(`{"SecretId": %q, "Status": "Disabled"}`, r.ID)))
	if got := diagnosed(t, w, other, orphan); !slices.Equal(got.Causes, []string{"TokenInvalid"}) {
		t.Errorf("without its parent: %v", got.Causes)
	}
}

// The token of a request that is remembered is told to nobody.
func TestTokensAreNotTold(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	own := w.Federate(r, testkit.Allow("tael:*"))
	request := w.Request(own, "QueryPartnerCredit", `{}`)
	tc3 := signature.TC3{
		Method: request.Method, Host: request.Host, Header: request.Header, Payload: []byte("{}"), Timestamp: w.Clock.Real().Unix(),
	}
	request.Header.Set("X-TC-Timestamp", strconv.FormatInt(tc3.Timestamp, 10))
	credential := signature.Credential{ID: own.ID, Key: own.Secret}
	request.Header.Set("Authorization", tc3.Sign(credential, "intlpartnersmgt", "x-tc-token"))
	answer := w.Call(r, "DiagnoseRequest", w.JSON(`{"RequestId": %q}`, sent(w, request).RequestID))
	if text := string(answer.Body); answer.Code != "" || !strings.Contains(text, `\nx-tc-token:***\n`) || !strings.Contains(text, `"Matches":true`) ||
		strings.Contains(strings.ToLower(text), strings.ToLower(own.Token)) {
		t.Errorf("%s %s", answer.Code, text)
	}
}

// A request with a password is diagnosed, by what is kept of it, and not shown.
func TestDiagnoseWithheldRequests(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	changed := w.Request(testkit.Key{ID: r.ID, Secret: r.Secret + "\n"}, "CreateAccount", strings.ReplaceAll(createAccountBody, "{N}", "1"))
	answer := sent(w, changed)
	got := diagnosed(t, w, r, w.JSON(`{"RequestId": %q}`, answer.RequestID))
	if got.Cause != "KeyWhitespace" || got.CanonicalRequest+got.StringToSign+got.SignedCanonicalRequest+got.HashedCanonicalRequest != "" {
		t.Errorf("%+v", got)
	}
}

// The names on the wire are those that are found.
func TestCausesOfTheDefinition(t *testing.T) {
	t.Parallel()
	for _, a := range api.Definition().Actions {
		for _, f := range a.Response {
			if a.Name != "DiagnoseRequest" || f.Name != "Cause" {
				continue
			}
			want := []string{""}
			for _, cause := range diagnose.Causes() {
				want = append(want, string(cause))
			}
			if !slices.Equal(f.Enum.Of, want) {
				t.Errorf("the definition has %v, not %v", f.Enum.Of, want)
			}
		}
	}
}

func sent(w *testkit.World, r *http.Request) testkit.Answer {
	recorder := httptest.NewRecorder()
	w.Gateway.ServeHTTP(recorder, r)
	return w.Decode(recorder)
}
