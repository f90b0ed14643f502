package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"golang.org/x/sync/errgroup"

	"tael/internal/clock"
	"tael/internal/money"
)

// Options say what load to make.
type Options struct {
	Endpoints []string // URLs of servers of one installation; connections are spread over them
	World     World
	Operator  Key    // signs charges
	Work      string // one of Works
	Page      string // of lists: one of Pages; "" is random
	Busiest   bool   // ask for the longest histories only
	Clients   int    // connections
	// Rate is how many requests are sent a second, whatever the server makes of
	// them (open loop); 0 sends the next when the last is answered (closed loop).
	Rate     float64
	Warm     time.Duration // before it counts
	Duration time.Duration
	Seed     uint64 // of what is drawn at random
	// Progress is told every second what was seen so far.
	Progress func(Report)
}

// Report is what was seen. Latencies are in milliseconds. In an open loop they
// count from when a request was due, so that requests which a slow server kept
// from being sent count as slow, not as missing.
type Report struct {
	Work       string           `json:"work"`
	Clients    int              `json:"clients"`
	Rate       float64          `json:"rate_asked"` // 0: closed loop
	Seed       uint64           `json:"seed"`
	Seconds    float64          `json:"seconds"`
	Requests   int64            `json:"requests"` // answered, errors included
	PerSecond  float64          `json:"per_second"`
	Errors     map[string]int64 `json:"errors"`     // by code
	Unanswered int64            `json:"unanswered"` // connections that broke: done or not
	P50        float64          `json:"p50_ms"`
	P90        float64          `json:"p90_ms"`
	P99        float64          `json:"p99_ms"`
	P999       float64          `json:"p999_ms"`
	Max        float64          `json:"max_ms"`
}

// OK is how many requests were answered without an error.
func (r *Report) OK() int64 {
	ok := r.Requests
	for _, n := range r.Errors {
		ok -= n
	}
	return ok
}

// run is one load being made.
type run struct {
	Options
	work      work
	endpoints []*url.URL
	clock     clock.Clock
	start     time.Time // of what counts
	next      atomic.Int64

	mu         sync.Mutex
	histogram  *hdrhistogram.Histogram // microseconds
	errors     map[string]int64
	unanswered int64 // all of them, those of the warm-up too
	doubtful   int64 // of what counts
	moved      money.Amount
}

// The range of latencies that are told apart, in microseconds, and how exactly.
const (
	latencyMin     = 1
	latencyMax     = int64(2 * answerTime / time.Microsecond)
	latencyFigures = 3
)

// Run puts the servers under load until the time is over, and checks the
// balances before and after: nothing else may change them meanwhile. It fails
// where they are not what the answers add up to.
func Run(ctx context.Context, o Options) (Report, error) {
	r := &run{Options: o, errors: map[string]int64{}, histogram: hdrhistogram.New(latencyMin, latencyMax, latencyFigures)}
	if err := r.check(); err != nil {
		return Report{}, err
	}
	r.work = work{
		action: o.Work, world: &o.World, operator: o.Operator,
		prefix: fmt.Sprintf("bench-%d-%d", r.clock.Real().UnixMilli(), o.Seed), page: o.Page, busiest: o.Busiest,
	}
	auditor := &client{endpoint: r.endpoints[0], clock: &r.clock}
	defer auditor.close()
	before, err := r.work.balances(ctx, auditor)
	if err != nil {
		return Report{}, err
	}
	if err := r.drive(ctx); err != nil {
		return Report{}, err
	}
	report := r.report(r.Duration)
	after, err := r.work.balances(ctx, auditor)
	if err != nil {
		return report, err
	}
	return report, r.work.check(before, after, r.moved, r.unanswered)
}

func (r *run) check() error {
	switch {
	case !slices.Contains(Works, r.Work):
		return fmt.Errorf("no load %s; there are %s", r.Work, strings.Join(Works, ", "))
	case r.Page != "" && !slices.Contains(Pages, r.Page):
		return fmt.Errorf("no page %s; there are %s", r.Page, strings.Join(Pages, ", "))
	case r.Clients < 1 || r.Duration <= 0 || r.Rate < 0 || r.Warm < 0:
		return errors.New("clients and duration must be more than 0, rate and warm-up not less")
	case r.Work == "RecordCharge" && r.Operator.ID == "":
		return errors.New("charges are signed with the operator's key, which is not given")
	case len(r.World.Partners) == 0 || len(r.Endpoints) == 0:
		return errors.New("there is no partner, or no endpoint")
	}
	for _, text := range r.Endpoints {
		endpoint, err := url.Parse(text)
		if err != nil {
			return err
		}
		if endpoint.Scheme != "http" && endpoint.Scheme != "https" || endpoint.Host == "" {
			return fmt.Errorf("endpoint %s: write http://host:port or https://host:port", text)
		}
		endpoint.Path = "/"
		r.endpoints = append(r.endpoints, endpoint)
	}
	return nil
}

