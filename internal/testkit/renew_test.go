package testkit

import (
	"errors"
	"testing"

	"tael/internal/throwaway"
)

func TestMain(m *testing.M) { Main(m) }

// The next test gets the database of the last one without its rows, unless
// something else about it was changed.
func TestChangedDatabasesAreNotGivenToOtherTests(t *testing.T) {
	t.Parallel()
	server, err := thePostgres()
	if errors.Is(err, throwaway.ErrNoPostgres) {
		Missing(t, err)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		statement string
		kept      bool
	}{
		{"INSERT INTO setting (name, value) VALUES ('a', 'b')", true},
		{"DELETE FROM policy", true},
		{"ALTER TABLE customer ADD COLUMN more INT", false},
		{"DROP TABLE setting", false},
		{"CREATE FUNCTION one() RETURNS INT LANGUAGE SQL AS 'SELECT 1'", false},
		{"INSERT INTO goose_db_version (version_id, is_applied) VALUES (99999, TRUE)", false},
		{"ANALYZE", false},
		{"INSERT INTO setting SELECT n, CAST(REPEAT('b', 1000) AS BYTEA) FROM generate_series(1, 10000) AS n", false},
		{"DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET work_mem = ''1MB'''; END $$", false},
	} {
		name, err := server.take()
		if err == nil {
			err = executeAt(server.address(name), c.statement)
		}
		if err == nil {
			err = server.giveBack(name)
		}
		if err != nil {
			t.Fatalf("%s: %v", c.statement, err)
		}
		next, err := server.take()
		if err != nil {
			t.Fatal(err)
		}
		if kept := next == name; kept != c.kept {
			t.Errorf("after %s: given to the next test: %t", c.statement, kept)
		}
		if rows := Count(t, server.address(next), "SELECT COUNT(*) FROM setting"); rows != 0 {
			t.Errorf("after %s: the next test finds %d rows", c.statement, rows)
		}
		if rows := Count(t, server.address(next), "SELECT COUNT(*) FROM policy"); rows == 0 {
			t.Errorf("after %s: the next test misses what migrations make", c.statement)
		}
		if err := server.giveBack(next); err != nil {
			t.Fatal(err)
		}
	}
}
