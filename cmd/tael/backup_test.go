package main_test

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/money"
)

// content is what the files of a folder hold, by their names.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		found[entry.Name()] = string(text)
	}
	return found
}

// holds checks which files are in a folder.
func holds(t *testing.T, dir string, names ...string) {
	t.Helper()
	found := slices.Sorted(maps.Keys(content(t, dir)))
	if slices.Sort(names); !slices.Equal(found, names) {
		t.Errorf("%s holds %v, want %v", dir, found, names)
	}
}

// write writes a file of a test.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// allocate makes allocations one after the other; each has to be answered.
func allocate(t *testing.T, s *server, name string, count int) []*attempt {
	t.Helper()
	var made []*attempt
	for i := range count {
		a := &attempt{
			account: account(demo.Reseller), customer: demo.Reseller + 1,
			remark: fmt.Sprintf("%s-%d", name, i), amount: money.Amount(1 + i),
		}
		if got, err := a.send(t.Context(), http.DefaultClient, s.endpoint); err != nil || !a.answered {
			t.Fatalf("%s: %s %v", a.body(), got.Code, err)
		}
		made = append(made, a)
	}
	return made
}

// Under a steady load of writes a backup ends, holds whatever was answered
// before it began, of every client nothing without what that client did before,
// and can be served in the place of the database.
func TestBackupBesideALiveServer(t *testing.T) {
	t.Parallel()
	dir, backups := t.TempDir(), t.TempDir()
	db := filepath.Join(dir, "tael.db")
	s := start(t, nil, "--db", db, "--demo", "--rate-limits", "off")
	l := newCrowd(t, s.endpoint, "crowd", 8, true, randomness(t).Uint64())
	var answered []*attempt
	var backup string
	var printed ran
	for round := range 3 {
		answered = append(answered, allocate(t, s, fmt.Sprintf("round%d", round), 10)...)
		backup = filepath.Join(backups, fmt.Sprintf("%d.db", round))
		printed = tael(t, "backup", "--db", db, "--to", backup)
		printed.expect(t, 0, "everything adds up", "")
		printed.expect(t, 0, "without the master key: that is in "+db+".key", "")
	}
	after := allocate(t, s, "after", 10)
	s.kill()
	attempts := l.wait()
	holds(t, backups, "0.db", "1.db", "2.db")

	anchors, restored := filepath.Join(dir, "anchors"), filepath.Join(dir, "restored.db")
	write(t, anchors, printed.stdout)
	verified(t, []string{"--db", db}, anchors) // what is in the backup is in the database too
	tael(t, "restore", "--from", backup, "--db", restored, "--master-key-file", db+".key", "--anchors", anchors).
		expect(t, 0, "the anchors agree", "")
	serve := []string{"--rate-limits", "off", "--master-key-file", db + ".key", "--db"}
	r := start(t, nil, append(serve, restored)...)
	checkHistory(t, r, answered, 0, 20)
	found := history(t, r)
	for _, a := range after {
		if len(found[a.remark]) > 0 {
			t.Errorf("%s came after the backup and is in it", a.remark)
		}
	}
	missing := map[string]bool{} // clients of whom something is not in the backup
	inside := 0
	for _, a := range attempts {
		client := a.remark[:strings.LastIndexByte(a.remark, '-')]
		if len(found[a.remark]) == 0 {
			missing[client] = missing[client] || !a.busy
			continue
		}
		inside++
		if missing[client] {
			t.Errorf("%s is in the backup without what its client did before", a.remark)
		}
	}
	t.Logf("the backup holds %d of %d attempts of the crowd", inside, len(attempts))
	if inside == 0 || inside == len(attempts) {
		t.Error("the backup was not made under load: the test tested nothing")
	}
	allocate(t, r, "restored", 3)
	r.stop(t)
	verified(t, []string{"--db", restored, "--master-key-file", db + ".key"}, anchors)
	checkHistory(t, start(t, nil, append(serve, db)...), append(attempts, answered...), 1, 20) // the load was served
}