// drive runs the workers and tells of their progress.
func (r *run) drive(ctx context.Context) error {
	began := r.clock.Real()
	r.start = began.Add(r.Warm)
	end := r.start.Add(r.Duration)
	finished := make(chan struct{})
	reported := make(chan struct{})
	go func() {
		defer close(reported)
		r.tell(finished)
	}()
	group, ctx := errgroup.WithContext(ctx)
	for i := range r.Clients {
		group.Go(func() error {
			c := &client{endpoint: r.endpoints[i%len(r.endpoints)], clock: &r.clock}
			defer c.close()
			random := rand.New(rand.NewPCG(r.Seed, uint64(i)))
			for {
				if more, err := r.one(ctx, c, random, began, end); !more || err != nil {
					return err
				}
			}
		})
	}
	err := group.Wait()
	close(finished)
	<-reported
	return err
}

// one sends a worker's next request and books what came of it. It reports false
// when the time is over.
func (r *run) one(ctx context.Context, c *client, random *rand.Rand, began, end time.Time) (more bool, err error) {
	n := r.next.Add(1) - 1
	from := r.clock.Real()
	if r.Rate > 0 {
		due := began.Add(time.Duration(float64(n) / r.Rate * float64(time.Second)))
		if due.After(end) {
			return false, nil
		}
		if wait := due.Sub(from); wait > 0 {
			if err := pause(ctx, wait); err != nil {
				return false, err
			}
			from = r.clock.Real() // that the timer was late is not the server's fault
		} else {
			from = due
		}
	}
	if from.After(end) {
		return false, ctx.Err()
	}
	_, request := r.work.next(random, n)
	answer, err := c.do(ctx, &request)
	if errors.Is(err, errUnanswered) && ctx.Err() == nil {
		return true, r.lost(from)
	}
	if err != nil {
		return false, err
	}
	moves, code, err := r.work.answered(answer)
	if err != nil {
		return false, err
	}
	r.book(from, r.clock.Real().Sub(from), moves, code)
	return true, nil
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// lostMax is how many requests in a row may go unanswered.
const lostMax = 1000

func (r *run) lost(from time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unanswered++
	if from.After(r.start) {
		r.doubtful++
	}
	if r.unanswered >= lostMax {
		return fmt.Errorf("%d requests were not answered", r.unanswered)
	}
	return nil
}

func (r *run) book(from time.Time, took time.Duration, moves money.Amount, code string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.moved += moves
	if from.Before(r.start) {
		return
	}
	if code != "" {
		r.errors[code]++
	}
	_ = r.histogram.RecordValue(min(max(took.Microseconds(), latencyMin), latencyMax)) // in its range
}

func (r *run) tell(finished <-chan struct{}) {
	if r.Progress == nil {
		return
	}
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			if gone := r.clock.Real().Sub(r.start); gone > 0 {
				r.Progress(r.report(min(gone, r.Duration)))
			}
		case <-finished:
			return
		}
	}
}

// report is what was seen after some time.
func (r *run) report(gone time.Duration) Report {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := func(percentile float64) float64 { return float64(r.histogram.ValueAtQuantile(percentile)) / 1000 }
	return Report{
		Work: r.Work, Clients: r.Clients, Rate: r.Rate, Seed: r.Seed, Seconds: gone.Seconds(),
		Requests: r.histogram.TotalCount(), PerSecond: float64(r.histogram.TotalCount()) / gone.Seconds(),
		Errors: maps.Clone(r.errors), Unanswered: r.doubtful,
		P50: at(50), P90: at(90), P99: at(99), P999: at(99.9), Max: float64(r.histogram.Max()) / 1000,
	}
}

// String is a report in one line.
func (r Report) String() string {
	text := fmt.Sprintf("%s %.0f/s  p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.1f ms", r.Work, r.PerSecond,
		r.P50, r.P90, r.P99, r.P999, r.Max)
	if r.Unanswered > 0 {
		text += fmt.Sprintf("  unanswered %d", r.Unanswered)
	}
	if len(r.Errors) > 0 {
		codes, _ := json.Marshal(r.Errors) // a map of numbers
		text += "  errors " + string(codes)
	}
	return text
}
