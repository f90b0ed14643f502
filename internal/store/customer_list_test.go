package store_test

import (
	"cmp"
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
	"tael/internal/testkit"
)

// farthest is how many customers a page may be counted from once the list's newer
// end has its marks: two spacings, and a batch in whose millisecond none is set.
const farthest = 2*500 + 240

// lists keeps beside a store what its lists of customers should be.
type lists struct {
	t       *testing.T
	store   *store.Store
	address string
	random  *rand.Rand
	now     int64
	members map[int64][]member // by partner, in any order
	taken   map[int64]bool
	counted int64 // how far the last list was counted, by its OFFSET
}

type member struct{ at, uin int64 }

// listing are the partners whose lists are compared.
var listing = [...]int64{root, root + 10}

func newLists(t *testing.T, d testkit.Database, seed uint64) *lists {
	t.Helper()
	l := &lists{
		t: t, address: d.Migrated(t), random: rand.New(rand.NewPCG(seed, 0)), now: start.UnixMilli(),
		members: map[int64][]member{}, taken: map[int64]bool{},
	}
	var err error
	l.store, err = store.Open(t.Context(), store.Options{
		Address: l.address, Postgres: testkit.PostgresOptions(), Vault: vaultOf(t, "a"), Migrate: true,
		Watch: func(s store.Statement, _ bool) error {
			if strings.Contains(s.SQL, " OFFSET ") {
				l.counted = s.Args[len(s.Args)-1].(int64)
			}
			return testkit.CheckRouting(s)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, l.store) })
	l.commit(&ledger.AddPartner{Uin: root, Role: partner.Distributor},
		&ledger.AddPartner{Uin: root + 10, Parent: root, Role: partner.Subreseller})
	return l
}

func (l *lists) commit(commands ...ledger.Command) {
	l.t.Helper()
	r := store.BatchRequest{Root: root, Create: true, Now: func() int64 { return l.now }}
	for _, c := range commands {
		r.Needs.Need(c)
	}
	b, err := l.store.Begin(context.Background(), r)
	if err != nil {
		l.t.Fatal(err)
	}
	for _, c := range commands {
		if _, err := b.State.Apply(c, ledger.Origin{}); err != nil {
			l.t.Fatal(err)
		}
	}
	if err := b.Commit(nil); err != nil {
		l.t.Fatal(err)
	}
}

// add makes a batch of customers, whose UINs are in no order.
func (l *lists) add(n int) {
	l.t.Helper()
	var commands []ledger.Command
	for range n {
		uin := root + 100 + l.random.Int64N(1_000_000)
		if l.taken[uin] {
			continue
		}
		l.taken[uin] = true
		of := listing[min(l.random.IntN(4), 1)] // one in four is of the first
		l.members[of] = append(l.members[of], member{l.now, uin})
		commands = append(commands, &ledger.AddCustomer{Uin: uin, Partner: of})
	}
	l.commit(commands...)
}

// leave unbinds customers in one batch, or has them change to the other partner.
func (l *lists) leave(of int64, moved bool, leaving ...member) {
	l.t.Helper()
	other := listing[0] + listing[1] - of
	var commands []ledger.Command
	for _, m := range leaving {
		l.members[of] = slices.DeleteFunc(l.members[of], func(one member) bool { return one == m })
		if moved {
			commands = append(commands, &ledger.Move{Customer: m.uin, Partner: other})
			l.members[other] = append(l.members[other], member{l.now, m.uin})
			continue
		}
		commands = append(commands, &ledger.Unbind{Customer: m.uin})
	}
	l.commit(commands...)
}

// draw picks customers of a partner, each once.
func (l *lists) draw(of int64, n int) []member {
	all := slices.Clone(l.members[of])
	l.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:n]
}

// compare reads some pages of all lists, from both ends and beyond them, and
// returns how far they were counted at most.
func (l *lists) compare(pages int) (counted int64) {
	l.t.Helper()
	for _, of := range listing {
		want := slices.SortedFunc(slices.Values(l.members[of]), func(a, b member) int {
			return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.uin, b.uin))
		})
		for range pages {
			older := l.random.IntN(2) == 0
			size := int64([...]int{1, 7, 10, 100}[l.random.IntN(4)])
			last := (int64(len(want)) + size - 1) / size
			number := 1 + l.random.Int64N(last+2)
			if l.random.IntN(4) == 0 {
				number = max(1, last)
			}
			counted = max(counted, l.page(of, want, older, store.Page{Number: number, Size: size}))
		}
	}
	return counted
}

