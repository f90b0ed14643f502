package ledger_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/voucher"
)

// Accounts that commands name. Few, so that they meet; one is never added.
var (
	partnerUins  = []int64{1000, 2000, 3000, 9000}
	customerUins = []int64{1001, 1002, 2001, 3001, 9001}
)

// amounts are small, of a size that people use, at the limits of parameters
// and pools, or near the limits of what an amount holds.
func amounts() *rapid.Generator[money.Amount] {
	edges := []money.Amount{
		0, 1, -1, ledger.PoolMax, ledger.PoolMax + 1, -ledger.PoolMax, 100_000_000_000_000_000, -100_000_000_000_000_000,
		math.MaxInt64, math.MaxInt64 - 1, math.MinInt64, math.MinInt64 + 1, math.MaxInt64 / 2, math.MinInt64 / 2,
	}
	usual := func(from, to int64) *rapid.Generator[money.Amount] {
		return rapid.Map(rapid.Int64Range(from, to), func(n int64) money.Amount { return money.Amount(n) })
	}
	dollars := rapid.Map(
		rapid.Int64Range(-2000, 2_000_000),
		func(n int64) money.Amount { return money.Amount(n) * money.Dollar },
	)
	small := usual(-100, 100)
	return rapid.OneOf(small, small, small, usual(0, 1000), dollars, dollars, rapid.SampledFrom(edges))
}

// commands draws one command of any kind.
func commands(now int64) *rapid.Generator[ledger.Command] {
	return rapid.Custom(func(t *rapid.T) ledger.Command {
		p, other := rapid.SampledFrom(partnerUins).Draw(t, "partner"), rapid.SampledFrom(partnerUins).Draw(t, "other")
		c, amount := rapid.SampledFrom(customerUins).Draw(t, "customer"), amounts().Draw(t, "amount")
		kinds := []int{0, 1, 2, 3, 4, 4, 4, 5, 5, 5, 5, 5, 5, 6, 6, 6, 6, 7, 7, 8, 8, 8, 9, 10, 10, 10, 10, 10, 11, 11, 11}
		kinds = append(kinds, 12, 12, 13, 13, 14)
		switch rapid.SampledFrom(kinds).Draw(t, "kind") {
		case 0:
			return &ledger.AddPartner{Uin: p, Parent: other, Role: partner.Subreseller, Profile: ledger.Profile{Name: "S"}}
		case 1:
			return &ledger.AddCustomer{Uin: c, Partner: p, Profile: ledger.Profile{Name: "C"}}
		case 2: // the least number has no opposite, and the wire ends long before it
			return &ledger.SetLine{Partner: p, Total: max(amount, -math.MaxInt64)}
		case 3:
			return &ledger.SetVoucherQuota{Partner: p, Total: max(amount, -math.MaxInt64)}
		case 4:
			return &ledger.AllocatePool{
				Distributor: p, Subreseller: other, Amount: amount, Absolute: rapid.Bool().Draw(t, "absolute"),
			}
		case 5:
			return &ledger.Allocate{Partner: p, Customer: c, Amount: amount, Remark: rapid.StringN(0, 3, -1).Draw(t, "remark")}
		case 7:
			return &ledger.AllocateVoucherPool{Distributor: p, Subreseller: other, Amount: amount}
		case 8:
			id := firstVoucher + rapid.Int64Range(0, 9).Draw(t, "voucher")
			return &ledger.WithdrawVoucher{Issuer: p, Voucher: id}
		case 9: // thawed more often than frozen, so that there is business
			return &ledger.SetStatus{Partner: p, Frozen: rapid.IntRange(0, 2).Draw(t, "frozen") == 0}
		case 10:
			return charges(t, amount)
		case 11:
			return refunds(t, amount)
		case 12:
			return &ledger.Unbind{Customer: c, Partner: rapid.SampledFrom([]int64{0, 0, p}).Draw(t, "by")}
		case 13:
			return &ledger.Move{Customer: c, Partner: p, Remark: "m"}
		case 14: // lifted more often than set
			return &ledger.SetForced{Partner: p, Customer: c, Forced: rapid.IntRange(0, 2).Draw(t, "forced") == 0}
		}
		second := now / 1000
		return &ledger.IssueVoucher{Voucher: voucher.Voucher{
			Issuer: p, Customer: c, Face: amount,
			Effective:   1000 * (second + rapid.Int64Range(-5, 20).Draw(t, "effective")),
			Expire:      1000 * (second + rapid.Int64Range(-2, 30).Draw(t, "expire")),
			PaymentMode: rapid.SampledFrom([]string{"AllPayment", "AllPayment", "Prepaid", "Postpaid"}).Draw(t, "mode"),
			Scope: rapid.SampledFrom(
				[]string{"AllProducts", "AllProducts", "SpecifyProducts", "SpecifyProductsBlacklist"},
			).Draw(t, "scope"),
			Products: rapid.SampledFrom([]string{"cvm", "cvm,cbs", "cbs,clb,cvm2"}).Draw(t, "products"),
		}}
	})
}

