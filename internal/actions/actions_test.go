package actions_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"testing"

	"tael/api"
	"tael/api/bundle"
	"tael/internal/demo"
	"tael/internal/partner"
	"tael/internal/testkit"
)

// After the whole package has run, every documented code of every implemented
// action has been produced, or the definition says why it never is.
func TestMain(m *testing.M) {
	testkit.Main(m, func() int {
		if !wholePackage() {
			return 0
		}
		return missingCodes()
	})
}

// wholePackage is false where only some tests were asked for.
func wholePackage() bool {
	for _, argument := range os.Args[1:] {
		for _, flag := range []string{"-test.run=", "-test.skip=", "-test.fuzz", "-test.bench", "-test.list"} {
			if len(argument) >= len(flag) && argument[:len(flag)] == flag {
				return false
			}
		}
	}
	return true
}

func missingCodes() int {
	missing := 0
	for _, a := range implemented() {
		for _, listed := range a.Errors {
			if listed.NotProduced.En == "" && !testkit.Answered(a.Name, listed.Code) {
				fmt.Printf("FAIL: no test got %s from %s\n", listed.Code, a.Name)
				missing = 1
			}
			if listed.NotProduced.En != "" && testkit.Answered(a.Name, listed.Code) {
				fmt.Printf("FAIL: %s answers %s, which its definition says it never does\n", a.Name, listed.Code)
				missing = 1
			}
		}
		if !testkit.Answered(a.Name, "OK") {
			fmt.Printf("FAIL: no test got an answer from %s\n", a.Name)
			missing = 1
		}
	}
	return missing
}

func implemented() []bundle.Action {
	var actions []bundle.Action
	for _, a := range api.Definition().Actions {
		if !a.Offline {
			actions = append(actions, a)
		}
	}
	return actions
}

// voucherStory gives a customer C of R, beside others, a voucher in every state:
// 10000001 partly used, 10000002 used, 10000003 expired, 10000004 withdrawn.
const voucherStory = `
		reseller R line 100 quota 100
		reseller Q line 100 quota 100
		customer C of R credit 50
		customer B of R
		customer F of Q
		call R IssueVoucher {"ClientUin": C, "Amount": 10, "ExpireTime": "2026-12-31 23:59:59", "ApplyReason": "why"} → ok
		clock 2026-11-01 00:00:01
		call R IssueVoucher {"ClientUin": C, "Amount": 2, "ExpireTime": "2026-11-10 23:59:59", "PaymentMode": "Postpaid"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 3, "ExpireTime": "2026-11-05 00:00:00", "PaymentMode": "Prepaid", "Usage": "ProductTrial"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 4, "ProductScope": "SpecifyProducts", "Products": ["cos"]} → ok
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "ProductName": "CVM", "OriginalCost": 3, "TransactionTime": "2026-10-31 23:00:00"} → ok
		call R WithdrawVoucher {"VoucherId": 10000004} → ok
		clock 2026-11-06 00:00:00`

// demoWorld is a new demo world and the keys of its accounts, by role: of a
// role that has several, the first.
func demoWorld(t *testing.T, o testkit.Options) (*testkit.World, map[string]testkit.Key) {
	t.Helper()
	w := testkit.New(t, o)
	if err := demo.Fill(t.Context(), w.Store, w.Engine, w.Clock); err != nil {
		t.Fatal(err)
	}
	keys := map[string]testkit.Key{}
	for _, a := range demo.Accounts() {
		if _, ok := keys[string(a.Role)]; !ok {
			keys[string(a.Role)] = testkit.Key{Uin: a.Uin, ID: a.SecretID, Secret: a.SecretKey}
		}
	}
	return w, keys
}

// Every example of the definition is what the demo world answers.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, a := range implemented() {
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			w, keys := demoWorld(t, testkit.Options{})
			answer := w.Call(keys[a.Example.As], a.Name, string(a.Example.Request))
			if answer.Code != "" {
				t.Fatalf("%s: %s\n%s", answer.Code, answer.Message, w.Log)
			}
			if err := testkit.Matches(a.Example.Response, answer.Body); err != nil {
				t.Error(err)
			}
			w.Verify()
		})
	}
}

