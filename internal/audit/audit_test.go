package audit_test

import (
	"fmt"
	"net/netip"
	"testing"

	"tael/internal/audit"
)

// An account that calls above its limits from many addresses, with many temporary
// keys, fills no disk: each of its calls is counted, in a bounded number of events,
// and what others do beside it is told as ever.
func TestAFloodAboveALimitIsAFewEvents(t *testing.T) {
	t.Parallel()
	const callers, most = 5000, 20 + 2 // 2 actions
	var events []audit.Event
	for i := range callers {
		for _, action := range []string{"a", "b"} {
			e := audit.Event{Root: 1, Action: action, Code: audit.Limited, RequestID: fmt.Sprint(action, i), Caller: audit.Caller{
				Account: 2, SecretID: fmt.Sprint("AKID", i), Address: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}),
			}}
			events = append(events, e)
			e.Account, e.SecretID = 3, "AKIDother" // one key, many addresses
			events = append(events, e)
		}
	}
	answered := events[0]
	answered.SecretID, answered.Code = "AKIDlast", audit.OK
	events = append(events, answered)
	counted, told, made := map[int64]int64{}, map[int64]int{}, 0
	for _, page := range audit.Pages(events) {
		made += page.Made
		opened, err := page.Open()
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range opened {
			if e.Code == audit.OK {
				if e.Caller != answered.Caller {
					t.Errorf("a call that was answered is %+v", e)
				}
				continue
			}
			told[e.Account]++
			counted[e.Account] += max(e.Count, 1)
			if e.SecretID == "" && (e.Address.IsValid() || e.Count < callers-most) {
				t.Errorf("%+v", e)
			}
		}
	}
	for _, account := range []int64{2, 3} {
		if counted[account] != 2*callers || told[account] > most {
			t.Errorf("account %d: %d calls in %d events", account, counted[account], told[account])
		}
	}
	if made != len(events) {
		t.Errorf("the pages were made of %d events, not %d", made, len(events))
	}
}
