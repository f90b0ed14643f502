package store_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tael/internal/clock"
	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/store"
	"tael/internal/testkit"
	"tael/internal/voucher"
)

// The tree of the simulation: a distributor, a second-level reseller of it, and
// two customers of each.
var (
	simulatedPartners  = []int64{root, root + 10}
	simulatedCustomers = []int64{root + 1, root + 2, root + 11, root + 12}
)

// books are what the simulation expects of the tree, kept by what commands were
// answered: plain sums, without a thought for how the store keeps them.
type books struct {
	granted, spent       map[int64]money.Amount // by customer
	lineTotal, allocated map[int64]money.Amount // by partner
	quotaTotal, given    map[int64]money.Amount // by partner; given holds issues and pools, less returns
	frozen               map[int64]bool
	owner                map[int64]int64 // by customer: its partner
	forced               map[int64]bool
	vouchers             map[int64]*voucher.Voucher
	charges              map[string]*ledger.Charge
	refunds              map[ledger.RefundKey]money.Amount
	usages               map[int64]int64 // by voucher: charges that it paid for
}

// simulation runs random commands on a real database.
type simulation struct {
	t       *testing.T
	random  *rand.Rand
	address string
	store   *store.Store
	engine  *engine.Engine
	clock   clock.Clock
	now     time.Time
	// settings are those that the database is made with.
	settings ledger.Settings
	left     int // customers that were unbound
	moved    int
	recalled atomic.Int64                      // batches that began with what is remembered
	watch    func(store.Statement, bool) error // see store.Options
	books
}

func newSimulation(t *testing.T, d testkit.Database, seed uint64) *simulation {
	t.Helper()
	s := &simulation{
		t: t, random: rand.New(rand.NewPCG(seed, 1)), address: d.Migrated(t), now: start,
		settings: ledger.Settings{PoolBounded: true, ExpiredReturn: seed%2 == 1},
		books: books{
			granted: map[int64]money.Amount{}, spent: map[int64]money.Amount{}, lineTotal: map[int64]money.Amount{},
			allocated: map[int64]money.Amount{}, quotaTotal: map[int64]money.Amount{}, given: map[int64]money.Amount{},
			frozen: map[int64]bool{}, owner: map[int64]int64{}, forced: map[int64]bool{}, vouchers: map[int64]*voucher.Voucher{}, charges: map[string]*ledger.Charge{},
			refunds: map[ledger.RefundKey]money.Amount{}, usages: map[int64]int64{},
		},
	}
	s.clock.Set(start)
	s.open()
	s.must(&ledger.AddPartner{
		Uin: root, Role: partner.Distributor, LineTotal: 5000 * money.Dollar, QuotaTotal: 5000 * money.Dollar,
	})
	s.must(&ledger.AddPartner{Uin: root + 10, Parent: root, Role: partner.Subreseller})
	for _, uin := range simulatedCustomers {
		s.owner[uin] = uin / 10 * 10
		s.must(&ledger.AddCustomer{Uin: uin, Partner: s.owner[uin]})
	}
	s.lineTotal[root], s.quotaTotal[root] = 5000*money.Dollar, 5000*money.Dollar
	return s
}

func (s *simulation) open() {
	s.t.Helper()
	var err error
	s.store, err = store.Open(context.Background(), store.Options{
		Address: s.address, Postgres: testkit.PostgresOptions(), Vault: vaultOf(s.t, "a"), Settings: &s.settings, Migrate: true, Watch: s.watched,
	})
	if err != nil {
		s.t.Fatal(err)
	}
	opened := s.store
	s.t.Cleanup(func() { _ = opened.Close() }) // most are closed earlier
	s.engine = engine.New(s.store, &s.clock, slog.New(slog.DiscardHandler), 0)
}

func (s *simulation) watched(statement store.Statement, done bool) error {
	if !done && strings.Contains(statement.SQL, "SET batch = CASE") {
		s.recalled.Add(1)
	}
	if s.watch == nil {
		return nil
	}
	return s.watch(statement, done)
}

func (s *simulation) close() {
	s.t.Helper()
	s.engine.Close()
	shut(s.t, s.store)
}

func (s *simulation) do(c ledger.Command) (ledger.Outcome, error) {
	result, err := s.engine.Do(context.Background(), engine.Request{
		Root: root, Create: true, Command: c, Origin: ledger.Origin{RequestID: "r", Operator: "o"},
		Answer: func(o ledger.Outcome) any { return o },
	})
	if err != nil {
		return ledger.Outcome{}, err
	}
	return result.Answer.(ledger.Outcome), nil
}

