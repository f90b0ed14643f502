package actions_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"tael/api"
	"tael/internal/access"
	"tael/internal/testkit"
)

// everything is the policy of a sub-user that may do all that its account may.
const everything = `{"version":"2.0","statement":[{"effect":"allow","action":"*","resource":"*"}]}`

// fill makes rows of a table up to a number, with the values that a row has.
func fill(w *testkit.World, table, columns string, number int, row func(i int) string) {
	w.T.Helper()
	rows := make([]string, number)
	for i := range rows {
		rows[i] = "(" + row(i) + ")"
	}
	w.Damage(`INSERT INTO ` + table + ` (` + columns + `) VALUES ` + strings.Join(rows, ", "))
}

// A sub-user does nothing until it is allowed to, then what it is allowed, for
// its account; in histories it has its own name.
func TestSubUserActsForItsAccount(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000 quota 500
		customer C of R credit 30
		user U of R
		user V of R policy QcloudIntlpartnersmgtReadOnlyaccess
		user W of R policy {"version":"2.0","statement":[{"effect":"allow","action":"intlpartnersmgt:*","resource":"*"},{"effect":"deny","action":"intlpartnersmgt:QueryVoucher*","resource":"*"}]}
		call U QueryPartnerCredit {} → AuthFailure.UnauthorizedOperation
		call U DescribeSecretKeys {} → AuthFailure.UnauthorizedOperation
		call V QueryPartnerCredit {} → {"TotalCredit": 1000, "AllocatedCredit": 30, "RemainingCredit": 970, "CustomerTotalCredit": 30, "CustomerRemainingCredit": 30}
		call V QueryVoucherPool {} → {"AgentName": "R", "AccountType": 1, "TotalQuota": 500, "RemainingQuota": 500, "IssuedNum": 0}
		call V AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → AuthFailure.UnauthorizedOperation
		call V DescribeTransfers {} → AuthFailure.UnauthorizedOperation
		call W QueryVoucherPool {} → AuthFailure.UnauthorizedOperation
		call W AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → ok
		call R QueryCreditAllocationHistory {"ClientUin": C, "PageSize": 1, "Page": 1} → {"Total": 2, "History": [{"Operator": "R/W", "Credit": 1, "AllocatedCredit": 31, "ClientCreditAfter": 31, "AllocatedTime": "*", "Remark": ""}]}`)
}

// The audit says which sub-user or role acted, and what management changed.
func TestAuditOfSubUsers(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		u := w.User(r, "u", testkit.Allow("sts:*", "tael:CreateUser"))
		arn := w.Role(r, "x", w.JSON("qcs::cam::uin/%d:root", r.Uin), access.ReadOnly)
		assumed := w.Assume(u, arn)
		w.Call(u, "CreateUser", `{"Name": "v"}`)
		w.Call(u, "QueryPartnerCredit", `{}`)
		w.Call(assumed, "QueryPartnerCredit", `{}`)
		if err := w.Trail.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		var roles api.DescribeRolesResponse
		if err := json.Unmarshal(w.Call(r, "DescribeRoles", `{}`).Body, &roles); err != nil {
			t.Fatal(err)
		}
		id := roles.Roles[0].RoleId
		got := map[string]bool{}
		events, _ := auditEvents(t, w, r, `{"Limit": 200}`)
		for _, e := range events {
			who := map[int64]string{0: "R", u.Uin: "u"}[e.UserUin]
			if fmt.Sprint(e.UserUin) == id {
				who = "x"
			}
			objects := strings.NewReplacer(fmt.Sprint(u.Uin), "u", id, "x").Replace(strings.Join(e.Objects, " "))
			got[strings.TrimSpace(fmt.Sprint(who, " ", e.Action, " ", e.Code, " ", objects))] = true
		}
		for _, want := range []string{
			"R CreateUser OK user:u", "R CreatePolicy OK policy:policy-of-u", "R AttachPolicy OK user:u policy:policy-of-u",
			"R CreateRole OK role:x", "R AttachPolicy OK role:x policy:QcloudIntlpartnersmgtReadOnlyaccess",
			"u AssumeRole OK", "u QueryPartnerCredit AuthFailure.UnauthorizedOperation", "x QueryPartnerCredit OK",
		} {
			if !got[want] {
				t.Errorf("no %q in %v", want, got)
			}
		}
		w.Verify()
	})
}

// The policy is asked after the rate limit, which the account's sub-users share,
// and before the parameters and the role.
func TestPolicyInTheOrderOfChecks(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{RateLimits: true})
	w.Clock.StopReal() // all of this test is in one second
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	user := w.User(r, "u", "")
	reader := w.User(r, "v", testkit.Allow("intlpartnersmgt:*"))
	answer := w.Call(user, "QueryPartnerCredit", `{"Wrong": 1}`)
	want := fmt.Sprintf("You are not authorized to perform this operation. Check your CAM policies, and ensure that you "+
		"are using the correct access keys. [[request id:%s]you are not authorized to perform operation "+
		"(intlpartnersmgt:QueryPartnerCredit)\nresource (*) has no permission\n]", answer.RequestID)
	if answer.Code != "AuthFailure.UnauthorizedOperation" || answer.Message != want {
		t.Errorf("%s: %s", answer.Code, answer.Message)
	}
	expectCode(t, "AuthFailure.UnauthorizedOperation", w.Call(user, "QueryCustomerBillingQuota", `{}`))
	expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(reader, "QueryCustomerBillingQuota", `{}`))
	expectCode(t, "UnknownParameter", w.Call(reader, "QueryPartnerCredit", `{"Wrong": 1}`))
	for range 3 { // five a second, of the account whoever signs
		expectCode(t, "", w.Call(r, "QueryPartnerCredit", `{}`))
	}
	expectCode(t, "RequestLimitExceeded", w.Call(user, "QueryPartnerCredit", `{}`))
}

// Conditions are about the address that a request came from.
func TestPolicyWithAddresses(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	user := w.User(r, "u", `{"version":"2.0","statement":[{"effect":"allow","action":"*","resource":"*",`+
		`"condition":{"ip_equal":{"qcs:ip":["10.0.0.0/8"]}}}]}`)
	for remote, want := range map[string]string{
		"10.1.2.3:1": "", "[::ffff:10.1.2.3]:1": "", "11.1.2.3:1": "AuthFailure.UnauthorizedOperation",
		"unknown": "AuthFailure.UnauthorizedOperation",
	} {
		request := w.Request(user, "QueryPartnerCredit", `{}`)
		request.RemoteAddr = remote
		request.Header.Set("X-Forwarded-For", "10.9.9.9") // no proxy is trusted
		recorder := httptest.NewRecorder()
		w.Gateway.ServeHTTP(recorder, request)
		if got := w.Decode(recorder); got.Code != want {
			t.Errorf("from %s: %q", remote, got.Code)
		}
	}
}

// A change shows at once in the process that makes it.
func TestPoliciesTakeEffect(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		u := w.User(r, "u", "")
		second := w.UserKey(r, u.Uin)
		both := func(want string) {
			t.Helper()
			expectCode(t, want, w.Call(u, "QueryPartnerCredit", `{}`))
			expectCode(t, want, w.Call(second, "QueryPartnerCredit", `{}`))
		}
		const preset = "QcloudIntlpartnersmgtReadOnlyaccess"
		both("AuthFailure.UnauthorizedOperation")
		to := w.JSON(`{"PolicyName": %q, "UserUin": %d}`, preset, u.Uin)
		expectCode(t, "", w.Call(r, "AttachPolicy", to))
		expectCode(t, "", w.Call(r, "AttachPolicy", to)) // again, which changes nothing
		both("")
		w.Attach(r, w.JSON(`"UserUin": %d`, u.Uin), "no-credit", strings.Replace(testkit.Allow("intlpartnersmgt:*Credit"), "allow", "deny", 1))
		both("AuthFailure.UnauthorizedOperation")
		expectCode(t, "", w.Call(r, "DetachPolicy", w.JSON(`{"PolicyName": "no-credit", "UserUin": %d}`, u.Uin)))
		both("")
		expectCode(t, "", w.Call(r, "DetachPolicy", to))
		both("AuthFailure.UnauthorizedOperation")
		expectCode(t, "", w.Call(r, "SetSecretKeyStatus", w.JSON(`{"UserUin": %d, "SecretId": %q, "Status": "Disabled"}`, u.Uin, u.ID)))
		expectCode(t, "AuthFailure.SecretIdNotFound", w.Call(u, "QueryPartnerCredit", `{}`))
		expectCode(t, "AuthFailure.UnauthorizedOperation", w.Call(second, "QueryPartnerCredit", `{}`))
		expectCode(t, "", w.Call(r, "DeleteUser", w.JSON(`{"UserUin": %d}`, u.Uin)))
		both("AuthFailure.SecretIdNotFound")
		if n := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM secret_key`); n != 2 { // the operator's, the reseller's
			t.Errorf("%d keys are left", n)
		}
		w.Verify()
	})
}

