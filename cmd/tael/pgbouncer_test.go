//go:build unix

package main_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tael/internal/testkit"
	"tael/internal/throwaway"
)

// startPgBouncer starts a PgBouncer in transaction mode before a server of
// PostgreSQL, whose folder it shares, and returns the address of a database
// behind it.
func startPgBouncer(t *testing.T, server *throwaway.Postgres, database string) string {
	t.Helper()
	path := "/usr/sbin/pgbouncer" // Debian's place, not in everybody's PATH
	if _, err := os.Stat(path); err != nil {
		if path, err = exec.LookPath("pgbouncer"); err != nil {
			testkit.Missing(t, errors.New("no pgbouncer; Debian's package is pgbouncer"))
		}
	}
	folder := server.Folder()
	config := filepath.Join(folder, "pgbouncer.ini")
	text := fmt.Sprintf(`[databases]
* = host=%[1]s user=tael
[pgbouncer]
unix_socket_dir = %[1]s
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = 4
logfile = %[1]s/pgbouncer.log
`, folder)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	process := exec.Command(path, "-q", config)
	if err := throwaway.AsOrdinaryUser(process); err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill()
		_ = process.Wait()
	})
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(folder, ".s.PGSQL.6432")); err == nil {
			return strings.Replace(server.Address(database), "?", "?port=6432&", 1)
		}
	}
	log, _ := os.ReadFile(filepath.Join(folder, "pgbouncer.log"))
	t.Fatalf("pgbouncer does not listen: %s", log)
	return ""
}

// Behind a pooler that hands connections from one transaction to the next,
// nothing is lost either when a process is killed.
func TestPgBouncerInTransactionMode(t *testing.T) {
	t.Parallel()
	random := randomness(t)
	postgres := testkit.OwnPostgres(t)
	address := startPgBouncer(t, postgres, "postgres")
	database := append(newDatabaseAt(t, address), "--db-unprepared")
	serve := append([]string{"--demo", "--rate-limits", "off"}, database...)
	var all []*attempt
	for round := range 3 {
		s := start(t, nil, serve...)
		l := newCrowd(t, s.endpoint, fmt.Sprintf("b%d", round), 8, true, random.Uint64())
		time.Sleep(time.Duration(200+random.IntN(400)) * time.Millisecond)
		s.kill()
		all = append(all, l.wait()...)
	}
	s := start(t, nil, serve...)
	repeatUnanswered(t, s, all)
	checkHistory(t, s, all, 1, 20)
	if code := s.stop(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	verified(t, database, "")
}

// Sweeps run behind such a pooler too.
func TestMessagesBehindPgBouncer(t *testing.T) {
	t.Parallel()
	events := testkit.Webhook(t)
	database := append(newDatabaseAt(t, startPgBouncer(t, testkit.OwnPostgres(t), "postgres")), "--db-unprepared")
	s := start(t, []string{webhookSecret},
		append([]string{"--demo", "--rate-limits", "off", "--webhook", events.URL}, database...)...)
	w := newWarner(t, s.endpoint, "p")
	select {
	case <-events.Arrived():
	case <-time.After(patience):
		t.Error("no event arrives")
	}
	s.kill()
	w.wait()
}

// A database without the extension is told apart from one that has it.
func TestMigrateWithoutCitus(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	for _, d := range []testkit.Database{testkit.SQLite, testkit.Postgres} {
		tael(t, append([]string{"migrate", "--citus"}, newDatabase(t, d)...)...).
			expect(t, 1, "", "does not have the extension citus")
	}
}