func (s *simulation) must(c ledger.Command) {
	s.t.Helper()
	if _, err := s.do(c); err != nil {
		s.t.Fatalf("%+v: %v", c, err)
	}
}

// amount is at most a number of dollars, and at times less than nothing.
func (s *simulation) amount(most int64) money.Amount {
	a := money.Amount(s.random.Int64N(most*int64(money.Dollar)) + 1)
	if s.random.IntN(4) == 0 {
		return -a
	}
	return a
}

func pick[T any](s *simulation, from []T) T { return from[s.random.IntN(len(from))] }

// command draws one; customers are mostly named with their own partner.
func (s *simulation) command() ledger.Command {
	c := pick(s, simulatedCustomers)
	p := s.owner[c]
	if p == 0 && s.random.IntN(2) == 0 {
		return &ledger.AddCustomer{Uin: c, Partner: pick(s, simulatedPartners)}
	}
	if p == 0 || s.random.IntN(20) == 0 {
		p = pick(s, simulatedPartners)
	}
	switch s.random.IntN(13) {
	case 0:
		return &ledger.AllocatePool{Distributor: root, Subreseller: root + 10, Amount: s.amount(500)}
	case 1:
		return &ledger.AllocateVoucherPool{Distributor: root, Subreseller: root + 10, Amount: s.amount(500)}
	case 2:
		return &ledger.SetLine{Partner: root, Total: money.Amount(2000+s.random.IntN(4000)) * money.Dollar}
	case 3:
		return &ledger.SetStatus{Partner: p, Frozen: s.random.IntN(4) == 0}
	case 4:
		return &ledger.WithdrawVoucher{Issuer: p, Voucher: store.FirstVoucher + 1 + s.random.Int64N(40)}
	case 5, 6:
		return s.issue(p, c)
	case 7, 8, 9:
		return &ledger.RecordCharge{Charge: ledger.Charge{
			ID: fmt.Sprint("charge ", s.random.IntN(120)), Content: s.content(), Customer: c,
			TransactionAt: s.now.UnixMilli(), PayMode: pick(s, []string{voucher.PrePay, voucher.PostPay}),
			ProductCode: pick(s, []string{"cvm", "cbs"}), Cost: money.Amount(s.random.Int64N(40 * int64(money.Dollar))),
		}}
	case 10:
		refund := &ledger.RefundCharge{
			RefundKey: ledger.RefundKey{Charge: fmt.Sprint("charge ", s.random.IntN(120)), ID: pick(s, []string{"1", "2"})},
			Customer:  c, Content: s.content(),
		}
		if s.random.IntN(2) == 0 {
			part := s.amount(10)
			refund.Amount = &part
		}
		return refund
	case 11:
		return s.membership(p, c)
	}
	return &ledger.Allocate{Partner: p, Customer: c, Amount: s.amount(100)}
}

func (s *simulation) content() [32]byte { return [32]byte{pick(s, []byte{0, 0, 0, 0, 0, 1})} }

func (s *simulation) issue(p, c int64) ledger.Command {
	from := s.now.Unix() + s.random.Int64N(30) - 10
	return &ledger.IssueVoucher{Voucher: voucher.Voucher{
		Code: fmt.Sprintf("%022d", s.random.Uint64()), Issuer: p, Customer: c,
		Face:      money.Amount(s.random.Int64N(30*int64(money.Dollar)) + 1),
		Effective: 1000 * from, Expire: 1000 * (from + s.random.Int64N(60)), Usage: "CustomerOffer",
		PaymentMode: pick(s, []string{"AllPayment", "Prepaid", "Postpaid"}),
		Scope:       pick(s, []string{"AllProducts", "SpecifyProducts", "SpecifyProductsBlacklist"}), Products: "cvm",
	}}
}

