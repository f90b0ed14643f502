package gateway_test

import (
	"testing"

	"tael/internal/clock"
)

// A caller's clock may differ from the server's by five minutes, to the second.
func TestClocksMayDiffer(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	const expired = "AuthFailure.SignatureExpire"
	for skew, code := range map[int64]string{-301: expired, -300: "", 300: "", 301: expired} {
		// What is signed in one second and answered in another says nothing.
		for tries := 0; ; tries++ {
			if tries == 50 {
				t.Fatal("no request was answered in the second that it was signed in")
			}
			signed := new(clock.Clock).Real().Unix()
			answer := b.send(t, request{body: twoUins, skew: skew}.tc3(t))
			if new(clock.Clock).Real().Unix() != signed {
				continue
			}
			if answer.Code != code {
				t.Errorf("%d seconds: %s: %s", skew, answer.Code, answer.Message)
			}
			if code != "" && answer.Message != "The signature is expired, please request again." {
				t.Errorf("%d seconds: %s", skew, answer.Message)
			}
			break
		}
	}
}
