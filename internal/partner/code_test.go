package partner_test

import (
	"errors"
	"strings"
	"testing"

	"tael/internal/partner"
)

// A number gets a code a minute, five an hour and ten a day, in any hour and
// day whatsoever.
func TestCodesAreSentSeldom(t *testing.T) {
	t.Parallel()
	const second, minute, hour = int64(1000), int64(60_000), int64(3_600_000)
	var sends partner.CodeSends
	start := int64(1_790_000_000_000)
	for i, step := range []struct {
		at   int64
		want error
	}{
		{0, nil},
		{59 * second, partner.ErrCodeMinute},
		{minute, nil},
		{2 * minute, nil},
		{3 * minute, nil},
		{30 * minute, nil},
		{30*minute + 59*second, partner.ErrCodeMinute},
		{31 * minute, partner.ErrCodeMany},
		{hour - 1, partner.ErrCodeMany},
		{hour, nil},                            // the first has left the hour
		{hour + minute, nil},                   // the second too
		{hour + 2*minute, nil},                 // the third
		{hour + 3*minute, nil},                 // the fourth: nine in all
		{hour + 4*minute, partner.ErrCodeMany}, // five in the hour
		{2*hour + 10*minute, nil},              // ten
		{23 * hour, partner.ErrCodeMany},       // ten in the day
		{24*hour - 1, partner.ErrCodeMany},     //
		{24 * hour, nil},                       // the first has left the day
		{24*hour + minute, nil},                // the second
		{24*hour + 31*minute - second, nil},    // the third and fourth have left as well
		{24*hour + 32*minute - second - 1, partner.ErrCodeMinute},
		{48 * hour, nil},
	} {
		next, err := sends.Add(start + step.at)
		if !errors.Is(err, step.want) {
			t.Fatalf("step %d: %v, want %v", i, err, step.want)
		}
		if err != nil && next != sends {
			t.Fatalf("step %d: a refusal changed the times", i)
		}
		sends = next
	}
	if kept := strings.Fields(string(sends)); len(kept) != 3 {
		t.Errorf("%d times are kept, three are of the last day", len(kept))
	}
}
