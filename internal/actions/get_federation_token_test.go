package actions_test

import (
	"encoding/json"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tael/internal/access"
	"tael/internal/testkit"
)

const federate = "GetFederationToken"

func TestGetFederationToken(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 100}`)
		u := w.User(r, "u", testkit.Allow("sts:*", "intlpartnersmgt:Query*"))
		const no = "AuthFailure.UnauthorizedOperation"
		// What both the caller and the policy allow.
		own := w.Federate(r, testkit.Allow("intlpartnersmgt:QueryPartnerCredit", "sts:*"))
		expectCode(t, "", w.Call(own, "QueryPartnerCredit", `{}`))
		expectCode(t, no, w.Call(own, "QueryVoucherPool", `{}`))
		users := w.Federate(u, testkit.Allow("intlpartnersmgt:*Credit"))
		expectCode(t, "", w.Call(users, "QueryPartnerCredit", `{}`))
		expectCode(t, no, w.Call(users, "QueryVoucherPool", `{}`))
		expectCode(t, no, w.Call(users, "AllocateCustomerCredit", `{}`))
		// Signed as v1 it does as well, with Token.
		encoded := w.Federate(r, url.QueryEscape(testkit.Allow("intlpartnersmgt:QueryPartnerCredit")))
		expectCode(t, "", w.Call(encoded, "QueryPartnerCredit", `{}`))

		ask := func(key testkit.Key, policy string, seconds int) testkit.Answer {
			return w.Call(key, federate, w.JSON(`{"Name": "x", "Policy": %q, "DurationSeconds": %d}`, policy, seconds))
		}
		expectCode(t, "", ask(r, everything, 7200))
		expectCode(t, "InvalidParameter.OverTimeError", ask(r, everything, 7201))
		expectCode(t, "", ask(u, everything, 129600))
		expectCode(t, "InvalidParameter.OverTimeError", ask(u, everything, 129601))
		expectCode(t, "InvalidParameter.OverTimeError", ask(u, everything, 0))
		expectCode(t, "InvalidParameter.AccessKeyNotSupport", ask(own, everything, 60))
		expectCode(t, "InvalidParameter.StrategyFormatError", ask(r, `{"version":"2.0"}`, 60))
		expectCode(t, "InvalidParameter.StrategyFormatError", ask(r, `%zz`, 60))
		expectCode(t, "InvalidParameter.StrategyFormatError", ask(r, `"`, 60))
		expectCode(t, "InvalidParameter.PolicyTooLong", ask(r, strings.Repeat(" ", 2048)+everything, 60))
		expectCode(t, "MissingParameter", w.Call(r, federate, `{"Name": "x"}`))
	})
}

func TestFederationTokenSaysWhenItExpires(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	var made struct {
		Credentials struct{ Token string }
		ExpiredTime int64
		Expiration  time.Time
	}
	w.Clock.StopReal()
	widest := `{"version":"2.0","statement":[{"effect":"allow","action":[` +
		strings.TrimSuffix(strings.Repeat(`"intlpartnersmgt:QueryPartnerCredit",`, 50), ",") + `],"resource":"*"}]}`
	answer := w.Call(r, federate, w.JSON(`{"Name": "x", "Policy": %q}`, widest))
	if err := json.Unmarshal(answer.Body, &made); err != nil || answer.Code != "" {
		t.Fatal(answer.Code, err)
	}
	if left := made.ExpiredTime - w.Clock.Real().Unix(); left != 1800 || made.Expiration.Unix() != made.ExpiredTime {
		t.Errorf("expires in %d seconds, at %s", left, made.Expiration)
	}
	if n := len(made.Credentials.Token); n > 4096 {
		t.Errorf("a token of %d bytes", n)
	}
}

// The three parts of a temporary key go together: with any of them missing or of
// another key it is worth nothing.
func TestTokens(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
	policy := testkit.Allow("intlpartnersmgt:*")
	mine, other, theirs := w.Federate(r, policy), w.Federate(r, policy), w.Federate(q, policy)
	changed := func(key testkit.Key, change func(*testkit.Key)) testkit.Key {
		change(&key)
		return key
	}
	const token, secret, id = "AuthFailure.TokenFailure", "AuthFailure.SignatureFailure", "AuthFailure.SecretIdNotFound"
	for round := range 2 { // the second finds keys that are remembered
		expectCode(t, "", w.Call(mine, "QueryPartnerCredit", `{}`))
		for _, c := range []struct {
			what, want string
			key        testkit.Key
		}{
			{"no token", token, changed(mine, func(k *testkit.Key) { k.Token = "" })},
			{"a token of another key", token, changed(mine, func(k *testkit.Key) { k.Token = other.Token })},
			{"a token of another account", token, changed(mine, func(k *testkit.Key) { k.Token = theirs.Token })},
			{"a changed token", token, changed(mine, func(k *testkit.Key) { k.Token = flipped(k.Token) })},
			{"a short token", token, changed(mine, func(k *testkit.Key) { k.Token = k.Token[:20] })},
			{"no base64", token, changed(mine, func(k *testkit.Key) { k.Token = "%%%" })},
			{"an id of nobody", token, changed(mine, func(k *testkit.Key) { k.ID = "AKIDtmp" + strings.Repeat("A", 32) })},
			{"another key's secret", secret, changed(mine, func(k *testkit.Key) { k.Secret = other.Secret })},
			{"the parent's secret", secret, changed(mine, func(k *testkit.Key) { k.Secret = r.Secret })},
			{"a permanent key with a token", token, changed(r, func(k *testkit.Key) { k.Token = mine.Token })},
			{"a permanent key with another's token", token, changed(r, func(k *testkit.Key) { k.Token = theirs.Token })},
			{"nobody's id", id, changed(mine, func(k *testkit.Key) { k.ID = "AKID" + strings.Repeat("A", 32) })},
		} {
			if got := w.Call(c.key, "QueryPartnerCredit", `{}`); got.Code != c.want {
				t.Errorf("round %d, %s: %q, want %s", round, c.what, got.Code, c.want)
			}
		}
	}
}

