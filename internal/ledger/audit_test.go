package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/voucher"
)

// breakage is one way in which stored rows can contradict each other.
type breakage struct {
	name   string
	damage func(*stored)
	says   string
}

// What somebody without the key can do to transfers.
var transferBreakages = []breakage{
	{"changed", func(d *stored) { d.transfers[3].Amount++ }, "transfer 4 was changed, or one before it"},
	{"hash changed", func(d *stored) { d.transfers[3].Hash[31]++ }, "transfer 4 was changed"},
	{
		"removed",
		func(d *stored) { d.transfers = append(d.transfers[:3:3], d.transfers[4:]...) },
		"transfer 4 is missing",
	},
	{"first removed", func(d *stored) { d.transfers = d.transfers[1:] }, "transfer 1 is missing"},
	{
		"repeated",
		func(d *stored) { d.transfers = append(d.transfers[:4:4], d.transfers[3:]...) },
		"transfer 4 comes after transfer 4",
	},
	{"swapped", func(d *stored) {
		d.transfers[3], d.transfers[4] = d.transfers[4], d.transfers[3]
	}, "transfer 4 is missing"},
	{"renumbered", func(d *stored) {
		d.transfers = append(d.transfers[:3:3], d.transfers[4:]...)
		for i := range d.transfers {
			d.transfers[i].Sequence = int64(i + 1)
		}
	}, "transfer 4 was changed"},
	{"no number", func(d *stored) { d.transfers[0].Sequence = 0 }, "transfer 0 comes after transfer 0"},
}

// What a program with the key could get wrong: the chain fits.
var sealedBreakages = []breakage{
	{"older than the one before", func(d *stored) { d.transfers[3].At-- }, "transfer 4 is older than the one before it"},
	{"nothing moved", func(d *stored) { d.transfers[3].Amount = 0 }, "transfer 4 moves 0"},
	{"less than nothing moved", func(d *stored) { d.transfers[3].Amount = -1 }, "transfer 4 moves -0.00000001"},
	{
		"to itself",
		func(d *stored) { d.transfers[3].Credit = d.transfers[3].Debit },
		"transfer 4 moves 10 from line:1000 to line:1000",
	},
	{"unknown kind", func(d *stored) { d.transfers[3].Kind = 99 }, "as kind 99"},
	{
		"balance before",
		func(d *stored) { d.transfers[3].DebitAfter++ },
		"transfer 4: its accounts hold 70 and 10 after it",
	},
	{
		"balance after",
		func(d *stored) { d.transfers[3].CreditAfter++ },
		"transfer 4: its accounts hold 70 and 10 after it",
	},
	{
		"customer's total",
		func(d *stored) { d.transfers[3].CustomerTotal++ },
		"transfer 4: the customer's total is 10 after it, not 10.00000001",
	},
	{
		"another account",
		func(d *stored) { d.transfers[3].Credit.Owner = 7 },
		"transfer 4: the customer's total is 0 after it, not 10",
	},
}

