package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"tael/internal/demo"
	"tael/internal/load"
	"tael/internal/money"
	"tael/internal/throwaway"
)

// comparison is one ratio: a figure of its first side by that of its second.
// Further sides are measured for orientation.
type comparison struct {
	name   string
	about  string
	figure figure
	goal   float64 // that design, reference and issues ask for
	sides  []side
}

// figure is what a comparison compares.
type figure string

// The figures. Of throughput the ratio should be at least the goal, of latency
// at most.
const (
	throughput figure = "requests a second"
	latency    figure = "p50"
	tail       figure = "p99"
)

// side is a server and the load that it gets: one request again and again, by
// wrk, or many different ones, by Tael's own generator.
type side struct {
	name   string
	serve  server
	action action
	// unsigned sends the request without its signature.
	unsigned bool
	// load, where it names a work, is made instead of sending action.
	load load.Options
	// charges sends charges instead, each of them once.
	charges bool
	// pgbench, where it has a script, runs instead of a server.
	pgbench pgbenchRun
}

// server says what to start.
type server struct {
	arguments []string // beside those that every Tael gets
	bare      bareKind // start this instead of Tael
	// fill is the world of the database; none is the demo world.
	fill load.Size
	// kept databases serve all runs of their side, none of which changes them.
	kept bool
	// postgres keeps the database on the cluster that is measured.
	postgres bool
	// processes on one database, where more than one.
	processes int
}

// action is a request of the reseller of the demo world, or of the first partner
// of a filled one.
type action struct {
	name string
	body string
	// adds is what each answer adds to the credit of the demo world's first
	// customer; 0 for an action that changes nothing.
	adds money.Amount
}

var (
	queryCredit = action{name: "QueryPartnerCredit", body: "{}"}
	allocate    = action{
		name: "AllocateCustomerCredit",
		body: fmt.Sprintf(`{"ClientUin":%d,"AddedCredit":0.00000001}`, demo.FirstCustomer),
		adds: 1,
	}
	queryVouchers = action{name: "QueryVoucherAmountByUin", body: voucherQuery()}
)

// asked is how many customers a QueryVoucherAmountByUin names: as many as it may.
const asked = 20

func voucherQuery() string {
	uins := make([]string, asked)
	for i := range uins {
		uins[i] = strconv.FormatInt(load.FirstCustomer+int64(i), 10)
	}
	return `{"ClientUins":[` + strings.Join(uins, ",") + `]}`
}

// unaudited servers record no call.
var unaudited = []string{"--audit", "off"}

// The worlds of the comparisons below.
var (
	small  = load.Size{Partners: 1, Customers: 1000, Vouchers: 1}
	large  = load.Size{Partners: 1, Customers: 1_000_000, Vouchers: 1}
	atRate = load.Options{Work: "QueryVoucherAmountByUin", Clients: clients, Rate: 1000}
)

// comparisons is what is measured, in this order.
var comparisons = []comparison{
	{
		name:   "query",
		about:  "QueryPartnerCredit, signed requests a second, by those of a bare net/http handler with the same bytes",
		figure: throughput, goal: 0.45,
		sides: []side{
			{name: "tael", action: queryCredit},
			{name: "bare handler", action: queryCredit, serve: server{bare: bareAnswer}, unsigned: true},
			{name: "bare + 1 SHA-256, 4 HMAC", action: queryCredit, serve: server{bare: bareHash}, unsigned: true},
		},
	},
	{
		name:   "audit",
		about:  "QueryPartnerCredit, signed requests a second, each recorded, by those of a server that records none",
		figure: throughput, goal: 0.7,
		sides: []side{
			{name: "tael", action: queryCredit},
			{name: "tael --audit off", action: queryCredit, serve: server{arguments: unaudited}},
		},
	},
	{
		name:   "vouchers",
		about:  "QueryVoucherAmountByUin of 20 UINs, signed requests a second, by those of a bare net/http handler",
		figure: throughput, goal: 0.3,
		sides: []side{
			{name: "tael", action: queryVouchers, serve: server{fill: small}},
			{name: "bare handler", action: queryVouchers, serve: server{bare: bareAnswer, fill: small}, unsigned: true},
		},
	},
	{
		name:   "size",
		about:  "QueryVoucherAmountByUin of 20 UINs at 1,000 requests a second: p50 with 1,000,000 customers by 1,000",
		figure: latency, goal: 1.3,
		sides: []side{
			{name: "1,000,000 customers", load: atRate, serve: server{fill: large, kept: true}},
			{name: "1,000 customers", load: atRate, serve: server{fill: small, kept: true}},
		},
	},
	{
		name:   "allocate",
		about:  "AllocateCustomerCredit from one line, durable a second, by those with one transaction each",
		figure: throughput, goal: 4,
		sides: []side{
			{name: "tael", action: allocate},
			{name: "tael --batch-max 1", action: allocate, serve: server{arguments: []string{"--batch-max", "1"}}},
		},
	},
	{
		name:   "audit-writes",
		about:  "AllocateCustomerCredit from one line, durable and recorded a second, by those of a server that records none",
		figure: throughput, goal: 0.8,
		sides: []side{
			{name: "tael", action: allocate},
			{name: "tael --audit off", action: allocate, serve: server{arguments: unaudited}},
		},
	},
	{
		name:   "charge",
		about:  "RecordCharge in one tree, durable a second, by those with one transaction each",
		figure: throughput, goal: 4,
		sides: []side{
			{name: "tael", charges: true, serve: server{fill: small}},
			{
				name: "tael --batch-max 1", charges: true,
				serve: server{fill: small, arguments: []string{"--batch-max", "1"}},
			},
		},
	},
}