// book enters what a command was answered.
func (s *simulation) book(c ledger.Command, o ledger.Outcome) {
	switch c := c.(type) {
	case *ledger.AllocatePool:
		s.lineTotal[c.Subreseller] += c.Amount
		s.allocated[c.Distributor] += c.Amount
	case *ledger.AllocateVoucherPool:
		s.quotaTotal[c.Subreseller] += c.Amount
		s.given[c.Distributor] += c.Amount
	case *ledger.SetLine:
		s.lineTotal[c.Partner] = c.Total
	case *ledger.SetStatus:
		s.frozen[c.Partner] = c.Frozen
	case *ledger.Allocate:
		s.granted[c.Customer] += c.Amount
		s.allocated[c.Partner] += c.Amount
	case *ledger.IssueVoucher:
		v := o.Voucher
		s.vouchers[v.ID] = &v
		s.given[v.Issuer] += v.Face
	case *ledger.WithdrawVoucher:
		v := s.vouchers[c.Voucher]
		if o.Returned != v.Balance {
			s.t.Fatalf("%+v returned %s of %+v", c, o.Returned, v)
		}
		s.given[v.Issuer] -= v.Balance
		v.Balance, v.Withdrawn = 0, true
	case *ledger.RecordCharge:
		s.bookCharge(c, o.Charge)
	case *ledger.RefundCharge:
		if first, repeated := s.refunds[c.RefundKey]; repeated {
			if first != o.Refund.Amount {
				s.t.Fatalf("%+v was answered %s, first %s", c, o.Refund.Amount, first)
			}
			return
		}
		s.refunds[c.RefundKey] = o.Refund.Amount
		s.spent[c.Customer] -= o.Refund.Amount
		s.charges[c.Charge].Refunded += o.Refund.Amount
	default:
		s.bookMembership(c, o)
	}
}

func (s *simulation) bookCharge(c *ledger.RecordCharge, charge ledger.Charge) {
	if first := s.charges[charge.ID]; first != nil {
		if first.Line != charge.Line || first.CreditPaid != charge.CreditPaid ||
			first.RemainingAfter != charge.RemainingAfter || !slices.Equal(first.Payments, charge.Payments) {
			s.t.Fatalf("%+v was answered %+v, first %+v", c, charge, *first)
		}
		return
	}
	s.charges[charge.ID] = &charge
	s.spent[charge.Customer] += charge.CreditPaid
	rest := charge.Cost
	for _, p := range charge.Payments {
		v := s.vouchers[p.Voucher]
		if !v.UsableAt(s.now.UnixMilli()) || p.Amount > v.Balance {
			s.t.Fatalf("%+v was paid with %s of %+v", charge, p.Amount, v)
		}
		v.Balance -= p.Amount
		v.Used += p.Amount
		s.usages[v.ID]++
		rest -= p.Amount
	}
	if rest != charge.CreditPaid || charge.RemainingAfter != s.granted[charge.Customer]-s.spent[charge.Customer] {
		s.t.Fatalf("%+v does not add up", charge)
	}
}

// business runs a command and enters it.
func (s *simulation) business() {
	c := s.command()
	o, err := s.do(c)
	if err == nil {
		s.book(c, o)
		return
	}
	s.refused(c, err)
}

// refused insists that an error is a refusal that the rules know.
func (s *simulation) refused(c ledger.Command, err error) {
	for _, refusal := range []error{
		ledger.ErrNotCustomer, ledger.ErrFrozen, ledger.ErrLineExceeded, ledger.ErrCreditInsufficient,
		ledger.ErrPoolRange, ledger.ErrQuotaExceeded, ledger.ErrValidity, ledger.ErrNotVoucher, ledger.ErrNotIssued,
		ledger.ErrBalance, ledger.ErrTopLine, ledger.ErrNotCharge, ledger.ErrContent, ledger.ErrRefundable,
		ledger.ErrExists, ledger.ErrForced, ledger.ErrOverdue,
	} {
		if errors.Is(err, refusal) {
			return
		}
	}
	s.t.Fatalf("%+v: %v", c, err)
}

// pass lets some time pass, at times.
func (s *simulation) pass() {
	if s.random.IntN(4) == 0 {
		s.now = s.now.Add(time.Duration(s.random.IntN(6000)) * time.Millisecond)
		s.clock.Set(s.now)
	}
}

