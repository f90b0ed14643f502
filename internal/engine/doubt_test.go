//go:build unix

package engine_test

import (
	"bufio"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"tael/internal/engine"
	"tael/internal/testkit"
)

// report is what a child process prints of an allocation that it made while no
// file could grow: SQLite then fails in COMMIT, and the commit is in doubt.
type report struct {
	Doubts  int    // commits that were in doubt
	Answer  string // error, or "" for success
	Pending bool   // no answer came in time
	Elapsed time.Duration
}

// childKey is the master key of the database that parent and child share.
var childKey = []byte("0123456789abcdef0123456789abcdef")

// TestChild is not a test: it is the child process of those below.
func TestChild(t *testing.T) {
	path, scenario := os.Getenv("TAEL_TEST_CHILD"), os.Getenv("TAEL_TEST_SCENARIO")
	if path == "" {
		t.Skip("only a child process runs it")
	}
	w := openWorld(t, path, childKey, 0)
	w.plant(1000)
	w.mustDo(allocation(1, 5, "before"))
	signal.Ignore(syscall.SIGXFSZ) // a write that is refused is an error then
	freeze(t, path+"-wal")
	began := time.Now()
	answered := make(chan error, 1)
	go func() {
		_, err := w.do(context.Background(), allocation(1, 7, "doubtful"))
		answered <- err
	}()
	// However slow the machine is: the time of the scenario is that of the doubt.
	w.eventually("a commit is in doubt", func() bool { return w.log.count("commit in doubt") > 0 })
	r := report{}
	limit := 2 * time.Second
	if scenario == "for good" {
		limit = engine.DoubtWait + 15*time.Second
	}
	select {
	case err := <-answered:
		r.Answer = fmt.Sprint(err)
	case <-time.After(limit):
		r.Pending = true
	}
	r.Elapsed = time.Since(began)
	r.Doubts = w.log.count("commit in doubt")
	if scenario == "for a while" && r.Pending {
		thaw(t)
		r.Answer, r.Pending = fmt.Sprint(<-answered), false
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("report %s\n", text)
	if r.Pending {
		os.Exit(0) // as a crash would: the engine would wait for its request
	}
	thaw(t)
	w.mustDo(allocation(2, 9, "afterwards")) // whatever came of it, work goes on
}

// freeze keeps every file of this process from growing beyond the size that the
// log of the database has now.
func freeze(t *testing.T, path string) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	setLimit(t, func(l *syscall.Rlimit) { l.Cur = uint64(info.Size()) })
}

func thaw(t *testing.T) {
	t.Helper()
	setLimit(t, func(l *syscall.Rlimit) { l.Cur = l.Max })
}

func setLimit(t *testing.T, change func(*syscall.Rlimit)) {
	t.Helper()
	const fileSize = 1 // RLIMIT_FSIZE on every unix; syscall does not name it on all
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(fileSize, &limit); err != nil {
		t.Fatal(err)
	}
	change(&limit)
	if err := syscall.Setrlimit(fileSize, &limit); err != nil {
		t.Fatal(err)
	}
}

// runChild runs a scenario in a child process, whose limits are its own.
func runChild(t *testing.T, path, scenario string) report {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), engine.DoubtWait+3*time.Minute)
	defer cancel()
	child := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestChild$", "-test.v")
	child.Env = append(os.Environ(), "TAEL_TEST_CHILD="+path, "TAEL_TEST_SCENARIO="+scenario)
	out, err := child.CombinedOutput()
	lines := bufio.NewScanner(strings.NewReader(string(out)))
	for lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "report "); ok && err == nil {
			var r report
			if err := json.Unmarshal([]byte(text), &r); err != nil {
				t.Fatal(err)
			}
			t.Logf("%+v", r)
			return r
		}
	}
	t.Fatalf("child: %v\n%s", err, out)
	return report{}
}

// executed opens the database that a child left and counts the doubtful
// allocation; the figures must agree with it.
func executed(t *testing.T, path string) int {
	t.Helper()
	w := openWorld(t, path, childKey, 0)
	w.verify()
	n := w.times("doubtful")
	if got := int(w.credit(1)); got != 5+7*n {
		t.Errorf("executed %d times, the credit is %d", n, got)
	}
	return n
}

// A commit in doubt is looked up, and run again where it was not done. Should the
// disk have room again in time, the allocation is done once and answered so;
// else it is not done and answered so; and the next one works.
func TestCommitInDoubtIsDoneOnceOrNotAtAll(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tael.db")
	r := runChild(t, path, "for a while")
	if r.Doubts == 0 {
		t.Fatal("no commit was in doubt: the test tested nothing")
	}
	want := 1
	if r.Answer != "<nil>" {
		want = 0
	}
	if n := executed(t, path); n != want {
		t.Errorf("answered %s and executed %d times", r.Answer, n)
	}
	// Two seconds leave room for a few attempts with a pause between them, not for
	// a loop that keeps a core busy and fills the log.
	if r.Doubts > 300 {
		t.Errorf("%d attempts in %s", r.Doubts, r.Elapsed)
	}
}

// Where the disk stays full, who asked gets an answer in the time that
// design.md §4 sets, and it is true.
func TestCommitInDoubtIsAnsweredInTime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "tael.db")
	r := runChild(t, path, "for good")
	if r.Doubts == 0 {
		t.Fatal("no commit was in doubt: the test tested nothing")
	}
	if r.Pending {
		t.Errorf("no answer after %s and %d attempts", r.Elapsed, r.Doubts)
	}
	// Nothing was executed and trying again may help: that is busy.
	if n := executed(t, path); n != 0 || !strings.Contains(r.Answer, engine.ErrBusy.Error()) {
		t.Errorf("answered %q, executed %d times", r.Answer, n)
	}
}

// A database that somebody else has locked answers busy, and what was answered
// so is not executed later.
func TestLockedDatabaseIsBusyAndExecutesNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the database as long as a caller may: 5 s")
	}
	t.Parallel()
	w := newWorld(t, testkit.SQLite, 0, 1000)
	db, err := sql.Open("sqlite", w.address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	conn, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := conn.ExecContext(context.Background(), "BEGIN IMMEDIATE"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.do(context.Background(), allocation(1, 5, "locked out")); !errors.Is(err, engine.ErrBusy) {
		t.Errorf("got %v", err)
	}
	if w.credit(1) != 0 { // reading goes on
		t.Errorf("credit %d", w.credit(1))
	}
	if _, err := conn.ExecContext(context.Background(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	w.mustDo(allocation(1, 6, "afterwards"))
	if w.times("locked out") != 0 || w.credit(1) != 6 {
		t.Errorf("executed: %q", w.remarks())
	}
	w.verify()
}
