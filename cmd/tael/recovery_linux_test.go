package main_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"tael/internal/testkit"
	"tael/internal/throwaway"
)

// A PostgreSQL is brought back to a moment, from a base backup and the archived
// log, as docs/operate.md says: what was answered before the moment is there, what
// came after is not, and anchors tell the difference.
func TestRecoveryToAMoment(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	archive, err := throwaway.OwnedFolder()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(archive) })
	lost, err := throwaway.StartPostgres(append(throwaway.ArchivedTo(archive), "fsync=off", "autovacuum=off")...)
	if errors.Is(err, throwaway.ErrNoPostgres) {
		testkit.Missing(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(lost.Stop)
	if err := lost.Execute("CREATE DATABASE tael"); err != nil {
		t.Fatal(err)
	}
	database := newDatabaseAt(t, lost.Address("tael"))
	s := start(t, nil, append([]string{"--demo", "--rate-limits", "off"}, database...)...)
	attempts := allocate(t, s, "before-backup", 20)
	backup := filepath.Join(archive, "base")
	if err := lost.BaseBackup(backup); err != nil {
		t.Fatal(err)
	}
	attempts = append(attempts, allocate(t, s, "before-moment", 20)...)
	anchors := verified(t, database, "")
	moment := databaseTime(t, lost.Address("tael"))
	after := allocate(t, s, "after-moment", 20)
	later := verified(t, database, anchors)
	s.kill()
	archiveAll(t, lost, archive)
	lost.Halt()

	found, err := throwaway.RecoverPostgres(backup, archive, moment, "fsync=off")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(found.Stop)
	database[1] = found.Address("tael")
	awaitPromotion(t, found)
	verified(t, database, anchors)
	got := tael(t, append([]string{"verify", "--anchors", later}, database...)...)
	if got.code != 1 || !strings.Contains(got.stdout+got.stderr, "tail was cut") {
		t.Errorf("anchors of later: exit code %d\n%s%s", got.code, got.stdout, got.stderr)
	}
	s = start(t, nil, append([]string{"--demo", "--rate-limits", "off"}, database...)...)
	checkHistory(t, s, attempts, 0, 0)
	records := history(t, s)
	for _, a := range after {
		if len(records[a.remark]) != 0 {
			t.Errorf("%s came after the moment and is there", a.remark)
		}
	}
	allocate(t, s, "after-recovery", 5)
	verified(t, database, anchors)
}

// databaseTime is a moment after all that is committed, by the server's clock.
func databaseTime(t *testing.T, address string) (moment time.Time) {
	t.Helper()
	query(t, address, `SELECT clock_timestamp()`, &moment)
	return moment
}

// archiveAll waits until everything that a server has written is in its archive.
func archiveAll(t *testing.T, s *throwaway.Postgres, archive string) {
	t.Helper()
	var segment string
	query(t, s.Address("tael"), `SELECT pg_walfile_name(pg_switch_wal())`, &segment)
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(archive, segment)); err == nil {
			return
		}
		if time.Since(began) > patience {
			t.Fatalf("%s is not archived", segment)
		}
	}
}

// awaitPromotion waits until a server that recovers takes writes.
func awaitPromotion(t *testing.T, s *throwaway.Postgres) {
	t.Helper()
	recovering := true
	for began := time.Now(); recovering; time.Sleep(50 * time.Millisecond) {
		query(t, s.Address("tael"), `SELECT pg_is_in_recovery()`, &recovering)
		if time.Since(began) > patience {
			t.Fatal("the server does not end its recovery")
		}
	}
}

func query(t *testing.T, address, text string, into any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(t.Context())) }() // only asked
	if err := conn.QueryRow(t.Context(), text).Scan(into); err != nil {
		t.Fatal(err)
	}
}
