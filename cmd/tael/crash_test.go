package main_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/money"
	"tael/internal/testkit"
)

// attempt is one allocation that a client sent.
type attempt struct {
	account  demo.Account
	customer int64
	remark   string
	key      string // empty for half of them
	amount   money.Amount
	answered bool
	busy     bool // it was answered that nothing was executed
	over     bool // nothing of it changes any more; guarded by the crowd's mu
	answer   struct{ TotalCredit, RemainingCredit money.Amount }
	request  string // id of the first request that was answered
}

func (a *attempt) body() string {
	return fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": %s, "Remark": %q}`, a.customer, a.amount, a.remark)
}

// send makes the attempt; an error says that no answer came.
func (a *attempt) send(ctx context.Context, c *http.Client, endpoint string) (answer, error) {
	got, err := call(ctx, c, endpoint, a.account, "AllocateCustomerCredit", a.body(), a.key)
	if err != nil {
		return got, err
	}
	if got.Code != "" {
		return got, nil
	}
	if !a.answered {
		a.request = got.requestID()
	}
	a.answered, a.busy = true, false
	return got, json.Unmarshal(got.Response, &a.answer)
}

// crowd is a set of clients that allocate until the server stops answering.
type crowd struct {
	t        *testing.T
	client   *http.Client
	name     string // makes the remarks unique
	endpoint string
	// patient clients go on, after a pause, where the server is busy or does not
	// know what came of an attempt.
	patient bool
	ended   atomic.Bool

	mu       sync.Mutex
	attempts []*attempt
	running  sync.WaitGroup
}

// pairs are partners of both demo trees with a customer each.
var pairs = []struct{ partner, customer int64 }{
	{demo.Reseller, demo.Reseller + 1},
	{demo.Reseller, demo.Reseller + 2},
	{demo.Distributor, demo.Distributor + 1},
	{demo.Subreseller, demo.Subreseller + 1},
	{demo.Subreseller, demo.Subreseller + 2},
}

// newCrowd starts clients, each with a sequence of attempts of its own.
func newCrowd(t *testing.T, endpoint, name string, clients int, keepAlive bool, seed uint64) *crowd {
	transport := &http.Transport{MaxIdleConnsPerHost: clients, DisableKeepAlives: !keepAlive}
	l := &crowd{t: t, client: &http.Client{Transport: transport}, name: name, endpoint: endpoint}
	l.start(clients, seed)
	return l
}

func (l *crowd) start(clients int, seed uint64) {
	for i := range clients {
		l.running.Go(func() { l.run(i, rand.New(rand.NewPCG(seed, uint64(i)))) })
	}
}

// end makes the clients stop after the attempts they are at.
func (l *crowd) end() []*attempt {
	l.ended.Store(true)
	return l.wait()
}

// run is one client: it goes on until an answer does not come.
func (l *crowd) run(client int, random *rand.Rand) {
	for n := 0; !l.ended.Load(); n++ {
		pair := pairs[random.IntN(len(pairs))]
		a := &attempt{
			account: account(pair.partner), customer: pair.customer,
			remark: fmt.Sprintf("%s-%d-%d", l.name, client, n),
			// Far too small for a line or a credit ever to run out.
			amount: money.Amount(1 + random.IntN(1000)),
		}
		if random.IntN(3) == 0 {
			a.amount = -a.amount
		}
		if n%2 == 0 {
			a.key = "key-" + a.remark
		}
		l.mu.Lock()
		l.attempts = append(l.attempts, a)
		l.mu.Unlock()
		got, err := a.send(l.t.Context(), l.client, l.endpoint)
		if err != nil {
			return
		}
		a.busy = got.Code == "OperationDenied.ServiceBusy"
		l.mu.Lock()
		a.over = true
		l.mu.Unlock()
		if l.patient && !a.answered && (a.busy || strings.Contains(got.Message, "outcome of the request is unknown")) {
			time.Sleep(20 * time.Millisecond)
			continue
		}
		if !a.answered && !a.busy {
			l.t.Errorf("%s: %s: %s", a.body(), got.Code, got.Message)
			return
		}
	}
}

// wait ends when every client has stopped.
func (l *crowd) wait() []*attempt {
	l.running.Wait()
	l.client.CloseIdleConnections()
	return l.attempts
}

