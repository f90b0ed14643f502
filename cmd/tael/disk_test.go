//go:build unix

package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/testkit"
	"tael/internal/throwaway"
)

// A PostgreSQL whose tables cannot grow: writes answer that the service is busy
// and are not carried out, reads go on, and the log names the cause. With room
// again, writes work within two seconds.
func TestDatabaseDiskIsFull(t *testing.T) {
	t.Parallel()
	postgres := testkit.OwnPostgresOnVolume(t, throwaway.Data, 64)
	d := newFilled(t, postgres)
	d.fill(t)
	d.refused(t, 50)
	if log := d.server.stderr.String(); !regexp.MustCompile(`"msg":"busy".*53100`).MatchString(log) {
		t.Errorf("the log says %q", firstLine(log, `"msg":"busy"`))
	}
	for range 10 {
		d.server.must(t, account(demo.Reseller), "QueryPartnerCredit", "{}")
	}
	if err := postgres.Free(); err != nil {
		t.Fatal(err)
	}
	back(t, d.server, time.Now())
	d.check(t)
}

// A PostgreSQL whose log cannot grow ends itself in the middle of commits, and
// cannot recover until there is room; whoever runs it starts it again and again.
// What was not executed is answered busy, what may have been is looked up.
func TestDatabaseLogDiskIsFull(t *testing.T) {
	t.Parallel()
	// As behind a standby that lags, no old part of the log is used again.
	postgres := testkit.OwnPostgresOnVolume(t, throwaway.WAL, 16, "wal_keep_size=1GB")
	d := newFilled(t, postgres)
	d.fill(t)
	filled := time.Now()
	// Most of what is left of the files that are there goes at once, the rest to the
	// load. The server may have ended already.
	_ = postgres.Execute(`SELECT pg_logical_emit_message(false, 'test', repeat('x',
			greatest(0, files * 1048576 - file_offset - 65536)::integer))
		FROM pg_walfile_name_offset(pg_current_wal_insert_lsn()) AS here,
			LATERAL (SELECT COUNT(*) AS files FROM pg_ls_waldir() WHERE name >= here.file_name) AS there`)
	select {
	case <-postgres.Ended():
	case <-time.After(patience):
		t.Fatal("the server goes on: the test tests nothing")
	}
	t.Logf("the server ended %s after its disk was full", time.Since(filled))
	log, err := os.ReadFile(filepath.Join(postgres.Folder(), "log"))
	if err != nil || !strings.Contains(string(log), "PANIC") || !strings.Contains(string(log), "No space left on device") {
		t.Errorf("the server's log is %s %v", log, err)
	}
	if err := postgres.Start(); err == nil {
		t.Fatal("it starts without room: the test tests nothing")
	}
	d.away(t)
	if err := postgres.Free(); err != nil {
		t.Fatal(err)
	}
	if err := postgres.Start(); err != nil {
		t.Fatal(err)
	}
	back(t, d.server, time.Now())
	d.check(t)
}

// filled is a server under load whose database's disk is filled.
type filled struct {
	postgres *throwaway.Postgres
	database []string
	server   *server
	crowd    *crowd
}

func newFilled(t *testing.T, postgres *throwaway.Postgres) *filled {
	t.Helper()
	random := randomness(t)
	d := &filled{postgres: postgres, database: newDatabaseAt(t, postgres.Address("postgres"))}
	d.server = start(t, nil, append([]string{"--demo", "--rate-limits", "off"}, d.database...)...)
	d.crowd = newCrowd(t, d.server.endpoint, "filled", 12, true, random.Uint64())
	d.crowd.patient = true
	return d
}

// fill leaves no room while the load goes on.
func (d *filled) fill(t *testing.T) {
	t.Helper()
	d.crowd.await(t, 200, func(a *attempt) bool { return a.answered })
	if err := d.postgres.Fill(); err != nil {
		t.Fatal(err)
	}
}

// refused waits until so many more attempts were answered that the server is busy.
func (d *filled) refused(t *testing.T, more int) {
	t.Helper()
	busy := func(a *attempt) bool { return a.busy }
	d.crowd.await(t, d.crowd.count(busy)+more, busy)
}

// away checks that every request is answered busy in time while there is no
// database, those too that wait behind a commit in doubt.
func (d *filled) away(t *testing.T) {
	t.Helper()
	write, read := 7*time.Second+slack(), 3*time.Second+slack()
	var running sync.WaitGroup
	for _, pair := range pairs {
		expect := func(bound time.Duration, action, body string) {
			got := ask(t, d.server, account(pair.partner), action, body)
			if got.Code != busy || got.took > bound {
				t.Errorf("%s after %s: %s %s", action, got.took, got.Code, got.Message)
			}
		}
		running.Go(func() {
			expect(write, "AllocateCustomerCredit", fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 1000}`, pair.customer))
		})
		running.Go(func() { expect(read, "QueryPartnerCredit", "{}") })
	}
	running.Wait()
}

// check holds what the clients were told against what is there.
func (d *filled) check(t *testing.T) {
	t.Helper()
	attempts := d.crowd.end()
	repeatUnanswered(t, d.server, attempts)
	checkHistory(t, d.server, attempts, 1, -1)
	if code := d.server.stop(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	verified(t, d.database, "")
}
