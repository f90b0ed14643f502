package main_test

import (
	"fmt"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/testkit"
)

// Schedules can be in another database: then the one with the money has no schema
// of theirs, and messages are sent all the same.
func TestJobsInAnotherDatabase(t *testing.T) {
	t.Parallel()
	database, jobs := newDatabase(t, testkit.Postgres), testkit.Postgres.New(t)
	tables := func(address string) int {
		return testkit.Count(t, address, `SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public_jobs'`)
	}
	flags := append([]string{"--jobs-db", jobs}, database...)
	tael(t, append([]string{"migrate"}, flags...)...).expect(t, 0, "is up to date", "")
	if tables(jobs) == 0 || tables(database[1]) != 0 {
		t.Fatalf("%d tables in the other database, %d beside Tael's", tables(jobs), tables(database[1]))
	}
	mails := testkit.MailServer(t)
	s := start(t, nil, append([]string{"--demo", "--smtp", mails.URL, "--mail-from", "tael@example.com"}, flags...)...)
	s.must(t, account(demo.Reseller), "CreateAndSendClientInvitationMail", `{"Email": "jobs@applicants.example"}`)
	select {
	case <-mails.Arrived():
	case <-time.After(patience):
		t.Error("no mail arrives")
	}
	if code := s.stop(t); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if n := tables(database[1]); n != 0 {
		t.Errorf("%d tables beside Tael's", n)
	}
	if n := testkit.Count(t, jobs, `SELECT COUNT(*) FROM public_jobs.river_queue`); n == 0 {
		t.Error("the other database was not used")
	}
}

func TestJobsDatabaseIsChecked(t *testing.T) {
	t.Parallel()
	file := testkit.SQLite.New(t)
	for _, command := range []string{"serve", "migrate"} {
		tael(t, command, "--db", file, "--jobs-db", "postgres://127.0.0.1/x").expect(t, 2, "", "--jobs-db goes with a PostgreSQL")
		tael(t, command, "--db", "postgres://127.0.0.1/x", "--jobs-db", "jobs.db").
			expect(t, 2, "", fmt.Sprintf("--jobs-db %s: use postgres://", "jobs.db"))
	}
}
