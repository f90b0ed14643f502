package store_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"tael/internal/partner"
	"tael/internal/store"
	"tael/internal/testkit"
)

// invite makes invitations a day apart and returns their tokens, oldest first.
func invite(t *testing.T, s *store.Store, n int) []string {
	t.Helper()
	var tokens []string
	b := begin(t, s)
	for i := range n {
		invited := store.Invited{
			Partner: store.Account{Root: root, Uin: root}, Role: partner.Customer, CreatedAt: start.AddDate(0, 0, i),
		}
		tokens = append(tokens, fmt.Sprintf("%032d", i))
		claimAll(t, b, store.ClaimInvitation(invited, tokens[i], fmt.Sprintf("i%d@x.example", i)))
	}
	if err := b.Commit(nil); err != nil {
		t.Fatal(err)
	}
	return tokens
}

// What is older than 60 days is deleted, some at a time and with its trace in the
// directory, but not an application that waits for a decision.
func TestOldInvitationsAreDeleted(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		plant(t, s)
		tokens := invite(t, s, 5)
		open, err := s.OpenInvitation(t.Context(), root, tokens[1], start)
		if err != nil {
			t.Fatal(err)
		}
		b := begin(t, s)
		claimAll(t, b, []store.Claim{store.ClaimUse(&open, 7, start)})
		if err := b.Commit(nil); err != nil {
			t.Fatal(err)
		}
		left := func(want int) {
			t.Helper()
			for _, table := range []string{"invitation", "invitation_token"} {
				if n := count(t, path, table, "1 = 1"); n != want {
					t.Errorf("%d rows of %s, want %d", n, table, want)
				}
			}
		}
		purge := func(after, limit, want int) {
			t.Helper()
			n, err := s.PurgeInvitations(t.Context(), root, start.AddDate(0, 0, after), limit)
			if n != want || err != nil {
				t.Errorf("%d deleted, want %d: %v", n, want, err)
			}
		}
		purge(59, 10, 0)
		left(5)
		purge(62, 1, 1) // of three days, one is open, one is left for the next time
		left(4)
		purge(62, 10, 1)
		left(3)
		purge(365, 10, 2)
		left(1)
		if n := count(t, path, "invitation_gate", "1 = 1"); n != 0 {
			t.Errorf("%d gates are left", n)
		}
		application, err := s.Application(t.Context(), store.Account{Root: root, Uin: root}, 7, partner.Customer)
		if err != nil {
			t.Fatal(err)
		}
		b = begin(t, s)
		claimAll(t, b, []store.Claim{store.ClaimDecision(&application, store.Rejected, "", start)})
		if err := b.Commit(nil); err != nil {
			t.Fatal(err)
		}
		purge(365, 10, 1)
		left(0)
		verify(t, s)
	})
}

// An invitation leads sweeps to its tree when it is to be deleted.
func TestInvitationsAreDue(t *testing.T) {
	t.Parallel()
	s, path := fresh(t, testkit.SQLite)
	plant(t, s)
	invite(t, s, 2)
	want := start.Add(60 * 24 * time.Hour).UnixMilli()
	if got := testkit.Count(t, path, "SELECT at FROM due WHERE kind = 'Retention'"); int64(got) != want {
		t.Errorf("due at %d, not %d", got, want)
	}
}

func TestOldCodesAreDeleted(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, path := fresh(t, d)
		plant(t, s)
		b := begin(t, s)
		for i := range 3 {
			code := store.Verification{Uin: root, Phone: fmt.Sprint("1 ", i), Code: "123456"}
			claimAll(t, b, s.ClaimCode(code, "", "1", start.Add(time.Duration(i)*time.Hour)))
		}
		if err := b.Commit(nil); err != nil {
			t.Fatal(err)
		}
		for i, want := range []int{0, 2, 2, 2, 0} { // the first is past asking after a day and its ten minutes
			after := start.AddDate(0, 0, min(i, 1)).Add(time.Duration(i)*time.Hour - 50*time.Minute)
			if n, err := s.PurgeCodes(t.Context(), after, 10); n != want || err != nil {
				t.Errorf("%d: %d deleted, want %d: %v", i, n, want, err)
			}
		}
		for _, table := range []string{"verify_code", "account_code"} {
			if n := count(t, path, table, "1 = 1"); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
	})
}

