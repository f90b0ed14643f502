package ledger_test

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"testing"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/voucher"
)

// Every field of a transfer is part of its hash, also those that are added one
// day, and so are the key, the tree and the hash before it.
func TestHashCoversEveryField(t *testing.T) {
	t.Parallel()
	root, previous := int64(7), [32]byte{1}
	base := ledger.Transfer{
		Sequence: 1, At: 2, Kind: 3, Debit: ledger.Account{Kind: 4, Owner: 5}, Credit: ledger.Account{Kind: 6, Owner: 7},
		Amount: 8, DebitAfter: 9, CreditAfter: 10, Partner: 11, Customer: 12, CustomerTotal: 13,
		Origin: ledger.Origin{RequestID: "r", Operator: "o"}, Remark: "m",
	}
	want := ledger.Hash(chainKey, root, previous, &base)
	hashes := map[[32]byte]string{want: "no change"}
	note := func(what string, hash [32]byte) {
		if earlier, ok := hashes[hash]; ok {
			t.Errorf("%s: same hash as %s", what, earlier)
		}
		hashes[hash] = what
	}
	eachField(reflect.ValueOf(&base).Elem(), "Transfer", func(name string, field reflect.Value) {
		if name == "Transfer.Hash" {
			return
		}
		before := reflect.New(field.Type()).Elem()
		before.Set(field)
		for i := range int64(2) {
			if field.Kind() == reflect.String {
				field.SetString(before.String() + "xy"[i:i+1])
			} else {
				field.SetInt(before.Int() ^ (1 << (40 * i))) // its lowest byte, and a high one
			}
			note(fmt.Sprintf("%s %v", name, field), ledger.Hash(chainKey, root, previous, &base))
		}
		field.Set(before)
	})
	note("key", ledger.Hash([]byte("another"), root, previous, &base))
	note("root", ledger.Hash(chainKey, root+1, previous, &base))
	note("previous", ledger.Hash(chainKey, root, [32]byte{2}, &base))
	base.Hash = [32]byte{9}
	if ledger.Hash(chainKey, root, previous, &base) != want {
		t.Error("a transfer's hash covers itself")
	}
}

// eachField visits the integers and strings of a struct; it fails on a kind
// that the test would not know how to change.
func eachField(v reflect.Value, path string, visit func(string, reflect.Value)) {
	for i := range v.NumField() {
		name := path + "." + v.Type().Field(i).Name
		switch field := v.Field(i); field.Kind() {
		case reflect.Struct:
			eachField(field, name, visit)
		case reflect.Int64, reflect.String, reflect.Array:
			visit(name, field)
		default:
			panic(name + ": a field of a kind that this test does not change")
		}
	}
}

// Texts do not run into each other: moving a character from one to the next is
// another transfer.
func TestHashKeepsTextsApart(t *testing.T) {
	t.Parallel()
	seen := map[[32]byte]string{}
	for _, texts := range [][3]string{{"ab", "", ""}, {"a", "b", ""}, {"", "ab", ""}, {"", "a", "b"}, {
		"", "",
		"ab",
	}, {"a", "", "b"}} {
		hash := ledger.Hash(chainKey, 1, [32]byte{}, &ledger.Transfer{
			Origin: ledger.Origin{RequestID: texts[0], Operator: texts[1]}, Remark: texts[2],
		})
		if earlier, ok := seen[hash]; ok {
			t.Errorf("%q has the hash of %s", texts, earlier)
		}
		seen[hash] = fmt.Sprintf("%q", texts)
	}
}

// The numbers of kinds are stored and the hash of a transfer is for ever: this
// one was made by the first release.
func TestHashIsTheOneOfTheFirstRelease(t *testing.T) {
	t.Parallel()
	hash := ledger.Hash([]byte("key"), 200_000_001_000, [32]byte{31: 1}, &ledger.Transfer{
		Sequence: 2, At: 1_793_462_400_000, Kind: ledger.AllocateTransfer,
		Debit: ledger.Account{
			Kind:  ledger.Line,
			Owner: 200_000_001_000,
		}, Credit: ledger.Account{Kind: ledger.Credit, Owner: 200_000_001_001},
		Amount: 1_023_000_000, DebitAfter: -1, CreditAfter: 1_023_000_000, Partner: 200_000_001_000,
		Customer:      200_000_001_001,
		CustomerTotal: 1_023_000_000, Origin: ledger.Origin{RequestID: "id", Operator: "Häfen"}, Remark: "港口",
	})
	const want = "9c700d8391c8a4c8f842facc208be7016a58b57b0255b78310a656f18448c7d7"
	if got := fmt.Sprintf("%x", hash); got != want {
		t.Errorf("hash %s, was %s", got, want)
	}
}

