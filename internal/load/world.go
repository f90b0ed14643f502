// Package load fills databases with worlds of any size and puts running
// servers under load: what "tael bench" does. It measures as a client sees it,
// and proves afterwards that the balances are those that the answers add up to.
package load

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"tael/internal/actions"
	"tael/internal/clock"
	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/store"
	"tael/internal/voucher"
)

// Size says how large a world is.
type Size struct {
	Partners  int // resellers, each a tree of its own
	Customers int // of each
	Vouchers  int // of each customer that gets any
	Holders   int // customers of each partner that get vouchers; 0: all
	Transfers int // of each partner, at least: allocations fill up what setting up does not make
	Busiest   int // allocations to each partner's first customer, at least, spread over all others
}

// The largest worlds: UINs are computed, and have room for as many.
const (
	PartnersMax  = 10_000
	CustomersMax = 8_999_999
)

// World is what load needs to know of a filled database. Its keys are secret.
type World struct {
	Partners []Partner `json:"partners"`
}

// Partner is a reseller with the key that signs for it. Its customers have
// consecutive UINs.
type Partner struct {
	Uin           int64 `json:"uin"`
	Key           Key   `json:"key"`
	FirstCustomer int64 `json:"first_customer"`
	Customers     int64 `json:"customers"`
	// Allocations were made to the first customer, who has the most.
	Allocations int64 `json:"first_customer_allocations"`
}

// Key signs requests.
type Key struct {
	ID     string `json:"secret_id"`
	Secret string `json:"secret_key"`
}

// What each partner and customer of a filled world gets.
const (
	line         = 1_000_000_000 * money.Dollar
	granted      = 100 * money.Dollar
	voucherFace  = 5 * money.Dollar
	voucherLife  = 365 * 24 * time.Hour
	fillingMax   = 2 * engine.BatchMax // requests that wait at once: one batch runs, one gathers
	fillOperator = "tael bench"
)

// filler fills one database.
type filler struct {
	store  *store.Store
	engine *engine.Engine
	clock  *clock.Clock
	size   Size
	done   atomic.Int64
}

// Fill adds a world to a database through the engine, as the actions would.
// progress is told from time to time how many commands of how many are done.
func Fill(
	ctx context.Context, s *store.Store, e *engine.Engine, c *clock.Clock, size Size, progress func(done, all int64),
) (World, error) {
	if err := size.check(); err != nil {
		return World{}, err
	}
	f := &filler{store: s, engine: e, clock: c, size: size}
	finished := make(chan struct{})
	reported := make(chan struct{})
	go func() {
		defer close(reported)
		f.report(finished, progress)
	}()
	world, err := f.partners(ctx)
	close(finished)
	<-reported
	return world, err
}

func (s *Size) check() error {
	switch {
	case s.Partners < 1 || s.Partners > PartnersMax || s.Customers < 1 || s.Customers > CustomersMax:
		return fmt.Errorf("a world has 1 to %d partners with 1 to %d customers each", PartnersMax, CustomersMax)
	case s.Vouchers < 0 || s.Holders < 0 || s.Holders > s.Customers || s.Transfers < 0 || s.Busiest < 0:
		return errors.New("vouchers, transfers and allocations are 0 or more, holders no more than customers")
	}
	return nil
}

// all is how many commands it takes.
func (f *filler) all() int64 {
	return int64(f.size.Partners) * (1 + 2*int64(f.size.Customers) + f.vouchers() + f.more())
}

func (f *filler) holders() int64 {
	if f.size.Holders == 0 {
		return int64(f.size.Customers)
	}
	return int64(f.size.Holders)
}

// vouchers is how many a partner issues.
func (f *filler) vouchers() int64 { return f.holders() * int64(f.size.Vouchers) }

// more is how many allocations a partner makes beyond the first of each
// customer. Setting up makes two transfers and one more a customer and voucher.
func (f *filler) more() int64 {
	made := 2 + int64(f.size.Customers) + f.vouchers()
	return max(int64(f.size.Transfers)-made, int64(f.size.Busiest)-1, 0)
}

// further is the allocation number i of these: the first customer's are spread over
// all others, which take turns, as the busiest customer's would be.
func (f *filler) further(p *Partner, i int64) engine.Request {
	if f.firsts(i+1) > f.firsts(i) {
		return allocation(p, 0, 1)
	}
	return allocation(p, 1+i%(p.Customers-1), 1)
}

// firsts is how many of so many further allocations are the first customer's.
func (f *filler) firsts(of int64) int64 {
	switch all := f.more(); {
	case f.size.Customers == 1:
		return of
	case all > 0:
		return max(0, int64(f.size.Busiest)-1) * of / all
	}
	return 0
}

func (f *filler) report(finished <-chan struct{}, progress func(done, all int64)) {
	ticks := time.NewTicker(time.Second)
	defer ticks.Stop()
	for {
		select {
		case <-ticks.C:
			progress(f.done.Load(), f.all())
		case <-finished:
			progress(f.done.Load(), f.all())
			return
		}
	}
}

// partners sets up all trees. A single large one has the engine to itself; of
// many small ones, several are set up at once.
func (f *filler) partners(ctx context.Context) (World, error) {
	world := World{Partners: make([]Partner, f.size.Partners)}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(16)
	for i := range world.Partners {
		group.Go(func() (err error) {
			world.Partners[i], err = f.partner(ctx, i)
			return err
		})
	}
	return world, group.Wait()
}

// firstUin is the UIN of the first partner; each has a range of UINs for itself
// and its customers.
const (
	firstUin = int64(210_000_000_000)
	uinRange = CustomersMax + 1
	// FirstCustomer is the UIN of the first partner's first customer.
	FirstCustomer = firstUin + 1
)