// bench is what every run needs.
type bench struct {
	folder string // everything written goes there
	kept   map[string]database

	cluster   *throwaway.Postgres // with -postgres
	databases int                 // made on it
	tael      string              // the binary
	duration  time.Duration
	progress  io.Writer
}

// result is what a comparison came to.
type result struct {
	Name   string    `json:"name"`
	About  string    `json:"about"`
	Figure figure    `json:"figure"`
	Goal   float64   `json:"goal"`
	Ratio  float64   `json:"ratio"`  // of the medians
	Rounds []float64 `json:"rounds"` // the ratio of each round's neighbours
	Sides  []figures `json:"sides"`
}

// figures are those of one side.
type figures struct {
	Name   string        `json:"name"`
	Median float64       `json:"median"` // of the figure that is compared
	Spread float64       `json:"spread"` // (largest − smallest) / median
	Runs   []measurement `json:"runs"`
}

// compare runs the sides in turns, so that whatever else the machine does meets
// all of them.
func (b *bench) compare(ctx context.Context, c *comparison, runs int) (result, error) {
	r := result{Name: c.name, About: c.about, Figure: c.figure, Goal: c.goal, Sides: make([]figures, len(c.sides))}
	for round := range runs {
		for i := range c.sides {
			m, err := b.measure(ctx, &c.sides[i])
			if err != nil {
				return r, fmt.Errorf("%s: %w", c.sides[i].name, err)
			}
			r.Sides[i].Name = c.sides[i].name
			r.Sides[i].Runs = append(r.Sides[i].Runs, m)
			fmt.Fprintf(b.progress, "%s, round %d of %d: %-26s %8.0f/s, p50 %.3f ms, p99 %.2f ms\n", c.name, round+1,
				runs, c.sides[i].name, m.PerSecond, m.P50, m.P99)
		}
		r.Rounds = append(r.Rounds, c.figure.of(&r.Sides[0].Runs[round])/c.figure.of(&r.Sides[1].Runs[round]))
	}
	for i := range r.Sides {
		r.Sides[i].summarize(c.figure)
	}
	r.Ratio = r.Sides[0].Median / r.Sides[1].Median
	return r, nil
}

// of is the figure of one run.
func (f figure) of(m *measurement) float64 {
	switch f {
	case latency:
		return m.P50
	case tail:
		return m.P99
	case throughput:
	}
	return m.PerSecond
}

// reached reports whether a ratio of the figure is as good as its goal.
func (f figure) reached(ratio, goal float64) bool {
	if f == throughput {
		return ratio >= goal
	}
	return ratio <= goal
}

func (f *figures) summarize(compared figure) {
	all := make([]float64, len(f.Runs))
	for i := range f.Runs {
		all[i] = compared.of(&f.Runs[i])
	}
	f.Median = median(all)
	f.Spread = (slices.Max(all) - slices.Min(all)) / f.Median
}

func median(numbers []float64) float64 {
	sorted := slices.Sorted(slices.Values(numbers))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}
