package actions_test

import (
	"encoding/json"
	"testing"

	"tael/api"
	"tael/internal/testkit"
)

func TestCreateSecretKey(t *testing.T) {
	t.Parallel()
	w, r, second := twoKeys(t)
	q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
	expectCode(t, "", w.Call(second, "QueryPartnerCredit", `{}`))
	expectCode(t, "LimitExceeded", w.Call(r, "CreateSecretKey", `{}`))
	expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(q, "CreateSecretKey", w.JSON(`{"Uin": %d}`, r.Uin)))
	expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(w.Operator, "CreateSecretKey", `{"Uin": 3}`))
	expectCode(t, "", w.Call(w.Operator, "CreateSecretKey", w.JSON(`{"Uin": %d}`, q.Uin), "X-Tael-Idempotency-Key", "o"))
	expectCode(t, "", w.Call(w.Operator, "CreateSecretKey", w.JSON(`{"Uin": %d}`, q.Uin), "X-Tael-Idempotency-Key", "o"))
	expectCode(t, "LimitExceeded", w.Call(q, "CreateSecretKey", `{}`))
	// What was deleted is not answered again.
	expectCode(t, "", w.Call(r, "DeleteSecretKey", w.JSON(`{"SecretId": %q}`, second.ID)))
	expectCode(t, "ResourceNotFound", w.Call(r, "CreateSecretKey", `{}`, "X-Tael-Idempotency-Key", "k"))
}

// twoKeys makes a reseller and gives it a second key, which a repeat of the
// call answers again instead of making a third.
func twoKeys(t *testing.T) (w *testkit.World, first, second testkit.Key) {
	t.Helper()
	w = testkit.New(t, testkit.Options{})
	first = w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	made := w.Call(first, "CreateSecretKey", `{}`, "X-Tael-Idempotency-Key", "k")
	again := w.Call(first, "CreateSecretKey", `{}`, "X-Tael-Idempotency-Key", "k")
	var key api.CreateSecretKeyResponse
	if err := json.Unmarshal(made.Body, &key); err != nil || made.Code != "" || string(again.Body) != string(made.Body) {
		t.Fatalf("made %s %s, repeated %s: %v", made.Code, made.Body, again.Body, err)
	}
	return w, first, testkit.Key{Uin: first.Uin, ID: key.SecretId, Secret: key.SecretKey}
}

func expectCode(t *testing.T, code string, answer testkit.Answer) {
	t.Helper()
	if answer.Code != code {
		t.Errorf("got %q (%s), want %q", answer.Code, answer.Message, code)
	}
}
