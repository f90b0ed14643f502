package actions_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tael/api"
	"tael/internal/testkit"
)

func failedRequests(t *testing.T, w *testkit.World, key testkit.Key, body string) []api.FailedRequest {
	t.Helper()
	answer := w.Call(key, "DescribeFailedRequests", body)
	var response api.DescribeFailedRequestsResponse
	if err := json.Unmarshal(answer.Body, &response); err != nil || answer.Code != "" {
		t.Fatalf("%s: %v", answer.Code, err)
	}
	for _, hidden := range []string{"Harbour1!", key.Secret, "Signature=0", "Signature=1", "Signature=a"} {
		if strings.Contains(string(answer.Body), hidden) {
			t.Errorf("%s is shown: %s", hidden, answer.Body)
		}
	}
	return response.Requests
}

func codes(requests []api.FailedRequest) (all []string) {
	for i := range requests {
		all = append(all, requests[i].Code)
	}
	return all
}

// An account sees what failed with its keys, a sub-user what failed with its own, a
// temporary key only its own; nobody anything of others.
func TestDescribeFailedRequests(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
		u := w.User(r, "u", testkit.Allow("*"))
		v := w.User(r, "v", testkit.Allow("*"))
		temporary := w.Federate(u, testkit.Allow("tael:*"))
		role := w.Assume(u, w.Role(r, "helper", fmt.Sprintf("qcs::cam::uin/%d:root", r.Uin), testkit.Allow("tael:*")))

		w.Call(r, "QueryPartnerCredit", `{"X": 1}`)
		w.Call(testkit.Key{ID: r.ID, Secret: "wrong"}, "QueryPartnerCredit", `{}`)
		w.Call(u, "QueryVoucherAmountByUin", `{}`)
		w.Call(temporary, "QueryPartnerCredit", `{}`)
		w.Call(role, "QueryVoucherPool", `{}`)
		w.Call(testkit.Key{ID: temporary.ID, Secret: temporary.Secret}, "QueryPartnerCredit", `{}`)
		w.Call(r, "QueryPartnerCredit", `{}`)
		w.Call(testkit.Key{ID: "AKIDnobody", Secret: "x"}, "QueryPartnerCredit", `{}`)

		const no = "AuthFailure.UnauthorizedOperation"
		token, signature := "AuthFailure.TokenFailure", "AuthFailure.SignatureFailure"
		for name, c := range map[string]struct {
			key  testkit.Key
			body string
			want []string
		}{
			"account":                {r, `{}`, []string{token, no, no, "MissingParameter", signature, "UnknownParameter"}},
			"account, of a sub-user": {r, w.JSON(`{"SecretId": %q}`, u.ID), []string{"MissingParameter"}},
			"account, the newest":    {r, `{"Limit": 1}`, []string{token}},
			"sub-user":               {u, `{}`, []string{token, no, "MissingParameter"}},
			"other sub-user":         {v, `{}`, nil},
			"other sub-user asks":    {v, w.JSON(`{"SecretId": %q}`, u.ID), nil},
			"sub-user of the root":   {u, w.JSON(`{"SecretId": %q}`, r.ID), nil},
			"temporary key":          {temporary, `{}`, []string{token, no}},
			"role":                   {role, `{}`, []string{no}},
			"other account":          {q, `{}`, nil},
			"other account asks":     {q, w.JSON(`{"SecretId": %q}`, r.ID), nil},
			"operator":               {w.Operator, w.JSON(`{"SecretId": %q}`, r.ID), nil},
		} {
			if got := codes(failedRequests(t, w, c.key, c.body)); !slices.Equal(got, c.want) {
				t.Errorf("%s sees %v, not %v", name, got, c.want)
			}
		}
		w.Verify()
	})
}

