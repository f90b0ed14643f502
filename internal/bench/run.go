package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"tael/internal/load"
	"tael/internal/money"
	"tael/internal/signature"
)

const (
	// warmTime is how long a server gets its requests before they count, each
	// answer looked at.
	warmTime = time.Second
	// settleTime is how long requests that wrk left behind may take.
	settleTime = 10 * time.Second
	settleStep = 50 * time.Millisecond
)

// database is one that a server serves, with the key that wrk signs with.
type database struct {
	path      string
	demo      bool
	key       signature.Credential
	world     load.World
	transfers int64    // that it was made with
	others    []string // addresses of more servers on it
}

// measure runs one side once, on a server and, unless it is kept, a database of
// its own. The database is proved afterwards: figures of a wrong ledger are
// worth nothing.
func (b *bench) measure(ctx context.Context, s *side) (m measurement, err error) {
	folder, err := os.MkdirTemp(b.folder, "run-")
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	d, err := b.database(ctx, s, folder)
	if err != nil {
		return m, err
	}
	if s.pgbench.script != "" {
		return b.runPgbench(ctx, s.pgbench, folder, &d)
	}
	p, err := b.startSide(ctx, s, folder, &d)
	if err != nil {
		return m, err
	}
	for range s.serve.processes - 1 {
		other, problem := b.startTael(ctx, &d, s.serve.arguments)
		if problem != nil {
			return m, errors.Join(problem, p.stop())
		}
		defer func() { err = errors.Join(err, other.stop()) }()
		d.others = append(d.others, other.address)
	}
	requests, m, err := b.drive(ctx, s, p, folder, &d)
	if err := errors.Join(err, p.stop()); err != nil {
		return m, err
	}
	m.CPU = p.cpu().Seconds() * 1e6 / float64(requests)
	if s.serve.bare != "" || s.serve.kept {
		return m, nil
	}
	transfers, err := b.verify(ctx, d.path)
	if err == nil && s.charges {
		err = checkCharges(transfers-d.transfers, requests)
	}
	return m, err
}

// database makes the database of a side, or finds the one it keeps.
func (b *bench) database(ctx context.Context, s *side, folder string) (database, error) {
	if s.serve.fill.Partners == 0 {
		return database{path: filepath.Join(folder, "tael.db"), demo: true, key: reseller()}, nil
	}
	if d, ok := b.kept[s.name]; ok {
		return d, nil
	}
	if s.serve.kept {
		folder = filepath.Join(b.folder, s.name)
		if err := os.Mkdir(folder, 0o700); err != nil {
			return database{}, err
		}
	}
	d := database{path: filepath.Join(folder, "tael.db")}
	name := ""
	if s.serve.postgres {
		var err error
		if name, err = b.newDatabase(); err != nil {
			return d, err
		}
		d.path = b.cluster.Address(name)
	}
	if err := b.fill(ctx, &s.serve.fill, &d, filepath.Join(folder, "world.json")); err != nil {
		return d, err
	}
	var err error
	d.transfers, err = b.verify(ctx, d.path)
	if err == nil && s.serve.kept && s.serve.postgres {
		err = b.cluster.Settle(ctx, name)
	}
	if s.serve.kept {
		b.kept[s.name] = d
	}
	return d, err
}

// fill makes the world of a database. One that takes long says how far it is.
func (b *bench) fill(ctx context.Context, size *load.Size, d *database, world string) error {
	fill := exec.CommandContext(ctx, b.tael, "bench", "--fill", "--db", d.path, "--world", world,
		"--partners", strconv.Itoa(size.Partners), "--customers", strconv.Itoa(size.Customers),
		"--vouchers", strconv.Itoa(size.Vouchers), "--holders", strconv.Itoa(size.Holders),
		"--transfers", strconv.Itoa(size.Transfers), "--busiest", strconv.Itoa(size.Busiest))
	fill.Env = append(ownEnvironment(), masterKey)
	var output bytes.Buffer
	fill.Stdout, fill.Stderr = &output, &output
	if size.Transfers >= toldFrom {
		fill.Stderr = io.MultiWriter(&output, b.progress)
	}
	if err := fill.Run(); err != nil {
		return fmt.Errorf("tael bench --fill: %w\n%s", err, output.Bytes())
	}
	var err error
	if d.world, err = load.ReadWorld(world); err != nil {
		return err
	}
	key := d.world.Partners[0].Key
	d.key = signature.Credential{ID: key.ID, Key: key.Secret}
	return nil
}

// toldFrom is the number of transfers from which on filling takes long.
const toldFrom = 100_000

func (b *bench) startSide(ctx context.Context, s *side, folder string, d *database) (*process, error) {
	if s.serve.bare == "" {
		return b.startTael(ctx, d, s.serve.arguments)
	}
	answer, err := b.sampleAnswer(ctx, s, d)
	if err != nil {
		return nil, err
	}
	return startBare(ctx, s.serve.bare, folder, answer)
}

// sampleAnswer is what Tael answers to the requests of a side.
func (b *bench) sampleAnswer(ctx context.Context, s *side, d *database) (recordedAnswer, error) {
	p, err := b.startTael(ctx, d, nil)
	if err != nil {
		return recordedAnswer{}, err
	}
	answer, err := call(ctx, sign(p.address, d.key, s.action))
	return answer, errors.Join(err, p.stop())
}