// chargeIDs are few, so that repeats occur; with contents, also other ones.
var chargeIDs = []string{"a", "b", "c", "d", "e", "f", "g", "h"}

func contents(t *rapid.T) [32]byte {
	return [32]byte{rapid.SampledFrom([]byte{0, 0, 0, 0, 1}).Draw(t, "content")}
}

// charges draws a charge; the wire lets none cost less than nothing.
func charges(t *rapid.T, amount money.Amount) ledger.Command {
	return &ledger.RecordCharge{Charge: ledger.Charge{
		ID: rapid.SampledFrom(chargeIDs).Draw(t, "charge"), Content: contents(t), Cost: max(amount, -(amount + 1), 0),
		Customer:    rapid.SampledFrom([]int64{1001, 1001, 2001, 2001, 1002, 9001}).Draw(t, "payer"),
		PayMode:     rapid.SampledFrom([]string{voucher.PrePay, voucher.PostPay}).Draw(t, "pay mode"),
		ProductCode: rapid.SampledFrom([]string{"cvm", "cbs", "clb"}).Draw(t, "product"),
	}}
}

func refunds(t *rapid.T, amount money.Amount) ledger.Command {
	c := &ledger.RefundCharge{
		RefundKey: ledger.RefundKey{
			Charge: rapid.SampledFrom(chargeIDs).Draw(t, "charge"),
			ID:     rapid.SampledFrom([]string{"r", "s", "t"}).Draw(t, "refund"),
		},
		Customer: rapid.SampledFrom([]int64{1001, 1001, 2001, 2001, 1002}).Draw(t, "payer"), Content: contents(t),
	}
	if rapid.IntRange(0, 3).Draw(t, "in part") > 0 {
		c.Amount = &amount
	}
	return c
}

// planted makes a tree that most commands find their accounts in.
func planted(t *rapid.T, settings ledger.Settings) (*stored, *model) {
	const root = 1000
	enough := rapid.Just(1_000_000 * money.Dollar)
	d, m := newStored(root, settings), newModel(settings)
	role := rapid.SampledFrom([]partner.Role{partner.Distributor, partner.Distributor, partner.Reseller}).Draw(t, "role")
	plant := []ledger.Command{
		&ledger.AddPartner{
			Uin: root, Role: role, LineTotal: rapid.OneOf(amounts(), enough).Draw(t, "line"),
			QuotaTotal: rapid.OneOf(amounts(), enough).Draw(t, "quota"),
		},
		&ledger.AddPartner{Uin: 2000, Parent: root, Role: partner.Subreseller},
		&ledger.AddCustomer{Uin: 1001, Partner: root},
		&ledger.AddCustomer{Uin: 2001, Partner: 2000},
	}
	run(t, d, m, 1_000_000_000, plant)
	return d, m
}

