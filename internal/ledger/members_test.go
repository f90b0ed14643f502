package ledger_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/voucher"
)

// membership draws commands about customers who come and go, most of them such
// that they can be carried out.
func membership(m *model, now int64) *rapid.Generator[ledger.Command] {
	return rapid.Custom(func(t *rapid.T) ledger.Command {
		c := rapid.SampledFrom([]int64{1001, 1001, 1002}).Draw(t, "customer")
		p := m.owner[c]
		other := rapid.SampledFrom([]int64{1000, 2000, 3000}).Draw(t, "partner")
		if p == 0 || rapid.IntRange(0, 7).Draw(t, "wrong") == 0 {
			p = other
		}
		amount := money.Amount(rapid.Int64Range(1, 9).Draw(t, "amount"))
		switch rapid.SampledFrom([]int{0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 5, 5, 6, 6, 7}).Draw(t, "kind") {
		case 0:
			return &ledger.AddCustomer{Uin: c, Partner: other}
		case 1:
			return &ledger.Allocate{Partner: p, Customer: c, Amount: amount}
		case 2:
			return &ledger.RecordCharge{Charge: ledger.Charge{
				ID: fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "charge")), Customer: c, Cost: amount, PayMode: voucher.PostPay,
			}}
		case 3:
			return &ledger.RefundCharge{RefundKey: ledger.RefundKey{
				Charge: fmt.Sprint(rapid.IntRange(0, 30).Draw(t, "charge")), ID: "r",
			}, Customer: c}
		case 4:
			return &ledger.WithdrawVoucher{Issuer: p, Voucher: firstVoucher + rapid.Int64Range(1, 8).Draw(t, "voucher")}
		case 5:
			return &ledger.Unbind{Customer: c, Partner: rapid.SampledFrom([]int64{0, p}).Draw(t, "by")}
		case 6:
			return &ledger.Move{Customer: c, Partner: other, Remark: "m"}
		}
		return &ledger.IssueVoucher{Voucher: voucher.Voucher{
			Issuer: p, Customer: c, Face: amount, Effective: now, Expire: now + rapid.Int64Range(-1, 9).Draw(t, "ends")*1000,
			PaymentMode: "AllPayment", Scope: "AllProducts",
		}}
	})
}

// Customers that leave, come back and change their partner take nothing with
// them that is not theirs and leave nothing behind that is not settled.
func TestCustomersComeAndGo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		settings := ledger.Settings{PoolBounded: true, ExpiredReturn: rapid.Bool().Draw(t, "return")}
		d, m := newStored(1000, settings), newModel(settings)
		run(t, d, m, 1_000_000_000, []ledger.Command{
			&ledger.AddPartner{Uin: 1000, Role: partner.Distributor, LineTotal: 1000, QuotaTotal: 1000},
			&ledger.AddPartner{Uin: 2000, Parent: 1000, Role: partner.Subreseller},
			&ledger.AddPartner{Uin: 3000, Parent: 1000, Role: partner.Subreseller},
			&ledger.AllocatePool{Distributor: 1000, Subreseller: 2000, Amount: 100},
			&ledger.AllocatePool{Distributor: 1000, Subreseller: 3000, Amount: 10},
			&ledger.AllocateVoucherPool{Distributor: 1000, Subreseller: 2000, Amount: 100},
			&ledger.AddCustomer{Uin: 1001, Partner: 2000},
			&ledger.Allocate{Partner: 2000, Customer: 1001, Amount: 20},
			&ledger.AddCustomer{Uin: 1002, Partner: 1000},
			&ledger.Allocate{Partner: 1000, Customer: 1002, Amount: 20},
		})
		clock := int64(1_000_000_000)
		for range rapid.IntRange(1, 12).Draw(t, "batches") {
			clock += rapid.SampledFrom([]int64{0, 1000, 3000}).Draw(t, "pause")
			batch := rapid.SliceOfN(membership(m, clock), 1, 8).Draw(t, "batch")
			run(t, d, m, clock, batch)
		}
	})
}