// compare holds the store's reads against the books.
func (s *simulation) compare() {
	s.t.Helper()
	ctx, now := context.Background(), s.now.UnixMilli()
	if _, err := s.store.Remembers(ctx, root); err != nil {
		s.t.Fatalf("what is remembered is wrong: %v", err)
	}
	for _, uin := range simulatedPartners {
		p, err := s.store.PartnerQuota(ctx, store.Account{Root: root, Uin: uin}, now)
		given := s.given[uin]
		for _, v := range s.vouchers {
			if s.settings.ExpiredReturn && v.Issuer == uin && v.StateAt(now) == voucher.Expired {
				given -= v.Balance
			}
		}
		got := fmt.Sprint(p.LineTotal, p.Line, p.QuotaTotal, p.Quota, p.Frozen)
		want := fmt.Sprint(s.lineTotal[uin], s.lineTotal[uin]-s.allocated[uin], s.quotaTotal[uin],
			s.quotaTotal[uin]-given, s.frozen[uin])
		if err != nil || got != want {
			s.t.Fatalf("partner %d: %s %v\nshould be %s", uin, got, err, want)
		}
		s.compareCustomersOf(ctx, uin, now)
	}
	for _, uin := range simulatedCustomers {
		c, err := s.store.Customer(ctx, store.Account{Root: root, Uin: uin}, now)
		if s.owner[uin] == 0 {
			if !errors.Is(err, store.ErrNotFound) {
				s.t.Fatalf("customer %d has left: %+v, %v", uin, c, err)
			}
			continue
		}
		var held []voucher.Voucher
		var total money.Amount
		for _, v := range s.vouchers {
			if v.Customer == uin && !v.Withdrawn && !v.Closed {
				held = append(held, *v)
				total += v.Face
			}
		}
		sums := voucher.Sum(held, now)
		got := fmt.Sprint(c.Partner, c.Credit, c.Spent, c.Forced, c.VoucherTotal, c.Vouchers.Remaining, c.Vouchers.Usable)
		want := fmt.Sprint(s.owner[uin], s.granted[uin]-s.spent[uin], s.spent[uin], s.forced[uin], total,
			sums.Remaining, sums.Usable)
		if err != nil || got != want {
			s.t.Fatalf("customer %d: %s %v\nshould be %s", uin, got, err, want)
		}
	}
}

// compareCustomersOf holds a partner's lists and totals of customers against
// its customers' own figures; it sees those of nobody else (domain.md §11, 2, 3,
// 7 and 15).
func (s *simulation) compareCustomersOf(ctx context.Context, uin, now int64) {
	s.t.Helper()
	account := store.Account{Root: root, Uin: uin}
	seen := map[int64]ledger.Customer{}
	for _, customer := range simulatedCustomers {
		found, err := s.store.CustomersByUin(ctx, account, []int64{customer}, now)
		if err != nil || (len(found) == 1) != (s.owner[customer] == uin) {
			s.t.Fatalf("partner %d sees of customer %d: %+v, %v", uin, customer, found, err)
		}
		amounts, err := s.store.VoucherAmountsByUin(ctx, account, []int64{customer}, now)
		if err != nil || len(amounts) != len(found) {
			s.t.Fatalf("partner %d sees of customer %d: %+v, %v", uin, customer, amounts, err)
		}
		for i, c := range found {
			seen[c.Uin] = c
			if amounts[i].VoucherTotal != c.VoucherTotal || amounts[i].Vouchers.Remaining != c.Vouchers.Remaining {
				s.t.Fatalf("customer %+v, but its amounts %+v", c, amounts[i])
			}
		}
	}
	listed, total, err := s.store.Customers(ctx, account, store.CustomerFilter{}, store.Page{Number: 1, Size: 10})
	if err != nil || int(total) != len(listed) || len(listed) != len(seen) {
		s.t.Fatalf("partner %d: %d of %d customers, %d by UIN: %v", uin, len(listed), total, len(seen), err)
	}
	var granted, remaining money.Amount
	for _, l := range listed {
		c := seen[l.Uin]
		if s.owner[l.Uin] != uin || l.Credit != c.Credit || l.Spent != c.Spent ||
			c.Total() != s.granted[l.Uin] || c.Spent != s.spent[l.Uin] {
			s.t.Fatalf("partner %d: listed %+v, by UIN %+v", uin, l.Customer, c)
		}
		granted, remaining = granted+c.Total(), remaining+c.Credit
	}
	p, err := s.store.PartnerCredit(ctx, account)
	if err != nil || p.CustomerTotal != granted || p.CustomerRemaining != remaining ||
		p.LineTotal != p.Allocated()+p.Line || uin != root && p.Allocated() != granted {
		s.t.Fatalf("partner %d: %+v, %v; its customers have %s and %s", uin, p, err, granted, remaining)
	}
}

