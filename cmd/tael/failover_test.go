//go:build linux

package main_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/testkit"
	"tael/internal/throwaway"
)

// failoverRounds is how often the primary is killed: as often as
// TAEL_TEST_FAILOVER says, twice where nothing may be skipped.
func failoverRounds(t *testing.T) int {
	t.Helper()
	if raceEnabled {
		t.Skip("takes too long with the race detector, which finds nothing in other processes")
	}
	if text := os.Getenv("TAEL_TEST_FAILOVER"); text != "" {
		rounds, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return rounds
	}
	if !testkit.NothingSkipped() {
		t.Skip("takes minutes; make failover runs it")
	}
	return 2
}

// replicated is a cluster that fails over, with two servers on it under load.
type replicated struct {
	*throwaway.Patroni
	database []string
	servers  []*server
	crowds   []*crowd
}

func newReplicated(t *testing.T, synchronous bool, seed uint64) *replicated {
	t.Helper()
	patroni, err := throwaway.StartPatroni(synchronous)
	if errors.Is(err, throwaway.ErrNoPatroni) || errors.Is(err, throwaway.ErrNoPostgres) {
		testkit.Missing(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(patroni.Stop)
	r := &replicated{Patroni: patroni, database: newDatabaseAt(t, patroni.Address("tael"))}
	for range 2 {
		r.servers = append(r.servers, start(t, nil, append([]string{"--demo", "--rate-limits", "off"}, r.database...)...))
	}
	r.load(t, "first", seed)
	return r
}

func (r *replicated) load(t *testing.T, name string, seed uint64) {
	for i, s := range r.servers {
		transport := &http.Transport{MaxIdleConnsPerHost: 8}
		l := &crowd{
			t: t, client: &http.Client{Transport: transport}, name: fmt.Sprintf("%s-%d", name, i), endpoint: s.endpoint,
			patient: true,
		}
		l.start(8, seed+uint64(i))
		r.crowds = append(r.crowds, l)
	}
}

func (r *replicated) end() []*attempt {
	var all []*attempt
	for _, l := range r.crowds {
		all = append(all, l.end()...)
	}
	return all
}

// answered is how many writes of the load were answered.
func (r *replicated) answered() (count int) {
	for _, l := range r.crowds {
		count += l.count(func(a *attempt) bool { return a.answered })
	}
	return count
}

// killPrimary kills the primary's node under load and waits until writes are
// answered again. With cut the standbys do not get what it wrote in its last half
// second: their receivers are frozen and then killed, so that not even what is in
// their sockets reaches them. So many writes are answered meanwhile, at least.
func (r *replicated) killPrimary(t *testing.T, cut bool, answered int) {
	t.Helper()
	primary := r.Primary()
	if primary < 0 {
		t.Fatal("there is no primary")
	}
	if cut {
		// A standby may be about to start its receiver anew.
		for began := time.Now(); r.SignalReceivers(primary, syscall.SIGSTOP) < throwaway.Nodes-1; {
			if time.Since(began) > patience {
				t.Fatal("not all standbys have a receiver")
			}
			time.Sleep(50 * time.Millisecond)
		}
		before := r.answered()
		time.Sleep(500 * time.Millisecond)
		testkit.Eventually(t, "writes are answered that no standby has", func() bool { return r.answered() >= before+answered })
	}
	r.KillNode(primary)
	began := time.Now()
	if cut {
		r.SignalReceivers(primary, syscall.SIGKILL)
	}
	body := fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 0.5}`, demo.FirstCustomer)
	back := false
	for {
		// Where the one standby that is left cannot follow the new primary, strict
		// synchronous replication holds all writes until the dead node is back.
		if time.Since(began) > 30*time.Second && !back {
			t.Logf("no write after %s: the dead node comes back", time.Since(began))
			back = true
			if err := r.StartNode(primary); err != nil {
				t.Fatal(err)
			}
		}
		got, err := call(t.Context(), http.DefaultClient, r.servers[0].endpoint, account(demo.Reseller),
			"AllocateCustomerCredit", body, "")
		if err == nil && got.Code == "" {
			break
		}
		if time.Since(began) > 3*time.Minute {
			t.Fatalf("no write after three minutes: %s %s %v", got.Code, got.Message, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Logf("node %d was killed, receivers cut off: %t; writes were answered again after %s", primary, cut, time.Since(began))
	if !back {
		if err := r.StartNode(primary); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.WaitHealthy(2 * time.Minute); err != nil {
		t.Fatal(err)
	}
}

// However the primary dies, with synchronous replication what was answered is
// there exactly once after the failover, what was not at most once, and repeating
// it under its key makes it exactly once.
func TestFailoverLosesNothing(t *testing.T) {
	rounds := failoverRounds(t)
	random := randomness(t)
	r := newReplicated(t, true, random.Uint64())
	for round := range rounds {
		time.Sleep(time.Duration(500+random.IntN(1500)) * time.Millisecond)
		r.killPrimary(t, round%2 == 1, 0)
	}
	all := r.end()
	for i, s := range r.servers {
		t.Logf("server %d could not tell of %d batches in time", i, strings.Count(s.stderr.String(), `"outcome unknown"`))
	}
	repeatUnanswered(t, r.servers[1], all)
	checkHistory(t, r.servers[0], all, 1, -1)
	for _, s := range r.servers {
		if code := s.stop(t); code != 0 {
			t.Errorf("exit code %d", code)
		}
	}
	verified(t, r.database, "")
}

// The same with asynchronous replication loses writes: the test above can fail.
func TestFailoverWithoutSynchronousReplicationLosesWrites(t *testing.T) {
	failoverRounds(t)
	random := randomness(t)
	r := newReplicated(t, false, random.Uint64())
	time.Sleep(2 * time.Second)
	r.killPrimary(t, true, 20)
	all := r.end()
	found := history(t, r.servers[0])
	lost := 0
	for _, a := range all {
		if a.answered && len(found[a.remark]) == 0 {
			lost++
		}
	}
	t.Logf("%d of %d attempts were answered and lost", lost, len(all))
	if lost == 0 {
		t.Error("nothing was lost: the failover test proves nothing")
	}
}
