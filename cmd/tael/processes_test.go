//go:build unix

package main_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/testkit"
)

// process is a server of several on one database, with the clients it has.
type process struct {
	*server
	crowd *crowd
}

// Several processes on one PostgreSQL behave as one: whichever is killed under
// load, what was answered is there exactly once, and what was not can be repeated
// at any other.
func TestProcessesOnOneDatabaseAreKilled(t *testing.T) {
	t.Parallel()
	random := randomness(t)
	database := newDatabase(t, testkit.Postgres)
	serve := append([]string{"--demo", "--rate-limits", "off"}, database...)
	kills := 12
	if raceEnabled || testing.Short() {
		kills = 4
	}
	launched := 0
	begin := func() *process {
		launched++
		s := start(t, nil, serve...)
		return &process{s, newCrowd(t, s.endpoint, fmt.Sprintf("p%d", launched), 6, true, random.Uint64())}
	}
	processes := []*process{begin(), begin(), begin()}
	var all []*attempt
	for range kills {
		time.Sleep(time.Duration(200+random.IntN(600)) * time.Millisecond)
		victim := random.IntN(len(processes))
		processes[victim].kill()
		attempts := processes[victim].crowd.wait()
		all = append(all, attempts...)
		repeatUnanswered(t, processes[(victim+1)%len(processes)].server, attempts)
		if t.Failed() {
			return
		}
		processes[victim] = begin()
	}
	for _, p := range processes {
		p.kill()
		all = append(all, p.crowd.wait()...)
	}
	verified(t, database, "")
	s := start(t, nil, serve...)
	checkHistory(t, s, all, 1, 20)
}

