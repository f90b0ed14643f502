//go:build unix

package main_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/testkit"
	"tael/internal/throwaway"
)

// rate is the limit of the action that these tests call.
const rate = 5

// tried is a call that was limited or not, and when it was under way.
type tried struct {
	server     int
	from, till int64 // Unix seconds
	count      int   // that the refusal names; 0: it passed
}

var counted = regexp.MustCompile("equals to `([0-9]+)` in a second")

// volley sends calls to all servers at once and returns what became of them.
func volley(t *testing.T, servers []*server, each int) []tried {
	t.Helper()
	all := make([]tried, len(servers)*each)
	var group sync.WaitGroup
	for i := range all {
		group.Go(func() {
			at := i % len(servers)
			all[i].server, all[i].from = at, time.Now().Unix()
			got, err := call(context.Background(), http.DefaultClient, servers[at].endpoint, account(demo.Reseller),
				"QueryPartnerCredit", "{}", "")
			all[i].till = time.Now().Unix()
			if err != nil || got.Code != "" && got.Code != "RequestLimitExceeded" {
				t.Errorf("server %d: %s %s %v", at, got.Code, got.Message, err)
			} else if got.Code != "" {
				all[i].count, _ = strconv.Atoi(counted.FindStringSubmatch(got.Message)[1])
			}
		})
	}
	group.Wait()
	return all
}

// whole sends volleys until one begins and ends in one second that no other
// touched, and returns it.
func whole(t *testing.T, servers []*server, each int) []tried {
	t.Helper()
	for range 50 {
		time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second + 5*time.Millisecond)))
		all := volley(t, servers, each)
		if t.Failed() {
			t.FailNow()
		}
		first := all[0].from
		if !slices.ContainsFunc(all, func(a tried) bool { return a.from != first || a.till != first }) {
			return all
		}
	}
	t.Fatal("no volley was answered within its second")
	return nil
}

// exact checks that calls of one second were counted together: the limit passed,
// and each refusal names a number of its own.
func exact(t *testing.T, all []tried) {
	t.Helper()
	var counts, want []int
	for _, a := range all {
		if a.count != 0 {
			counts = append(counts, a.count)
		}
	}
	for count := rate + 1; count <= len(all); count++ {
		want = append(want, count)
	}
	slices.Sort(counts)
	if !slices.Equal(counts, want) {
		t.Errorf("of %d calls these were refused: %v", len(all), counts)
	}
}

// limiting starts servers on one PostgreSQL and one Redis.
func limiting(t *testing.T, redis *throwaway.Redis) []*server {
	t.Helper()
	database := newDatabase(t, testkit.Postgres)
	// On a busy machine Redis may take longer than a server would wait for it.
	serve := append([]string{"--demo", "--redis-timeout", "20s", "--admin-listen", "127.0.0.1:0"}, database...)
	env := []string{"TAEL_REDIS=unix://" + redis.Socket()}
	servers := []*server{start(t, env, serve...), start(t, env, serve...), start(t, env, serve...)}
	for _, s := range servers {
		expectStatus(t, s.endpoint+"/readyz", http.StatusOK)
	}
	return servers
}

// Several servers with one Redis admit together what one would, second by second.
func TestServersShareLimits(t *testing.T) {
	t.Parallel()
	servers := limiting(t, testkit.StartRedis(t))
	exact(t, whole(t, servers, 2*rate))
	var all []tried // under load that heeds no second
	for began := time.Now(); time.Since(began) < 4*time.Second; {
		all = append(all, volley(t, servers, 2)...)
	}
	passes, seconds := map[int64]int{}, map[int64]bool{} // passes: known to have been counted in that second
	total := 0
	for _, a := range all {
		for second := a.from; second <= a.till; second++ {
			seconds[second] = true
		}
		if a.count != 0 {
			continue
		}
		total++
		if a.from == a.till {
			passes[a.from]++
		}
	}
	for second, n := range passes {
		if n > rate {
			t.Errorf("second %d: %d passed", second, n)
		}
	}
	if total > rate*len(seconds) {
		t.Errorf("%d passed in %d seconds", total, len(seconds))
	}
	exact(t, whole(t, servers, rate))
	for i, s := range servers {
		if strings.Contains(s.stderr.String(), "Redis") {
			t.Errorf("server %d logs %s", i, s.stderr.String())
		}
	}
}

// Without its Redis every server goes on and limits by itself; with it back, they
// limit together again. The log says so once each.
func TestRedisIsKilledUnderServers(t *testing.T) {
	t.Parallel()
	redis := testkit.StartRedis(t)
	servers := limiting(t, redis)
	exact(t, whole(t, servers, rate))
	for round := 1; round <= 2; round++ {
		redis.Halt()
		logged(t, servers, "Redis does not answer", round)
		shared(t, servers, 0)
		all := whole(t, servers, 3*rate)
		for i := range servers {
			own := slices.DeleteFunc(slices.Clone(all), func(a tried) bool { return a.server != i })
			exact(t, own)
		}
		if err := redis.Start(); err != nil {
			t.Fatal(err)
		}
		logged(t, servers, "Redis answers again", round)
		shared(t, servers, 1)
		exact(t, whole(t, servers, rate))
	}
	for _, s := range servers {
		if lines := strings.Count(s.stderr.String(), "Redis"); lines != 4 {
			t.Errorf("the server logs %s", s.stderr.String())
		}
	}
}

// shared checks what servers tell of how they limit.
func shared(t *testing.T, servers []*server, want int) {
	t.Helper()
	for _, s := range servers {
		if text := fetch(t, s.admin(t)+"/metrics"); !strings.Contains(text, fmt.Sprintf("\ntael_limits_shared %d\n", want)) {
			t.Errorf("tael_limits_shared is not %d", want)
		}
	}
}

// logged makes calls until every server has logged a text so many times.
func logged(t *testing.T, servers []*server, text string, times int) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		volley(t, servers, 1)
		if !slices.ContainsFunc(servers, func(s *server) bool { return strings.Count(s.stderr.String(), text) != times }) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not every server says %d times: %s", times, text)
		}
	}
}

// A server starts without its Redis, and shows nobody the password.
func TestServeWithoutItsRedis(t *testing.T) {
	t.Parallel()
	const password = "s3cr3t-hunter"
	tael(t, "serve", "--redis", "http://:"+password+"@127.0.0.1").expect(t, 2, "", "use redis://")
	tael(t, "serve", "--redis-timeout", "0s").expect(t, 2, "", "more than 0")
	s := start(t, []string{"TAEL_REDIS=redis://:" + password + "@127.0.0.1:1"}, "--demo")
	s.must(t, account(demo.Reseller), "QueryPartnerCredit", "{}")
	wrong := command{args: []string{"serve"}, env: []string{"TAEL_REDIS=" + password}}.run(t)
	if text := wrong.stderr + s.stderr.String(); wrong.code != 2 || strings.Contains(text, password) ||
		strings.Count(text, "does not answer") != 1 {
		t.Errorf("exit code %d and log %s", wrong.code, text)
	}
	if code := s.stop(t); code != 0 {
		t.Errorf("exit code %d", code)
	}

	off := start(t, []string{"TAEL_REDIS=redis://127.0.0.1:1"}, "--demo", "--rate-limits", "off")
	if strings.Contains(off.stderr.String(), "Redis") {
		t.Errorf("it logs %s", off.stderr.String())
	}
}
