package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/testkit"
)

const webhookSecret = "TAEL_WEBHOOK_SECRET=of the tests of messages"

// warner is a set of clients that make customers and take their credit below a
// threshold, until the server stops answering.
type warner struct {
	t        *testing.T
	endpoint string
	name     string
	running  sync.WaitGroup

	mu       sync.Mutex
	warned   map[string]string // customers whose charge was answered, by their mail addresses
	problems []string
}

func newWarner(t *testing.T, endpoint, name string) *warner {
	w := &warner{t: t, endpoint: endpoint, name: name, warned: map[string]string{}}
	for i := range 2 {
		w.running.Go(func() { w.run(i) })
	}
	return w
}

func (w *warner) run(client int) {
	transport := &http.Client{Transport: &http.Transport{}}
	defer transport.CloseIdleConnections()
	send := func(uin int64, action, body string) (answer, bool) {
		got, err := insist(w.t.Context(), transport, w.endpoint, account(uin), action, body)
		if err == nil && got.Code != "" {
			w.mu.Lock()
			w.problems = append(w.problems, action+": "+got.Code+" "+got.Message)
			w.mu.Unlock()
		}
		return got, err == nil && got.Code == ""
	}
	for n := 0; ; n++ {
		mail := fmt.Sprintf("%s-%d-%d@example.com", w.name, client, n)
		made, ok := send(demo.OperatorUin, "CreateCustomer",
			fmt.Sprintf(`{"PartnerUin": %d, "Name": "C", "Mail": %q}`, demo.Reseller, mail))
		var customer struct{ Uin int64 }
		if !ok || json.Unmarshal(made.Response, &customer) != nil {
			return
		}
		give := fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 0.01}`, customer.Uin)
		if _, ok = send(demo.Reseller, "AllocateCustomerCredit", give); !ok {
			return
		}
		charge := fmt.Sprintf(`{"ChargeId": %q, "ClientUin": %d, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 0.008}`,
			mail, customer.Uin)
		if _, ok = send(demo.OperatorUin, "RecordCharge", charge); !ok {
			return
		}
		w.mu.Lock()
		w.warned[mail] = fmt.Sprint(customer.Uin)
		w.mu.Unlock()
	}
}

// wait ends when every client has stopped, and tells who has to be warned.
func (w *warner) wait() map[string]string {
	w.t.Helper()
	w.running.Wait()
	for _, problem := range w.problems {
		w.t.Error(problem)
	}
	return w.warned
}

// However often the process is killed, every message whose cause was answered
// reaches its receivers, and one that arrives a second time says that it may have
// before.
func TestNoMessageIsLostOrDoubledUnmarkedByKill(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		random := randomness(t)
		rounds := 8
		if d == testkit.Postgres {
			rounds = 3 // it takes the place of a killed scheduler only after some time
		}
		if testing.Short() || raceEnabled {
			rounds = 2
		}
		mails, events := testkit.MailServer(t), testkit.Webhook(t)
		slowly := func(testkit.Received) error { // so that many kills come between taking and telling
			time.Sleep(2 * time.Millisecond)
			return nil
		}
		mails.Judge(slowly)
		events.Judge(slowly)
		database := newDatabase(t, d)
		serve := append([]string{
			"--demo", "--rate-limits", "off", "--smtp", mails.URL, "--mail-from", "tael@example.com", "--webhook", events.URL,
		}, database...)
		warned := map[string]string{}
		for round := range rounds {
			s := start(t, []string{webhookSecret}, serve...)
			w := newWarner(t, s.endpoint, fmt.Sprintf("r%d", round))
			awaitDelivery(t, mails, random, round)
			s.kill()
			maps.Copy(warned, w.wait())
			if round > 0 { // the server of the second round takes over by itself
				forgetScheduler(t, database[1])
			}
		}
		freeTaken(t, database[1])
		s := start(t, []string{webhookSecret}, serve...)
		awaitEmptyOutbox(t, s, database[1])
		if code := s.stop(t); code != 0 {
			t.Errorf("exit code %d", code)
		}
		checkDeliveries(t, "mail", mails.Received(), warned, func(m testkit.Received) string { return m.To })
		byCustomer := map[string]string{}
		for mail, customer := range warned {
			byCustomer[customer] = mail
		}
		checkDeliveries(t, "event", events.Received(), byCustomer, func(m testkit.Received) string {
			var body struct{ Fields map[string]string }
			if err := json.Unmarshal(m.Body, &body); err != nil {
				t.Error(err)
			}
			return body.Fields["Customer"]
		})
		verified(t, database, "")
	})
}

// forgetScheduler lets the next server send at once what a killed one did not, as
// some 20 seconds do on PostgreSQL: so long the killed one's place is kept.
func forgetScheduler(t *testing.T, address string) {
	t.Helper()
	if testkit.IsPostgres(address) {
		testkit.Execute(t, address, `DELETE FROM public_jobs.river_leader`)
	}
}

// awaitDelivery waits until messages arrive, and then a moment; at times it does
// not wait for them. A killed scheduler's place may be kept for most of patience.
func awaitDelivery(t *testing.T, r *testkit.Receiver, random *rand.Rand, round int) {
	t.Helper()
	for len(r.Arrived()) > 0 {
		<-r.Arrived()
	}
	if round%4 != 3 {
		select {
		case <-r.Arrived():
		case <-time.After(2 * patience):
			t.Fatal("no message arrives")
		}
	}
	time.Sleep(time.Duration(random.IntN(700)) * time.Millisecond)
}

// awaitEmptyOutbox waits as long as there is progress. It counts in the database:
// DescribeMessages counts no more than 10,000.
func awaitEmptyOutbox(t *testing.T, s *server, address string) {
	t.Helper()
	least, deadline := -1, time.Now().Add(2*patience)
	for ; ; time.Sleep(100 * time.Millisecond) {
		waiting := testkit.Count(t, address, `SELECT COUNT(*) FROM message WHERE status = 'Waiting'`)
		if waiting == 0 {
			break
		}
		if least < 0 || waiting < least {
			least, deadline = waiting, time.Now().Add(2*patience)
		}
		if time.Now().After(deadline) {
			got := s.must(t, account(demo.OperatorUin), "DescribeMessages", `{"Status": "Waiting", "PageSize": 1}`)
			t.Fatalf("%d messages wait, such as %s", waiting, got.Response)
		}
	}
	got := s.must(t, account(demo.OperatorUin), "DescribeMessages", `{"Status": "Waiting"}`)
	if want := `{"Total":0,"Messages":[],"NextCursor":"",`; !strings.HasPrefix(string(got.Response), want) {
		t.Errorf("nothing waits, but the answer is %s", got.Response)
	}
}

// checkDeliveries holds what arrived against who had to be told.
func checkDeliveries(
	t *testing.T, what string, received []testkit.Received, wanted map[string]string, nameOf func(testkit.Received) string,
) {
	t.Helper()
	told, attempts, repeats := map[string]bool{}, map[string][]int{}, 0
	for _, m := range received {
		told[nameOf(m)] = true
		if slices.Contains(attempts[m.ID], m.Attempt) {
			t.Errorf("%s %s arrived twice as attempt %d", what, m.ID, m.Attempt)
		}
		if len(attempts[m.ID]) > 0 {
			repeats++
		}
		attempts[m.ID] = append(attempts[m.ID], m.Attempt)
	}
	for name := range wanted {
		if !told[name] {
			t.Errorf("no %s for %s", what, name)
		}
	}
	t.Logf("%ss: %d for %d causes, %d of them repeats", what, len(received), len(wanted), repeats)
	if len(wanted) == 0 {
		t.Error("nothing was caused: the test tested nothing")
	}
}

// A command line that cannot be served ends the start, and shows no secret.
func TestMessageFlagsAreChecked(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	db := newDatabase(t, testkit.SQLite)
	for _, c := range []struct{ args, want string }{
		{"--smtp smtp://u:hidden@mail.example", "--mail-from"},
		{"--webhook https://hook.example/hidden", "TAEL_WEBHOOK_SECRET"},
		{"--webhook https://hook.example/hidden --webhook-secret-file /nowhere", "--webhook-secret-file"},
		{"--sms-webhook http://hook.example/hidden", "https://"},
	} {
		got := tael(t, append(append([]string{"serve", "--listen", "127.0.0.1:0"}, strings.Fields(c.args)...), db...)...)
		if got.code != 2 || !strings.Contains(got.stderr, c.want) || strings.Contains(got.stderr, "hidden") {
			t.Errorf("%s: exit code %d, %s", c.args, got.code, got.stderr)
		}
	}
}