// count is how many attempts that are over are of a kind.
func (l *crowd) count(kind func(*attempt) bool) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, a := range l.attempts {
		if a.over && kind(a) {
			n++
		}
	}
	return n
}

// await waits until so many attempts are of a kind.
func (l *crowd) await(t *testing.T, n int, kind func(*attempt) bool) {
	t.Helper()
	for began := time.Now(); l.count(kind) < n; time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatalf("only %d attempts are of the kind after %s", l.count(kind), patience)
		}
	}
}

// record is one entry of QueryCreditAllocationHistory.
type record struct {
	Operator          string
	Credit            money.Amount
	AllocatedCredit   money.Amount
	ClientCreditAfter money.Amount
	Remark            string
}

// history reads all allocations to the customers of pairs, by remark.
func history(t *testing.T, s *server) map[string][]record {
	t.Helper()
	found := map[string][]record{}
	for _, pair := range pairs {
		for page, seen := 1, 0; ; page++ {
			body := fmt.Sprintf(`{"ClientUin": %d, "Page": %d, "PageSize": 100}`, pair.customer, page)
			got := s.must(t, account(pair.partner), "QueryCreditAllocationHistory", body)
			var list struct {
				Total   int
				History []record
			}
			if err := json.Unmarshal(got.Response, &list); err != nil {
				t.Fatal(err)
			}
			for _, r := range list.History {
				found[r.Remark] = append(found[r.Remark], r)
			}
			if seen += len(list.History); len(list.History) == 0 {
				if seen != list.Total {
					t.Errorf("customer %d: %d records, Total says %d", pair.customer, seen, list.Total)
				}
				break
			}
		}
	}
	return found
}

// checkHistory compares what clients were told with what the server keeps.
// unansweredMax is how often an attempt without an answer may have been executed,
// busyMax how many may have been answered that the server was busy; -1: any number.
func checkHistory(t *testing.T, s *server, attempts []*attempt, unansweredMax, busyMax int) {
	t.Helper()
	found := history(t, s)
	answered, busy := 0, 0
	for _, a := range attempts {
		records := found[a.remark]
		if a.busy {
			busy++
			if len(records) > 0 {
				t.Errorf("%s was answered that the server was busy, and is there", a.remark)
			}
		}
		if !a.answered {
			if len(records) > unansweredMax {
				t.Errorf("%s was not answered and is there %d times", a.remark, len(records))
			}
			continue
		}
		answered++
		want := record{a.account.Name, a.amount, a.answer.TotalCredit, a.answer.RemainingCredit, a.remark}
		if len(records) != 1 || records[0] != want {
			t.Errorf("%s was answered: want once %+v, got %+v", a.remark, want, records)
		}
	}
	t.Logf("%d of %d attempts answered, %d times busy", answered, len(attempts), busy)
	if answered == 0 || busyMax >= 0 && busy > busyMax {
		t.Error("no attempt was answered: the test tested nothing")
	}
}