// page compares one page with that part of the list, oldest first in all.
func (l *lists) page(of int64, all []member, older bool, page store.Page) (counted int64) {
	l.t.Helper()
	if !older {
		all = slices.Clone(all)
		slices.Reverse(all)
	}
	first := min((page.Number-1)*page.Size, int64(len(all)))
	want := all[first:min(first+page.Size, int64(len(all)))]
	l.counted = 0
	listed, total, err := l.store.Customers(context.Background(), store.Account{Root: root, Uin: of},
		store.CustomerFilter{Older: older}, page)
	if err != nil {
		l.t.Fatal(err)
	}
	got := make([]member, len(listed))
	for i := range listed {
		got[i] = member{listed[i].AssociatedAt.UnixMilli(), listed[i].Uin}
	}
	if !slices.Equal(got, want) || total != int64(len(all)) {
		l.t.Fatalf("partner %d, older %t, %+v: %v of %d, want %v of %d", of, older, page, got, total, want, len(all))
	}
	return l.counted
}

// Whoever comes and goes, many of them in the same millisecond, each page is that
// part of the whole list; and it is never counted from far away.
func TestPagesOfManyCustomersAreThoseOfTheWholeList(t *testing.T) {
	t.Parallel()
	seeds(t, 2, func(t *testing.T, d testkit.Database, seed uint64) {
		l := newLists(t, d, seed)
		for len(l.members[root+10]) < 3000 {
			if l.random.IntN(2) == 0 && len(l.members[root+10]) > 1600 { // before that, all in one millisecond
				l.now += l.random.Int64N(3)
			}
			l.add(1 + l.random.IntN(240))
			l.compare(4)
		}
		l.now++
		l.add(240)
		if counted := l.compare(100); counted > farthest {
			t.Errorf("a page was counted from %d customers away", counted)
		}
		verify(t, l.store)
		for i := range 20 {
			l.now += l.random.Int64N(2)
			l.leave(listing[i%2], i%4 < 2, l.draw(listing[i%2], 1+l.random.IntN(5))...)
			l.compare(2)
		}
		marked := int64(testkit.Count(t, l.address, `SELECT MAX(uin) FROM customer_mark WHERE partner_uin = $1`, root+10))
		l.now++
		l.leave(root+10, false, l.members[root+10][slices.IndexFunc(l.members[root+10], func(m member) bool {
			return m.uin == marked
		})])
		l.compare(40)
		for range 8 {
			l.now++
			l.add(240)
			l.compare(4)
		}
		if counted := l.compare(100); counted > farthest {
			t.Errorf("after some left, a page was counted from %d customers away", counted)
		}
		for len(l.members[root+10]) > 700 { // nearly all go to the other, who gets marks of them
			l.now++
			l.leave(root+10, true, l.draw(root+10, 100)...)
		}
		if counted := l.compare(100); counted > farthest {
			t.Errorf("after many moved, a page was counted from %d customers away", counted)
		}
		verify(t, l.store)
	})
}

// Lists from before there were marks get them from the migration, and those from a
// server that makes none from the next batch that a mark is due in.
func TestMarksThatAreMissingAreMade(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("migrations/00005_customer_marks.sql")
	if err != nil {
		t.Fatal(err)
	}
	_, insert, found := strings.Cut(string(text), "INSERT INTO")
	if !found {
		t.Fatal("the migration makes no marks")
	}
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		l := newLists(t, d, 1)
		for len(l.members[root]) < 700 {
			l.now++
			l.add(240)
		}
		for _, making := range []struct {
			by   string
			make func()
		}{
			{"the migration", func() { execute(t, l.address, "INSERT INTO"+insert) }},
			{"batches", func() {
				for range 12 { // in which each of the lists passes a multiple of 500
					l.now++
					l.add(240)
				}
			}},
		} {
			execute(t, l.address, `DELETE FROM customer_mark`)
			if counted := l.compare(60); counted <= farthest {
				t.Errorf("without marks, pages were counted from %d customers away only", counted)
			}
			making.make()
			if counted := l.compare(100); counted > farthest {
				t.Errorf("marks by %s: a page was counted from %d customers away", making.by, counted)
			}
			verify(t, l.store)
		}
		execute(t, l.address, `UPDATE customer_mark SET place = place + 1 WHERE place = 500`)
		err := l.store.Verify(t.Context(), nil, func(store.VerifiedTree, int) error { return nil })
		if err == nil || !strings.Contains(err.Error(), "the mark at place 501") {
			t.Errorf("a wrong mark: %v", err)
		}
	})
}