// left is the charged tree after customer 1001 has left it, and 2001 has gone
// over to its distributor.
func left(t *testing.T) *stored {
	t.Helper()
	d := charged(t)
	d.apply(t, now, &ledger.Unbind{Customer: 1001}, &ledger.Move{Customer: 2001, Partner: 1000, Remark: "m"})
	if err := d.audit(); err != nil {
		t.Fatal(err)
	}
	return d
}

// What can be wrong where customers have left: see left.
var leftBreakages = []breakage{
	{
		"still there",
		func(d *stored) { d.customers[1001] = ledger.Customer{Uin: 1001, Partner: 1000} },
		"partner 1000: 2 customers, its row says 1",
	},
	{
		"voucher of nobody open",
		func(d *stored) { d.vouchers[0].Closed = false },
		"customer 1001 has vouchers but no row",
	},
	{
		"customer who was moved is where it was",
		customerRow(2001, func(c *ledger.Customer) { c.Partner = 2000 }),
		"partner 1000: 0 customers, its row says 1",
	},
}

// A voucher that has value has a holder.
func TestAuditFindsVouchersOfNobodyWithValue(t *testing.T) {
	t.Parallel()
	d := small(t)
	for i := range d.vouchers {
		d.vouchers[i].Closed = true
	}
	customerRow(1001, func(c *ledger.Customer) { c.VoucherTotal, c.Vouchers = 0, voucher.Sums{} })(d)
	if err := d.audit(); err == nil || err.Error() != "broken: voucher 10000002 has a value of 2, but no holder" {
		t.Errorf("audit says %v", err)
	}
}

// Who leaves or is moved does it in transfers that add up: what each partner is
// shown of them is what its line went through.
func TestTransfersOfCustomersWhoGo(t *testing.T) {
	t.Parallel()
	d := left(t)
	var got []string
	for _, r := range d.transfers[14:] {
		got = append(got, fmt.Sprintf("%s of %d: %s from %s to %s, %s in all %s",
			r.Kind, r.Partner, r.Amount, r.Debit, r.Credit, r.Remark, r.CustomerTotal))
	}
	want := []string{
		"WithdrawVoucher of 1000: 4 from balance:10000001 to quota:1000,  in all 7",
		"Unbind of 1000: 5 from credit:1001 to line:1000,  in all 2",
		"Unbind of 1000: 2 from spent:1001 to line:1000,  in all 0",
		"Move of 2000: 5 from credit:2001 to line:2000,  in all 0",
		"Allocate of 1000: 5 from line:1000 to credit:2001, m in all 5",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	moved := ledger.Customer{
		Uin: 2001, Partner: 1000, Credit: 3 * money.Dollar, Spent: 2 * money.Dollar, Since: 18,
	}
	if diff := cmp.Diff(moved, d.customers[2001]); diff != "" {
		t.Error(diff)
	}
}

// A customer that comes and leaves in one batch is never stored; one that is
// stored, leaves and comes back is taken out and stored anew.
func TestCustomersThatComeAndGoInOneBatch(t *testing.T) {
	t.Parallel()
	d := small(t)
	batch := []ledger.Command{
		&ledger.AddCustomer{Uin: 1002, Partner: 1000}, &ledger.Unbind{Customer: 1002},
		&ledger.Unbind{Customer: 1001}, &ledger.AddCustomer{Uin: 1001, Partner: 2000},
	}
	s := d.begin(now, batch...)
	for _, c := range batch {
		if _, err := s.Apply(c, ledger.Origin{}); err != nil {
			t.Fatal(err)
		}
	}
	changes := s.Changes()
	again := []ledger.NewCustomer{{Customer: ledger.Customer{Uin: 1001, Partner: 2000, Since: 11}}}
	if diff := cmp.Diff([]int64{1001}, changes.Unbound) + cmp.Diff(again, changes.NewCustomers); diff != "" {
		t.Error(diff)
	}
	d.commit(changes)
	if err := d.audit(); err != nil {
		t.Error(err)
	}
}
