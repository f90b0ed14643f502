package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tael/internal/demo"
	"tael/internal/load"
)

// A world that was filled serves every kind of load, closed and open loop, the
// balances are those that were answered, and everything verifies.
func TestBench(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, world, out := filepath.Join(dir, "tael.db"), filepath.Join(dir, "world.json"), filepath.Join(dir, "report.json")
	operator := []string{"TAEL_OPERATOR_SECRET_ID=AKIDbench", "TAEL_OPERATOR_SECRET_KEY=benchSecret"}
	fill := []string{
		"bench", "--fill", "--db", db, "--world", world,
		"--partners", "2", "--customers", "30", "--vouchers", "2", "--holders", "20", "--transfers", "120", "--busiest", "25",
	}
	tael(t, fill...).expect(t, 0, "", "298 of 298 commands")
	tael(t, fill...).expect(t, 1, "", "with 30 customers, who were given 3000.00000048; fill an empty")
	if info, err := os.Stat(world); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v: the file holds keys", info, err)
	}
	s := start(t, operator, "--rate-limits", "off", "--db", db)
	busiest(t, s, world, 25)
	for i, work := range load.Works {
		args := []string{
			"bench", "--endpoint", s.endpoint, "--world", world, "--work", work,
			"--clients", "4", "--warm", "100ms", "--time", "400ms", "--json", out,
			"--page", load.Pages[i%len(load.Pages)], "--busiest-history",
		}
		if i%2 == 1 {
			args = append(args, "--rate", "200")
		}
		command{args: args, env: operator}.run(t).expect(t, 0, "", "the balances are those that the answers add up to")
		text, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		var r load.Report
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		if r.Requests == 0 || r.OK() != r.Requests || r.Unanswered != 0 || r.P50 <= 0 || r.P50 > r.P99 || r.P99 > r.Max {
			t.Errorf("%s", text)
		}
	}
	if code := s.stop(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	tael(t, "verify", "--db", db).expect(t, 0, "everything adds up", "")
}

// busiest compares the allocations to the first customers with those that the world
// file says they got.
func busiest(t *testing.T, s *server, path string, want int64) {
	t.Helper()
	w, err := load.ReadWorld(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range w.Partners {
		got := s.must(t, demo.Account{SecretID: p.Key.ID, SecretKey: p.Key.Secret}, "QueryCreditAllocationHistory",
			fmt.Sprintf(`{"ClientUin": %d}`, p.FirstCustomer))
		var history struct{ Total int64 }
		if err := json.Unmarshal(got.Response, &history); err != nil || history.Total != want || p.Allocations != want {
			t.Errorf("%d allocations to the first customer, %d in the world file, want %d: %v",
				history.Total, p.Allocations, want, err)
		}
	}
}

// Where somebody else changes the balances, or refuses, the load says so.
func TestBenchTellsWhatIsWrong(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "--demo", "--db", filepath.Join(t.TempDir(), "tael.db"))
	reseller := account(demo.Reseller)
	world := filepath.Join(t.TempDir(), "world.json")
	w := load.World{Partners: []load.Partner{{
		Uin: reseller.Uin, Key: load.Key{ID: reseller.SecretID, Secret: reseller.SecretKey},
		FirstCustomer: demo.FirstCustomer, Customers: 1,
	}}}
	if err := w.Save(world); err != nil {
		t.Fatal(err)
	}
	args := []string{"bench", "--endpoint", s.endpoint, "--world", world, "--warm", "0s", "--time", "300ms"}
	// The rate limits are on: what is beyond them counts as an error and moves nothing.
	// In three seconds there are two whole ones.
	tael(t, append(args, "--work", "AllocateCustomerCredit", "--time", "3s")...).expect(t, 0, "RequestLimitExceeded", "add up to")
	tael(t, append(args, "--work", "RecordCharge")...).expect(t, 1, "", "signed with the operator's key")
	tael(t, append(args, "--work", "Nothing")...).expect(t, 1, "", "there are QueryPartnerCredit")
	tael(t, append(args, "--page", "best")...).expect(t, 1, "", "there are first")
	tael(t, append(args, "--endpoint", "localhost:1")...).expect(t, 1, "", "write http://host:port")
	tael(t, "bench", "--world", filepath.Join(t.TempDir(), "none.json")).expect(t, 1, "", "make one with tael bench --fill")
	w.Partners[0].Key.Secret = strings.ToUpper(w.Partners[0].Key.Secret)
	if err := w.Save(world); err != nil {
		t.Fatal(err)
	}
	tael(t, args...).expect(t, 1, "", "AuthFailure.SignatureFailure")
}