// A process that is frozen in the middle of a batch does not keep the tree from
// others for longer than an idle transaction may take, and what it answers once
// it thaws is true.
func TestFrozenProcessDoesNotHoldATree(t *testing.T) {
	t.Parallel()
	random := randomness(t)
	database := newDatabase(t, testkit.Postgres)
	serve := append([]string{"--demo", "--rate-limits", "off"}, database...)
	frozen, other := start(t, nil, serve...), start(t, nil, serve...)
	l := newCrowd(t, frozen.endpoint, "frozen", 16, true, random.Uint64())
	reseller := account(demo.Reseller)
	longest := time.Duration(0)
	for round := 0; longest < time.Second; round++ { // until it is caught in the middle of a batch
		if round == 100 {
			t.Fatal("it was never frozen in the middle of a batch: the test tested nothing")
		}
		// Soon after the other process wrote: then the batches of this one have the tree's
		// lock while they are made, instead of beginning with what they remember.
		time.Sleep(time.Duration(random.IntN(20_000)) * time.Microsecond)
		if err := frozen.process.Process.Signal(syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		body := fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 0.5, "Remark": "other %d"}`, demo.FirstCustomer, round)
		for {
			got, err := call(t.Context(), http.DefaultClient, other.endpoint, reseller, "AllocateCustomerCredit", body, "")
			if err == nil && got.Code == "" {
				break
			}
			if err != nil || got.Code != "OperationDenied.ServiceBusy" || time.Since(began) > patience {
				t.Fatalf("%s %s %v", got.Code, got.Message, err)
			}
		}
		longest = max(longest, time.Since(began))
		if err := frozen.process.Process.Signal(syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("the other process waited for %s at most", longest)
	time.Sleep(200 * time.Millisecond)
	frozen.kill()
	attempts := l.wait()
	repeatUnanswered(t, other, attempts)
	checkHistory(t, other, attempts, 1, 20)
	if code := other.stop(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	verified(t, database, "")
}

// A database that goes away and comes back: meanwhile everything answers that it
// is busy, soon, nothing of which was executed; /readyz is red; and the process
// recovers by itself within two seconds.
func TestDatabaseOutage(t *testing.T) {
	t.Parallel()
	postgres := testkit.OwnPostgres(t)
	database := newDatabaseAt(t, postgres.Address("postgres"))
	s := start(t, nil, append([]string{"--demo", "--rate-limits", "off"}, database...)...)
	reseller := account(demo.Reseller)
	allocate := func(remark string) (answer, time.Duration, error) {
		body := fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 1, "Remark": %q}`, demo.FirstCustomer, remark)
		began := time.Now()
		got, err := call(context.Background(), http.DefaultClient, s.endpoint, reseller, "AllocateCustomerCredit", body, "")
		return got, time.Since(began), err
	}
	before := s.must(t, reseller, "QueryPartnerCredit", "{}")
	expectStatus(t, s.endpoint+"/readyz", http.StatusOK)
	for round := range 2 {
		postgres.Halt()
		expectStatus(t, s.endpoint+"/readyz", http.StatusServiceUnavailable)
		expectStatus(t, s.endpoint+"/healthz", http.StatusOK)
		for range 2 {
			got, took, err := allocate("while it is away")
			if err != nil || got.Code != "OperationDenied.ServiceBusy" || took > 3*time.Second {
				t.Errorf("round %d, write: %s %v after %s", round, got.Code, err, took)
			}
			began := time.Now()
			got, err = call(t.Context(), http.DefaultClient, s.endpoint, reseller, "QueryPartnerCredit", "{}", "")
			if took := time.Since(began); err != nil || got.Code != "OperationDenied.ServiceBusy" || took > 3*time.Second {
				t.Errorf("round %d, read: %s %v after %s", round, got.Code, err, took)
			}
		}
		if err := postgres.Start(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for {
			asked := time.Since(began)
			if got, _, err := allocate(fmt.Sprint("back ", round)); err == nil && got.Code == "" {
				break
			}
			if asked > noticeTime {
				t.Fatalf("round %d: not back for who asks after %s", round, asked)
			}
		}
		t.Logf("back after %s", time.Since(began))
		expectStatus(t, s.endpoint+"/readyz", http.StatusOK)
	}
	after := s.must(t, reseller, "QueryPartnerCredit", "{}")
	if string(before.Response) == string(after.Response) {
		t.Error("nothing was allocated")
	}
	history := string(s.must(t, reseller, "QueryCreditAllocationHistory",
		fmt.Sprintf(`{"ClientUin": %d, "PageSize": 100}`, demo.FirstCustomer)).Response)
	if strings.Contains(history, "while it is away") || strings.Count(history, `"back `) != 2 {
		t.Errorf("the history is %s", history)
	}
	if code := s.stop(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	verified(t, database, "")
}

// A server that has become read-only answers busy too and is not ready, can be
// verified, and is used again once it writes.
func TestReadOnlyDatabase(t *testing.T) {
	t.Parallel()
	postgres := testkit.OwnPostgres(t)
	database := newDatabaseAt(t, postgres.Address("postgres"))
	s := start(t, nil, append([]string{"--demo", "--rate-limits", "off"}, database...)...)
	reseller := account(demo.Reseller)
	body := fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 1}`, demo.FirstCustomer)
	for _, readOnly := range []string{"on", "off"} {
		testkit.Execute(t, postgres.Address("postgres"), "ALTER SYSTEM SET default_transaction_read_only = "+readOnly)
		testkit.Execute(t, postgres.Address("postgres"), "SELECT pg_reload_conf()")
		var err error
		want := map[string]string{"on": "OperationDenied.ServiceBusy", "off": ""}[readOnly]
		var got answer
		for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
			got, err = call(t.Context(), http.DefaultClient, s.endpoint, reseller, "AllocateCustomerCredit", body, "")
			if err == nil && got.Code == want {
				break
			}
		}
		if err != nil || got.Code != want {
			t.Fatalf("read only is %s: %s %s %v", readOnly, got.Code, got.Message, err)
		}
		s.must(t, reseller, "QueryPartnerCredit", "{}") // reads go on
		ready := map[string]int{"on": http.StatusServiceUnavailable, "off": http.StatusOK}[readOnly]
		expectStatus(t, s.endpoint+"/readyz", ready)
		verified(t, database, "")
	}
}

// serve refuses a server whose commits do not outlive a crash.
func TestServeRefusesServersThatForget(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	database := newDatabase(t, testkit.Postgres)
	var safe []string
	for _, argument := range database {
		if argument != "--unsafe-durability" {
			safe = append(safe, argument)
		}
	}
	tael(t, append([]string{"serve", "--listen", "127.0.0.1:0"}, safe...)...).
		expect(t, 1, "", "fsync = off; --unsafe-durability accepts that")
}

func expectStatus(t *testing.T, url string, want int) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != want {
		t.Errorf("%s answered %d, want %d", url, response.StatusCode, want)
	}
}
