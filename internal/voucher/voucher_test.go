package voucher_test

import (
	"flag"
	"fmt"
	"os"
	"testing"

	"pgregory.net/rapid"

	"tael/internal/money"
	"tael/internal/voucher"
)

// A failed property prints its seed; no file shall be left in the source tree.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// second is how fine the times of vouchers are.
const second = 1000

// horizon is the last second in which a drawn voucher changes.
const horizon = 12

// vouchers draws some: with and without value, withdrawn or not, of lives that
// overlap in every way.
func vouchers(t *rapid.T) []voucher.Voucher {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) voucher.Voucher {
		effective := rapid.Int64Range(1, horizon).Draw(t, "effective")
		face := money.Amount(rapid.Int64Range(1, 9).Draw(t, "face"))
		return voucher.Voucher{
			Face: face, Balance: money.Amount(rapid.Int64Range(0, int64(face)).Draw(t, "balance")),
			Effective: second * effective, Expire: second * rapid.Int64Range(effective, horizon).Draw(t, "expire"),
			Withdrawn: rapid.IntRange(0, 5).Draw(t, "withdrawn") == 0,
		}
	}), 0, 6).Draw(t, "vouchers")
}

// brute sums what domain.md §3.3 and §3.6 count, voucher by voucher.
func brute(all []voucher.Voucher, now int64) (remaining, usable money.Amount) {
	for _, v := range all {
		if v.Withdrawn || now >= v.Expire+second { // the second Expire is the last in which it works
			continue
		}
		remaining += v.Balance
		if now >= v.Effective {
			usable += v.Balance
		}
	}
	return remaining, usable
}

// instants are all that can make a difference, the moments before and after
// every whole second.
func instants() []int64 {
	var all []int64
	for s := int64(0); s <= horizon+2; s++ {
		all = append(all, s*second-1, s*second, s*second+1)
	}
	return all
}

// Sums made at one instant hold, at every later one, until they call themselves
// stale, and then indeed something has changed; sums never stale hold for ever.
func TestSumsHoldUntilTheySayThatTheyDoNot(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := vouchers(t)
		made := rapid.SampledFrom(instants()).Draw(t, "made")
		sums := voucher.Sum(all, made)
		for _, now := range instants() {
			if now < made {
				continue
			}
			remaining, usable := brute(all, now)
			holds := sums.Remaining == remaining && sums.Usable == usable
			if !holds && !sums.StaleAt(now) {
				t.Fatalf("made at %d, at %d: %+v, should be %d, %d", made, now, sums, remaining, usable)
			}
			if sums.StaleAt(now) && now == sums.ValidUntil && holds {
				t.Fatalf("%+v calls itself stale, yet nothing has changed", sums)
			}
		}
		if sums.ValidUntil != 0 &&
			(sums.StaleAt(sums.ValidUntil-1) || !sums.StaleAt(sums.ValidUntil) || sums.ValidUntil <= made) {
			t.Fatalf("made at %d: %+v is not stale from ValidUntil on", made, sums)
		}
	})
}

// Adding a voucher to sums that are still fresh gives what summing all of them
// gives, in any order and whatever was left out that adds nothing.
func TestWithAgreesWithSum(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := vouchers(t)
		made, now := rapid.SampledFrom(instants()).Draw(t, "made"), rapid.SampledFrom(instants()).Draw(t, "now")
		more := vouchers(t)
		sums := voucher.Sum(all, made)
		if now < made || sums.StaleAt(now) {
			sums = voucher.Sum(all, now)
		}
		for i := range more {
			sums = sums.With(&more[i], now)
		}
		whole := append(append([]voucher.Voucher{}, all...), more...)
		shuffled := rapid.Permutation(whole).Draw(t, "order")
		var live []voucher.Voucher
		for i := range whole {
			if whole[i].StateAt(now) == voucher.Issued {
				live = append(live, whole[i])
			}
		}
		for what, want := range map[string]voucher.Sums{
			"in another order": voucher.Sum(shuffled, now), "only those with value": voucher.Sum(live, now),
		} {
			if sums != want {
				t.Fatalf("made at %d, at %d: %+v, %s %+v", made, now, sums, what, want)
			}
		}
	})
}

// A voucher's state is the one that domain.md §3.3 says, at every instant, and
// never goes back.
func TestStateFollowsTheClock(t *testing.T) {
	t.Parallel()
	rank := map[voucher.State]int{voucher.Issued: 0, voucher.Expired: 1, voucher.Used: 1, voucher.Invalidated: 1}
	rapid.Check(t, func(t *rapid.T) {
		for _, v := range vouchers(t) {
			before := 0
			for _, now := range instants() {
				state := v.StateAt(now)
				want := voucher.Issued
				if now > v.Expire+second-1 {
					want = voucher.Expired
				}
				if v.Balance == 0 {
					want = voucher.Used
				}
				if v.Withdrawn {
					want = voucher.Invalidated
				}
				if state != want || rank[state] < before {
					t.Fatalf("%+v at %d: %s, want %s", v, now, state, want)
				}
				before = rank[state]
				usable := state == voucher.Issued && now >= v.Effective
				if v.UsableAt(now) != usable {
					t.Fatalf("%+v at %d: usable %t", v, now, !usable)
				}
			}
		}
	})
}

// A voucher works from the first millisecond of its first second through the
// last of its last one.
func TestVoucherWorksThroughItsLastSecond(t *testing.T) {
	t.Parallel()
	v := voucher.Voucher{Face: 5, Balance: 5, Effective: 10 * second, Expire: 20 * second}
	var got []string
	for _, now := range []int64{9_999, 10_000, 20_000, 20_999, 21_000} {
		got = append(got, fmt.Sprintf("%d %s %t", now, v.StateAt(now), v.UsableAt(now)))
	}
	want := fmt.Sprint([]string{
		"9999 Issued false", "10000 Issued true", "20000 Issued true", "20999 Issued true", "21000 Expired false",
	})
	if fmt.Sprint(got) != want {
		t.Errorf("got %v, want %s", got, want)
	}
}