// run applies a batch to the stored tree and to the model, and checks all that
// must hold after every command.
func run(t *rapid.T, d *stored, m *model, clock int64, batch []ledger.Command) {
	s := d.begin(clock, batch...)
	m.warnings = nil
	var accepted []ledger.Command
	for i, c := range batch {
		before := snapshot(s)
		wantErr := m.apply(c, s.Now)
		outcome, err := s.Apply(c, ledger.Origin{RequestID: fmt.Sprint(i), Operator: "O"})
		if !errors.Is(err, wantErr) || (err == nil) != (wantErr == nil) {
			t.Fatalf("%T %+v: got %v, want %v", c, c, err, wantErr)
		}
		after := snapshot(s)
		if err != nil {
			// §11.5: a refusal changes nothing and writes no record.
			if diff := cmp.Diff(before, after); diff != "" || !reflect.DeepEqual(outcome, ledger.Outcome{}) {
				t.Fatalf("%T %+v was refused with %v and changed:\n%s%+v", c, c, err, diff, outcome)
			}
			continue
		}
		accepted = append(accepted, c)
		checkAllocation(t, c, outcome, before, after)
		checkCharge(t, m, c, outcome, before, after)
	}
	if len(accepted) == 0 {
		return // the engine writes nothing then
	}
	changes := s.Changes()
	// What was refused leaves no trace in what comes after it either. The
	// request ids count all commands, so they are not compared.
	again := d.begin(clock, batch...)
	for _, c := range accepted {
		if _, err := again.Apply(c, ledger.Origin{Operator: "O"}); err != nil {
			t.Fatalf("%T %+v without the refused commands before it: %v", c, c, err)
		}
	}
	if diff := cmp.Diff(withoutRequests(changes), withoutRequests(again.Changes())); diff != "" {
		t.Fatalf("refused commands changed what came after them:\n%s", diff)
	}
	if diff := cmp.Diff(m.warnings, changes.Warnings); diff != "" {
		t.Fatalf("warnings: %s", diff)
	}
	d.commit(changes)
	check(t, d, m, s.Now)
}

