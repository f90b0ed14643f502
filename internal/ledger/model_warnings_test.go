package ledger_test

import (
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
)

// percents are the thresholds of domain.md §2.9.
var percents = []int64{25, 10, 0}

// below reports whether a customer has less than a percentage of its total.
func (m *model) below(customer, percent int64) bool {
	left := new(big.Int).Mul(m.remaining(customer), big.NewInt(100))
	return left.Cmp(new(big.Int).Mul(m.credit[customer], big.NewInt(percent))) < 0
}

// passed are the thresholds that each customer is below.
func (m *model) passed() map[int64]map[int64]bool {
	all := map[int64]map[int64]bool{}
	for customer := range m.owner {
		all[customer] = map[int64]bool{}
		for _, percent := range percents {
			all[customer][percent] = m.below(customer, percent)
		}
	}
	return all
}

// warn is §2.9: of the thresholds that a customer has just fallen below, the
// lowest that it was not yet warned of today, and of those above it no more.
func (m *model) warn(before map[int64]map[int64]bool, now int64) {
	for key := range m.warned { // who comes back is as new
		if m.owner[key.customer] == 0 {
			delete(m.warned, key)
		}
	}
	today := time.UnixMilli(now).In(time.FixedZone("", 8*60*60)).Format(time.DateOnly)
	for customer := range m.owner {
		threshold := int64(-1)
		for _, percent := range percents {
			if !m.below(customer, percent) || before[customer][percent] {
				continue
			}
			key := warnedOf{customer, percent, today}
			if !m.warned[key] {
				threshold = percent
			}
			m.warned[key] = true
		}
		if threshold >= 0 {
			m.warnings = append(m.warnings, ledger.Warning{
				Customer: customer, Partner: m.owner[customer], Threshold: threshold,
				Credit: money.Amount(m.remaining(customer).Int64()), Total: money.Amount(m.credit[customer].Int64()),
			})
		}
	}
}

// warnedOf is a threshold of a customer on a day.
type warnedOf struct {
	customer, percent int64
	day               string
}

// The day of a warning is one of UTC+8, and a threshold passed together with a
// lower one is not told of again that day.
func TestEachThresholdWarnsOnceADay(t *testing.T) {
	t.Parallel()
	const root, customer = 1000, 1001
	midnight := time.Date(2026, 11, 2, 0, 0, 0, 0, time.FixedZone("", 8*60*60)).UnixMilli()
	d := newStored(root, ledger.Settings{})
	step := func(now int64, commands ...ledger.Command) []ledger.Warning {
		s := d.begin(now, commands...)
		for _, c := range commands {
			if _, err := s.Apply(c, ledger.Origin{}); err != nil {
				t.Fatal(err)
			}
		}
		changes := s.Changes()
		d.commit(changes)
		return changes.Warnings
	}
	step(midnight-10, &ledger.AddPartner{Uin: root, Role: partner.Reseller, LineTotal: 1000 * money.Dollar},
		&ledger.AddCustomer{Uin: customer, Partner: root})
	charges := 0
	give := func(dollars money.Amount) ledger.Command {
		return &ledger.Allocate{Partner: root, Customer: customer, Amount: dollars * money.Dollar}
	}
	pay := func(dollars money.Amount) ledger.Command {
		charges++
		return &ledger.RecordCharge{Charge: ledger.Charge{
			ID: string(rune('a' + charges)), Customer: customer, Cost: dollars * money.Dollar, PayMode: "postPay",
		}}
	}
	warning := func(threshold int64, credit, total money.Amount) []ledger.Warning {
		return []ledger.Warning{{
			Customer: customer, Partner: root, Threshold: threshold, Credit: credit * money.Dollar, Total: total * money.Dollar,
		}}
	}
	for i, c := range []struct {
		at   int64
		do   ledger.Command
		want []ledger.Warning
	}{
		{midnight - 5, give(100), nil},
		{midnight - 5, pay(75), nil}, // 25 of 100 is not below
		{midnight - 5, pay(1), warning(25, 24, 100)},
		{midnight - 4, pay(1), nil},                  // below already
		{midnight - 4, give(100), nil},               // 123 of 200
		{midnight - 3, pay(80), nil},                 // 43 of 200: a second time today
		{midnight - 2, pay(44), warning(0, -1, 200)}, // past 10 % too
		{midnight - 2, give(200), nil},               // 199 of 400
		{midnight - 1, pay(170), nil},                // 29 of 400
		{midnight - 1, give(400), nil},               // 429 of 800
		{midnight, pay(370), warning(10, 59, 800)},   // another day
		{midnight, give(-50), nil},                   // 9 of 750
	} {
		if diff := cmp.Diff(c.want, step(c.at, c.do)); diff != "" {
			t.Errorf("step %d: %s", i, diff)
		}
	}
}

// A customer is below a threshold from the smallest amount on.
func TestThresholdsAreExact(t *testing.T) {
	t.Parallel()
	const root, customer = 1000, 1001
	for total := range money.Amount(45) {
		for left := money.Amount(-2); left < total; left++ {
			commands := []ledger.Command{
				&ledger.AddPartner{Uin: root, Role: partner.Reseller, LineTotal: money.Dollar},
				&ledger.AddCustomer{Uin: customer, Partner: root},
				&ledger.Allocate{Partner: root, Customer: customer, Amount: total},
				&ledger.RecordCharge{Charge: ledger.Charge{Customer: customer, Cost: total - left, PayMode: "postPay"}},
			}
			s := newStored(root, ledger.Settings{}).begin(1, commands...)
			for _, c := range commands {
				if _, err := s.Apply(c, ledger.Origin{}); err != nil {
					t.Fatal(err)
				}
			}
			var want []ledger.Warning
			for _, percent := range percents { // the last that it is below
				if 100*int64(left) < percent*int64(total) {
					want = []ledger.Warning{{
						Customer: customer, Partner: root, Threshold: percent, Credit: left, Total: total,
					}}
				}
			}
			if diff := cmp.Diff(want, s.Changes().Warnings); diff != "" {
				t.Errorf("%d of %d: %s", left, total, diff)
			}
		}
	}
}