// What can be wrong in the other rows.
var rowBreakages = []breakage{
	{
		"voucher's face",
		func(d *stored) { d.vouchers[0].Face++ },
		"voucher 10000001: face value 4.00000001, issued with 4",
	},
	{"voucher's balance", func(d *stored) { d.vouchers[0].Balance-- }, "account balance:10000001: transfers make 4"},
	{"voucher removed", func(d *stored) { d.vouchers = d.vouchers[1:] }, "customer 1001: vouchers of 2, its row says 6"},
	{
		"voucher repeated",
		func(d *stored) { d.vouchers = append(d.vouchers, d.vouchers[0]) },
		"voucher 10000001: face value 4, issued with 0",
	},
	{
		"voucher of nobody",
		func(d *stored) { d.vouchers[0].Customer = 7 },
		"customer 1001: vouchers of 2, its row says 6",
	},
	{
		"voucher withdrawn",
		func(d *stored) { d.vouchers[0].Withdrawn = true },
		"voucher 10000001: withdrawn is false, its row says true",
	},
	{
		"voucher settled",
		func(d *stored) { d.vouchers[0].Settled = true },
		"voucher 10000001: its rest returned to the quota is false, its row says settled is true",
	},
	{
		"voucher used",
		func(d *stored) { d.vouchers[0].Used++ },
		"account used:10000001: transfers make 0, its row says 0.00000001",
	},
	{"voucher's expiry", func(d *stored) { d.vouchers[0].Expire = now + 1000 }, "customer 1001: voucher sums"},
	{"voucher's begin", func(d *stored) { d.vouchers[1].Effective -= 1000 }, "customer 1001: voucher sums"},
	{
		"customer's credit",
		customerRow(1001, func(c *ledger.Customer) { c.Credit++ }),
		"account credit:1001: transfers make 7, its row says 7.00000001",
	},
	{
		"customer's spent",
		customerRow(1001, func(c *ledger.Customer) { c.Spent++ }),
		"account spent:1001: transfers make 0",
	},
	{
		"customer's vouchers",
		customerRow(1001, func(c *ledger.Customer) { c.VoucherTotal++ }),
		"customer 1001: vouchers of 6",
	},
	{
		"customer's remaining vouchers",
		customerRow(1001, func(c *ledger.Customer) { c.Vouchers.Remaining++ }),
		"customer 1001: voucher sums",
	},
	{
		"customer's usable vouchers",
		customerRow(1001, func(c *ledger.Customer) { c.Vouchers.Usable-- }),
		"customer 1001: voucher sums",
	},
	{
		"customer's sums early",
		customerRow(1001, func(c *ledger.Customer) { c.Vouchers.ValidUntil-- }),
		"customer 1001: voucher sums",
	},
	{
		"customer's sums late",
		customerRow(1001, func(c *ledger.Customer) { c.Vouchers.ValidUntil++ }),
		"customer 1001: voucher sums",
	},
	{
		"customer's sums for ever",
		customerRow(1001, func(c *ledger.Customer) { c.Vouchers.ValidUntil = 0 }),
		"customer 1001: voucher sums",
	},
	{
		"customer's sums forgotten",
		customerRow(1001, func(c *ledger.Customer) { c.Vouchers = voucher.Sums{} }),
		"customer 1001: voucher sums",
	},
	{
		"customer of another",
		customerRow(2001, func(c *ledger.Customer) { c.Partner = 1000 }),
		"partner 1000: 2 customers, its row says 1",
	},
	{"customer removed", func(d *stored) { delete(d.customers, 2001) }, "partner 2000: 0 customers, its row says 1"},
	{"partner's line", partnerRow(func(p *ledger.Partner) { p.Line++ }), "account line:1000: transfers make 73"},
	{"partner's quota", partnerRow(func(p *ledger.Partner) { p.Quota++ }), "account quota:1000: transfers make 44"},
	{"partner's line in all", partnerRow(func(p *ledger.Partner) { p.LineTotal++ }), "partner 1000: credit line 100,"},
	{
		"partner's quota in all",
		partnerRow(func(p *ledger.Partner) { p.QuotaTotal++ }),
		"partner 1000: voucher quota 50,",
	},
	{
		"partner's customers",
		partnerRow(func(p *ledger.Partner) { p.Customers++ }),
		"partner 1000: 1 customers, its row says 2",
	},
	{
		"partner's customers' credit",
		partnerRow(func(p *ledger.Partner) { p.CustomerTotal++ }),
		"partner 1000: customers' credit 7,",
	},
	{
		"partner's customers' rest",
		partnerRow(func(p *ledger.Partner) { p.CustomerRemaining-- }),
		"partner 1000: customers' remaining credit 7,",
	},
	{
		"partner's vouchers",
		partnerRow(func(p *ledger.Partner) { p.Issued++ }),
		"partner 1000: 2 vouchers issued, its row says 3",
	},
	{"partner removed", func(d *stored) { delete(d.partners, 2000) }, "line:2000 holds 15 but has no row"},
	{"partner without money removed", func(d *stored) {
		delete(d.partners, 2000)
		d.transfers, d.customers = d.transfers[:0], map[int64]ledger.Customer{2001: {Uin: 2001, Partner: 2000}}
		d.partners, d.vouchers, d.tree = map[int64]ledger.Partner{}, nil, ledger.Tree{Root: 1000}
	}, "partner 2000 has customers but no row"},
	{"tree's outside", func(d *stored) { d.tree.Outside++ }, "account outside:1000: transfers make -150"},
	{
		"tree's outstanding",
		func(d *stored) { d.tree.Outstanding++ },
		"customers have spent 0, the tree's row says 0.00000001",
	},
	{"tree's sequence", func(d *stored) { d.tree.Sequence++ }, "the tree ends with transfer 9, there are 8"},
	{"tree's head", func(d *stored) { d.tree.Head[0]++ }, "the tree ends with transfer 8"},
	{
		"last transfer removed",
		func(d *stored) { d.transfers = d.transfers[:7] },
		"voucher 10000002: face value 2, issued with 0",
	},
}

