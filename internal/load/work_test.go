package load

import (
	"math/rand/v2"
	"strings"
	"testing"

	"tael/internal/money"
)

// The balances must have moved by what was answered, and by no more than what
// went unanswered beyond it.
func TestCheckFindsWhatDoesNotAddUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		action               string
		allocated, remaining money.Amount // how the balances moved
		answered             money.Amount
		unanswered           int64
		fits                 bool
	}{
		{"AllocateCustomerCredit", 7, 7, 7, 0, true},
		{"AllocateCustomerCredit", 6, 6, 7, 0, false}, // one lost
		{"AllocateCustomerCredit", 8, 8, 7, 0, false}, // one twice
		{"AllocateCustomerCredit", 8, 8, 7, 1, true},
		{"AllocateCustomerCredit", 9, 9, 7, 1, false},
		{"AllocateCustomerCredit", 7, 6, 7, 0, false}, // partner and customers disagree
		{"RecordCharge", 0, -7, 7, 0, true},
		{"RecordCharge", 0, -6, 7, 0, false},
		{"RecordCharge", 0, -8, 7, 0, false},
		{"RecordCharge", 0, -8, 7, 1, true},
		{"RecordCharge", 1, -7, 7, 0, false},
		{"QueryPartnerCredit", 0, 0, 0, 0, true},
		{"QueryPartnerCredit", 0, -1, 0, 0, false},
		{"QueryPartnerCredit", 1, 1, 0, 0, false},
	} {
		w := &work{action: c.action}
		before := balances{1000, 500}
		after := balances{1000 + c.allocated, 500 + c.remaining}
		if err := w.check(before, after, c.answered, c.unanswered); (err == nil) != c.fits {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

// Twenty different customers are asked for, whatever the number of customers.
func TestUinsAreDifferent(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	for _, customers := range []int64{1, 19, 20, 21, 39, 40, 41, 1000, 1_000_000} {
		p := &Partner{FirstCustomer: 10, Customers: customers}
		for range 100 {
			uins := strings.Split(new(work).uins(random, p), ",")
			seen := map[string]bool{}
			for _, uin := range uins {
				seen[uin] = true
			}
			if len(seen) != len(uins) || int64(len(uins)) != min(customers, uinsAsked) {
				t.Fatalf("%d customers: %v", customers, uins)
			}
		}
	}
}

// Pages that are asked for exist, and are where their name says.
func TestPagesAreWhereTheyShouldBe(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 1))
	for _, c := range []struct {
		page           string
		rows, from, to int64
	}{
		{firstPage, 1000, 1, 1},
		{middlePage, 1000, 46, 55},
		{middlePage, 1_000_000, 45_001, 55_000},
		{lastPage, 1000, 100, 100},
		{lastPage, 999_991, 99_001, 100_000},
		{randomPage, 1000, 1, 100},
		{firstPage, 1, 1, 1},
		{middlePage, 1, 1, 1},
		{lastPage, 1, 1, 1},
		{randomPage, 11, 1, 2},
	} {
		w := &work{page: c.page}
		seen := map[int64]bool{}
		for range 100_000 {
			seen[w.pageOf(random, c.rows)] = true
		}
		for page := range seen {
			if page < c.from || page > c.to {
				t.Errorf("%s of %d rows: page %d", c.page, c.rows, page)
			}
		}
		if c.to-c.from < 100 && int64(len(seen)) != c.to-c.from+1 {
			t.Errorf("%s of %d rows: %d pages were drawn", c.page, c.rows, len(seen))
		}
	}
}
