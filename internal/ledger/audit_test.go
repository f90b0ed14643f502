package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"tael/internal/ledger"
	"tael/internal/money"
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
		"customer 1001: vouchers of 2, its row says 6",
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
		"transfer": transferBreakages, "sealed": sealedBreakages,
		"row": rowBreakages,
	} {
		for _, b := range all {
			t.Run(kind+" "+b.name, func(t *testing.T) {
				t.Parallel()
				d := small(t)
				b.damage(d)
				if kind == "sealed" {
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
	if err := newStored(1000, true).audit(); err != nil {
		t.Error(err)
	}
	if total := small(t).partners[1000].LineTotal; total != 100*money.Dollar {
		t.Errorf("the tree of these tests has a line of %s", total)
	}
}
