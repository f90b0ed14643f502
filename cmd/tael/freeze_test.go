//go:build unix

package main_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/testkit"
)

// slack is what a busy machine may add to a time that is promised.
func slack() time.Duration {
	if raceEnabled {
		return 4 * time.Second
	}
	return time.Second
}

// A database that hangs: every read is answered in the time that a statement may
// take and a second, those too that wait behind others, and /readyz in a second.
// Two seconds after the database goes on everything does, nothing is lost or
// doubled, and no connection is left behind.
func TestFrozenDatabase(t *testing.T) {
	t.Parallel()
	random := randomness(t)
	postgres := testkit.OwnPostgres(t)
	database := newDatabaseAt(t, postgres.Address("postgres"))
	s := start(t, nil, append([]string{
		"--demo", "--rate-limits", "off", "--db-statement-timeout", "6s", "--admin-listen", "127.0.0.1:0",
	}, database...)...)
	// By right 7 s; one statement after the other would take 14, and so much as a
	// statement /readyz if it waited for one.
	const bound, ready = 11 * time.Second, 5 * time.Second
	writers := newCrowd(t, s.endpoint, "frozen", 8, true, random.Uint64())
	writers.patient = true
	readers := newReaders(t, s, 24)
	readers.await(100)
	if err := postgres.Freeze(); err != nil {
		t.Fatal(err)
	}
	frozen := time.Now()
	for time.Since(frozen) < 15*time.Second {
		began := time.Now()
		expectStatus(t, s.endpoint+"/readyz", http.StatusServiceUnavailable)
		if took := time.Since(began); took > ready {
			t.Errorf("/readyz after %s", took)
		}
	}
	if err := postgres.Thaw(); err != nil {
		t.Fatal(err)
	}
	thawed := time.Now()
	back(t, s, thawed)
	expectStatus(t, s.endpoint+"/readyz", http.StatusOK)
	met, longest := 0, time.Duration(0)
	for _, got := range readers.end() {
		longest = max(longest, got.took)
		if got.Code == busy && got.began.Sub(thawed) < noticeTime {
			met++
		} else if got.Code != "" {
			t.Errorf("a read %s after the freeze: %s %s", got.began.Sub(frozen), got.Code, got.Message)
		}
		if got.took > bound {
			t.Errorf("a read was answered after %s", got.took)
		}
	}
	t.Logf("%d reads were answered busy, the slowest after %s", met, longest)
	if met == 0 {
		t.Error("no read met the freeze: the test tested nothing")
	}
	attempts := writers.end()
	repeatUnanswered(t, s, attempts)
	checkHistory(t, s, attempts, 1, -1)
	idle := "tael_database_connections_busy{pool=\"reads\"} 0\ntael_database_connections_busy{pool=\"writes\"} 0\n"
	for began := time.Now(); !strings.Contains(fetch(t, s.admin(t)+"/metrics"), idle); time.Sleep(20 * time.Millisecond) {
		if time.Since(began) > patience {
			t.Fatal("connections are left behind")
		}
	}
	if code := s.stop(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	verified(t, database, "")
}

// readers ask for the figures of two trees until they are ended.
type readers struct {
	t       *testing.T
	running sync.WaitGroup
	done    chan struct{}

	mu  sync.Mutex
	all []asked
}

func newReaders(t *testing.T, s *server, clients int) *readers {
	r := &readers{t: t, done: make(chan struct{})}
	for i := range clients {
		caller := account([]int64{demo.Reseller, demo.Distributor}[i%2])
		r.running.Go(func() {
			for {
				select {
				case <-r.done:
					return
				case <-time.After(10 * time.Millisecond):
				}
				got := ask(t, s, caller, "QueryPartnerCredit", "{}")
				r.mu.Lock()
				r.all = append(r.all, got)
				r.mu.Unlock()
			}
		})
	}
	return r
}

// await ends when so many reads were answered.
func (r *readers) await(answers int) {
	r.t.Helper()
	for began := time.Now(); ; time.Sleep(5 * time.Millisecond) {
		r.mu.Lock()
		n := len(r.all)
		r.mu.Unlock()
		if n >= answers {
			return
		}
		if time.Since(began) > patience {
			r.t.Fatal("nothing is answered")
		}
	}
}

func (r *readers) end() []asked {
	close(r.done)
	r.running.Wait()
	return r.all
}