// Each kind has a number that never changes and a name of its own.
func TestKindsAreNumberedForEver(t *testing.T) {
	t.Parallel()
	for want, account := range map[string]ledger.AccountKind{
		"1 outside": ledger.Outside, "2 line": ledger.Line, "3 quota": ledger.Quota, "4 credit": ledger.Credit,
		"5 spent": ledger.Spent, "6 balance": ledger.Balance, "7 used": ledger.Used,
	} {
		if got := fmt.Sprintf("%d %s", int64(account), account); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	for want, kind := range map[string]ledger.TransferKind{
		"1 SetLine": ledger.SetLineTransfer, "2 AllocatePool": ledger.AllocatePoolTransfer,
		"3 Allocate":        ledger.AllocateTransfer,
		"4 SetVoucherQuota": ledger.SetQuotaTransfer, "5 IssueVoucher": ledger.IssueVoucherTransfer,
		"11 ExpireVoucher": ledger.ExpireVoucherTransfer, "12 Unbind": ledger.UnbindTransfer, "13 Move": ledger.MoveTransfer,
	} {
		if got := fmt.Sprintf("%d %s", int64(kind), kind); got != want || !kind.Known() {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if ledger.TransferKind(0).Known() || ledger.TransferKind(-1).Known() || ledger.TransferKind(99).Known() {
		t.Error("a kind that there is not is known")
	}
}

// now is the time of the batches below, in Unix milliseconds.
const now int64 = 1_000_000_000

// apply runs commands in a batch of their own each; all must be accepted.
func (d *stored) apply(t *testing.T, at int64, commands ...ledger.Command) {
	t.Helper()
	for _, c := range commands {
		s := d.begin(at, c)
		if _, err := s.Apply(c, ledger.Origin{RequestID: "r", Operator: "o"}); err != nil {
			t.Fatalf("%+v: %v", c, err)
		}
		d.commit(s.Changes())
	}
}

// small is a tree in which there is one of everything.
func small(t *testing.T) *stored {
	t.Helper()
	d := newStored(1000, ledger.Settings{PoolBounded: true})
	d.apply(
		t,
		now,
		&ledger.AddPartner{
			Uin:        1000,
			Role:       partner.Distributor,
			LineTotal:  100 * money.Dollar,
			QuotaTotal: 50 * money.Dollar,
		},
		&ledger.AddPartner{Uin: 2000, Parent: 1000, Role: partner.Subreseller},
		&ledger.AllocatePool{Distributor: 1000, Subreseller: 2000, Amount: 20 * money.Dollar},
		&ledger.AddCustomer{Uin: 1001, Partner: 1000},
		&ledger.AddCustomer{Uin: 2001, Partner: 2000},
		&ledger.Allocate{Partner: 1000, Customer: 1001, Amount: 10 * money.Dollar},
		&ledger.Allocate{Partner: 1000, Customer: 1001, Amount: -3 * money.Dollar},
		&ledger.Allocate{Partner: 2000, Customer: 2001, Amount: 5 * money.Dollar},
		&ledger.IssueVoucher{Voucher: voucher.Voucher{
			Issuer: 1000, Customer: 1001, Face: 4 * money.Dollar, Effective: now, Expire: now + 10_000,
		}},
		&ledger.IssueVoucher{Voucher: voucher.Voucher{
			Issuer: 1000, Customer: 1001, Face: 2 * money.Dollar, Effective: now + 5000, Expire: now + 20_000,
		}},
	)
	if err := d.audit(); err != nil {
		t.Fatal(err)
	}
	return d
}

// A voucher of no value, or of less, is not one: it would count as issued
// without a transfer that issues it.
func TestVoucherNeedsAValue(t *testing.T) {
	t.Parallel()
	for _, face := range []money.Amount{0, -1, -4 * money.Dollar, math.MinInt64} {
		d := small(t)
		c := &ledger.IssueVoucher{
			Voucher: voucher.Voucher{Issuer: 1000, Customer: 1001, Face: face, Effective: now, Expire: now},
		}
		s := d.begin(now, c)
		if o, err := s.Apply(c, ledger.Origin{}); err == nil {
			t.Errorf("issued with a face value of %s: %+v", face, o.Voucher)
		}
	}
}

// A change between two totals that no amount can hold is refused, not wrapped
// around (design.md §4). All is given out before, so that the balances would
// take the wrapped change.
func TestSettingATotalDoesNotWrapAround(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ give, set ledger.Command }{
		{&ledger.Allocate{Partner: 1000, Customer: 1001, Amount: 1}, &ledger.SetLine{Partner: 1000, Total: math.MinInt64}},
		{&ledger.IssueVoucher{Voucher: voucher.Voucher{
			Issuer: 1000, Customer: 1001, Face: 1, Effective: now, Expire: now,
		}}, &ledger.SetVoucherQuota{Partner: 1000, Total: math.MinInt64}},
	} {
		d := newStored(1000, ledger.Settings{PoolBounded: true})
		add := &ledger.AddPartner{Uin: 1000, Role: partner.Reseller, LineTotal: 1}
		if _, isLine := c.set.(*ledger.SetLine); !isLine {
			add.LineTotal, add.QuotaTotal = 0, 1
		}
		d.apply(t, now, add, &ledger.AddCustomer{Uin: 1001, Partner: 1000}, c.give)
		s := d.begin(now, c.set)
		if o, err := s.Apply(c.set, ledger.Origin{}); !errors.Is(err, ledger.ErrOverflow) {
			t.Errorf("%+v: %v, line %d, quota %d", c.set, err, o.Partner.Line, o.Partner.Quota)
		}
	}
}

// Where a batch only brought voucher sums up to date and the clock then goes
// back, the sums and the next batch still agree on the time.
func TestClockThatGoesBackAfterSumsWereRefreshed(t *testing.T) {
	t.Parallel()
	d := newStored(1000, ledger.Settings{PoolBounded: true})
	issue := func(effective, expire int64) ledger.Command {
		return &ledger.IssueVoucher{Voucher: voucher.Voucher{
			Issuer: 1000, Customer: 1001, Face: money.Dollar, Effective: now + effective, Expire: now + expire,
		}}
	}
	d.apply(t, now,
		&ledger.AddPartner{Uin: 1000, Role: partner.Reseller, QuotaTotal: 10 * money.Dollar},
		&ledger.AddCustomer{Uin: 1001, Partner: 1000}, issue(20_000, 30_000))
	// The voucher works now; an allocation of nothing makes no transfer.
	d.apply(t, now+20_000, &ledger.Allocate{Partner: 1000, Customer: 1001})
	// The clock goes back to before it worked.
	back := issue(0, 25_000)
	s := d.begin(now+5000, back)
	if _, err := s.Apply(back, ledger.Origin{}); err != nil {
		t.Fatal(err)
	}
	d.commit(s.Changes())
	if err := d.compareSums(s.Now); err != nil {
		t.Error(err)
	}
	d.apply(t, now+5000, issue(0, 21_000))
	if err := d.audit(); err != nil {
		t.Errorf("verify would say: %v", err)
	}
}

// Ids of vouchers follow each other, so a withdrawal can name a voucher that is
// issued in its own batch, whose holder's other vouchers nobody has asked for.
func TestVoucherIssuedAndWithdrawnInOneBatch(t *testing.T) {
	t.Parallel()
	d := small(t)
	before := d.customers[1001]
	batch := []ledger.Command{
		&ledger.IssueVoucher{Voucher: voucher.Voucher{
			Issuer: 1000, Customer: 1001, Face: 3 * money.Dollar, Effective: now, Expire: now + 9000,
		}},
		&ledger.WithdrawVoucher{Issuer: 1000, Voucher: 10_000_003},
	}
	s := d.begin(now, batch...)
	for _, c := range batch {
		if _, err := s.Apply(c, ledger.Origin{}); err != nil && !errors.Is(err, ledger.ErrNotVoucher) {
			t.Fatal(err)
		}
	}
	d.commit(s.Changes())
	after := d.customers[1001]
	if left := d.vouchers[2].Balance; left == 0 && after.Vouchers != before.Vouchers {
		t.Errorf("the holder's sums are %+v, were %+v", after.Vouchers, before.Vouchers)
	}
	if err := d.compareSums(now); err != nil {
		t.Error(err)
	}
	if err := d.audit(); err != nil {
		t.Error(err)
	}
}
