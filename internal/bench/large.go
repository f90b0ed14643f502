package main

import (
	"fmt"

	"tael/internal/load"
)

// The worlds of -large: one tree with a million customers and ten million
// transfers, and one with a thousandth of the customers. In both a customer was
// given credit ten times and one in ten holds a voucher, and one customer was given
// credit ten thousand times, as far as they are large enough.
const (
	largeCustomers   = 1_000_000
	fewCustomers     = 1000
	timesGiven       = 10
	holdersEach      = 10 // one customer in so many
	busiestGiven     = 10_000
	largeRate        = 300 // requests a second: far from what a server can do, so that none waits for another
	largeGoal        = 1.5
	largeMemory      = "shared_buffers=4GB"
	quietCheckpoints = "checkpoint_timeout=1h"
	quietLog         = "max_wal_size=16GB"
)

func worldOf(customers int) load.Size {
	return load.Size{
		Partners: 1, Customers: customers, Vouchers: 1, Holders: customers / holdersEach,
		Transfers: max(customers*timesGiven, 2*busiestGiven), Busiest: busiestGiven,
	}
}

// largeComparisons are measured with -large. scale makes the large world smaller, for
// those who change what is measured.
func largeComparisons(scale float64) []comparison {
	many := int(largeCustomers * scale)
	var all []comparison
	for _, c := range []struct {
		name, what string
		load       load.Options
	}{
		{"credit", "QueryPartnerCredit", load.Options{Work: "QueryPartnerCredit"}},
		{"vouchers", "QueryVoucherAmountByUin of 20 random customers", load.Options{Work: "QueryVoucherAmountByUin"}},
		{"first-page", "QueryCustomersCredit, first page", load.Options{Work: "QueryCustomersCredit", Page: "first"}},
		{"middle-page", "QueryCustomersCredit, pages of the middle tenth", load.Options{
			Work: "QueryCustomersCredit", Page: "middle",
		}},
		{"last-page", "QueryCustomersCredit, pages of the last hundredth", load.Options{
			Work: "QueryCustomersCredit", Page: "last",
		}},
		{"history", "QueryCreditAllocationHistory of random customers", load.Options{
			Work: "QueryCreditAllocationHistory", Page: "first",
		}},
		{"long-history", fmt.Sprintf("QueryCreditAllocationHistory of %d records, first page", busiestGiven), load.Options{
			Work: "QueryCreditAllocationHistory", Page: "first", Busiest: true,
		}},
		{"deep-history", fmt.Sprintf("QueryCreditAllocationHistory of %d records, random pages", busiestGiven), load.Options{
			Work: "QueryCreditAllocationHistory", Page: "random", Busiest: true,
		}},
	} {
		c.load.Clients, c.load.Rate = clients, largeRate
		with := func(customers int) side {
			return side{
				name: fmt.Sprintf("%d customers", customers), load: c.load,
				serve: server{fill: worldOf(customers), kept: true, postgres: true},
			}
		}
		all = append(all, comparison{
			name: c.name,
			about: fmt.Sprintf("%s at %d requests a second: p99 with %d customers by %d",
				c.what, largeRate, many, fewCustomers),
			figure: tail, goal: largeGoal, sides: []side{with(many), with(fewCustomers)},
		})
	}
	return all
}