// What is wrong with the command line has code 2, and leaves everything as it is.
func TestBackupOverwritesNothing(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPristine(t)
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		dir := t.TempDir()
		to := filepath.Join(dir, "backup.db")
		write(t, to+suffix, "precious")
		tael(t, "backup", "--db", p.path, "--to", to).expect(t, 2, "", to+suffix+" exists")
		if got := content(t, dir); len(got) != 1 || got["backup.db"+suffix] != "precious" {
			t.Errorf("%v is left", got)
		}
	}
	dir := t.TempDir()
	to := filepath.Join(dir, "backup.db")
	tael(t, "backup", "--db", p.path).expect(t, 2, "", "--to")
	tael(t, "backup", "--db", "postgres://u:secret@localhost/x", "--to", to).expect(t, 2, "", "pg_basebackup")
	tael(t, "backup", "--db", "mysql://x", "--to", to).expect(t, 2, "", "--db mysql://x")
	tael(t, "backup", "--db", p.path+".none", "--to", to).expect(t, 4, "", "no such database")
	tael(t, "backup", "--db", p.path, "--to", filepath.Join(dir, "none", "backup.db")).expect(t, 4, "", "none")
	holds(t, dir)
	environment := []string{"TAEL_DB=" + p.path, "TAEL_TO=" + to}
	command{args: []string{"backup"}, env: environment}.run(t).expect(t, 0, "everything adds up", "")
	holds(t, dir, "backup.db")
}

// damagePage overwrites a page in the middle of a database file.
func damagePage(t *testing.T, path string) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		t.Fatal(err)
	}
	const page = 4096
	if _, err := file.WriteAt([]byte(strings.Repeat("x", page)), info.Size()/page/2*page); err != nil {
		t.Fatal(err)
	}
}

// A database that does not add up, or cannot be read, makes no backup that one
// would find out about too late.
func TestBackupOfADamagedDatabaseIsNone(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPristine(t)
	dir := t.TempDir()
	to := filepath.Join(dir, "backup.db")
	wrong := p.damaged(t, fmt.Sprintf("UPDATE partner SET line = line + 1 WHERE uin = %d", demo.Reseller))
	tael(t, "backup", "--db", wrong, "--to", to).expect(t, 1, "", fmt.Sprintf("account line:%d", demo.Reseller))
	unreadable := p.damaged(t)
	damagePage(t, unreadable)
	tael(t, "backup", "--db", unreadable, "--to", to).expect(t, 4, "", "")
	other := command{
		args: []string{"backup", "--db", p.path, "--to", to}, env: []string{"TAEL_MASTER_KEY=" + newMasterKey()},
	}
	other.run(t).expect(t, 4, "", "another master key")
	holds(t, dir)
}

// swell makes a database so large that one can interrupt what copies it.
func swell(t *testing.T, p *pristine) {
	t.Helper()
	db, err := sql.Open("sqlite", p.path)
	if err != nil {
		t.Fatal(err)
	}
	const padding = `INSERT INTO setting (name, value) VALUES ('padding', zeroblob(40000000))`
	_, err = db.ExecContext(t.Context(), padding)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// meanwhile runs a command, and does something as soon as a file of it is there, if
// that is seen before the command has ended.
func meanwhile(t *testing.T, file string, do func(*os.Process), args ...string) ran {
	t.Helper()
	cmd := exec.Command(binary, args...)
	dieWithParent(cmd)
	var out, problems lockedText
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = environment(), t.TempDir(), &out, &problems
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // the exit code says it
		close(ended)
	}()
	late := time.After(patience)
	for running := true; running; {
		if _, err := os.Stat(file); err == nil {
			do(cmd.Process)
			break
		}
		select {
		case <-ended:
			running = false
		case <-late:
			t.Errorf("%v neither ends nor makes %s", args, file)
			_ = cmd.Process.Kill() // it may have ended
			running = false
		case <-time.After(time.Millisecond):
		}
	}
	<-ended
	return ran{cmd.ProcessState.ExitCode(), out.String(), problems.String()}
}