// What can be wrong where customers were charged: see charged.
var chargeBreakages = []breakage{
	{"line changed", func(d *stored) { d.transfers[9].Line++ }, "transfer 10 was changed, or one before it"},
	{"line removed", func(d *stored) { d.transfers[9].Line = 0 }, "transfer 10 was changed, or one before it"},
	{"line invented", func(d *stored) { d.transfers[3].Line = 1 }, "transfer 4 was changed, or one before it"},
	{
		"paid by vouchers",
		chargeRow("c1", func(c *ledger.Charge) { c.VoucherPaid++ }),
		"charge c1: vouchers paid 3, its row says 3.00000001",
	},
	{
		"paid by credit",
		chargeRow("c1", func(c *ledger.Charge) { c.CreditPaid-- }),
		"charge c1: credit paid 3, its row says 2.99999999",
	},
	{
		"refunded",
		chargeRow("c1", func(c *ledger.Charge) { c.Refunded = 0 }),
		"charge c1: refunded 1, its row says 0",
	},
	{
		"refunded never",
		chargeRow("c2", func(c *ledger.Charge) { c.Refunded++ }),
		"charge c2: refunded 0, its row says 0.00000001",
	},
	{
		"cost",
		chargeRow("c1", func(c *ledger.Charge) { c.Cost++ }),
		"charge c1: paid 6, its row says it cost 6.00000001",
	},
	{
		"payment",
		chargeRow("c1", func(c *ledger.Charge) { c.Payments = []ledger.Payment{{Voucher: 10_000_003, Amount: 1}} }),
		"charge c1: vouchers paid [{10000003 3}], its row lists [{10000003 0.00000001}]",
	},
	{
		"payments removed",
		chargeRow("c1", func(c *ledger.Charge) { c.Payments = nil }),
		"charge c1: vouchers paid [{10000003 3}], its row lists []",
	},
	{
		"payments invented",
		chargeRow("c2", func(c *ledger.Charge) { c.Payments = []ledger.Payment{{Voucher: 10_000_003, Amount: 1}} }),
		"charge c2: vouchers paid [], its row lists [{10000003 0.00000001}]",
	},
	{
		"line of another",
		chargeRow("c1", func(c *ledger.Charge) { c.Line = 2 }),
		"charge c1: paid by customer 2001 of partner 2000, its row says 1001 of 1000",
	},
	{"charge removed", func(d *stored) { delete(d.charges, "c1") }, "refund r1 of charge c1: 1, of which the charge has 0"},
	{"other charge removed", func(d *stored) { delete(d.charges, "c2") }, "bill line 2 has no charge"},
	{
		"charge invented",
		func(d *stored) { d.charges["c3"] = ledger.Charge{ID: "c3", Line: 3, Cost: 1} },
		"charge c3: paid 0, its row says it cost 0.00000001",
	},
	{
		"charge repeated",
		func(d *stored) {
			c := d.charges["c2"]
			c.ID = "c4"
			d.charges["c4"] = c
		},
		"charge c4: credit paid 0, its row says 2",
	},
	{
		"voucher used less",
		func(d *stored) { d.vouchers[2].Used-- },
		"account used:10000003: transfers make 3, its row says 2.99999999",
	},
	{
		"voucher filled again",
		func(d *stored) { d.vouchers[2].Balance++ },
		"account balance:10000003: transfers make 0, its row says 0.00000001",
	},
	{
		"voucher not withdrawn",
		func(d *stored) { d.vouchers[1].Withdrawn = false },
		"voucher 10000002: withdrawn is true, its row says false",
	},
	{
		"customer's spent",
		customerRow(1001, func(c *ledger.Customer) { c.Spent-- }),
		"account spent:1001: transfers make 2, its row says 1.99999999",
	},
	{
		"partner's vouchers",
		partnerRow(func(p *ledger.Partner) { p.Issued++ }),
		"partner 1000: 2 vouchers issued, its row says 3",
	},
	{
		"partner's customers' rest",
		partnerRow(func(p *ledger.Partner) { p.CustomerRemaining++ }),
		"partner 1000: customers' remaining credit 5, its row says 5.00000001",
	},
	{
		"tree's outstanding",
		func(d *stored) { d.tree.Outstanding-- },
		"customers have spent 4, the tree's row says 3.99999999",
	},
}