// What two processes decide at once, the claims tell apart: an invitation is used
// once, an application decided on once, and only for the account that was looked
// at.
func TestClaimsOnInvitationsHoldOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, _ := fresh(t, d)
		plant(t, s)
		to := store.Account{Root: root, Uin: root}
		tokens := invite(t, s, 2)
		var open []store.Invited
		for _, token := range tokens {
			i, err := s.OpenInvitation(t.Context(), root, token, start)
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, i)
		}
		b := begin(t, s)
		defer b.Rollback()
		claim := func(want error, claims ...store.Claim) {
			t.Helper()
			if refusal, err := b.Claim(claims); err != nil || !errors.Is(refusal, want) {
				t.Errorf("refused with %v, want %v; %v", refusal, want, err)
			}
		}
		claim(store.ErrInvitation, store.ClaimUse(&open[0], 7, start.AddDate(0, 0, 30))) // expired
		registered := store.AccountDetails{Applied: to, AppliedRole: partner.Customer}
		claim(nil, store.ClaimUse(&open[0], 7, start), store.ClaimAccount(store.Identity{Uin: 7}, registered, start))
		claim(store.ErrInvitation, store.ClaimUse(&open[0], 8, start)) // used
		claim(store.ErrInvitation, store.ClaimUse(&open[1], 7, start)) // has applied already
		claim(store.ErrInvitation, store.ClaimTry(&open[0]))
		claim(store.ErrChanged, store.ClaimApplied(7, to, partner.Customer)) // has a first application
		claim(store.ErrChanged, store.ClaimDecision(&open[1], store.Passed, "", start))
		account := store.DirectoryAccount{
			Identity: store.Identity{Uin: 7}, Applied: to, AppliedRole: partner.Customer,
			Standing: partner.Standing{AuthType: partner.AuthNone, AuthStatus: partner.AuthMissing},
		}
		for _, change := range []func(*store.DirectoryAccount){
			func(a *store.DirectoryAccount) { a.KeyAccount = true },
			func(a *store.DirectoryAccount) { a.Organisation = true },
			func(a *store.DirectoryAccount) { a.SavingsPlan = true },
			func(a *store.DirectoryAccount) { a.ShareUnit = partner.ShareUnitJoined },
			func(a *store.DirectoryAccount) { a.Balance = -1 },
			func(a *store.DirectoryAccount) { a.AuthStatus = partner.AuthPassed },
			func(a *store.DirectoryAccount) { a.AuthType = partner.AuthEnterprise },
			func(a *store.DirectoryAccount) { a.AccountType = partner.Company },
			func(a *store.DirectoryAccount) { a.AppliedRole = partner.Subreseller },
			func(a *store.DirectoryAccount) { a.Applied.Uin++ },
		} {
			other := account
			change(&other)
			claim(store.ErrChanged, store.ClaimMembership(&other, root, partner.Customer, 0))
		}
		decide := []store.Claim{
			store.ClaimDecision(&open[0], store.Passed, "", start), store.ClaimMembership(&account, root, partner.Customer, 0),
		}
		claim(nil, decide...)
		claim(store.ErrChanged, decide...)
		claim(store.ErrChanged, decide[1])
		if err := b.Unclaim(decide); err != nil { // and taken back they hold again
			t.Fatal(err)
		}
		claim(nil, decide...)
		bound := account // as the directory has it now, but for its role
		bound.Applied, bound.AppliedRole = store.Account{}, partner.None
		claim(store.ErrChanged, store.ClaimMembership(&bound, root, partner.Customer, 0))
	})
}

// Of the last place among a tree's second-level resellers there is one, also
// within a batch.
func TestLastPlaceOfASecondLevelReseller(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s, _ := fresh(t, d)
		plant(t, s)
		b := begin(t, s)
		defer b.Rollback()
		for i, want := range []error{nil, nil, store.ErrChanged} {
			account := store.DirectoryAccount{
				Identity: store.Identity{Uin: int64(i + 7)},
				Standing: partner.Standing{AuthType: partner.AuthNone, AuthStatus: partner.AuthMissing},
			}
			claimAll(t, b, []store.Claim{store.ClaimAccount(account.Identity, store.AccountDetails{}, start)})
			refusal, err := b.Claim([]store.Claim{store.ClaimMembership(&account, root, partner.Subreseller, 2)})
			if err != nil || !errors.Is(refusal, want) {
				t.Errorf("%d: refused with %v, want %v; %v", i, refusal, want, err)
			}
		}
	})
}
