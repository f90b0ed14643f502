package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
	"tael/internal/testkit"
)

// claims are those of a new account.
func claims(t *testing.T, s *store.Store, uin int64, mail, secretID string) []store.Claim {
	t.Helper()
	key, err := s.ClaimKey(uin, secretID, "secret", start)
	if err != nil {
		t.Fatal(err)
	}
	return []store.Claim{
		store.ClaimIdentity(store.Identity{Uin: uin, Root: root, Role: partner.Customer, Name: "C"}, start),
		store.ClaimMail(mail, uin), key,
	}
}

// A creation that is refused leaves no row in the directory, though others of
// the same batch are committed; and it takes nothing of theirs with it.
func TestRefusedCreationLeavesNothingInTheDirectory(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		plant(t, s)
		add := func(uin, of int64) *ledger.AddCustomer { return &ledger.AddCustomer{Uin: uin, Partner: of} }
		b := begin(t, s, add(11, root), add(12, 999))
		defer b.Rollback()
		claim := func(want error, all []store.Claim) {
			t.Helper()
			refusal, err := b.Claim(all)
			if err != nil || !errors.Is(refusal, want) {
				t.Errorf("claim: refused with %v, want %v; %v", refusal, want, err)
			}
		}
		claim(nil, claims(t, s, 11, "Eleven@x.example", "AKID11"))
		if _, err := b.State.Apply(add(11, root), ledger.Origin{}); err != nil {
			t.Fatal(err)
		}
		// The mail address is the first one's, whatever its case.
		claim(store.ErrMailTaken, claims(t, s, 13, " eleven@X.EXAMPLE", "AKID13"))
		claim(store.ErrUinTaken, claims(t, s, 11, "other@x.example", "AKID14"))
		// The directory has nothing against this one, but the ledger has.
		refused := claims(t, s, 12, "twelve@x.example", "AKID12")
		claim(nil, refused)
		if _, err := b.State.Apply(add(12, 999), ledger.Origin{}); !errors.Is(err, ledger.ErrNotPartner) {
			t.Fatal(err)
		}
		if err := b.Unclaim(refused); err != nil {
			t.Fatal(err)
		}
		if err := b.Commit(nil); err != nil {
			t.Fatal(err)
		}
		for table, rows := range map[string]string{
			"identity": "uin = 11", "mail": "uin = 11 AND mail = 'eleven@x.example'",
			"secret_key": "uin = 11 AND secret_id = 'AKID11'",
			"customer":   "uin = 11",
		} {
			if all, its := count(t, path, table, "1 = 1"), count(t, path, table, rows); all != 1 || its != 1 {
				t.Errorf("%s has %d rows, %d of the account that was made", table, all, its)
			}
		}
		// What was refused is free for the next.
		b = begin(t, s, add(12, root))
		defer b.Rollback()
		claim(nil, claims(t, s, 12, "twelve@x.example", "AKID12"))
		verify(t, s)
	})
}

// An account has two keys at most, also where both come in one batch.
func TestThirdKeyIsRefused(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		plant(t, s)
		b := begin(t, s)
		defer b.Rollback()
		for i, want := range []error{nil, nil, store.ErrKeyLimit} {
			key, err := s.ClaimKey(root, fmt.Sprint("AKID", i), "secret", start)
			if err != nil {
				t.Fatal(err)
			}
			if refusal, err := b.Claim([]store.Claim{key}); err != nil || !errors.Is(refusal, want) {
				t.Errorf("key %d: %v %v", i, refusal, err)
			}
		}
		if err := b.Commit(nil); err != nil {
			t.Fatal(err)
		}
		if n := count(t, path, "secret_key", "1 = 1"); n != 2 {
			t.Errorf("%d keys", n)
		}
	})
}

// Name and remark are searched for what was written, whatever the case: %, _
// and \ are letters like any other (domain.md §2.3, Q 13).
func TestSearchTakesWildcardsForWhatTheyAre(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, _ := fresh(t, d)
		names := []string{
			"100% Cloud", "100 Clouds", `back\slash`, "snake_case", "snakeXcase", "Straße", "ΣΊΣΥΦΟΣ",
			"港口",
		}
		plant(t, s, names...)
		for text, want := range map[string][]string{
			"%": {"100% Cloud"}, "0%": {"100% Cloud"}, "_": {"snake_case"}, "e_c": {"snake_case"}, `\`: {`back\slash`},
			`\%`: nil, `\_`: nil, "CLOUD": {"100 Clouds", "100% Cloud"}, "snake": {"snakeXcase", "snake_case"},
			"STRASSE": {"Straße"}, "σίσυφος": {"ΣΊΣΥΦΟΣ"}, "港": {"港口"}, "'": nil, " cloud ": {
				"100 Clouds",
				"100% Cloud",
			},
			"100%%": nil, "*": nil, "?": nil, "[a-z]": nil,
		} {
			for _, by := range []string{"name", "remark"} {
				found, total, err := s.Customers(context.Background(), store.Account{Root: root, Uin: root},
					store.CustomerFilter{By: by, Text: text}, store.Page{Number: 1, Size: 100})
				if err != nil {
					t.Fatal(err)
				}
				var got []string
				for _, c := range found {
					got = append(got, c.Name)
				}
				slices.Sort(got)
				if !slices.Equal(got, want) || total != int64(len(want)) {
					t.Errorf("%s %q: %q of %d, want %q", by, text, got, total, want)
				}
			}
		}
	})
}

// UIN and mail address match whole, the address whatever its case; pages split
// the list without gap or overlap.
func TestCustomersAreFoundWholeAndPaged(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, _ := fresh(t, d)
		plant(t, s, "a", "b", "c", "d", "e")
		list := func(f store.CustomerFilter, page store.Page) (uins []int64, total int64) {
			t.Helper()
			found, total, err := s.Customers(context.Background(), store.Account{Root: root, Uin: root}, f, page)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range found {
				uins = append(uins, c.Uin-root)
			}
			return uins, total
		}
		for what, c := range map[string]struct {
			filter store.CustomerFilter
			page   store.Page
			want   []int64
			total  int64
		}{
			"uin": {store.CustomerFilter{By: "uin", Uin: root + 2}, store.Page{Number: 1, Size: 9}, []int64{2}, 1},
			"mail": {
				store.CustomerFilter{By: "mail", Text: "m3@X.example"},
				store.Page{Number: 1, Size: 9},
				[]int64{4},
				1,
			},
			"part of it":  {store.CustomerFilter{By: "mail", Text: "m3@x"}, store.Page{Number: 1, Size: 9}, nil, 0},
			"first page":  {store.CustomerFilter{}, store.Page{Number: 1, Size: 2}, []int64{5, 4}, 5},
			"second page": {store.CustomerFilter{}, store.Page{Number: 2, Size: 2}, []int64{3, 2}, 5},
			"last page":   {store.CustomerFilter{}, store.Page{Number: 3, Size: 2}, []int64{1}, 5},
			"beyond":      {store.CustomerFilter{}, store.Page{Number: 4, Size: 2}, nil, 5},
			"oldest":      {store.CustomerFilter{Older: true}, store.Page{Number: 1, Size: 2}, []int64{1, 2}, 5},
		} {
			if got, total := list(c.filter, c.page); !slices.Equal(got, c.want) || total != c.total {
				t.Errorf("%s: %d of %d, want %d of %d", what, got, total, c.want, c.total)
			}
		}
	})
}
