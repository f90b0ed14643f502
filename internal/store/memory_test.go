package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"tael/internal/audit"
	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/store"
	"tael/internal/testkit"
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