// Whatever a sub-user may call, it does not come to more than it has.
func TestSubUserDoesNotEscalate(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	limited := w.User(r, "limited", testkit.Allow("tael:*", "sts:*"))
	admin := w.User(r, "admin", everything)
	victim := w.User(r, "victim", "QcloudIntlpartnersmgtReadOnlyaccess")
	conditional := w.User(r, "conditional", `{"version":"2.0","statement":[{"effect":"allow","action":"*","resource":"*",`+
		`"condition":{"ip_equal":{"qcs:ip":"0.0.0.0/0"}}}]}`)
	denied := w.User(r, "denied", `{"version":"2.0","statement":[{"effect":"allow","action":"*","resource":"*"},`+
		`{"effect":"deny","action":"intlpartnersmgt:AllocateCustomerCredit","resource":"*"}]}`)
	full := `"PolicyName": "QcloudIntlpartnersmgtFullAccess"`
	const no = "AuthFailure.UnauthorizedOperation"
	for _, user := range []testkit.Key{limited, conditional, denied} {
		// By a policy, attached to oneself or to somebody else,
		expectCode(t, no, w.Call(user, "AttachPolicy", w.JSON(`{%s, "UserUin": %d}`, full, user.Uin)))
		expectCode(t, no, w.Call(user, "AttachPolicy", w.JSON(`{%s, "UserUin": %d}`, full, victim.Uin)))
		// by a key of another or of the account,
		expectCode(t, no, w.Call(user, "CreateSecretKey", w.JSON(`{"UserUin": %d}`, victim.Uin)))
		expectCode(t, no, w.Call(user, "CreateSecretKey", w.JSON(`{"Uin": %d}`, r.Uin)))
		// or by a temporary key, which is no more than its parent.
		temporary := w.Federate(user, everything)
		expectCode(t, no, w.Call(temporary, "CreateSecretKey", `{}`))
		expectCode(t, no, w.Call(temporary, "CreateSecretKey", w.JSON(`{"UserUin": %d}`, user.Uin)))
		expectCode(t, no, w.Call(temporary, "AttachPolicy", w.JSON(`{"PolicyName": "policy-of-limited", "UserUin": %d}`, user.Uin)))
	}
	// It may make a key of its own, and give what it has.
	expectCode(t, "", w.Call(limited, "CreateSecretKey", `{}`))
	expectCode(t, "LimitExceeded", w.Call(limited, "CreateSecretKey", w.JSON(`{"UserUin": %d}`, limited.Uin)))
	expectCode(t, "", w.Call(limited, "CreatePolicy", w.JSON(`{"PolicyName": "less", "Document": %q}`, testkit.Allow("tael:Describe*"))))
	expectCode(t, "", w.Call(limited, "AttachPolicy", w.JSON(`{"PolicyName": "less", "UserUin": %d}`, victim.Uin)))
	// Not even who is denied lifts the denial,
	for _, user := range []testkit.Key{denied, limited} {
		expectCode(t, no, w.Call(user, "DetachPolicy", w.JSON(`{"PolicyName": "policy-of-denied", "UserUin": %d}`, denied.Uin)))
	}
	// unless it has everything.
	expectCode(t, "", w.Call(admin, "DetachPolicy", w.JSON(`{"PolicyName": "policy-of-denied", "UserUin": %d}`, denied.Uin)))
	expectCode(t, "", w.Call(admin, "AttachPolicy", w.JSON(`{%s, "UserUin": %d}`, full, victim.Uin)))
	expectCode(t, "", w.Call(admin, "CreateSecretKey", w.JSON(`{"UserUin": %d}`, victim.Uin)))
	expectCode(t, "", w.Call(admin, "CreateSecretKey", w.JSON(`{"Uin": %d}`, r.Uin)))
	// What a sub-user names without saying whose is its own.
	var keys struct{ Keys []struct{ SecretID string } }
	if err := json.Unmarshal(w.Call(limited, "DescribeSecretKeys", `{}`).Body, &keys); err != nil ||
		len(keys.Keys) != 2 || keys.Keys[0].SecretID != limited.ID && keys.Keys[1].SecretID != limited.ID {
		t.Errorf("%v %v", keys, err)
	}
}