// compareVouchers also asks for each state alone, and for what vouchers paid.
func (s *simulation) compareVouchers() {
	s.t.Helper()
	ctx, now := context.Background(), s.now.UnixMilli()
	seen := 0
	for _, v := range s.vouchers {
		if v.Closed {
			seen++ // in no list
		}
	}
	for _, state := range []voucher.State{voucher.Issued, voucher.Used, voucher.Expired, voucher.Invalidated} {
		filter := store.VoucherFilter{Root: root, States: []voucher.State{state}, Now: now}
		listed, total, err := s.store.Vouchers(ctx, filter, store.Page{Number: 1, Size: 10_000})
		if err != nil || int(total) != len(listed) {
			s.t.Fatalf("%s: %d of %d: %v", state, len(listed), total, err)
		}
		for _, v := range listed {
			if v.Settled && s.settings.ExpiredReturn { // the books keep what was on it
				v.Balance, v.Settled = v.Remaining(), false
			}
			if want := s.vouchers[v.ID]; want == nil || want.Closed || v != *want || want.StateAt(now) != state {
				s.t.Fatalf("%s: %+v\nshould be %+v", state, v, want)
			}
		}
		seen += len(listed)
	}
	if seen != len(s.vouchers) {
		s.t.Fatalf("%d vouchers, should be %d", seen, len(s.vouchers))
	}
	for id, v := range s.vouchers {
		usages, _, all, err := s.store.Usages(ctx, store.UsageFilter{Root: root, Voucher: id}, store.Page{Number: 1, Size: 1000})
		var paid money.Amount
		for _, u := range usages {
			paid += u.Amount
		}
		if err != nil || all != s.usages[id] || paid != v.Used {
			s.t.Fatalf("voucher %d: %d usages of %s, %v; should be %d of %s", id, all, paid, err, s.usages[id], v.Used)
		}
	}
}

// seeds runs a test with each of n seeds, on each database.
func seeds(t *testing.T, n uint64, test func(t *testing.T, d testkit.Database, seed uint64)) {
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		for seed := range n {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				test(t, d, seed)
			})
		}
	})
}

// Whatever comes in, one at a time on a database that is closed and opened
// again, the store's reads say what the answers add up to, and everything
// verifies at the end.
func TestSimulation(t *testing.T) {
	t.Parallel()
	seeds(t, 4, func(t *testing.T, d testkit.Database, seed uint64) {
		s := newSimulation(t, d, seed)
		for step := range 600 {
			s.pass()
			s.business()
			s.compare()
			if step%20 == 0 {
				s.compareVouchers()
			}
			if s.random.IntN(60) == 0 {
				s.close()
				s.open()
				s.compare()
			}
		}
		s.compare()
		s.compareVouchers()
		if len(s.usages) == 0 || len(s.refunds) == 0 || len(s.charges) < 20 || s.left == 0 || s.moved == 0 {
			t.Errorf("only %d charges, %d usages, %d refunds, %d left, %d moved",
				len(s.charges), len(s.usages), len(s.refunds), s.left, s.moved)
		}
		if n := s.recalled.Load(); n < 50 {
			t.Errorf("only %d batches began with what is remembered", n)
		}
		s.engine.Close()
		verify(t, s.store)
	})
}

// Requests that come at the same time make one batch: the sums of vouchers hold
// in it, whoever names whose vouchers.
func TestSimulationOfBatches(t *testing.T) {
	t.Parallel()
	seeds(t, 4, func(t *testing.T, d testkit.Database, seed uint64) {
		s := newSimulation(t, d, 100+seed)
		for range 40 {
			s.now = s.now.Add(time.Duration(s.random.IntN(4000)) * time.Millisecond)
			s.clock.Set(s.now)
			var running sync.WaitGroup
			for range 12 {
				c := s.command()
				running.Go(func() { _, _ = s.do(c) })
			}
			running.Wait()
		}
		s.engine.Close()
		verify(t, s.store)
	})
}

// Where many vouchers expire at once, all of them are back in the quota for the
// next command that needs it, though no batch returns that many.
func TestManyExpiredVouchersReturnTogether(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s := newSimulation(t, d, 1)
		const many = 250
		for range many {
			s.must(&ledger.IssueVoucher{Voucher: voucher.Voucher{
				Issuer: root, Customer: root + 1, Face: 20 * money.Dollar, Expire: s.now.UnixMilli(), PaymentMode: "AllPayment",
			}})
		}
		give := &ledger.AllocateVoucherPool{Distributor: root, Subreseller: root + 10, Amount: many * 20 * money.Dollar}
		if _, err := s.do(give); !errors.Is(err, ledger.ErrQuotaExceeded) {
			t.Fatalf("before they expired: %v", err)
		}
		s.now = s.now.Add(time.Second)
		s.clock.Set(s.now)
		s.must(give)
		returned := 0
		transfers, err := s.store.Transfers(t.Context(), store.TransferFilter{Root: root, Limit: 10_000})
		if err != nil {
			t.Fatal(err)
		}
		for i := range transfers {
			if transfers[i].Kind == ledger.ExpireVoucherTransfer {
				returned++
			}
		}
		if returned != many {
			t.Errorf("%d vouchers returned", returned)
		}
		s.engine.Close()
		verify(t, s.store)
	})
}
