package main_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"math"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"tael/internal/failures"
	"tael/internal/load"
	"tael/internal/signature"
	"tael/internal/testkit"
)

// What an hour of these tests is made of. It is sent as fast as it is answered.
const (
	// trees are many, so that what is kept for each of them would add up.
	trees = 400
	// scanned requests have secret ids that nobody has, each another one. With those
	// of the trees' keys and the operator's they are as many as the keyring remembers
	// at most: it is as full after each hour as after the first.
	scanned = 20_000 - trees - 1
	// ahead are scanned before the first hour, so that the keyring is not just full,
	// or just emptied, when an hour ends.
	ahead = 5000
	// failing requests of each tree's key come before that too, of every two one that
	// the key signed, so that no room is left to remember more.
	failing = 2 * failures.OfKey
	// talkers are connections, and the clients on them.
	talkers = 8
)

// What may differ between hours without anything being kept.
const (
	heapGrowth      = 85 << 10 // bytes of the live heap an hour; idle servers were seen to differ by as much
	goroutineGrowth = 4
	// Bytes of all memory. Garbage may be four times what is live before it is
	// collected, and SQLite's caches grow with the database.
	residentGrowth = 48 << 20
	sqliteCaches   = 288 << 20 // the most that they can be: see the pragmas in internal/store
)

// hours is how many hours follow the first, and how many requests each has beside
// those that are scanned: few in every test, many where TAEL_TEST_MEMORY says so.
func hours(t *testing.T) (hours, requests int, resident int64) {
	t.Helper()
	text := os.Getenv("TAEL_TEST_MEMORY")
	if text == "" {
		return 3, 5200, residentGrowth // with those scanned, 7 a second
	}
	hours, err := strconv.Atoi(text)
	if err != nil || hours < 1 {
		t.Fatalf("TAEL_TEST_MEMORY=%s: a number of hours", text)
	}
	return hours, 340_000, residentGrowth + sqliteCaches // 100 a second
}

// After an hour's requests of all kinds, by hundreds of callers and by nobody, a
// server needs no more memory for the hours that follow.
//
// What is kept for a request shows: an hour has 650 of each of eight kinds or more,
// none of them as in the hour before, so that 135 bytes kept of those of one kind go
// beyond the bound, and 5 bytes kept of each secret id that nobody has. What is kept
// is kept in every hour; what a busy machine needs once, connections and their
// statements, is not held against the server. Nothing else hides it: what has a bound
// has reached it after the first hour, and garbage is collected before anything is
// measured.
func TestMemoryDoesNotGrow(t *testing.T) {
	if raceEnabled {
		t.Skip("takes too long with the race detector, which needs memory of its own")
	}
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		following, requests, resident := hours(t)
		database := newDatabase(t, d)
		if d == testkit.Postgres {
			// Each connection remembers the statements that it has run: with few, all
			// have run all of them in the first hour, however busy the machine is.
			database = append(database, "--db-connections", "3")
		}
		path := filepath.Join(t.TempDir(), "world.json")
		tael(t, append([]string{
			"bench", "--fill", "--world", path, "--partners", strconv.Itoa(trees), "--customers", "4",
		}, database...)...).expect(t, 0, "", "commands")
		world, err := load.ReadWorld(path)
		if err != nil {
			t.Fatal(err)
		}
		operator := load.Key{ID: "AKIDmemory", Secret: "memorySecret"}
		s := start(t, []string{"TAEL_OPERATOR_SECRET_ID=" + operator.ID, "TAEL_OPERATOR_SECRET_KEY=" + operator.Secret},
			append([]string{"--admin-listen", "127.0.0.1:0"}, database...)...)
		c := newCallers(t, s, world, operator)
		atStart := s.memory(t)
		t.Logf("at the start: %s", atStart)
		if err := c.all[0].send(trees*failing, c.all[0].fail); err != nil {
			t.Fatal(err)
		}
		clear(c.all[0].codes) // they are not among those that are checked
		if err := c.all[0].send(ahead, c.all[0].scan); err != nil {
			t.Fatal(err)
		}
		c.hour(requests)
		first := s.quiet(t)
		t.Logf("after an hour of %d requests: %s", scanned+requests, first)
		last, leastGrown := first, int64(math.MaxInt64)
		for range following {
			c.hour(requests)
			now := s.settled(t, first.goroutines+goroutineGrowth)
			leastGrown, last = min(leastGrown, now.heap-last.heap), now
		}
		t.Logf("after %d hours: %s; answers: %v", 1+following, last, c.codes)
		if leastGrown > heapGrowth {
			t.Errorf("the live heap grew by %d bytes or more in each of %d hours", leastGrown, following)
		}
		if grown := last.resident - first.resident; grown > resident {
			t.Errorf("all memory grew by %d bytes in %d hours", grown, following)
		}
		if last.goroutines > first.goroutines+goroutineGrowth {
			t.Errorf("%d goroutines, %d after the first hour", last.goroutines, first.goroutines)
		}
		c.check(ahead + (1+following)*(scanned+requests))
	})
}

