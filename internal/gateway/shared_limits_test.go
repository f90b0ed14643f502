package gateway_test

import (
	"strings"
	"testing"
	"time"

	"tael/internal/gateway"
)

// What other servers counted decides, and where it is not known, what this one
// did.
func TestSharedCountDecides(t *testing.T) {
	t.Parallel()
	const rate = 5 // of QueryVoucherAmountByUin
	count, known := 0, true
	var asked []string
	b := newBench(func(o *gateway.Options) {
		o.RateLimits = true
		o.SharedCount = func(account int64, action string, arrived time.Time) (int, bool) {
			if account != 7 || time.Since(arrived) > time.Minute {
				t.Errorf("asked for account %d, arrived %s", account, arrived)
			}
			asked = append(asked, action)
			return count, known
		}
	})
	for _, step := range []struct {
		count   int
		known   bool
		code    string
		message string
	}{
		{rate, true, "", ""},
		{rate + 1, true, "RequestLimitExceeded", "`6` in a second"},
		{4711, true, "RequestLimitExceeded", "`4711` in a second"},
		{4711, false, "", ""},
		{1, true, "", ""},
	} {
		count, known = step.count, step.known
		got := b.send(t, request{body: twoUins}.tc3(t))
		if got.Code != step.code || !strings.Contains(got.Message, step.message) {
			t.Errorf("%+v: %s %s", step, got.Code, got.Message)
		}
	}
	b.send(t, request{body: twoUins, secret: "wrong"}.tc3(t))
	if len(asked) != 5 || asked[0] != "QueryVoucherAmountByUin" {
		t.Errorf("asked for %v", asked)
	}
}