// A backup, or a restore, that is killed leaves nothing under the name that was
// asked for, and is not taken for one; one that is told to end cleans up.
func TestInterruptedCopiesAreNoBackups(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	random := randomness(t)
	p := newPristine(t)
	swell(t, p)
	whole := filepath.Join(t.TempDir(), "whole.db")
	tael(t, "backup", "--db", p.path, "--to", whole).expect(t, 0, "everything adds up", "")
	interrupted := 0
	for round := 0; round < 8 || interrupted == 0; round++ {
		if round == 100 {
			t.Fatal("all were done before the signal came: the test tested nothing")
		}
		dir := t.TempDir()
		target := filepath.Join(dir, "target.db")
		args := []string{"backup", "--db", p.path, "--to", target}
		if round%2 == 1 {
			args = []string{"restore", "--from", whole, "--db", target, "--master-key-file", p.path + ".key"}
		}
		signal := syscall.SIGKILL
		if round%4 >= 2 {
			signal = syscall.SIGTERM
		}
		longer := time.Duration(random.IntN(120)) * time.Millisecond
		meanwhile(t, target+".partial", func(p *os.Process) {
			time.Sleep(longer)
			_ = p.Signal(signal) // it may have ended
		}, args...)
		if _, err := os.Stat(target); err == nil { // it was done before the signal came
			verified(t, []string{"--db", target, "--master-key-file", p.path + ".key"}, p.anchors)
			continue
		}
		interrupted++
		if signal == syscall.SIGTERM {
			holds(t, dir)
		} else {
			tael(t, args...).expect(t, 2, "", "remove "+target+".partial")
		}
		for name := range content(t, dir) {
			if err := os.Remove(filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
		}
		tael(t, args...).expect(t, 0, "everything adds up", "")
		holds(t, dir, "target.db")
	}
	// A server that is started too early makes a new database in the place.
	for round := 0; ; round++ {
		if round == 100 {
			t.Fatal("nothing came into the place in time: the test tested nothing")
		}
		target, came := filepath.Join(t.TempDir(), "target.db"), false
		got := meanwhile(t, target+".partial", func(*os.Process) { came = writeNew(t, target, "precious") },
			"restore", "--from", whole, "--db", target, "--master-key-file", p.path+".key")
		if !came {
			continue // it was done before
		}
		got.expect(t, 2, "", target+" exists")
		if left := content(t, filepath.Dir(target)); len(left) != 1 || left["target.db"] != "precious" {
			t.Error("what came into the place meanwhile was overwritten")
		}
		return
	}
}

// writeNew writes a file, unless there is one of the name.
func writeNew(t *testing.T, path, text string) bool {
	t.Helper()
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return false
	}
	if err == nil {
		_, err = file.WriteString(text)
	}
	if err := errors.Join(err, file.Close()); err != nil {
		t.Fatal(err)
	}
	return true
}

// limited runs a command that can make no file larger than a few pages.
func limited(t *testing.T, args ...string) ran {
	t.Helper()
	cmd := exec.Command("sh", append([]string{"-c", `ulimit -f 120; exec "$0" "$@"`, binary}, args...)...)
	dieWithParent(cmd)
	var out, problems lockedText
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = environment(), t.TempDir(), &out, &problems
	_ = cmd.Run() // the exit code says it
	return ran{cmd.ProcessState.ExitCode(), out.String(), problems.String()}
}

// Without room there is an error that says so, and nothing is left that takes room.
func TestBackupAndRestoreWithoutRoom(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPristine(t)
	dir, whole := t.TempDir(), filepath.Join(t.TempDir(), "whole.db")
	tael(t, "backup", "--db", p.path, "--to", whole).expect(t, 0, "everything adds up", "")
	target := filepath.Join(dir, "target.db")
	limited(t, "backup", "--db", p.path, "--to", target).expect(t, 4, "", target+".partial: the disk is full")
	holds(t, dir)
	limited(t, "restore", "--from", whole, "--db", target, "--master-key-file", p.path+".key").
		expect(t, 4, "", target+".partial")
	holds(t, dir)
}