func (f *filler) partner(ctx context.Context, number int) (Partner, error) {
	uin := firstUin + int64(number)*uinRange
	p := Partner{
		Uin: uin, FirstCustomer: uin + 1, Customers: int64(f.size.Customers), Allocations: 1 + f.firsts(f.more()),
	}
	p.Key.ID, p.Key.Secret = actions.NewKey()
	now, name := f.clock.Real(), fmt.Sprintf("Bench Reseller %d", number+1)
	key, err := f.store.ClaimKey(uin, p.Key.ID, p.Key.Secret, now)
	if err != nil {
		return p, err
	}
	identity := store.Identity{Uin: uin, Root: uin, Role: partner.Reseller, Name: name}
	err = f.do(ctx, engine.Request{
		Root: uin, Create: true, Claims: []store.Claim{store.ClaimIdentity(identity, now), key},
		Command: &ledger.AddPartner{
			Uin: uin, Role: partner.Reseller, Profile: ledger.Profile{Name: name}, LineTotal: line, QuotaTotal: line,
		},
	})
	if errors.Is(err, store.ErrUinTaken) {
		return p, f.taken(ctx, uin)
	}
	if err != nil {
		return p, err
	}
	// In rounds, since a customer comes before what it is given.
	if err := f.each(ctx, p.Customers, func(i int64) engine.Request { return f.customer(&p, i) }); err != nil {
		return p, err
	}
	if err := f.each(ctx, p.Customers, func(i int64) engine.Request { return allocation(&p, i, granted) }); err != nil {
		return p, err
	}
	if err := f.each(ctx, f.vouchers(), func(i int64) engine.Request { return f.voucher(&p, i) }); err != nil {
		return p, err
	}
	return p, f.each(ctx, f.more(), func(i int64) engine.Request { return f.further(&p, i) })
}

// taken says what there is already, of a world that may be complete or not.
func (f *filler) taken(ctx context.Context, uin int64) error {
	there, err := f.store.PartnerCredit(ctx, store.Account{Root: uin, Uin: uin})
	if err != nil {
		return err
	}
	return fmt.Errorf("the database holds a world of tael bench already, or the part of one that was made before "+
		"it was interrupted: partner %d with %d customers, who were given %s; fill an empty database",
		uin, there.Customers, there.Allocated())
}

// each runs n requests, many at a time.
func (f *filler) each(ctx context.Context, n int64, request func(i int64) engine.Request) error {
	group, ctx := errgroup.WithContext(ctx)
	var next atomic.Int64
	for range min(n, fillingMax) {
		group.Go(func() error {
			for {
				i := next.Add(1) - 1
				if i >= n {
					return nil
				}
				if err := f.do(ctx, request(i)); err != nil {
					return err
				}
			}
		})
	}
	return group.Wait()
}

func (f *filler) do(ctx context.Context, r engine.Request) error {
	r.Origin = ledger.Origin{RequestID: fillOperator, Operator: fillOperator}
	r.Answer = func(ledger.Outcome) any { return nil }
	for {
		_, err := f.engine.Do(ctx, r)
		if err == nil {
			f.done.Add(1)
			return nil
		}
		if !errors.Is(err, engine.ErrBusy) || ctx.Err() != nil {
			return err
		}
		select { // nothing was executed
		case <-time.After(100 * time.Millisecond):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (f *filler) customer(p *Partner, i int64) engine.Request {
	uin, name := p.FirstCustomer+i, fmt.Sprintf("Bench Customer %d", i+1)
	return engine.Request{
		Root: p.Uin,
		Claims: []store.Claim{store.ClaimIdentity(
			store.Identity{Uin: uin, Root: p.Uin, Role: partner.Customer, Name: name}, f.clock.Real(),
		)},
		Command: &ledger.AddCustomer{Uin: uin, Partner: p.Uin, Profile: ledger.Profile{Name: name}},
	}
}

func allocation(p *Partner, i int64, amount money.Amount) engine.Request {
	return engine.Request{Root: p.Uin, Command: &ledger.Allocate{
		Partner: p.Uin, Customer: p.FirstCustomer + i%p.Customers, Amount: amount,
	}}
}

func (f *filler) voucher(p *Partner, i int64) engine.Request {
	now := f.clock.Now(p.Uin).Truncate(time.Second)
	return engine.Request{Root: p.Uin, Command: &ledger.IssueVoucher{Voucher: voucher.Voucher{
		Code: fmt.Sprintf("BENCH%017d", i), Issuer: p.Uin, Customer: f.holder(p, i%f.holders()), Face: voucherFace,
		Effective: now.UnixMilli(), Expire: now.Add(voucherLife).UnixMilli(),
		PaymentMode: "AllPayment", Scope: "AllProducts", Usage: "CustomerOffer",
	}}}
}

// holder is one of the customers that get vouchers, who are spread over all.
func (f *filler) holder(p *Partner, i int64) int64 {
	return p.FirstCustomer + i*p.Customers/f.holders()
}

// Save writes a world to a file that only its owner can read.
func (w *World) Save(path string) error {
	text, err := json.MarshalIndent(w, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o600)
}

// ReadWorld reads what Save wrote.
func ReadWorld(path string) (World, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return World{}, err
	}
	var w World
	if err := json.Unmarshal(text, &w); err != nil {
		return World{}, fmt.Errorf("%s: %w", path, err)
	}
	for _, p := range w.Partners {
		if p.Customers < 1 || p.Customers > math.MaxInt32 || p.Allocations < 0 || p.Key.ID == "" {
			return World{}, fmt.Errorf("%s: partner %d has no customers or no key", path, p.Uin)
		}
	}
	if len(w.Partners) == 0 {
		return World{}, fmt.Errorf("%s: no partners", path)
	}
	return w, nil
}
