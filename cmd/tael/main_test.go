// Tests of the real binary: built once, started on a database of its own, and
// spoken to over HTTP as any client would.
package main_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/signature"
	"tael/internal/testkit"
)

// binary is the program under test.
var binary string

func TestMain(m *testing.M) {
	os.Exit(buildAndRun(m))
}

// buildAndRun exists because os.Exit runs no deferred call.
func buildAndRun(m *testing.M) int {
	dir, err := os.MkdirTemp("", "tael-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary = filepath.Join(dir, "tael")
	args := []string{"build", "-o", binary}
	if raceEnabled { // the races worth finding are in the server
		args = append(args, "-race")
	}
	if out, err := exec.Command("go", append(args, ".")...).CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		return 1
	}
	defer testkit.StopPostgres()
	return m.Run()
}

// notUnderRace leaves a test to runs without the race detector, which would find
// nothing in it: either its commands do one thing after another, in many processes
// that each start slowly, or it is about other programs, or what a server does at
// once in it is what servers of other tests do.
func notUnderRace(t *testing.T) {
	t.Helper()
	if raceEnabled {
		t.Skip("the race detector would find nothing")
	}
}

// newDatabase makes an empty database and returns the flags that name it.
func newDatabase(t *testing.T, d testkit.Database) []string {
	t.Helper()
	address := d.New(t)
	if d == testkit.SQLite {
		return []string{"--db", address}
	}
	return newDatabaseAt(t, address)
}

// newDatabaseAt are the flags of a PostgreSQL database.
func newDatabaseAt(t *testing.T, address string) []string {
	t.Helper()
	key := filepath.Join(t.TempDir(), "master.key")
	if err := os.WriteFile(key, []byte("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	// The server of the tests would not survive a power cut.
	return []string{"--db", address, "--master-key-file", key, "--unsafe-durability", "--db-connections", "8"}
}

// randomness is seeded by TAEL_TEST_SEED, or by the clock, and says with what.
func randomness(t *testing.T) *rand.Rand {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if text := os.Getenv("TAEL_TEST_SEED"); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("TAEL_TEST_SEED=%d", seed)
	return rand.New(rand.NewPCG(seed, 0))
}

// environment is the test's own without anything that Tael would read.
func environment(extra ...string) []string {
	var kept []string
	for _, pair := range os.Environ() {
		if !strings.HasPrefix(pair, "TAEL_") && !strings.HasPrefix(pair, "OTEL_") {
			kept = append(kept, pair)
		}
	}
	return append(kept, extra...)
}

// ran is what a command that ended left behind.
type ran struct {
	code           int
	stdout, stderr string
}

// command is a run of the binary that is not waited for.
type command struct {
	args  []string
	env   []string
	stdin string
}

// patience bounds every wait for a process.
const patience = 2 * time.Minute

func (c command) run(t *testing.T) ran {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, c.args...)
	dieWithParent(cmd)
	var out, problems bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = environment(c.env...), strings.NewReader(c.stdin), &out, &problems
	cmd.Dir = t.TempDir() // where a default path would land
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("tael %v: %v", c.args, err)
	}
	return ran{cmd.ProcessState.ExitCode(), out.String(), problems.String()}
}

// tael runs a command to its end.
func tael(t *testing.T, args ...string) ran {
	t.Helper()
	return command{args: args}.run(t)
}

// expect checks how a command ended and what it said.
func (r ran) expect(t *testing.T, code int, stdout, stderr string) {
	t.Helper()
	if r.code != code || !strings.Contains(r.stdout, stdout) || !strings.Contains(r.stderr, stderr) {
		t.Errorf("exit code %d\nstdout %s\nstderr %s\nwant %d, %q, %q", r.code, r.stdout, r.stderr, code, stdout, stderr)
	}
}

// server is a running "tael serve".
type server struct {
	endpoint string
	process  *exec.Cmd
	ended    chan struct{}
	stdout   lockedText
	stderr   lockedText
}

// lockedText collects what a process prints while a test reads it.
type lockedText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lockedText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *lockedText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// launch starts "tael serve" without waiting until it serves.
func launch(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	s := &server{ended: make(chan struct{})}
	s.process = exec.Command(binary, append([]string{"serve"}, args...)...)
	dieWithParent(s.process)
	s.process.Env, s.process.Stdout, s.process.Stderr = environment(env...), &s.stdout, &s.stderr
	s.process.Dir = t.TempDir()
	if err := s.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.process.Wait() // ProcessState says how it ended
		close(s.ended)
	}()
	t.Cleanup(func() {
		s.kill()
		if strings.Contains(s.stderr.String(), "DATA RACE") {
			t.Errorf("the server says:\n%s", s.stderr.String())
		}
	})
	return s
}

