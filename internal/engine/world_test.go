package engine_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tael/internal/audit"
	"tael/internal/clock"
	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/store"
	"tael/internal/testkit"
	"tael/internal/vault"
)

// Whatever the tests start has to end: goroutines too.
func TestMain(m *testing.M) {
	testkit.Main(m)
}

// patience is how long anything may take that has to happen.
const patience = time.Minute

// The tree of most tests: a reseller and three customers.
const (
	root      = int64(200_000_001_000)
	customers = 3
)

// world is an engine on a real store, which can be closed and opened again.
type world struct {
	t       *testing.T
	address string
	vault   *vault.Vault
	clock   *clock.Clock
	store   *store.Store
	engine  *engine.Engine
	log     lockedBuffer
	watch   func(store.Statement, bool) error // see store.Options
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) count(word string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return strings.Count(b.text.String(), word)
}

var start = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// newWorld makes the tree with a line.
func newWorld(t *testing.T, d testkit.Database, batchMax int, line money.Amount) *world {
	t.Helper()
	key := make([]byte, 32)
	rand.Read(key) // never fails
	w := openWorld(t, d.Migrated(t), key, batchMax)
	w.plant(line)
	return w
}

func openWorld(t *testing.T, address string, key []byte, batchMax int) *world {
	t.Helper()
	w := &world{t: t, address: address, clock: &clock.Clock{}}
	w.clock.Set(start)
	var err error
	if w.vault, err = vault.New(key); err != nil {
		t.Fatal(err)
	}
	w.open(batchMax)
	t.Cleanup(w.close)
	return w
}

func (w *world) plant(line money.Amount) {
	w.t.Helper()
	w.mustDo(engine.Request{Root: root, Create: true, Command: &ledger.AddPartner{
		Uin: root, Role: partner.Reseller, LineTotal: line, QuotaTotal: line,
	}})
	for i := range customers {
		w.mustDo(engine.Request{Root: root, Command: &ledger.AddCustomer{Uin: customer(i), Partner: root}})
	}
}

func customer(i int) int64 { return root + 1 + int64(i) }