// memory is what a process needs, in bytes.
type memory struct {
	resident   int64 // of all, by the operating system's count
	heap       int64 // live after a collection
	goroutines int64
}

func (m memory) String() string {
	return fmt.Sprintf("%.1f MB resident, %.2f MB live heap, %d goroutines",
		float64(m.resident)/1e6, float64(m.heap)/1e6, m.goroutines)
}

// memory collects garbage, twice because pools keep theirs for a round, and looks.
func (s *server) memory(t *testing.T) memory {
	t.Helper()
	admin := s.admin(t)
	fetch(t, admin+"/debug/pprof/heap?gc=1")
	// What is live is counted before the profile is written, which needs memory too.
	heap := fetch(t, admin+"/debug/pprof/heap?gc=1&debug=1")
	metrics := fetch(t, admin+"/metrics")
	read := func(text, pattern string) int64 {
		match := regexp.MustCompile(`(?m)^` + pattern + `$`).FindStringSubmatch(text)
		if match == nil {
			t.Fatalf("there is no %s", pattern)
		}
		number, err := strconv.ParseFloat(match[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		return int64(number)
	}
	return memory{
		resident:   read(metrics, `process_resident_memory_bytes (\S+)`),
		heap:       read(heap, `# HeapAlloc = (\d+)`),
		goroutines: read(metrics, `go_goroutines (\d+)`),
	}
}

// quiet looks for three seconds, in which what waits for more work ends, and returns
// the look with the fewest goroutines. How many there have to be nobody knows: some
// begin long after the start.
func (s *server) quiet(t *testing.T) memory {
	t.Helper()
	m := s.memory(t)
	for began := time.Now(); time.Since(began) < 3*time.Second; time.Sleep(20 * time.Millisecond) {
		if now := s.memory(t); now.goroutines <= m.goroutines {
			m = now
		}
	}
	return m
}

// settled waits for the ends of goroutines that are about to end.
func (s *server) settled(t *testing.T, goroutines int64) memory {
	t.Helper()
	m := s.memory(t)
	for deadline := time.Now().Add(patience); m.goroutines > goroutines && time.Now().Before(deadline); {
		time.Sleep(20 * time.Millisecond)
		m = s.memory(t)
	}
	return m
}

// callers are those who send the requests of an hour.
type callers struct {
	t        *testing.T
	address  string
	world    load.World
	operator load.Key
	all      []*talker
	codes    map[string]int // how often each was answered; "" is success
}

// talker is one of them, on a connection of its own.
type talker struct {
	*callers
	random *mathrand.Rand
	conn   net.Conn
	in     *bufio.Reader
	sent   int
	again  []byte // a write with its key, to be sent once more
	codes  map[string]int
}

func newCallers(t *testing.T, s *server, world load.World, operator load.Key) *callers {
	t.Helper()
	c := &callers{
		t: t, address: strings.TrimPrefix(s.endpoint, "http://"), world: world, operator: operator, codes: map[string]int{},
	}
	random := randomness(t)
	for range talkers {
		one := &talker{callers: c, random: mathrand.New(mathrand.NewPCG(random.Uint64(), 0)), codes: map[string]int{}}
		c.all = append(c.all, one)
		t.Cleanup(one.close)
	}
	return c
}

// hour sends an hour's requests.
func (c *callers) hour(requests int) {
	var running sync.WaitGroup
	for i, one := range c.all {
		running.Go(func() {
			err := one.send(share(scanned, i), one.scan)
			if err == nil {
				err = one.send(share(requests, i), one.request)
			}
			if err != nil {
				c.t.Error(err)
			}
		})
	}
	running.Wait()
	for _, one := range c.all {
		for code, n := range one.codes {
			c.codes[code] += n
		}
		clear(one.codes)
	}
}

// share is how many of n the talker i sends.
func share(n, i int) int { return (n + i) / talkers }

// reconnect is after how many requests a talker takes a new connection.
const reconnect = 50

// send sends n requests, one after the other, and counts what they were answered.
func (c *talker) send(n int, request func() []byte) error {
	for range n {
		if c.sent%reconnect == 0 {
			c.close()
			conn, err := net.Dial("tcp", c.address)
			if err != nil {
				return err
			}
			c.conn, c.in = conn, bufio.NewReader(conn)
		}
		c.sent++
		if _, err := c.conn.Write(request()); err != nil {
			return err
		}
		got, err := c.answer()
		if err != nil {
			return err
		}
		c.codes[got.Code]++
	}
	return nil
}

func (c *talker) answer() (answer, error) {
	response, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }() // read to its end
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	return decode(body, false)
}

func (c *talker) close() {
	if c.conn != nil {
		_ = c.conn.Close() // all of it is read
	}
}

// message is a request before it is signed.
type message struct {
	key     load.Key
	action  string
	version string
	body    string
	once    string // idempotency key
}

func (c *talker) bytes(m message) []byte {
	now := time.Now().Unix()
	service := "intlpartnersmgt"
	if m.version == "" {
		m.version = "2022-09-28"
	} else {
		service = "tael"
	}
	h := http.Header{}
	h.Set("Content-Type", "application/json")
	h.Set("X-TC-Action", m.action)
	h.Set("X-TC-Version", m.version)
	h.Set("X-TC-Timestamp", strconv.FormatInt(now, 10))
	tc3 := signature.TC3{Method: http.MethodPost, Host: c.address, Header: h, Payload: []byte(m.body), Timestamp: now}
	h.Set("Authorization", tc3.Sign(signature.Credential{ID: m.key.ID, Key: m.key.Secret}, service))
	if m.once != "" {
		h.Set("X-Tael-Idempotency-Key", m.once)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n", c.address, len(m.body))
	_ = h.Write(&b) // to memory
	b.WriteString("\r\n" + m.body)
	return b.Bytes()
}

// scan is a request by nobody: whether its signature would be right is not looked at.
func (c *talker) scan() []byte {
	return fmt.Appendf(nil, "POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nX-TC-Action: QueryPartnerCredit\r\n"+
		"X-TC-Version: 2022-09-28\r\nX-TC-Timestamp: %d\r\nAuthorization: TC3-HMAC-SHA256 Credential=AKID%s/%s/"+
		"intlpartnersmgt/tc3_request, SignedHeaders=content-type;host, Signature=%064x\r\nContent-Length: 2\r\n\r\n{}",
		c.address, time.Now().Unix(), rand.Text(), time.Now().UTC().Format(time.DateOnly), c.random.Uint64())
}

// request draws one of those that somebody with a key sends.
func (c *talker) request() []byte {
	p := &c.world.Partners[c.random.IntN(len(c.world.Partners))]
	customer := p.FirstCustomer + c.random.Int64N(p.Customers)
	m := message{key: p.Key, action: "QueryPartnerCredit", body: "{}"}
	switch c.random.IntN(8) {
	case 0:
	case 1:
		m.action, m.body = "QueryVoucherAmountByUin", fmt.Sprintf(`{"ClientUins":[%d,%d]}`, p.FirstCustomer, p.FirstCustomer+1)
	case 2:
		m.action, m.body = "QueryCreditAllocationHistory", fmt.Sprintf(`{"ClientUin":%d}`, customer)
		if c.random.IntN(2) == 0 {
			m.action, m.body = "QueryCustomersCredit", fmt.Sprintf(`{"FilterType":"Name","Filter":%q}`, rand.Text())
		}
	case 3: // a write, or the last one again
		if c.again != nil {
			raw := c.again
			c.again = nil
			return raw
		}
		m.action, m.once = "AllocateCustomerCredit", rand.Text()
		m.body = fmt.Sprintf(`{"ClientUin":%d,"AddedCredit":0.01,"Remark":%q}`, customer, rand.Text())
		c.again = c.bytes(m)
		return c.again
	case 4:
		m.key, m.action, m.version = c.operator, "RecordCharge", "2026-11-01"
		m.body = fmt.Sprintf(`{"ChargeId":%q,"ClientUin":%d,"PayMode":"postPay","ProductCode":"cvm","OriginalCost":0.01}`,
			rand.Text(), customer)
	case 5:
		m.key.Secret = rand.Text()
	case 6:
		m.action = "Query" + rand.Text()
	case 7:
		m.body = badBody(c.random)
	}
	return c.bytes(m)
}

// fail is a request that is refused, of every partner in turn.
func (c *talker) fail() []byte {
	m := message{key: c.world.Partners[c.sent%trees].Key, action: "QueryPartnerCredit", body: "{}"}
	switch {
	case c.sent/trees%2 == 0:
		m.body = badBody(c.random)
	case c.random.IntN(2) == 0:
		m.key.Secret = rand.Text()
	default:
		m.action = "Query" + rand.Text()
	}
	return c.bytes(m)
}

// badBody is one that no action takes.
func badBody(random *mathrand.Rand) string {
	text := rand.Text()
	return [...]string{
		`{"` + text, `{"` + text + `":1}`, `[` + text + `]`, strings.Repeat(`{"a":`, 1+random.IntN(40)) + "1",
		`{"a":"` + strings.Repeat(text, random.IntN(500)) + `"}`, "\x00" + text, `{"a":1,"a":2}`,
	}[random.IntN(7)]
}

// check finds requests that did not do what they were sent for: a server that refuses
// everything keeps nothing either.
func (c *callers) check(sent int) {
	c.t.Helper()
	all := 0
	for _, n := range c.codes {
		all += n
	}
	if all != sent {
		c.t.Errorf("%d of %d requests were answered", all, sent)
	}
	signed := sent - c.codes["AuthFailure.SecretIdNotFound"]
	if c.codes[""] < signed/2 || c.codes["InternalError"] > 0 {
		c.t.Errorf("%d of %d with a key succeeded: %v", c.codes[""], signed, c.codes)
	}
	for _, code := range []string{
		"AuthFailure.SignatureFailure", "InvalidAction", "UnknownParameter", "InvalidParameter",
	} {
		if c.codes[code] < signed/50 {
			c.t.Errorf("only %d were answered %s", c.codes[code], code)
		}
	}
}
