package actions_test

import (
	"testing"
	"time"

	"tael/internal/testkit"
)

func TestSendVerifyCode(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1
		reseller Q line 1
		customer C of Q
		call R SendVerifyCode {"CountryCode": "x", "PhoneNum": "1"} → InvalidParameterValue
		call R SendVerifyCode {"CountryCode": "852", "PhoneNum": ""} → InvalidParameterValue
		call R SendVerifyCode {"CountryCode": "999", "PhoneNum": "1"} → InvalidParameterValue
		call R SendVerifyCode {"CountryCode": "86", "PhoneNum": "1"} → InvalidParameterValue.UnSupportArea
		call R:k SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230005"} → {}
		call R:k SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230005"} → {}
		call R SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230005"} → FailedOperation.SendVerifyCodeLimit60
		call C SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230005"} → FailedOperation.SendVerifyCodeLimit60
		call C SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230006"} → ok
		clock 2026-11-01 00:01:00
		call C SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230005"} → ok
		clock 2026-11-01 00:02:00
		call Q SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230005"} → ok
		clock 2026-11-01 00:03:00
		call R SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230005"} → ok
		clock 2026-11-01 00:04:00
		call R SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230005"} → ok
		clock 2026-11-01 00:05:00
		call R SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230005"} → FailedOperation.SendVerifyCodeLimit
		call OP SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230005"} → UnauthorizedOperation.UinNoAuth`)
}

// However many numbers there are, an account has so many codes sent in 24 hours.
func TestSendVerifyCodeToManyNumbers(t *testing.T) {
	testkit.Scenario(t, `
		set codes_per_day=2
		reseller R line 1
		customer C of R
		call C SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230001"} → ok
		call C SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230002"} → ok
		call C SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230003"} → FailedOperation.SendVerifyCodeLimit
		call R SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230003"} → ok
		clock 2026-11-01 23:59:59
		call C SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230004"} → FailedOperation.SendVerifyCodeLimit
		clock 2026-11-02 00:00:00
		call C SendVerifyCode {"CountryCode": "852", "PhoneNum": "91230004"} → ok`)
}

// The code that is sent is the one that CreateAccount takes of who asked for it. A
// newer one takes its place; what others ask for and guess does it no harm.
func TestTheCodeThatIsSent(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
		minute := 0
		send := func(key testkit.Key) string {
			t.Helper()
			w.Clock.Set(testkit.Start.Add(time.Duration(minute) * time.Minute))
			minute++
			expectCode(t, "", w.Call(key, "SendVerifyCode", `{"CountryCode": "852", "PhoneNum": "91230005"}`))
			sent := w.Sent("+85291230005")
			if len(sent["Code"]) != 6 || sent["Minutes"] != "10" || len(sent) != 2 {
				t.Fatalf("sent: %v", sent)
			}
			return sent["Code"]
		}
		illegal := func(key testkit.Key, code string) {
			t.Helper()
			expectCode(t, "FailedOperation.VerificationCodeIllegal", w.Call(key, "CreateAccount", account("364928", code)))
		}
		first, second := send(r), send(r)
		if first != second { // else they cannot be told apart
			illegal(r, first)
		}
		for range 6 {
			illegal(q, second) // it has none, and its tries are its own
		}
		others := send(q)
		for others == second { // else they cannot be told apart
			others = send(q)
		}
		illegal(r, others)
		expectCode(t, "", w.Call(r, "CreateAccount", account("364928", second)))
		illegal(q, second)
	})
}

// Of codes asked for at once for one number, one is sent.
func TestOneCodeIsSentAtOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		var calls []func() testkit.Answer
		for _, name := range []string{"A", "B", "C", "D"} {
			key := w.Create("CreatePartner", w.JSON(`{"Name": %q, "Role": "Reseller"}`, name))
			calls = append(calls, func() testkit.Answer {
				return w.Call(key, "SendVerifyCode", `{"CountryCode": "852", "PhoneNum": "91230005"}`)
			})
		}
		if got := atOnce(calls); got[""] != 1 || got["FailedOperation.SendVerifyCodeLimit60"] != 3 {
			t.Error(got)
		}
		if n := testkit.Count(t, w.Address, "SELECT COUNT(*) FROM message"); n != 1 {
			t.Errorf("%d messages", n)
		}
	})
}