// start starts a server on a free port and waits until it serves.
func start(t *testing.T, env []string, args ...string) *server {
	t.Helper()
	s := launch(t, env, append([]string{"--listen", "127.0.0.1:0"}, args...)...)
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		if address := s.address(); address != "" {
			s.endpoint = "http://" + address
			return s
		}
		select {
		case <-s.ended:
			t.Fatalf("the server ended: %s\n%s", s.process.ProcessState, s.stderr.String())
		default:
		}
	}
	t.Fatalf("the server does not serve: %s", s.stderr.String())
	return nil
}

// address is where the server says that it listens.
func (s *server) address() string {
	for line := range strings.SplitSeq(s.stderr.String(), "\n") {
		var entry struct{ Msg, Address string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "serving" {
			return entry.Address
		}
	}
	return ""
}

// kill ends the server as a crash would.
func (s *server) kill() {
	_ = s.process.Process.Kill() // it may have ended
	<-s.ended
}

// stop asks the server to end and returns its exit code.
func (s *server) stop(t *testing.T) int {
	t.Helper()
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-s.ended:
	case <-time.After(patience):
		t.Fatal("the server does not end")
	}
	return s.process.ProcessState.ExitCode()
}

// account is an account of the demo world.
func account(uin int64) demo.Account {
	for _, a := range demo.Accounts() {
		if a.Uin == uin {
			return a
		}
	}
	panic(fmt.Sprintf("no demo account %d", uin))
}

// answer is what a call got back.
type answer struct {
	Code     string // of the error; empty for success
	Message  string
	Response json.RawMessage
	Replayed bool
}

// insist calls an action again while the server says that it is busy, as it may be
// for moments: nothing was executed then.
func insist(
	ctx context.Context, client *http.Client, endpoint string, a demo.Account, action, body string,
) (got answer, err error) {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		got, err = call(ctx, client, endpoint, a, action, body, "")
		if err != nil || got.Code != "OperationDenied.ServiceBusy" || time.Now().After(deadline) {
			return got, err
		}
	}
}

// call signs a call and sends it. An error says that no answer came: whether
// the call was executed is then not known.
func call(
	ctx context.Context, client *http.Client, endpoint string, a demo.Account, action, body, key string,
) (answer, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, endpoint, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	service, version := testkit.ServiceOf(action)
	now := time.Now().Unix()
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-TC-Action", action)
	r.Header.Set("X-TC-Version", version)
	r.Header.Set("X-TC-Timestamp", strconv.FormatInt(now, 10))
	if key != "" {
		r.Header.Set("X-Tael-Idempotency-Key", key)
	}
	tc3 := signature.TC3{Method: r.Method, Host: r.Host, Header: r.Header, Payload: []byte(body), Timestamp: now}
	r.Header.Set("Authorization", tc3.Sign(signature.Credential{ID: a.SecretID, Key: a.SecretKey}, service))
	response, err := client.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }() // only read
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	return decode(text, response.Header.Get("X-Tael-Idempotent-Replay") == "true")
}

func decode(text []byte, replayed bool) (answer, error) {
	var envelope struct{ Response json.RawMessage }
	if err := json.Unmarshal(text, &envelope); err != nil {
		return answer{}, fmt.Errorf("%s: %w", text, err)
	}
	var failure struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(envelope.Response, &failure); err != nil {
		return answer{}, fmt.Errorf("%s: %w", text, err)
	}
	return answer{failure.Error.Code, failure.Error.Message, envelope.Response, replayed}, nil
}

// requestID is the id that the server gave the call.
func (a *answer) requestID() string {
	var response struct {
		ID string `json:"RequestId"`
	}
	if err := json.Unmarshal(a.Response, &response); err != nil {
		panic(err) // it was just decoded
	}
	return response.ID
}

// must makes a call that has to succeed.
func (s *server) must(t *testing.T, a demo.Account, action, body string) answer {
	t.Helper()
	got, err := call(t.Context(), http.DefaultClient, s.endpoint, a, action, body, "")
	if err != nil || got.Code != "" {
		t.Fatalf("%s %s: %s %s %v", action, body, got.Code, got.Message, err)
	}
	return got
}

// firstLine is the first line of a text that contains a word.
func firstLine(text, word string) string {
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		if strings.Contains(lines.Text(), word) {
			return lines.Text()
		}
	}
	return ""
}