// verified runs "tael verify", against the anchors of the run before where
// there was one, and returns its print as the next anchors.
func verified(t *testing.T, database []string, anchors string) string {
	t.Helper()
	args := append([]string{"verify"}, database...)
	if anchors != "" {
		args = append(args, "--anchors", anchors)
	}
	got := tael(t, args...)
	if got.code != 0 || !strings.Contains(got.stdout, "everything adds up") {
		t.Fatalf("verify: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	path := filepath.Join(t.TempDir(), "anchors")
	if err := os.WriteFile(path, []byte(got.stdout), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// repeatUnanswered repeats the attempts of a crash that have a key; the key
// makes that safe. A few answered ones are repeated too and must be replays.
func repeatUnanswered(t *testing.T, s *server, attempts []*attempt) {
	t.Helper()
	replays := 0
	for _, a := range attempts {
		if a.key == "" || a.answered && replays == 5 {
			continue
		}
		before := *a
		got, err := a.send(t.Context(), http.DefaultClient, s.endpoint)
		if err != nil || got.Code != "" {
			t.Fatalf("repeat of %s: %s %s %v", a.remark, got.Code, got.Message, err)
		}
		if before.answered {
			replays++
			if !got.Replayed || a.answer != before.answer {
				t.Errorf("repeat of %s: replayed %t, %+v, not %+v", a.remark, got.Replayed, a.answer, before.answer)
			}
		}
	}
}

// However often the process is killed, what was answered is there exactly
// once, what was not is there at most once, and repeating it under its key
// makes it exactly once (design.md §1.3, §9).
func TestNothingAnsweredIsLostOrDoubledByKill(t *testing.T) {
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		random := randomness(t)
		rounds, longest := 20, 900
		if d == testkit.Postgres {
			rounds = 10
		}
		if raceEnabled {
			rounds = 6 // all is ten times slower
		}
		if testing.Short() {
			rounds = 3
		}
		database := newDatabase(t, d)
		serve := append([]string{"--demo", "--rate-limits", "off"}, database...)
		var all []*attempt
		anchors := ""
		for round := range rounds {
			s := start(t, nil, serve...)
			clients := 8 + random.IntN(9)
			l := newCrowd(t, s.endpoint, fmt.Sprintf("r%d", round), clients, true, random.Uint64())
			time.Sleep(time.Duration(50+random.IntN(longest)) * time.Millisecond)
			if round%4 == 1 {
				anchors = verified(t, database, anchors) // beside the live server
			}
			s.kill()
			attempts := l.wait()
			all = append(all, attempts...)
			anchors = verified(t, database, anchors)
			if t.Failed() {
				t.Fatalf("round %d failed", round)
			}
			s = start(t, nil, serve...)
			repeatUnanswered(t, s, attempts)
			s.kill()
			anchors = verified(t, database, anchors)
		}
		s := start(t, nil, serve...)
		checkHistory(t, s, all, 1, 20)
		if code := s.stop(t); code != 0 {
			t.Errorf("exit code %d: %s", code, s.stderr.String())
		}
		verified(t, database, anchors)
	})
}

// A first start that is killed at any moment can be repeated until the demo
// world is complete.
func TestDemoWorldSurvivesKillWhileItIsMade(t *testing.T) {
	t.Parallel()
	random := randomness(t)
	reference := filepath.Join(t.TempDir(), "whole.db")
	start(t, nil, "--db", reference, "--demo").stop(t)
	whole := lastLine(tael(t, "verify", "--db", reference).stdout)
	worlds := 6
	if testing.Short() {
		worlds = 2
	}
	for range worlds {
		db := filepath.Join(t.TempDir(), "demo.db")
		for range 8 {
			s := launch(t, nil, "--db", db, "--demo", "--listen", "127.0.0.1:0")
			time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
			s.kill()
		}
		s := start(t, nil, "--db", db, "--demo")
		if code := s.stop(t); code != 0 {
			t.Fatalf("exit code %d: %s", code, s.stderr.String())
		}
		got := tael(t, "verify", "--db", db)
		if got.code != 0 || lastLine(got.stdout) != whole {
			t.Errorf("verify: exit code %d, %q, want %q\n%s", got.code, lastLine(got.stdout), whole, got.stderr)
		}
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// SIGTERM under load: what the server has begun it answers, what it answers is
// done, and it ends with code 0.
func TestShutdownAnswersWhatItAccepted(t *testing.T) {
	t.Parallel()
	random := randomness(t)
	database := newDatabase(t, testkit.SQLite)
	serve := append([]string{"--demo", "--rate-limits", "off"}, database...)
	var all []*attempt
	for round := range 3 {
		s := start(t, nil, serve...)
		// Without kept connections, since a server may close an idle one in the very
		// moment in which a request is sent on it.
		l := newCrowd(t, s.endpoint, fmt.Sprintf("s%d", round), 12, false, random.Uint64())
		time.Sleep(time.Duration(100+random.IntN(300)) * time.Millisecond)
		if code := s.stop(t); code != 0 {
			t.Errorf("exit code %d: %s", code, s.stderr.String())
		}
		all = append(all, l.wait()...)
		if line := firstLine(s.stderr.String(), `"level":"ERROR"`); line != "" {
			t.Errorf("the log says: %s", line)
		}
	}
	verified(t, database, "")
	s := start(t, nil, serve...)
	checkHistory(t, s, all, 0, 20)
}
