package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"tael/internal/audit"
	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/store"
	"tael/internal/testkit"
	"tael/internal/voucher"
)

// remembering is a store that has batches of the tree behind it, so that it does
// not look at the tree before the next.
func remembering(t *testing.T, d testkit.Database) (s *store.Store, address string) {
	t.Helper()
	s, address = fresh(t, d)
	plant(t, s, "C")
	for range 2 {
		record(t, s, 1)
	}
	return s, address
}

// give gives a customer one.
func give() ledger.Command { return &ledger.Allocate{Partner: root, Customer: root + 1, Amount: 1} }

// record runs a command in a batch that has something to audit.
func record(t *testing.T, s *store.Store, events int) {
	t.Helper()
	b := beginAs(t, s, false, give())
	if _, err := b.State.Apply(give(), ledger.Origin{RequestID: "r", Operator: "o"}); err != nil {
		t.Fatal(err)
	}
	for range events {
		b.Record(audit.Event{At: start.UnixMilli(), Action: "Any", RequestID: "r"})
	}
	if err := b.Commit(nil); err != nil {
		t.Fatal(err)
	}
}

// A batch that began with what is remembered writes nothing unless the tree is at
// that batch, with that history; the next one reads it and goes on from there.
func TestOnlyTheRememberedTreeIsWrittenTo(t *testing.T) {
	t.Parallel()
	const zeros = `(SELECT head FROM tree WHERE root_uin = 0)`
	for _, c := range []struct{ name, sql string }{
		{"a later batch", `UPDATE tree SET batch = batch + 1`},
		{"an earlier batch", `UPDATE tree SET batch = batch - 1`},
		{"another history", `UPDATE tree SET head = ` + zeros},
		{"more in the audit", `UPDATE tree SET audit_sequence = audit_sequence + 1`},
		{"another audit", `UPDATE tree SET audit_hash = ` + zeros},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
				s, address := remembering(t, d)
				// A row to take other hashes from.
				execute(t, address, `INSERT INTO tree (root_uin, batch, sequence, head, last_at, last_voucher, outside, outstanding)
					SELECT 0, 0, 0, $1, 0, 0, 0, 0`, make([]byte, 32))
				execute(t, address, c.sql+` WHERE root_uin = $1`, root)
				b := beginAs(t, s, false, give())
				defer b.Rollback()
				if _, err := b.State.Apply(give(), ledger.Origin{RequestID: "r", Operator: "o"}); err != nil || !b.Recalled() {
					t.Fatalf("recalled: %t, %v", b.Recalled(), err)
				}
				transfers := count(t, address, "transfer", "root_uin <> 0")
				if err := b.Commit(nil); !errors.Is(err, store.ErrAgain) || errors.Is(err, store.ErrInDoubt) {
					t.Errorf("committed: %v", err)
				}
				if now := count(t, address, "transfer", "root_uin <> 0"); now != transfers {
					t.Errorf("%d transfers became %d", transfers, now)
				}
				if b = beginAs(t, s, false, give()); b.Recalled() {
					t.Error("it is still believed")
				}
				b.Rollback()
			})
		})
	}
}

// Nothing is remembered of what lies behind a new connection: it may lead to a server
// that was set back to before the tree was made.
func TestNewConnectionIsToWhatNobodyRemembers(t *testing.T) {
	t.Parallel()
	s, address := remembering(t, testkit.Postgres)
	b := beginAs(t, s, false, give())
	recalled := b.Recalled()
	b.Rollback()
	if !recalled {
		t.Fatal("the tree was read")
	}
	execute(t, address, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
		WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	var err error
	for range 2 { // the first may still find the connection that is gone
		if b, err = s.Begin(t.Context(), store.BatchRequest{
			Root: root, Fresh: err == nil, Now: func() int64 { return start.UnixMilli() },
		}); err == nil {
			b.Rollback()
		}
	}
	b = beginAs(t, s, false, give())
	defer b.Rollback()
	if b.Recalled() {
		t.Error("it is still remembered")
	}
}

// Batches that need more than partners and customers, or rows that are not there,
// or that are to, read the tree.
func TestWhatIsNotRememberedIsRead(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, _ := remembering(t, d)
		for name, c := range map[string]struct {
			command ledger.Command
			fresh   bool
			recall  bool
		}{
			"allocation":        {give(), false, true},
			"fresh":             {give(), true, false},
			"unknown customer":  {&ledger.Allocate{Partner: root, Customer: root + 7, Amount: 1}, false, false},
			"unknown partner":   {&ledger.SetLine{Partner: root + 7}, false, false},
			"new customer":      {&ledger.AddCustomer{Uin: root + 8, Partner: root}, false, false},
			"voucher":           {&ledger.WithdrawVoucher{Voucher: 10_000_001}, false, false},
			"quota":             {&ledger.SetVoucherQuota{Partner: root, Total: money.Dollar}, false, false},
			"leaving customers": {&ledger.Unbind{Customer: root + 1, Partner: root}, false, false},
		} {
			for range 2 {
				record(t, s, 0)
			}
			r := store.BatchRequest{Root: root, Fresh: c.fresh, Now: func() int64 { return start.UnixMilli() }}
			r.Needs.Need(c.command)
			b, err := s.Begin(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			if b.Recalled() != c.recall {
				t.Errorf("%s: begun with what is remembered: %t", name, b.Recalled())
			}
			b.Rollback()
		}
	})
}

