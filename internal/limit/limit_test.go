package limit

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"tael/internal/clock"
	"tael/internal/testkit"
	"tael/internal/throwaway"
)

func TestMain(m *testing.M) { testkit.Main(m) }

// log collects what is logged, at any level.
type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// patient is long enough for the slowest machine.
const patient = time.Minute

// on is the URL of a server.
func on(server *throwaway.Redis) string { return "unix://" + server.Socket() }

// opened is a Shared as a server has it, with its log.
func opened(t *testing.T, url string, patience time.Duration) (*Shared, *log) {
	t.Helper()
	l := &log{}
	s, err := Open(Options{
		URL: url, Patience: patience, Clock: &clock.Clock{},
		Log: slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, l
}

// within runs a test as often as it takes for it to begin and end in one second
// of Redis' clock.
func within(t *testing.T, s *Shared, test func(round int) error) {
	t.Helper()
	second := func() int64 {
		now, err := s.client.Time(context.Background()).Result()
		if err != nil {
			t.Fatal(err)
		}
		return now.Unix()
	}
	for round := range 100 {
		before := second()
		err := test(round)
		if second() != before {
			continue
		}
		if err != nil {
			t.Error(err)
		}
		return
	}
	t.Fatal("no round began and ended in one second")
}

func TestKeysOfAnAccountAndActionShareASlot(t *testing.T) {
	t.Parallel()
	if got, want := key(200000000011, "QueryPartnerCredit"), "tael:rate:{200000000011:QueryPartnerCredit}"; got != want {
		t.Errorf("key %s, want %s", got, want)
	}
}

// Whoever counts, each request of a second has a number of its own, from 1.
func TestServersCountTogether(t *testing.T) {
	t.Parallel()
	server := testkit.StartRedis(t)
	var servers []*Shared
	for range 3 {
		s, l := opened(t, on(server), patient)
		defer func() {
			if text := l.String(); text != "" {
				t.Errorf("it logs %s", text)
			}
		}()
		servers = append(servers, s)
	}
	within(t, servers[0], func(round int) error {
		const each = 40
		counts := make([]int, len(servers)*each)
		var group sync.WaitGroup
		for i := range counts {
			group.Go(func() {
				counts[i], _ = servers[i%len(servers)].Count(int64(round), "A", time.Now())
			})
		}
		group.Wait()
		slices.Sort(counts)
		for i, count := range counts {
			if count != i+1 {
				return fmt.Errorf("counted %v", counts)
			}
		}
		return nil
	})
	within(t, servers[0], func(round int) error {
		for i, of := range []struct {
			account int64
			action  string
			want    int
		}{{1000, "B", 1}, {1000, "B", 2}, {1000, "C", 1}, {2000, "B", 1}, {1000, "B", 3}} {
			count, ok := servers[i%len(servers)].Count(of.account+int64(round), of.action, time.Now())
			if count != of.want || !ok {
				return fmt.Errorf("%d: counted %d, %t", i, count, ok)
			}
		}
		return nil
	})
}

// A key holds one second and goes when nobody asks for it any more, so Redis
// holds no more than what was called lately.
func TestSecondsArePastAndForgotten(t *testing.T) {
	t.Parallel()
	s, _ := opened(t, on(testkit.StartRedis(t)), patient)
	ctx := t.Context()
	name := key(1, "A")
	seen := map[string]bool{}
	for len(seen) < 3 {
		count, ok := s.Count(1, "A", time.Now())
		if !ok || count < 1 {
			t.Fatalf("counted %d, %t", count, ok)
		}
		var held *redis.StringSliceCmd
		var left *redis.DurationCmd
		_, err := s.client.TxPipelined(ctx, func(at redis.Pipeliner) error { // both at one moment
			held, left = at.HKeys(ctx, name), at.PTTL(ctx, name)
			return nil
		})
		fields, life := held.Val(), left.Val()
		if err != nil || len(fields) > 1 {
			t.Fatalf("the key holds %v %v", fields, err)
		}
		for _, second := range fields {
			seen[second] = true
		}
		if len(fields) == 1 && life <= 0 || life > 2*time.Second {
			t.Fatalf("the key lives for %s", life)
		}
		time.Sleep(50 * time.Millisecond)
	}
	for left := int64(1); left > 0; time.Sleep(50 * time.Millisecond) {
		var err error
		if left, err = s.client.DBSize(ctx).Result(); err != nil {
			t.Fatal(err)
		}
	}
}

// A Redis that has forgotten the script is given it again.
func TestScriptIsLoadedAgain(t *testing.T) {
	t.Parallel()
	s, l := opened(t, on(testkit.StartRedis(t)), patient)
	within(t, s, func(round int) error {
		for want := 1; want <= 3; want++ {
			if err := s.client.ScriptFlush(t.Context()).Err(); err != nil {
				return err
			}
			if count, ok := s.Count(int64(round), "A", time.Now()); count != want || !ok {
				return fmt.Errorf("counted %d, %t", count, ok)
			}
		}
		return nil
	})
	if text := l.String(); text != "" {
		t.Errorf("it logs %s", text)
	}
}

// The URL of a cluster names nodes; what is counted finds its own. It is not
// waited for either.
func TestCluster(t *testing.T) {
	t.Parallel()
	ports := testkit.FreePorts(t, 2)
	address := fmt.Sprintf("127.0.0.1:%d", ports[0])
	server := testkit.StartRedis(t, "--bind", "127.0.0.1", "--port", fmt.Sprint(ports[0]),
		"--cluster-enabled", "yes", "--cluster-port", fmt.Sprint(ports[1]))
	alone, l := opened(t, on(server), patient)
	if err := alone.client.Do(t.Context(), "CLUSTER", "ADDSLOTSRANGE", 0, 16383).Err(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(patient); ; time.Sleep(20 * time.Millisecond) {
		info, err := alone.client.ClusterInfo(t.Context()).Result()
		if err == nil && strings.Contains(info, "cluster_state:ok") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("no cluster: %s %v\n%s", info, err, l)
		}
	}
	s, l := opened(t, "redis://"+address+"?addr="+address, patient)
	within(t, s, func(round int) error {
		for want := 1; want <= 3; want++ {
			for account := range int64(20) { // on many slots
				if count, ok := s.Count(int64(round)*1000+account, "A", time.Now()); count != want || !ok {
					return fmt.Errorf("counted %d, %t", count, ok)
				}
			}
		}
		return nil
	})
	if text := l.String(); text != "" {
		t.Errorf("it logs %s", text)
	}
	hasty, _ := opened(t, "redis://"+address+"?addr="+address, 200*time.Millisecond)
	counts(t, hasty)
	must(t, server.Freeze())
	if count, ok := hasty.Count(1, "A", hasty.started); ok {
		t.Errorf("counted %d", count)
	}
	must(t, server.Thaw())
	counts(t, hasty)
}

// A Redis that stops serving costs two lines in the log, however many requests
// there were: one when it goes and one when it comes back.
func TestRedisGoesAndComesBack(t *testing.T) {
	t.Parallel()
	for name, outage := range map[string]struct {
		patience  time.Duration
		gone      func(*testing.T, *throwaway.Redis, *Shared)
		back      func(*testing.T, *throwaway.Redis, *Shared)
		complains string
	}{
		"killed": {
			patient,
			func(_ *testing.T, server *throwaway.Redis, _ *Shared) { server.Halt() },
			func(t *testing.T, server *throwaway.Redis, _ *Shared) { must(t, server.Start()) },
			"error=",
		},
		"frozen": {
			200 * time.Millisecond,
			func(t *testing.T, server *throwaway.Redis, _ *Shared) { must(t, server.Freeze()) },
			func(t *testing.T, server *throwaway.Redis, _ *Shared) { must(t, server.Thaw()) },
			"timeout",
		},
		"full": {
			patient,
			func(t *testing.T, _ *throwaway.Redis, s *Shared) { configure(t, s, "maxmemory", "1") },
			func(t *testing.T, _ *throwaway.Redis, s *Shared) { configure(t, s, "maxmemory", "0") },
			"OOM",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := testkit.StartRedis(t)
			s, l := opened(t, on(server), outage.patience)
			counts(t, s) // a slow machine may have lost its patience at first
			lines := strings.Count(l.String(), "\n")
			outage.gone(t, server, s)
			for i := range 60 { // it is asked again and again
				at := s.started
				if i%20 == 0 {
					at = s.timeToAsk()
				}
				if count, ok := s.Count(1, "A", at); ok || s.Answers() {
					t.Fatalf("counted %d", count)
				}
			}
			outage.back(t, server, s)
			if _, ok := s.Count(1, "A", s.timeToAsk().Add(-time.Nanosecond)); ok {
				t.Error("it was asked before its time")
			}
			counts(t, s)
			if !s.Answers() {
				t.Error("it does not answer")
			}
			text := strings.SplitAfter(l.String(), "\n")[lines:]
			if len(text) != 3 || !strings.Contains(text[0], "level=WARN") || !strings.Contains(text[0], outage.complains) ||
				!strings.Contains(text[1], "level=WARN") || !strings.Contains(text[1], "answers again") {
				t.Errorf("it logs %q", text)
			}
		})
	}
}

// timeToAsk is when a Redis that did not answer is asked again.
func (s *Shared) timeToAsk() time.Time { return s.started.Add(time.Duration(s.retryAt.Load())) }

// counts waits until requests are counted.
func counts(t *testing.T, s *Shared) {
	t.Helper()
	for deadline := time.Now().Add(patient); time.Now().Before(deadline); {
		if _, ok := s.Count(1, "A", s.timeToAsk()); ok {
			return
		}
	}
	t.Fatal("nothing is counted")
}

func configure(t *testing.T, s *Shared, name, value string) {
	t.Helper()
	must(t, s.client.ConfigSet(t.Context(), name, value).Err())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// silent accepts connections and says one thing to whoever says anything.
func silent(t *testing.T, says string) (address string, accepted *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	accepted = &atomic.Int64{}
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			accepted.Add(1)
			conns.Go(func() {
				defer func() { _ = conn.Close() }()
				for buffer := make([]byte, 4096); ; {
					if _, err := conn.Read(buffer); err != nil {
						return
					}
					_, _ = io.WriteString(conn, says)
				}
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		conns.Wait()
	})
	return listener.Addr().String(), accepted
}

// When it is time to ask again, one of all requests does: the others do not wait.
func TestOneRequestAsksAgain(t *testing.T) {
	t.Parallel()
	address, accepted := silent(t, "")
	s, _ := opened(t, "redis://"+address, 300*time.Millisecond)
	t.Cleanup(func() { _ = s.Close() }) // before the listener waits for its connections
	for round := int64(1); round <= 3; round++ {
		for deadline := time.Now().Add(patient); accepted.Load() < round; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("round %d: it was not asked", round)
			}
		}
		at := s.timeToAsk()
		var group sync.WaitGroup
		for range 64 {
			group.Go(func() {
				if count, ok := s.Count(1, "A", at); ok {
					t.Errorf("counted %d", count)
				}
			})
		}
		group.Wait()
		if got := accepted.Load(); got > round+1 {
			t.Errorf("round %d: asked %d times", round, got)
		}
	}
}