// An idempotency key is its user's: nobody gets at secrets that another made
// with a key that can be guessed.
func TestAnswersOfOthersAreNotReplayed(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	operators := w.User(w.Operator, "clerk", testkit.Allow("tael:Create*"))
	temporary := w.Federate(w.Operator, testkit.Allow("tael:Create*"))
	body := w.JSON(`{"Name": "C", "PartnerUin": %d}`, r.Uin)
	seen := map[string]bool{}
	for _, key := range []testkit.Key{w.Operator, operators, temporary} {
		first := w.Call(key, "CreateCustomer", body, "X-Tael-Idempotency-Key", "1")
		again := w.Call(key, "CreateCustomer", body, "X-Tael-Idempotency-Key", "1")
		if first.Code != "" || string(first.Body) != string(again.Body) || seen[string(first.Body)] {
			t.Errorf("%s %s, then %s", first.Code, first.Body, again.Body)
		}
		seen[string(first.Body)] = true
	}
}

// The same holds where an answer is looked for before the request is decided on:
// a sub-user finds its own, and not the account's. A refusal frees the key of who
// was refused, and no other.
func TestIdempotencyKeysAreTheirUsers(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	clerk := w.User(r, "clerk", testkit.Allow("intlpartnersmgt:SendVerifyCode"))
	temporary := w.Federate(r, testkit.Allow("intlpartnersmgt:SendVerifyCode"))
	for i, key := range []testkit.Key{r, clerk, temporary} {
		body := w.JSON(`{"CountryCode": "852", "PhoneNum": "9123000%d"}`, i)
		expectCode(t, "", w.Call(key, "SendVerifyCode", body, "X-Tael-Idempotency-Key", "k"))
		again := w.Call(key, "SendVerifyCode", body, "X-Tael-Idempotency-Key", "k")
		expectCode(t, "", again)
		if again.Header.Get("X-Tael-Idempotent-Replay") != "true" {
			t.Errorf("%s: not a replay", body)
		}
		for j, other := range []testkit.Key{r, clerk, temporary} {
			if j > i {
				expectCode(t, "FailedOperation.SendVerifyCodeLimit60",
					w.Call(other, "SendVerifyCode", body, "X-Tael-Idempotency-Key", "k"))
			}
		}
	}
	operators := w.User(w.Operator, "operators", testkit.Allow("tael:CreatePartner"))
	partner := func(name, mail string) string {
		return w.JSON(`{"Name": %q, "Role": "Reseller", "Mail": %q}`, name, mail)
	}
	expectCode(t, "", w.Call(w.Operator, "CreatePartner", partner("A", "a@a.example"), "X-Tael-Idempotency-Key", "k"))
	taken := w.Call(operators, "CreatePartner", partner("B", "a@a.example"), "X-Tael-Idempotency-Key", "k")
	if taken.Code == "" {
		t.Errorf("two partners of one address: %s", taken.Body)
	}
	expectCode(t, "", w.Call(operators, "CreatePartner", partner("B", "b@a.example"), "X-Tael-Idempotency-Key", "k"))
	again := w.Call(w.Operator, "CreatePartner", partner("A", "a@a.example"), "X-Tael-Idempotency-Key", "k")
	expectCode(t, "", again)
	if again.Header.Get("X-Tael-Idempotent-Replay") != "true" {
		t.Errorf("made anew: %s", again.Body)
	}
}