// However many trees there are and however many customers one has, what is
// remembered has a bound.
func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	if most := store.RememberedRows(300, 1000); most <= store.RowsOfAll-1000 || most > store.RowsOfAll {
		t.Errorf("%d rows of many trees", most)
	}
	// Trees without rows count, too: their maps have room for some.
	if most := store.RememberedRows(store.RowsOfAll/4, 8); most <= store.RowsOfAll-8 || most > store.RowsOfAll {
		t.Errorf("%d rows of small trees", most)
	}
	s, _ := fresh(t, testkit.SQLite)
	const customers = store.RowsOfTree + 300
	var names []string
	for i := range customers {
		names = append(names, fmt.Sprint(i))
	}
	plant(t, s, names...)
	for range 2 {
		commit(t, s, give())
		rows, err := s.Remembers(context.Background(), root)
		if err != nil || rows > store.RowsOfTree {
			t.Errorf("%d rows: %v", rows, err)
		}
	}
}

// Of a tree that was set back nothing is kept, also where another batch has the number
// of the one that is remembered and made no transfer either.
func TestNothingIsKeptOfATreeThatWasSetBack(t *testing.T) {
	t.Parallel()
	const zeros = `(SELECT head FROM tree WHERE root_uin = 0)`
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		for _, other := range []string{
			`batch = batch - 1`, `head = ` + zeros, `audit_sequence = audit_sequence + 1`, `audit_hash = ` + zeros,
		} {
			s, address := remembering(t, d)
			execute(t, address, `INSERT INTO tree (root_uin, batch, sequence, head, last_at, last_voucher, outside, outstanding)
				SELECT 0, 0, 0, $1, 0, 0, 0, 0`, make([]byte, 32))
			execute(t, address, `UPDATE tree SET `+other+` WHERE root_uin = $1`, root)
			execute(t, address, `UPDATE customer SET forced = 1 WHERE root_uin = $1`, root)
			b := begin(t, s, &ledger.SetStatus{Partner: root})
			if err := b.Commit(nil); err != nil {
				t.Fatal(err)
			}
			if _, err := s.Remembers(context.Background(), root); err != nil {
				t.Errorf("%s: %v", other, err)
			}
		}
	})
}

// A clock that went back does not take the tree with it: what time has changed of a
// customer's vouchers by the tree's last transfer is read.
func TestVouchersAreOfTheTreesTime(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, _ := remembering(t, d)
		now := start
		at := func(command ledger.Command) *store.Batch {
			r := store.BatchRequest{Root: root, Now: func() int64 { return now.UnixMilli() }}
			r.Needs.Need(command)
			b, err := s.Begin(context.Background(), r)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := b.State.Apply(command, ledger.Origin{}); err != nil {
				t.Fatal(err)
			}
			return b
		}
		line := &ledger.SetLine{Partner: root, Total: 2000 * money.Dollar}
		for i, step := range []struct {
			at      time.Time
			command ledger.Command
			recall  bool
		}{
			{start, &ledger.SetVoucherQuota{Partner: root, Total: money.Dollar}, false},
			{start, &ledger.IssueVoucher{Voucher: voucher.Voucher{
				Issuer: root, Customer: root + 1, Face: money.Dollar, PaymentMode: "AllPayment",
				Effective: start.Add(time.Hour).UnixMilli(), Expire: start.Add(9 * time.Hour).UnixMilli(),
			}}, false},
			{start, give(), true},
			{start.Add(2 * time.Hour), line, true},
			{start, give(), false},
			{start, give(), true},
		} {
			now = step.at
			b := at(step.command)
			if b.Recalled() != step.recall {
				t.Errorf("step %d: begun with what is remembered: %t", i, b.Recalled())
			}
			if err := b.Commit(nil); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// What is remembered is relied on less where that was in vain, from the first time
// on, and more where it was not.
func TestTrustIsLearned(t *testing.T) {
	t.Parallel()
	const vain = true
	for _, c := range []struct {
		inVain []bool
		want   int
	}{
		{nil, 0},
		{[]bool{vain}, 2},
		{[]bool{vain, vain}, 4},
		{[]bool{vain, vain, vain, vain, vain, vain}, 16},
		{[]bool{vain, vain, !vain}, 3},
		{[]bool{vain, !vain, !vain, !vain}, 1},
		{[]bool{!vain, vain}, 2},
	} {
		if got := store.Trust(c.inVain...); got != c.want {
			t.Errorf("after %v: %d, not %d", c.inVain, got, c.want)
		}
	}
}
