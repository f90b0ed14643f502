package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"tael/internal/demo"
	"tael/internal/money"
)

// comparison is one ratio: what its first side does in a second, by what its
// second side does. Further sides are measured for orientation.
type comparison struct {
	name  string
	about string
	goal  float64 // the ratio that design and reference ask for
	sides []side
}

// side is a server and the one request that it gets again and again.
type side struct {
	name   string
	serve  server
	action action
	// unsigned sends the request without its signature.
	unsigned bool
}

// server says what to start.
type server struct {
	arguments []string // beside those that every Tael gets
	bare      bareKind // start this instead of Tael
}

// action is a request of the reseller of the demo world.
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
)

// comparisons is what is measured, in this order.
var comparisons = []comparison{
	{
		name:  "query",
		about: "QueryPartnerCredit, signed requests a second, by those of a bare net/http handler with the same bytes",
		goal:  0.45,
		sides: []side{
			{name: "tael", action: queryCredit},
			{name: "bare handler", action: queryCredit, serve: server{bare: bareAnswer}, unsigned: true},
			{name: "bare + 1 SHA-256, 4 HMAC", action: queryCredit, serve: server{bare: bareHash}, unsigned: true},
		},
	},
	{
		name:  "allocate",
		about: "AllocateCustomerCredit from one line, durable a second, by those with one transaction each",
		goal:  4,
		sides: []side{
			{name: "tael", action: allocate},
			{name: "tael --batch-max 1", action: allocate, serve: server{arguments: []string{"--batch-max", "1"}}},
		},
	},
}

// bench is what every run needs.
type bench struct {
	folder   string // everything written goes there
	tael     string // the binary
	duration time.Duration
	progress io.Writer
}

// result is what a comparison came to.
type result struct {
	Name   string    `json:"name"`
	About  string    `json:"about"`
	Goal   float64   `json:"goal"`
	Ratio  float64   `json:"ratio"`  // of the medians
	Rounds []float64 `json:"rounds"` // the ratio of each round's neighbours
	Sides  []figures `json:"sides"`
}

// figures are those of one side.
type figures struct {
	Name   string        `json:"name"`
	Median float64       `json:"median_per_second"`
	Spread float64       `json:"spread"` // (largest − smallest) / median
	Runs   []measurement `json:"runs"`
}

// compare runs the sides in turns, so that whatever else the machine does meets
// all of them.
func (b *bench) compare(ctx context.Context, c *comparison, runs int) (result, error) {
	r := result{Name: c.name, About: c.about, Goal: c.goal, Sides: make([]figures, len(c.sides))}
	for round := range runs {
		for i := range c.sides {
			m, err := b.measure(ctx, &c.sides[i])
			if err != nil {
				return r, fmt.Errorf("%s: %w", c.sides[i].name, err)
			}
			r.Sides[i].Name = c.sides[i].name
			r.Sides[i].Runs = append(r.Sides[i].Runs, m)
			fmt.Fprintf(b.progress, "%s, round %d of %d: %-26s %8.0f/s\n", c.name, round+1, runs, c.sides[i].name, m.PerSecond)
		}
		r.Rounds = append(r.Rounds, r.Sides[0].Runs[round].PerSecond/r.Sides[1].Runs[round].PerSecond)
	}
	for i := range r.Sides {
		r.Sides[i].summarize()
	}
	r.Ratio = r.Sides[0].Median / r.Sides[1].Median
	return r, nil
}

func (f *figures) summarize() {
	rates := make([]float64, len(f.Runs))
	for i := range f.Runs {
		rates[i] = f.Runs[i].PerSecond
	}
	f.Median = median(rates)
	f.Spread = (slices.Max(rates) - slices.Min(rates)) / f.Median
}

func median(numbers []float64) float64 {
	sorted := slices.Sorted(slices.Values(numbers))
	middle := len(sorted) / 2
	if len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[middle]
}