// Ids of another account, its customers' and its operator's among them, are
// answered as ids of nobody.
func TestAccessOfOthersIsOutOfReach(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	customer := w.Create("CreateCustomer", w.JSON(`{"Name": "C", "PartnerUin": %d}`, r.Uin))
	q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
	theirs := w.User(q, "u", everything)
	w.Role(q, "role", w.JSON("qcs::cam::uin/%d:root", q.Uin), everything)
	w.Attach(r, w.JSON(`"UserUin": %d`, w.User(r, "mine", "").Uin), "mine", everything)
	for _, attacker := range []testkit.Key{r, customer, w.Operator, w.User(r, "v", everything)} {
		for _, uin := range []int64{theirs.Uin, q.Uin, 999_999_999_999} {
			for action, body := range map[string]string{
				"DeleteUser":         w.JSON(`{"UserUin": %d}`, uin),
				"AttachPolicy":       w.JSON(`{"PolicyName": "QcloudIntlpartnersmgtReadOnlyaccess", "UserUin": %d}`, uin),
				"DetachPolicy":       w.JSON(`{"PolicyName": "QcloudIntlpartnersmgtReadOnlyaccess", "UserUin": %d}`, uin),
				"CreateSecretKey":    w.JSON(`{"UserUin": %d}`, uin),
				"DescribeSecretKeys": w.JSON(`{"UserUin": %d}`, uin),
				"SetSecretKeyStatus": w.JSON(`{"UserUin": %d, "SecretId": %q, "Status": "Disabled"}`, uin, theirs.ID),
				"DeleteSecretKey":    w.JSON(`{"UserUin": %d, "SecretId": %q}`, uin, theirs.ID),
			} {
				if answer := w.Call(attacker, action, body); answer.Code != "ResourceNotFound" {
					t.Errorf("%s of %d: %q %s", action, uin, answer.Code, answer.Body)
				}
			}
		}
		for _, role := range []string{"role", "nobody"} {
			expectCode(t, "ResourceNotFound", w.Call(attacker, "DeleteRole", w.JSON(`{"RoleName": %q}`, role)))
			arn := w.JSON("qcs::cam::uin/%d:roleName/%s", q.Uin, role)
			expectCode(t, "ResourceNotFound.RoleNotFound", w.Call(attacker, "AssumeRole", w.JSON(`{"RoleArn": %q, "RoleSessionName": "xx"}`, arn)))
		}
		for _, policy := range []string{"policy-of-u", "policy-of-nobody"} {
			expectCode(t, "ResourceNotFound", w.Call(attacker, "DeletePolicy", w.JSON(`{"PolicyName": %q}`, policy)))
		}
		// A sub-user's UIN is no account's, also for the operator.
		expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(attacker, "CreateSecretKey", w.JSON(`{"Uin": %d}`, theirs.Uin)))
	}
	// Nothing of that had an effect.
	expectCode(t, "", w.Call(theirs, "QueryPartnerCredit", `{}`))
	// The operator may, where it names the account.
	expectCode(t, "", w.Call(w.Operator, "CreateSecretKey", w.JSON(`{"Uin": %d, "UserUin": %d}`, q.Uin, theirs.Uin)))
}

// Sub-users of one name, made at the same time, are one; and nobody has three
// keys.
func TestUsersMadeAtOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		u := w.User(r, "other", "")
		var calls []func() testkit.Answer
		for range 8 {
			calls = append(calls,
				func() testkit.Answer { return w.Call(r, "CreateUser", `{"Name": "u"}`) },
				func() testkit.Answer { return w.Call(r, "CreateSecretKey", w.JSON(`{"UserUin": %d}`, u.Uin)) })
		}
		got := atOnce(calls)
		if got[""] != 2 || got["ResourceInUse"] != 7 || got["LimitExceeded"] != 7 {
			t.Errorf("%v", got)
		}
	})
}