// A request is shown as it arrived, but for what is secret.
func TestFailedRequestsAreShown(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	long := `{"ClientUins": [1], "Long": "` + strings.Repeat("北", 2000) + `"}`
	w.Call(r, "QueryVoucherAmountByUin", long)
	w.Call(r, "CreateAccount", strings.NewReplacer("{N}", "1").Replace(createAccountBody)+" ")
	v1 := httptest.NewRequestWithContext(t.Context(), "POST", "/path?ignored=1", strings.NewReader(
		"Action=QueryPartnerCredit&Version=2022-09-28&Nonce=1&SecretId="+r.ID+"&Sign%61ture=c2VjcmV0&Token=sesame&Timestamp="+
			strconv.FormatInt(time.Now().Unix(), 10)))
	v1.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	recorder := httptest.NewRecorder()
	w.Gateway.ServeHTTP(recorder, v1)
	if got := w.Decode(recorder).Code; got != "AuthFailure.SignatureFailure" {
		t.Fatal(got)
	}
	shown := failedRequests(t, w, r, `{}`)
	if len(shown) != 3 {
		t.Fatalf("%+v", shown)
	}
	form, secret, cut := shown[0], shown[1], shown[2]
	if form.Signed || form.Path != "/path" || form.Query != "ignored=1" || strings.Contains(form.Body, "c2VjcmV0") ||
		strings.Contains(form.Body, "sesame") || !strings.Contains(form.Body, "Sign%61ture=***&Token=***&") {
		t.Errorf("a form is shown as %+v", form)
	}
	if !secret.Signed || !secret.Withheld || secret.Cut || secret.Body != "" || secret.BodySha256 != "" || secret.BodyLength == 0 ||
		secret.Action != "CreateAccount" {
		t.Errorf("a password is shown as %+v", secret)
	}
	if !cut.Cut || cut.Withheld || len(cut.Body) > 4096+2 || !strings.HasPrefix(long, cut.Body[:4000]) || cut.BodyLength != int64(len(long)) ||
		len(cut.BodySha256) != 64 || cut.Address != "192.0.2.1" || cut.Method != http.MethodPost || cut.UserUin != 0 || cut.SecretId != r.ID {
		t.Errorf("a long body is shown as %+v", cut)
	}
	var names []string
	for _, h := range cut.Headers {
		names = append(names, h.Name)
		if h.Name == "Authorization" && !strings.HasSuffix(h.Value, "SignedHeaders=content-type;host, Signature=***") {
			t.Errorf("Authorization is shown as %s", h.Value)
		}
	}
	if want := []string{"Authorization", "Content-Type", "Host", "X-Tc-Action", "X-Tc-Timestamp", "X-Tc-Version"}; !slices.Equal(names, want) {
		t.Errorf("headers %v, not %v", names, want)
	}
}

// What is refused before the key is looked at is remembered too; of a key that was
// disabled as well. Strangers displace nothing that the key signed.
func TestWhatIsRemembered(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	u := w.User(r, "u", testkit.Allow("*"))
	w.Call(r, "QueryPartnerCredit", `{"X": 1}`)
	old := w.Request(r, "QueryPartnerCredit", `{}`)
	old.Header.Set("X-TC-Timestamp", "1700000000")
	w.Gateway.ServeHTTP(httptest.NewRecorder(), old)
	expectCode(t, "", w.Call(r, "SetSecretKeyStatus", w.JSON(`{"UserUin": %d, "SecretId": %q, "Status": "Disabled"}`, u.Uin, u.ID)))
	w.Call(u, "QueryPartnerCredit", `{}`)
	want := []string{"AuthFailure.SecretIdNotFound", "AuthFailure.SignatureExpire", "UnknownParameter"}
	if got := codes(failedRequests(t, w, r, `{}`)); !slices.Equal(got, want) {
		t.Errorf("%v, not %v", got, want)
	}
	for range 50 {
		w.Call(testkit.Key{ID: r.ID, Secret: "wrong"}, "QueryPartnerCredit", `{}`)
	}
	got := codes(failedRequests(t, w, r, `{"Limit": 100}`))
	if len(got) != 12 || got[11] != "UnknownParameter" || got[0] != "AuthFailure.SignatureFailure" {
		t.Errorf("after a flood: %v", got)
	}
}