func flipped(token string) string {
	b := []byte(token)
	at := len(b) / 2
	b[at] = map[bool]byte{true: 'B', false: 'A'}[b[at] == 'A']
	return string(b)
}

// A temporary key ends when it expires, with its parent's key, its sub-user and
// its policies.
func TestTemporaryKeysEnd(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		policy := testkit.Allow("intlpartnersmgt:*")
		u := w.User(r, "u", testkit.Allow("sts:*", "intlpartnersmgt:*"))
		users := w.Federate(u, policy)
		status := func(key testkit.Key, to string) {
			t.Helper()
			expectCode(t, "", w.Call(r, "SetSecretKeyStatus",
				w.JSON(`{"UserUin": %d, "SecretId": %q, "Status": %q}`, u.Uin, key.ID, to)))
		}
		expectCode(t, "", w.Call(users, "QueryPartnerCredit", `{}`))
		status(u, "Disabled")
		expectCode(t, "AuthFailure.TokenFailure", w.Call(users, "QueryPartnerCredit", `{}`))
		status(u, "Active")
		expectCode(t, "", w.Call(users, "QueryPartnerCredit", `{}`))
		expectCode(t, "", w.Call(r, "DetachPolicy", w.JSON(`{"PolicyName": "policy-of-u", "UserUin": %d}`, u.Uin)))
		expectCode(t, "AuthFailure.UnauthorizedOperation", w.Call(users, "QueryPartnerCredit", `{}`))
		expectCode(t, "", w.Call(r, "AttachPolicy", w.JSON(`{"PolicyName": "policy-of-u", "UserUin": %d}`, u.Uin)))
		expectCode(t, "", w.Call(users, "QueryPartnerCredit", `{}`))
		expectCode(t, "", w.Call(r, "DeleteUser", w.JSON(`{"UserUin": %d}`, u.Uin)))
		expectCode(t, "AuthFailure.TokenFailure", w.Call(users, "QueryPartnerCredit", `{}`))

		now := time.Now().Truncate(time.Second)
		w.Clock.SetReal(now)
		short := w.Temporary(r, federate, w.JSON(`{"Name": "x", "Policy": %q, "DurationSeconds": 2}`, policy))
		w.Clock.SetReal(now.Add(2*time.Second - time.Nanosecond))
		expectCode(t, "", w.Call(short, "QueryPartnerCredit", `{}`))
		w.Clock.SetReal(now.Add(2 * time.Second))
		expectCode(t, "AuthFailure.TokenFailure", w.Call(short, "QueryPartnerCredit", `{}`))
	})
}

// A key that gets another secret is another key.
func TestTemporaryKeysEndWithTheSecretOfTheirParent(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	temporary := w.Federate(w.Operator, testkit.Allow("tael:*"))
	expectCode(t, "", w.Call(temporary, "DescribePartners", `{}`))
	w.ReplaceOperatorSecret("another secret")
	testkit.Eventually(t, "the temporary key ends", func() bool {
		return w.Call(temporary, "DescribePartners", `{}`).Code == "AuthFailure.TokenFailure"
	})
}

// However many temporary keys a stolen key makes, nothing of them is stored.
func TestTemporaryKeysAreStoredNowhere(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	rows := func() (n int) {
		for _, table := range []string{"secret_key", "identity", "policy", "role", "attachment", "idempotency", "batch", "setting"} {
			n += testkit.Count(t, w.Address, `SELECT COUNT(*) FROM `+table)
		}
		return n
	}
	before := rows()
	first := w.Federate(r, testkit.Allow(access.Operation("intlpartnersmgt", "*")))
	for range 2100 { // more than the 2000 that are remembered
		w.Call(w.Federate(r, testkit.Allow("*")), "QueryPartnerCredit", `{}`)
	}
	expectCode(t, "", w.Call(first, "QueryPartnerCredit", `{}`))
	if after := rows(); after != before {
		t.Errorf("%d rows became %d", before, after)
	}
}

// The older signatures carry the token too.
func TestTokenWithV1(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	key := w.Federate(r, testkit.Allow("intlpartnersmgt:*"))
	for token, want := range map[string]string{
		key.Token: "", "": "AuthFailure.TokenFailure", "x": "AuthFailure.TokenFailure",
	} {
		key.Token = token
		recorder := httptest.NewRecorder()
		w.Gateway.ServeHTTP(recorder, w.RequestV1(key, "QueryPartnerCredit"))
		if got := w.Decode(recorder); got.Code != want {
			t.Errorf("token %.10q: %s", token, got.Code)
		}
	}
}
