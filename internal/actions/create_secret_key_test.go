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

// An account without a tree, which waits for a partner or was let go by one, may have
// a key: it may do nothing as long as the account is nobody's, is a customer's as soon
// as the account is one, and is deleted like any other.
func TestKeysOfAccountsWithoutATree(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		token, err := w.Invite(r, "a@a.example", "Client")
		if err != nil {
			t.Fatal(err)
		}
		uin, err := w.Apply(token, "a@a.example", "personal")
		if err != nil {
			t.Fatal(err)
		}
		newKey := func() testkit.Key {
			t.Helper()
			var made api.CreateSecretKeyResponse
			answer := w.Call(w.Operator, "CreateSecretKey", w.JSON(`{"Uin": %d}`, uin), "X-Tael-Idempotency-Key", "k")
			again := w.Call(w.Operator, "CreateSecretKey", w.JSON(`{"Uin": %d}`, uin), "X-Tael-Idempotency-Key", "k")
			if err := json.Unmarshal(answer.Body, &made); err != nil || string(answer.Body) != string(again.Body) {
				t.Fatalf("%s %s, repeated %s: %v", answer.Code, answer.Body, again.Body, err)
			}
			return testkit.Key{Uin: uin, ID: made.SecretId, Secret: made.SecretKey}
		}
		key := newKey()
		for _, action := range []string{
			"DescribeSecretKeys", "CreateSecretKey", "QueryCustomerBillingQuota", "QueryPartnerCredit", "DescribePartners",
		} {
			expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(key, action, `{}`))
		}
		expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(r, "CreateSecretKey", w.JSON(`{"Uin": %d}`, uin)))
		expectCode(t, "", w.Call(r, "ApproveClientApply", w.JSON(`{"ClientUin": %d, "ApproveType": "pass"}`, uin)))
		w.Keys.Forget(key.ID)
		expectCode(t, "", w.Call(key, "QueryCustomerBillingQuota", `{}`))
		expectCode(t, "", w.Call(w.Operator, "UnbindCustomer", w.JSON(`{"ClientUin": %d}`, uin)))
		w.Keys.Forget(key.ID)
		expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(key, "QueryCustomerBillingQuota", `{}`))
		expectCode(t, "", w.Call(w.Operator, "DeleteSecretKey", w.JSON(`{"Uin": %d, "SecretId": %q}`, uin, key.ID)))
		expectCode(t, "AuthFailure.SecretIdNotFound", w.Call(key, "DescribeSecretKeys", `{}`))
		w.Verify()
	})
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
