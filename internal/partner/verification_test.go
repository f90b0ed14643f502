package partner_test

import (
	"testing"

	"tael/internal/partner"
)

// IdentifyType counts otherwise than AuthType, and only what was passed.
func TestIdentifyType(t *testing.T) {
	t.Parallel()
	for v, want := range map[partner.Verification]int64{
		{Type: -1, Status: -1}: 0, {Type: 0, Status: 0}: 0, {Type: 1, Status: 1}: 0, {Type: 1, Status: 2}: 0,
		{Type: 0, Status: 3}: 1, {Type: 1, Status: 3}: 2, {Type: -1, Status: 3}: 0,
	} {
		if got := v.IdentifyType(); got != want || v.Passed() != (v.Status == 3) {
			t.Errorf("%+v: %d, %t; want %d", v, got, v.Passed(), want)
		}
	}
}