func check(t *rapid.T, d *stored, m *model, now int64) {
	for _, err := range []error{d.compare(m, now), d.audit()} {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// snapshot is what a batch would write, in memory of its own.
func snapshot(s *ledger.State) ledger.Changes {
	c := s.Changes()
	c.Transfers, c.NewVouchers = slices.Clone(c.Transfers), slices.Clone(c.NewVouchers)
	if len(c.Transfers) == 0 {
		c.Transfers = nil // an emptied list is no list
	}
	if len(c.NewVouchers) == 0 {
		c.NewVouchers = nil
	}
	return c
}

func withoutRequests(c ledger.Changes) ledger.Changes {
	c.Transfers = slices.Clone(c.Transfers)
	for i := range c.Transfers {
		c.Transfers[i].RequestID = ""
	}
	if len(c.Transfers) == 0 {
		c.Transfers = nil
	}
	if len(c.NewVouchers) == 0 {
		c.NewVouchers = nil
	}
	return c
}

// checkAllocation is domain.md §11.4: one record, whose figures are those after
// it; none for an allocation of nothing (Q 10).
func checkAllocation(t *rapid.T, c ledger.Command, o ledger.Outcome, before, after ledger.Changes) {
	a, ok := c.(*ledger.Allocate)
	if !ok {
		return
	}
	records := after.Transfers[len(before.Transfers):]
	if a.Amount == 0 && len(records) == 0 {
		return
	}
	if a.Amount == 0 || len(records) != 1 {
		t.Fatalf("%+v made %d records", a, len(records))
	}
	r := records[0]
	credit, remaining := r.Amount, r.CreditAfter
	if r.Debit.Kind == ledger.Credit {
		credit, remaining = -r.Amount, r.DebitAfter
	}
	if r.Amount <= 0 || credit != a.Amount || remaining != o.Customer.Credit || r.CustomerTotal != o.Customer.Total() ||
		r.Customer != a.Customer || r.Partner != a.Partner || r.Remark != a.Remark || r.Kind != ledger.AllocateTransfer {
		t.Fatalf("%+v left %+v and the record %+v", a, o, r)
	}
}

// checkCharge holds what a charge or refund answered, also where it repeats an
// earlier one, against the model, and its records against what it paid.
func checkCharge(t *rapid.T, m *model, c ledger.Command, o ledger.Outcome, before, after ledger.Changes) {
	records := after.Transfers[len(before.Transfers):]
	switch c := c.(type) {
	case *ledger.RecordCharge:
		if got, want := figures(&o.Charge), m.charges[c.Charge.ID].String(); got != want {
			t.Fatalf("%+v answered %s\nshould be %s", c, got, want)
		}
		want := []string{}
		for _, p := range o.Charge.Payments {
			want = append(want, fmt.Sprint(ledger.VoucherChargeTransfer, p.Amount))
		}
		if o.Charge.CreditPaid > 0 {
			want = append(want, fmt.Sprint(ledger.CreditChargeTransfer, o.Charge.CreditPaid))
		}
		checkRecords(t, o.Charge.Line, records, want)
	case *ledger.RefundCharge:
		want := m.refunds[c.RefundKey]
		if o.Refund.Amount != want.amount || wide(o.Refund.RemainingAfter).Cmp(want.after) != 0 {
			t.Fatalf("%+v answered %+v, should be %+v", c, o.Refund, want)
		}
		var made []string
		if o.Refund.Amount > 0 {
			made = []string{fmt.Sprint(ledger.RefundTransfer, o.Refund.Amount)}
		}
		checkRecords(t, o.Charge.Line, records, made)
	}
}

// checkRecords holds the records of one bill line against those there should
// be; a repeat makes none.
func checkRecords(t *rapid.T, line int64, records []ledger.Transfer, want []string) {
	got := []string{}
	for _, r := range records {
		if r.Line != line {
			t.Fatalf("line %d has the record %+v", line, r)
		}
		got = append(got, fmt.Sprint(r.Kind, r.Amount))
	}
	if len(got) > 0 && !slices.Equal(got, want) {
		t.Fatalf("line %d has the records %v, should have %v", line, got, want)
	}
}

// Whatever commands come in whatever order, every figure is what the rules of
// domain.md make of those that were accepted, the right ones are refused, and
// the transfers replay to the rows (domain.md §11, 1–6 and 8–11).
func TestCommandsFollowTheRules(t *testing.T) {
	t.Parallel()
	for _, settings := range []ledger.Settings{
		{PoolBounded: true}, {PoolBounded: false}, {PoolBounded: true, ExpiredReturn: true},
	} {
		t.Run(fmt.Sprintf("%+v", settings), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				d, m := planted(t, settings)
				clock := int64(1_000_000_000)
				for range rapid.IntRange(1, 12).Draw(t, "batches") {
					clock += rapid.SampledFrom([]int64{0, 1, 500, 1000, 5000, 20_000, 40_000_000}).Draw(t, "pause")
					batch := rapid.SliceOfN(commands(clock), 1, 8).Draw(t, "batch")
					run(t, d, m, clock, batch)
				}
			})
		})
	}
}

// The same with a clock that at times goes back: time in the tree does not.
func TestCommandsFollowTheRulesWhenTheClockGoesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, m := planted(t, ledger.Settings{PoolBounded: true, ExpiredReturn: rapid.Bool().Draw(t, "return")})
		clock := int64(1_000_000_000)
		for range rapid.IntRange(1, 12).Draw(t, "batches") {
			clock += rapid.SampledFrom([]int64{0, 1000, 8000, 20_000, -1000, -15_000}).Draw(t, "pause")
			batch := rapid.SliceOfN(commands(clock), 1, 6).Draw(t, "batch")
			run(t, d, m, clock, batch)
			for i := 1; i < len(d.transfers); i++ {
				if d.transfers[i].At < d.transfers[i-1].At {
					t.Fatalf("transfer %d is older than the one before it", d.transfers[i].Sequence)
				}
			}
		}
	})
}
