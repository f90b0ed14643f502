package trail_test

import (
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"tael/internal/audit"
	"tael/internal/ledger"
	"tael/internal/testkit"
	"tael/internal/trail"
)

// What is older than its days goes, of all trees; the rest stays and verifies.
func TestRetain(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 100}`)
		now := time.Now()
		for age := range 10 { // days
			for i := range 30 {
				for _, tree := range []int64{0, r.Uin} {
					event := call(tree, "x")
					event.Root, event.At = tree, now.AddDate(0, 0, -age).Add(-time.Duration(i)*time.Second).UnixMilli()
					w.Trail.Record(event)
				}
			}
			w.Trail.Count(audit.Stranger{Code: "x", Address: netip.IPv6Loopback()}, now.AddDate(0, 0, -9+age))
			if err := w.Trail.Flush(t.Context()); err != nil { // so that chains follow the time, the oldest last
				t.Fatal(err)
			}
		}
		rows := func(table string) int { return testkit.Count(t, w.Address, `SELECT COUNT(*) FROM `+table) }
		whole := rows("audit")
		if err := trail.Retain(t.Context(), w.Store, now, 400); err != nil || rows("audit") != whole || rows("stranger") != 10 {
			t.Fatalf("%v, %d of %d pages are left", err, rows("audit"), whole)
		}
		w.Verify()
		// The newest came first: nothing before it in its chain may go, nor it.
		if err := trail.Retain(t.Context(), w.Store, now, 5); err != nil || rows("audit") != whole || rows("stranger") != 6 {
			t.Fatalf("%v, %d of %d pages and %d counts are left", err, rows("audit"), whole, rows("stranger"))
		}
		if err := trail.Retain(t.Context(), w.Store, now.AddDate(1, 0, 0), 5); err != nil || rows("audit")+rows("stranger") != 0 {
			t.Fatalf("%v, %d pages are left", err, rows("audit"))
		}
		w.Verify()
		w.Call(r, "QueryPartnerCredit", `{}`)
		w.Verify()
		if rows("audit") != 1 {
			t.Errorf("%d pages", rows("audit"))
		}
	})
}

// The audit of a tree that somebody tampered with stays, and keeps nobody else's.
func TestRetainGoesOnBehindABrokenTree(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{Database: testkit.SQLite})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 100}`)
	for _, tree := range []int64{0, r.Uin} { // 0 comes first
		event := call(tree, "x")
		event.Root = tree
		w.Trail.Record(event)
	}
	w.Trail.Count(audit.Stranger{Code: "x"}, time.UnixMilli(call(0, "").At))
	if err := w.Trail.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	testkit.Execute(t, w.Address, `UPDATE audit SET events = '[]' WHERE root_uin = 0`)
	err := trail.Retain(t.Context(), w.Store, time.Now().AddDate(1, 0, 0), 5)
	if !errors.Is(err, ledger.ErrBroken) || !strings.HasPrefix(err.Error(), "tree 0: broken: page 1 of the audit's calls was changed") {
		t.Error(err)
	}
	left := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM audit`)
	if broken := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM audit WHERE root_uin = 0`); broken != 1 || left != broken {
		t.Errorf("%d pages are left, %d of them of tree 0", left, broken)
	}
	if n := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM stranger`); n != 0 {
		t.Errorf("%d counts are left", n)
	}
}
