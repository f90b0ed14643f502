package main_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tael/api"
	"tael/internal/demo"
	"tael/internal/testkit"
)

// newAudited is a stopped server's database with some pages in both chains of
// the reseller's tree, the tree's last in the chain of writes.
func newAudited(t *testing.T) *pristine {
	t.Helper()
	p := &pristine{path: filepath.Join(t.TempDir(), "audited.db")}
	s := start(t, nil, "--db", p.path, "--demo")
	for i := range int64(3) { // a page for each account
		s.must(t, account(demo.Reseller+i), "DescribeSecretKeys", "{}")
		s.must(t, account(demo.Reseller), "AllocateCustomerCredit",
			fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 1}`, demo.FirstCustomer))
	}
	if code := s.stop(t); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	p.anchors = verified(t, []string{"--db", p.path}, "")
	return p
}

// Whatever is changed in the audit, verify ends with code 1 and names the page.
func TestVerifyNamesWhatWasChangedInTheAudit(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newAudited(t)
	for writer, chain := range []string{"writes", "calls"} {
		where := fmt.Sprintf(" WHERE root_uin = %d AND writer = %d", demo.Reseller, writer)
		second := where + " AND sequence = 2"
		changed := fmt.Sprintf("tree %d: broken: page 2 of the audit's %s was changed, or one before it", demo.Reseller, chain)
		missing := func(page int) string {
			return fmt.Sprintf("tree %d: broken: page %d of the audit's %s is missing", demo.Reseller, page, chain)
		}
		const columns = "second, account_uin, user_uin, secret_id, address, events, hash"
		const added = "INSERT INTO audit (root_uin, writer, sequence, " + columns + ") SELECT root_uin, writer, 4, " + columns + " FROM audit"
		cases := []tampering{
			{"second", "UPDATE audit SET second = second + 1" + second, changed},
			{"account", "UPDATE audit SET account_uin = account_uin + 1" + second, changed},
			{"user", "UPDATE audit SET user_uin = 1" + second, changed},
			{"key", "UPDATE audit SET secret_id = 'AKIDother'" + second, changed},
			{"address", "UPDATE audit SET address = '127.0.0.2'" + second, changed},
			{"form of the address", "UPDATE audit SET address = '::ffff:127.0.0.1'" + second, changed},
			{"no address", "UPDATE audit SET address = 'nowhere'" + second, "broken: page 2 of the audit"},
			{"events", "UPDATE audit SET events = REPLACE(events, '\"a\"', '\"b\"')" + second, changed},
			{"no number", "UPDATE audit SET second = 'x'" + second, "broken: audit"},
			{"hash", "UPDATE audit SET hash = zeroblob(32)" + second, changed},
			{"short hash", "UPDATE audit SET hash = zeroblob(3)" + second, "broken: audit"},
			{"removed", "DELETE FROM audit" + second, missing(2)},
			{"first removed", "DELETE FROM audit" + where + " AND sequence = 1", missing(1)},
			{"all removed", "DELETE FROM audit" + where, fmt.Sprintf("the audit's %s end with page 0, not with page 3", chain)},
			{"last removed", "DELETE FROM audit" + where + " AND sequence = 3", fmt.Sprintf("the audit's %s end with page 2, not with page 3", chain)},
			{"another tree's", "UPDATE audit SET root_uin = 7" + where, "tree 7: broken: it has pages of the audit's " + chain},
			{"another chain's", "UPDATE audit SET writer = 2" + where, "broken: it has pages of the audit's writer 2"},
			{"added", added + second, fmt.Sprintf("page 4 of the audit's %s was changed", chain)},
		}
		for _, c := range cases {
			t.Run(chain+"/"+c.name, func(t *testing.T) {
				t.Parallel()
				got := tael(t, "verify", "--db", p.damaged(t, c.sql))
				if got.code != 1 || !strings.Contains(got.stderr, c.says) || strings.Contains(got.stderr, "panic") {
					t.Errorf("exit code %d, want 1 and %q; it says %.300s", got.code, c.says, got.stderr)
				}
			})
		}
		t.Run(chain+"/reordered", func(t *testing.T) {
			t.Parallel()
			path := p.damaged(t,
				"UPDATE audit SET sequence = 99"+second,
				"UPDATE audit SET sequence = 2"+where+" AND sequence = 1",
				"UPDATE audit SET sequence = 1"+where+" AND sequence = 99")
			tael(t, "verify", "--db", path).expect(t, 1, "", fmt.Sprintf("page 1 of the audit's %s was changed", chain))
		})
		t.Run(chain+"/cut off", func(t *testing.T) {
			t.Parallel()
			end := fmt.Sprintf("UPDATE audit_head SET sequence = 2, hash = (SELECT hash FROM audit%s)", second) + where
			if writer == 0 {
				end = fmt.Sprintf("UPDATE tree SET audit_sequence = 2, audit_hash = (SELECT hash FROM audit%s) WHERE root_uin = %d",
					second, demo.Reseller)
			}
			path := p.damaged(t, end, "DELETE FROM audit"+where+" AND sequence = 3")
			verified(t, []string{"--db", path}, "") // it all adds up: that is what the anchors are for
			tael(t, "verify", "--db", path, "--anchors", p.anchors).expect(t, 1, "",
				fmt.Sprintf("tree %d: broken: the anchors name page 3 of the audit's %s, they end with 2: the tail was cut", demo.Reseller, chain))
		})
	}
	t.Run("untouched", func(t *testing.T) {
		t.Parallel()
		verified(t, []string{"--db", p.path}, p.anchors)
		tael(t, "verify", "--db", p.path).expect(t, 0, fmt.Sprintf("tree %d audit 1 sequence 3 hash ", demo.Reseller), "")
	})
}

// events reads the whole audit of a tree.
func (s *server) events(t *testing.T, tree int64) map[string][]api.DescribedEvent {
	t.Helper()
	found := map[string][]api.DescribedEvent{}
	for cursor := ""; ; {
		got := s.must(t, account(demo.OperatorUin), "DescribeAuditEvents", fmt.Sprintf(`{"TreeUin": %d, "Limit": 200%s}`, tree, cursor))
		var page api.DescribeAuditEventsResponse
		if err := json.Unmarshal(got.Response, &page); err != nil {
			t.Fatal(err)
		}
		for _, e := range page.Events {
			found[e.RequestId] = append(found[e.RequestId], e)
		}
		if page.NextCursor == "" {
			return found
		}
		cursor = fmt.Sprintf(`, "Cursor": %q`, page.NextCursor)
	}
}

// read is a call that changes nothing.
type read struct {
	request string
	at      time.Time // when it was answered
}

// keepReading calls until the server stops answering.
func keepReading(t *testing.T, s *server, n int) (wait func() []read) {
	var mu sync.Mutex
	var all []read
	var running sync.WaitGroup
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: n}}
	for range n {
		running.Go(func() {
			for {
				got, err := call(t.Context(), client, s.endpoint, account(demo.Reseller), "QueryPartnerCredit", "{}", "")
				if err != nil {
					return
				}
				mu.Lock()
				all = append(all, read{got.requestID(), time.Now()})
				mu.Unlock()
			}
		})
	}
	return func() []read {
		running.Wait()
		client.CloseIdleConnections()
		return all
	}
}

// However often the process is killed, each write that was answered is in the
// audit once, and what is missing of the reads was answered last.
func TestAuditSurvivesKill(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		random := randomness(t)
		database := newDatabase(t, d)
		serve := append([]string{"--demo", "--rate-limits", "off"}, database...)
		var writes []*attempt
		var reads [][]read
		anchors := ""
		for round := range 4 {
			s := start(t, nil, serve...)
			wait := keepReading(t, s, 2)
			l := newCrowd(t, s.endpoint, fmt.Sprintf("a%d", round), 6, true, random.Uint64())
			time.Sleep(time.Duration(1500+random.IntN(1000)) * time.Millisecond)
			s.kill()
			writes = append(writes, l.wait()...)
			reads = append(reads, wait())
			anchors = verified(t, database, anchors)
		}
		s := start(t, nil, serve...)
		found := s.events(t, demo.Reseller)
		for request, events := range s.events(t, demo.Distributor) {
			found[request] = append(found[request], events...)
		}
		answered := 0
		for _, a := range writes {
			if !a.answered {
				continue
			}
			answered++
			events := found[a.request]
			if len(events) != 1 || events[0].Code != "OK" || events[0].Action != "AllocateCustomerCredit" || len(events[0].Objects) != 2 {
				t.Errorf("%s was answered: %+v", a.remark, events)
			}
		}
		for round := range reads {
			missing := 0
			var oldest, last time.Time // answers: the oldest that is missing, and the last of all
			for _, r := range reads[round] {
				if r.at.After(last) {
					last = r.at
				}
				if n := len(found[r.request]); n > 1 {
					t.Errorf("a read is there %d times", n)
				} else if n == 0 {
					missing++
					if missing == 1 || r.at.Before(oldest) {
						oldest = r.at
					}
				}
			}
			lost := time.Duration(0)
			if missing > 0 {
				lost = last.Sub(oldest)
			}
			t.Logf("round %d: %d of %d reads are missing, those of the last %s", round, missing, len(reads[round]), lost)
			// Half a second and the time of a commit; a slow machine gets some more.
			if missing == len(reads[round]) || lost > 3*time.Second {
				t.Errorf("too much was lost")
			}
		}
		if answered == 0 {
			t.Error("no write was answered: the test tested nothing")
		}
		verified(t, database, anchors)
	})
}

// What a server has to record when it is asked to end, it records.
func TestAuditIsWholeAfterShutdown(t *testing.T) {
	t.Parallel()
	database := newDatabase(t, testkit.SQLite)
	serve := append([]string{"--demo"}, database...)
	s := start(t, nil, serve...)
	got := s.must(t, account(demo.Reseller), "QueryPartnerCredit", "{}")
	if code := s.stop(t); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	s = start(t, nil, serve...)
	if n := len(s.events(t, demo.Reseller)[got.requestID()]); n != 1 {
		t.Errorf("the last read is there %d times", n)
	}
}

// No secret is in the database in clear, in the audit neither, whatever callers
// send in place of what.
func TestNoSecretInTheAudit(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tael.db")
	s := start(t, nil, "--db", path, "--demo")
	reseller, operator := account(demo.Reseller), account(demo.OperatorUin)
	var secrets []string // those of the demo world are part of its keys' ids
	var swapped demo.Account
	for _, made := range []answer{
		s.must(t, reseller, "CreateSecretKey", "{}"),
		s.must(t, operator, "CreatePartner", `{"Name": "New", "Role": "Reseller", "Mail": "new@example.com"}`),
	} {
		var key api.CreateSecretKeyResponse
		if err := json.Unmarshal(made.Response, &key); err != nil || key.SecretKey == "" {
			t.Fatal(made, err)
		}
		secrets = append(secrets, key.SecretKey)
		swapped = demo.Account{SecretID: key.SecretKey, SecretKey: key.SecretId}
	}
	const inPlace = "thePasswordOfSomebodyWhoErred123"
	for _, c := range []struct {
		as           demo.Account
		action, body string
	}{
		{swapped, "QueryPartnerCredit", "{}"},
		{reseller, inPlace, "{}"},
		{reseller, "QueryPartnerCredit", `{"` + inPlace + `": 1}`},
		{reseller, "AllocateCustomerCredit", `{"ClientUin": 200000001001, "AddedCredit": 1, "Remark": {"Password": "` + inPlace + `"}}`},
		{demo.Account{SecretID: inPlace, SecretKey: "x"}, "QueryPartnerCredit", "{}"},
	} {
		if got, err := call(t.Context(), http.DefaultClient, s.endpoint, c.as, c.action, c.body, ""); err != nil || got.Code == "" {
			t.Fatalf("%s: %+v %v", c.action, got, err)
		}
	}
	if code := s.stop(t); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	for _, suffix := range []string{"", "-wal"} {
		content, err := os.ReadFile(path + suffix)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for _, secret := range append(secrets, inPlace) {
			if strings.Contains(string(content), secret) {
				t.Errorf("%.8s… is in the database", secret)
			}
		}
	}
	if n := testkit.Count(t, path, `SELECT COUNT(*) FROM audit`); n < 3 {
		t.Errorf("%d pages: the test tested nothing", n)
	}
	if n := testkit.Count(t, path, `SELECT COUNT(*) FROM stranger`); n < 2 {
		t.Errorf("%d counts: the test tested nothing", n)
	}
}