// Neither a URL that is refused nor a server that repeats what it was told
// brings the password to light.
func TestPasswordIsNotShown(t *testing.T) {
	t.Parallel()
	const password = "s3cr3t-hunter"
	for _, url := range []string{
		"http://:" + password + "@host", ":" + password + "@host", "redis://:" + password + "/x@host:6379",
		"redis://:" + password + "\x00@host", "redis://host:" + password, "redis://host/" + password,
		"redis://host?password=" + password, "redis://host?addr=" + password, "redis://host?read_timeout=" + password, "",
	} {
		s, err := Open(Options{URL: url, Clock: &clock.Clock{}, Log: slog.New(slog.DiscardHandler)})
		if err == nil {
			t.Errorf("%q is accepted", url)
			_ = s.Close()
		} else if strings.Contains(err.Error(), password) {
			t.Error(err)
		}
	}
	address, _ := silent(t, "-ERR unknown command 'AUTH', with args beginning with: '"+password+"'\r\n")
	s, l := opened(t, "redis://:"+password+"@"+address, patient)
	if _, ok := s.Count(1, "A", s.started.Add(time.Hour)); ok || !strings.Contains(l.String(), "xxxxx") {
		t.Errorf("it counted, or logs: %s", l)
	}
	_ = s.Close()

	server := testkit.StartRedis(t, "--requirepass", password)
	right, rightLog := opened(t, "unix://:"+password+"@"+server.Socket(), patient)
	if _, ok := right.Count(1, "A", right.started); !ok {
		t.Errorf("the right password is refused: %s", rightLog)
	}
	wrong, wrongLog := opened(t, "unix://:"+password+"2@"+server.Socket(), patient)
	if _, ok := wrong.Count(1, "A", wrong.started); ok || !strings.Contains(wrongLog.String(), "WARN") {
		t.Errorf("the wrong password does: %s", wrongLog)
	}
	if text := l.String() + rightLog.String() + wrongLog.String(); strings.Contains(text, password) {
		t.Errorf("it logs %s", text)
	}
}