// drive warms a server up, puts it under load and checks what it answered. It
// returns how many requests that were, the warm-up's included.
func (b *bench) drive(
	ctx context.Context, s *side, p *process, folder string, d *database,
) (requests int64, m measurement, err error) {
	if s.load.Work != "" {
		return b.generate(ctx, s, p, d)
	}
	if s.charges {
		return b.charge(ctx, p, folder, d)
	}
	request := func() signedRequest { // signed anew each time: a signature is valid for 300 s
		r := sign(p.address, d.key, s.action)
		if s.unsigned {
			r.header.Del("Authorization")
		}
		return r
	}
	warm, err := runWrk(ctx, folder, request(), warmTime, true)
	if err != nil {
		return 0, m, fmt.Errorf("warm-up: %w", err)
	}
	var before money.Amount
	if s.action.adds != 0 {
		if before, err = settledCredit(ctx, p.address); err != nil {
			return 0, m, err
		}
	}
	if m, err = runWrk(ctx, folder, request(), b.duration, false); err != nil {
		return 0, m, err
	}
	requests = warm.Requests + m.Requests
	if s.action.adds == 0 {
		return requests, m, checkBytes(warm, m)
	}
	after, err := settledCredit(ctx, p.address)
	if err != nil {
		return requests, m, err
	}
	return requests, m, checkCredit(after-before, s.action.adds, m.Requests)
}

// chargesMax is how many charges a second are made ready: more than can be
// recorded.
const chargesMax = 15_000

// charge sends charges that are each different: a repeated one would cost next
// to nothing. What came of them is checked when the database is verified.
func (b *bench) charge(
	ctx context.Context, p *process, folder string, d *database,
) (requests int64, m measurement, err error) {
	key := signature.Credential{ID: operator.ID, Key: operator.Secret}
	random := rand.New(rand.NewPCG(1, 1))
	partner := &d.world.Partners[0]
	sign := func(prefix string, n int) []signedRequest {
		all := make([]signedRequest, n)
		for i := range all {
			all[i] = signFor(p.address, key, "tael", "2026-11-01", action{
				name: "RecordCharge", body: fmt.Sprintf(
					`{"ChargeId":"%s-%09d","ClientUin":%d,"PayMode":"postPay","ProductCode":"bench","OriginalCost":0.00000001}`,
					prefix, i, partner.FirstCustomer+random.Int64N(partner.Customers)),
			})
		}
		return all
	}
	warm, err := runWrkOnce(ctx, folder, p.address, sign("warm", chargesMax), warmTime)
	if err != nil {
		return 0, m, fmt.Errorf("warm-up: %w", err)
	}
	m, err = runWrkOnce(ctx, folder, p.address, sign("charge", chargesMax*int(b.duration.Seconds())), b.duration)
	return warm.Requests + m.Requests, m, err
}

// checkCharges compares the transfers that were made with the charges that wrk
// counted, each of which a voucher pays alone. It does not count those that are
// on their way when time is up, of the warm-up and of the run.
func checkCharges(transfers, counted int64) error {
	if transfers < counted || transfers > counted+2*clients {
		return fmt.Errorf("%d charges were answered, but %d recorded", counted, transfers)
	}
	return nil
}

// generate makes load of many different requests, which wrk cannot sign. The
// generator checks the balances.
func (b *bench) generate(
	ctx context.Context, s *side, p *process, d *database,
) (requests int64, m measurement, err error) {
	o := s.load
	o.Endpoints, o.World, o.Operator = []string{"http://" + p.address}, d.world, operator
	for _, other := range d.others {
		o.Endpoints = append(o.Endpoints, "http://"+other)
	}
	o.Warm, o.Duration, o.Seed = warmTime, b.duration, 1
	r, err := load.Run(ctx, o)
	if err == nil && (len(r.Errors) > 0 || r.Unanswered > 0) {
		err = fmt.Errorf("not all succeeded: %s", r)
	}
	m = measurement{PerSecond: r.PerSecond, Requests: r.Requests, P50: r.P50, P99: r.P99}
	// The warm-up's requests are not counted; they come as fast as the others.
	return r.Requests + int64(r.PerSecond*warmTime.Seconds()), m, err
}

// checkBytes compares the answers' length with that of the warm-up's answers,
// all of which were successes: refusals have the same status but another length.
func checkBytes(warm, m measurement) error {
	length := (warm.Bytes + warm.Requests/2) / warm.Requests
	if m.Bytes < m.Requests*length || m.Bytes > (m.Requests+clients)*length {
		return fmt.Errorf("%d answers have %d bytes rather than %d each: some are refusals", m.Requests, m.Bytes, length)
	}
	return nil
}

// checkCredit compares what a customer was given with the answers that wrk
// counted. It does not count those that are on their way when time is up.
func checkCredit(risen, each money.Amount, counted int64) error {
	least := each * money.Amount(counted)
	if risen < least || risen > least+each*clients {
		return fmt.Errorf("%d allocations of %s were answered, but the customer's credit rose by %s", counted, each, risen)
	}
	return nil
}

// settledCredit is the customer's credit once it no longer changes.
func settledCredit(ctx context.Context, address string) (money.Amount, error) {
	last := money.Amount(-1)
	for range settleTime / settleStep {
		credit, err := customerCredit(ctx, address)
		if err != nil || credit == last {
			return credit, err
		}
		last = credit
		select {
		case <-time.After(settleStep):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
	return 0, fmt.Errorf("the customer's credit still changes %s after the load", settleTime)
}