// Who may call what: the definition's roles, for all actions of both services.
func TestRoles(t *testing.T) {
	t.Parallel()
	w, keys := demoWorld(t, testkit.Options{})
	for _, a := range api.Definition().Actions {
		action, _ := api.New(noService{}).Find(a.Version, a.Name)
		// The example's own role comes first: what it names may not be there then.
		roles := slices.DeleteFunc(slices.Sorted(maps.Keys(keys)), func(role string) bool { return role == a.Example.As })
		for _, role := range append([]string{a.Example.As}, roles...) {
			key := keys[role]
			answer := w.Call(key, a.Name, string(a.Example.Request))
			want := "UnauthorizedOperation.UinNoAuth"
			if a.WrongRole != "" && role != string(partner.Operator) {
				want = a.WrongRole
			}
			switch {
			case a.Offline:
				if answer.Code != "ActionOffline" {
					t.Errorf("%s by %s: %s, not ActionOffline", a.Name, role, answer.Code)
				}
			case !action.MayCall(partner.Role(role)) && answer.Code != want:
				t.Errorf("%s by %s: %q, not %s", a.Name, role, answer.Code, want)
			case role == a.Example.As && answer.Code == want:
				t.Errorf("%s by %s: %s", a.Name, role, answer.Code)
			}
		}
	}
}

// noService lets a contract be looked at without anything behind it.
type noService struct{ api.Service }

// With the database away, every action that needs it says so and nothing else.
func TestDatabaseAway(t *testing.T) {
	t.Parallel()
	for _, a := range implemented() {
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			w, keys := demoWorld(t, testkit.Options{})
			key := keys[a.Example.As]
			w.Call(key, "DescribeSecretKeys", `{}`) // the key is remembered for a second
			w.StopDatabase()
			answer := w.Call(key, a.Name, string(a.Example.Request))
			ownMemory := a.Name == "GetCountryCodes" || a.Name == "GetTradeConfigList" || a.Name == "DescribeFailedRequests"
			if !ownMemory && answer.Code != "OperationDenied.ServiceBusy" {
				t.Errorf("%s: %s", answer.Code, answer.Message)
			}
		})
	}
}

// The documented rates hold, per action and account, and the message counts.
func TestRateLimits(t *testing.T) {
	t.Parallel()
	w, keys := demoWorld(t, testkit.Options{RateLimits: true})
	w.Clock.StopReal() // all of this test is in one second
	for _, a := range implemented() {
		var refused testkit.Answer
		for n := range a.Rate + 1 {
			refused = w.Call(keys[a.Example.As], a.Name, `{"X": 1}`)
			if (refused.Code == "RequestLimitExceeded") != (n == a.Rate) {
				t.Fatalf("%s, call %d: %s", a.Name, n+1, refused.Code)
			}
		}
		want := fmt.Sprintf("Your current request times equals to `%d` in a second, which exceeds the frequency limit "+
			"`%d` for a second. Please reduce the frequency of calls.", a.Rate+1, a.Rate)
		if refused.Message != want {
			t.Errorf("%s: %s", a.Name, refused.Message)
		}
	}
}

// Lists are never null, whatever is asked.
func TestListsAreNeverNull(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	for _, call := range []struct {
		key          testkit.Key
		action, body string
	}{
		{r, "QueryCustomersCredit", `{}`},
		{r, "QueryDirectCustomersCredit", `{}`},
		{r, "DescribeTransfers", `{}`},
		{r, "DescribeSecretKeys", `{}`},
		{w.Operator, "DescribePartners", `{"Page": 9}`},
	} {
		answer := w.Call(call.key, call.action, call.body)
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(answer.Body, &fields); err != nil {
			t.Fatal(err)
		}
		for name, value := range fields {
			if string(value) == "null" && name != "Hash" {
				t.Errorf("%s: %s is null", call.action, name)
			}
		}
	}
}