// What a program with the key could get wrong about charges.
var sealedChargeBreakages = []breakage{
	{
		"voucher paid for another line",
		func(d *stored) { d.transfers[9].Line = 2 },
		"charge c1: vouchers paid 0, its row says 3",
	},
	{
		"credit paid for another line",
		func(d *stored) { d.transfers[10].Line = 2 },
		"charge c1: credit paid 0, its row says 3",
	},
	{
		"credit paid for no line",
		func(d *stored) { d.transfers[11].Line = 7 },
		"charge c2: credit paid 0, its row says 2",
	},
	{"refund of another line", func(d *stored) { d.transfers[12].Line = 2 }, "charge c1: refunded 0, its row says 1"},
	{
		"refund that was a payment",
		func(d *stored) { d.transfers[12].Kind = ledger.CreditChargeTransfer },
		"charge c1: credit paid 4, its row says 3",
	},
	{
		"withdrawal of another kind",
		func(d *stored) { d.transfers[13].Kind = ledger.AllocateTransfer },
		"voucher 10000002: withdrawn is false, its row says true",
	},
}

// charged is the small tree with charges: c1 is paid by a voucher and credit
// and partly refunded, c2 by credit alone; one voucher is withdrawn.
func charged(t *testing.T) *stored {
	t.Helper()
	d, back := small(t), money.Dollar
	d.apply(
		t,
		now,
		&ledger.IssueVoucher{Voucher: voucher.Voucher{
			Issuer: 1000, Customer: 1001, Face: 3 * money.Dollar, Effective: now, Expire: now + 9000,
			PaymentMode: "AllPayment", Scope: "AllProducts",
		}},
		&ledger.RecordCharge{Charge: ledger.Charge{
			ID: "c1", Customer: 1001, PayMode: voucher.PrePay, Cost: 6 * money.Dollar,
		}},
		&ledger.RecordCharge{Charge: ledger.Charge{
			ID: "c2", Customer: 2001, PayMode: voucher.PostPay, Cost: 2 * money.Dollar,
		}},
		&ledger.RefundCharge{RefundKey: ledger.RefundKey{Charge: "c1", ID: "r1"}, Customer: 1001, Amount: &back},
		&ledger.WithdrawVoucher{Issuer: 1000, Voucher: 10_000_002},
	)
	if err := d.audit(); err != nil || len(d.transfers) != 14 {
		t.Fatalf("%d transfers: %v", len(d.transfers), err)
	}
	return d
}

func chargeRow(id string, change func(*ledger.Charge)) func(*stored) {
	return func(d *stored) {
		c := d.charges[id]
		change(&c)
		d.charges[id] = c
	}
}

func customerRow(uin int64, change func(*ledger.Customer)) func(*stored) {
	return func(d *stored) {
		c := d.customers[uin]
		change(&c)
		d.customers[uin] = c
	}
}

func partnerRow(change func(*ledger.Partner)) func(*stored) {
	return func(d *stored) {
		p := d.partners[1000]
		change(&p)
		d.partners[1000] = p
	}
}

// Whatever contradicts the transfers is found, and the first row that does is
// named.
func TestAuditNamesEveryBreak(t *testing.T) {
	t.Parallel()
	for kind, all := range map[string][]breakage{
		"transfer": transferBreakages, "sealed": sealedBreakages, "row": rowBreakages,
		"charge": chargeBreakages, "sealed charge": sealedChargeBreakages, "left": leftBreakages,
	} {
		plant := small
		if strings.HasSuffix(kind, "charge") {
			plant = charged
		}
		if kind == "left" {
			plant = left
		}
		for _, b := range all {
			t.Run(kind+" "+b.name, func(t *testing.T) {
				t.Parallel()
				d := plant(t)
				b.damage(d)
				if strings.HasPrefix(kind, "sealed") {
					d.chain()
				}
				err := d.audit()
				if !errors.Is(err, ledger.ErrBroken) || !strings.Contains(err.Error(), b.says) {
					t.Errorf("audit says %v, want %q", err, b.says)
				}
			})
		}
	}
}

// With another key no transfer fits.
func TestAuditNeedsTheKey(t *testing.T) {
	t.Parallel()
	d := small(t)
	a := ledger.NewAudit([]byte("another"), d.tree.Root)
	if err := a.Transfer(&d.transfers[0]); !errors.Is(err, ledger.ErrBroken) {
		t.Errorf("audit says %v", err)
	}
}

// A tree on which nothing has happened adds up.
func TestAuditAcceptsAnEmptyTree(t *testing.T) {
	t.Parallel()
	if err := newStored(1000, ledger.Settings{PoolBounded: true}).audit(); err != nil {
		t.Error(err)
	}
	if total := small(t).partners[1000].LineTotal; total != 100*money.Dollar {
		t.Errorf("the tree of these tests has a line of %s", total)
	}
}
