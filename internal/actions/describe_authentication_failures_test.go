package actions_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"tael/api"
	"tael/internal/audit"
	"tael/internal/testkit"
)

// Whose key was tried sees that, others do not.
func TestDescribeAuthenticationFailures(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
		wrong := testkit.Key{ID: r.ID, Secret: "wrong"}
		for range 3 {
			w.Call(wrong, "QueryPartnerCredit", `{}`)
		}
		w.Call(testkit.Key{ID: "AKIDunknown00000", Secret: "wrong"}, "QueryPartnerCredit", `{}`)
		w.Call(testkit.Key{ID: r.Secret, Secret: r.ID}, "QueryPartnerCredit", `{}`) // the two swapped
		flush(t, w)
		total := func(key testkit.Key, body string) (total int64, text string) {
			t.Helper()
			answer := w.Call(key, "DescribeAuthenticationFailures", body)
			var response api.DescribeAuthenticationFailuresResponse
			if err := json.Unmarshal(answer.Body, &response); err != nil || answer.Code != "" {
				t.Fatalf("%s: %v", answer.Code, err)
			}
			for _, f := range response.Failures {
				total += f.Count
				text += fmt.Sprintf("%s %s %s %d\n", f.SecretId, f.Address, f.Code, f.Count)
			}
			return total, text
		}
		for _, c := range []struct {
			key  testkit.Key
			body string
			want int64
		}{
			{r, `{}`, 3},
			{q, `{}`, 0},
			{q, fmt.Sprintf(`{"SecretId": %q}`, r.ID), 0},
			{w.Operator, `{}`, 5},
			{w.Operator, `{"SecretId": "AKIDunknown00000"}`, 1},
			{w.Operator, `{"Address": "192.0.2.1"}`, 5},
			{w.Operator, `{"Address": "192.0.2.2"}`, 0},
			{w.Operator, `{"StartTime": "2100-01-01 00:00:00"}`, 0},
			{w.Operator, `{"EndTime": "2020-01-01 00:00:00"}`, 0},
		} {
			if got, text := total(c.key, c.body); got != c.want {
				t.Errorf("%s: %d, want %d\n%s", c.body, got, c.want, text)
			}
		}
		for _, body := range []string{
			`{"Address": "::::"}`, `{"Cursor": "x"}`, `{"Cursor": "eyJTZWNyZXRJRCI6Ilx1MDAwMCJ9"}`,
			`{"Cursor": "eyJNaW51dGUiOjEsIkFkZHJlc3MiOiJmZTgwOjoxJVx1MDAwMCJ9"}`, // a zone of one NUL
		} {
			if got := w.Call(r, "DescribeAuthenticationFailures", body); got.Code != "InvalidParameterValue" {
				t.Errorf("%s: %q", body, got.Code)
			}
		}
	})
}

// However many addresses and ids a flood comes with, it is a bounded number of
// rows, and none of its calls goes uncounted.
func TestAFloodOfFailuresIsAFewRows(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		const calls = 100_000
		w := testkit.New(t, testkit.Options{Database: d})
		now := time.Unix(1_793_462_400, 0)
		for i := range calls {
			id := fmt.Sprintf("AKID%032d", i)
			address := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
			w.Trail.Count(audit.Stranger{SecretID: id, Address: address, Code: "AuthFailure.SecretIdNotFound"}, now)
			if i%10_000 == 0 {
				flush(t, w)
			}
		}
		flush(t, w)
		rows := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM stranger`)
		counted := testkit.Count(t, w.Address, `SELECT CAST(SUM(calls) AS BIGINT) FROM stranger`)
		if rows != 101 || counted != calls {
			t.Errorf("%d calls in %d rows", counted, rows)
		}
		seen, cursor := int64(0), ""
		for {
			answer := w.Call(w.Operator, "DescribeAuthenticationFailures", `{"Limit": 30`+cursor+`}`)
			var response api.DescribeAuthenticationFailuresResponse
			if err := json.Unmarshal(answer.Body, &response); err != nil || answer.Code != "" {
				t.Fatalf("%s: %v", answer.Code, err)
			}
			for _, f := range response.Failures {
				seen += f.Count
			}
			if response.NextCursor == "" {
				break
			}
			cursor = fmt.Sprintf(`, "Cursor": %q`, response.NextCursor)
		}
		if seen != calls {
			t.Errorf("the pages hold %d calls", seen)
		}
		// The same through the gateway: nobody that is known leaves no event.
		for i := range 500 {
			w.Call(testkit.Key{ID: fmt.Sprintf("AKID%016d", i), Secret: "x"}, "QueryPartnerCredit", `{}`)
		}
		flush(t, w)
		if rows := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM stranger`); rows > 3*101 { // a minute may pass
			t.Errorf("%d rows", rows)
		}
		if n := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM audit WHERE account_uin <> $1`, w.Operator.Uin); n != 0 {
			t.Errorf("%d pages of nobody", n)
		}
	})
}