func (w *world) open(batchMax int) {
	w.t.Helper()
	var err error
	w.store, err = store.Open(context.Background(), store.Options{
		Address: w.address, Postgres: testkit.PostgresOptions(), Watch: w.watch, Vault: w.vault, Settings: &ledger.Settings{PoolBounded: true}, Migrate: true,
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.engine = engine.New(w.store, w.clock, slog.New(slog.NewTextHandler(&w.log, nil)), batchMax)
}

func (w *world) close() {
	if w.store == nil {
		return
	}
	w.engine.Close()
	if err := w.store.Close(); err != nil {
		w.t.Error(err)
	}
	w.store = nil
}

// do runs a request whose answer is the outcome.
func (w *world) do(ctx context.Context, r engine.Request) (ledger.Outcome, error) {
	if r.Answer == nil {
		r.Answer = func(o ledger.Outcome) any { return o }
	}
	result, err := w.run(ctx, r)
	if err != nil {
		return ledger.Outcome{}, err
	}
	if result.Replay != nil {
		return ledger.Outcome{}, errReplay
	}
	return result.Answer.(ledger.Outcome), nil
}

// insist is do for who is told that the engine is busy, as it may be where a disk
// stands still for five seconds: nothing was executed, and it is asked again.
func (w *world) insist(r engine.Request) (ledger.Outcome, error) {
	for began := time.Now(); ; {
		outcome, err := w.do(context.Background(), r)
		if !errors.Is(err, engine.ErrBusy) || time.Since(began) > patience {
			return outcome, err
		}
	}
}

var errReplay = errors.New("a recorded answer")

func (w *world) mustDo(r engine.Request) ledger.Outcome {
	w.t.Helper()
	outcome, err := w.do(context.Background(), r)
	if err != nil {
		w.t.Fatal(err)
	}
	return outcome
}

// allocation is a request that gives amount to a customer.
func allocation(i int, amount money.Amount, remark string) engine.Request {
	return engine.Request{
		Root:    root,
		Command: &ledger.Allocate{Partner: root, Customer: customer(i), Amount: amount, Remark: remark},
		Origin:  ledger.Origin{RequestID: "request " + remark, Operator: "Test"},
	}
}

// gate keeps the tree's worker busy until it is opened, so that what is queued
// meanwhile becomes one batch.
type gate struct {
	closed  chan struct{}
	reached chan struct{}
	done    chan error
}

func (w *world) shut(ctx context.Context) *gate {
	w.t.Helper()
	g := &gate{closed: make(chan struct{}), reached: make(chan struct{}), done: make(chan error, 1)}
	r := allocation(0, 1, "gate")
	var once sync.Once
	r.Answer = func(o ledger.Outcome) any {
		once.Do(func() { close(g.reached) })
		<-g.closed
		return o
	}
	go func() {
		_, err := w.do(ctx, r)
		g.done <- err
	}()
	<-g.reached
	return g
}

// open lets the worker go on and waits until the gate's own request is done.
func (g *gate) open(t *testing.T) {
	t.Helper()
	close(g.closed)
	if err := <-g.done; err != nil {
		t.Fatalf("the gate's own request: %v", err)
	}
}

// pending is a request that was queued behind a gate.
type pending struct {
	result engine.Result
	err    error
	done   chan struct{}
}

// queue sends requests one behind the other; all wait when it returns.
func (w *world) queue(ctx context.Context, requests ...engine.Request) []*pending {
	w.t.Helper()
	before := w.engine.Waiting(root)
	all := make([]*pending, len(requests))
	for i, r := range requests {
		if r.Answer == nil {
			r.Answer = func(o ledger.Outcome) any { return o }
		}
		p := &pending{done: make(chan struct{})}
		all[i] = p
		go func() {
			p.result, p.err = w.run(ctx, r)
			close(p.done)
		}()
		w.eventually("the request waits", func() bool { return w.engine.Waiting(root) == before+i+1 })
	}
	return all
}

func (p *pending) wait(t *testing.T) (engine.Result, error) {
	t.Helper()
	select {
	case <-p.done:
	case <-time.After(patience):
		t.Fatal("no answer")
	}
	return p.result, p.err
}

func (w *world) eventually(what string, condition func() bool) {
	w.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Microsecond) {
		if condition() {
			return
		}
	}
	w.t.Fatalf("still not so: %s", what)
}

// remarks are those of all transfers, in their order.
func (w *world) remarks() []string {
	w.t.Helper()
	transfers, err := w.store.Transfers(context.Background(), store.TransferFilter{Root: root, Limit: 1 << 40})
	if err != nil {
		w.t.Fatal(err)
	}
	all := make([]string, len(transfers))
	for i := range transfers {
		all[i] = transfers[i].Remark
	}
	return all
}

func (w *world) times(remark string) int {
	n := 0
	for _, r := range w.remarks() {
		if r == remark {
			n++
		}
	}
	return n
}

func (w *world) credit(i int) money.Amount {
	w.t.Helper()
	c, err := w.store.Customer(context.Background(), store.Account{Root: root, Uin: customer(i)}, 0)
	if err != nil {
		w.t.Fatal(err)
	}
	return c.Credit
}

func (w *world) line() money.Amount {
	w.t.Helper()
	p, err := w.store.PartnerCredit(context.Background(), store.Account{Root: root, Uin: root})
	if err != nil {
		w.t.Fatal(err)
	}
	return p.Line
}

func (w *world) verify() {
	w.t.Helper()
	err := w.store.Verify(context.Background(), nil, func(store.VerifiedTree, int) error { return nil })
	err = errors.Join(err, w.store.VerifyAudit(context.Background(), nil, func(store.AuditEnd) error { return nil }))
	if err != nil {
		w.t.Errorf("verify: %v", err)
	}
	w.compareAudit()
}

// run gives a request that names itself its event in the audit, and runs it.
func (w *world) run(ctx context.Context, r engine.Request) (engine.Result, error) {
	if r.Origin.RequestID != "" {
		r.Audit = &audit.Event{At: start.UnixMilli(), Action: "Test", RequestID: r.Origin.RequestID}
	}
	return w.engine.Do(ctx, r)
}

// compareAudit finds each allocation that was executed once in the audit, and no
// other: however often its batch was tried.
func (w *world) compareAudit() {
	w.t.Helper()
	transfers, err := w.store.Transfers(context.Background(), store.TransferFilter{Root: root, Limit: 1 << 40})
	if err != nil {
		w.t.Fatal(err)
	}
	balance := map[string]int{}
	for i := range transfers {
		if transfers[i].RequestID != "" {
			balance[transfers[i].RequestID]++
		}
	}
	for filter := (store.AuditFilter{Root: root, Limit: 1000}); ; {
		events, next, err := w.store.AuditEvents(context.Background(), filter)
		if err != nil {
			w.t.Fatal(err)
		}
		for i := range events {
			balance[events[i].RequestID]--
		}
		if next == (store.AuditPlace{}) {
			break
		}
		filter.Before = next
	}
	for request, n := range balance {
		// Some that have no remark make no transfer, with an amount of 0.
		if n != 0 && request != "request " {
			w.t.Errorf("%q was executed %d times more often than recorded", request, n)
		}
	}
}

// sql runs a statement behind the engine's back.
func (w *world) sql(statement string) {
	w.t.Helper()
	testkit.Execute(w.t, w.address, statement)
}

// randomness is seeded by TAEL_TEST_SEED, or by the clock, and says with what.
func randomness(t *testing.T) uint64 {
	t.Helper()
	seed := mathrand.Uint64()
	if text := os.Getenv("TAEL_TEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("TAEL_TEST_SEED=%d", seed)
	return seed
}

// batchSizes runs a test with batches of one and of the usual size, on each
// database.
func batchSizes(t *testing.T, test func(t *testing.T, d testkit.Database, batchMax int)) {
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		for _, batchMax := range []int{1, engine.BatchMax} {
			t.Run(fmt.Sprintf("batches of %d", batchMax), func(t *testing.T) {
				t.Parallel()
				test(t, d, batchMax)
			})
		}
	})
}
