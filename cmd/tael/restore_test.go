package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"tael/internal/demo"
)

// taken is a stopped database's backup, and a folder with its master key in
// which to restore it.
type taken struct {
	*pristine
	backup string
	dir    string
	target string
}

func newTaken(t *testing.T) *taken {
	t.Helper()
	b := &taken{pristine: newPristine(t), backup: filepath.Join(t.TempDir(), "backup.db"), dir: t.TempDir()}
	tael(t, "backup", "--db", b.path, "--to", b.backup).expect(t, 0, "everything adds up", "")
	b.target = filepath.Join(b.dir, "tael.db")
	key, err := os.ReadFile(b.path + ".key")
	if err != nil {
		t.Fatal(err)
	}
	write(t, b.target+".key", string(key))
	return b
}

// restore restores a backup in the folder.
func (b *taken) restore(t *testing.T, from string, more ...string) ran {
	t.Helper()
	return tael(t, append([]string{"restore", "--from", from, "--db", b.target}, more...)...)
}

// A backup that is damaged in any way is not put in place.
func TestRestoreRefusesADamagedBackup(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	b := newTaken(t)
	whole, err := os.ReadFile(b.backup)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		damage func(path string)
		code   int
		says   string
	}{
		{"a page", func(path string) { damagePage(t, path) }, 4, "the copy of "},
		{"its end", func(path string) { write(t, path, string(whole[:len(whole)/2])) }, 4, "the copy of "},
		{"all of it", func(path string) { write(t, path, "") }, 4, "empty"},
		{"something else", func(path string) { write(t, path, "a letter to my aunt") }, 4, "not a database"},
		{"missing", func(path string) { _ = os.Remove(path) }, 4, "no such file"},
		{"a log is left", func(path string) { write(t, path+"-wal", "commits") }, 2, "-wal is here"},
	} {
		path := filepath.Join(t.TempDir(), "damaged.db")
		write(t, path, string(whole))
		c.damage(path)
		before := content(t, filepath.Dir(path))
		got := b.restore(t, path)
		got.expect(t, c.code, "", c.says)
		holds(t, b.dir, "tael.db.key")
		if after := content(t, filepath.Dir(path)); len(after) != len(before) || after["damaged.db"] != before["damaged.db"] {
			t.Errorf("%s: the backup's folder was changed", c.name)
		}
		if t.Failed() {
			t.Fatal(c.name)
		}
	}
	wrong := b.damaged(t, fmt.Sprintf("UPDATE customer SET credit = credit + 1 WHERE uin = %d", demo.FirstCustomer))
	b.restore(t, wrong).expect(t, 1, "", fmt.Sprintf("account credit:%d", demo.FirstCustomer))
	old := b.damaged(t, "DELETE FROM goose_db_version WHERE version_id = (SELECT MAX(version_id) FROM goose_db_version)")
	b.restore(t, old).expect(t, 4, "", "restore it with the release that made it")
	holds(t, b.dir, "tael.db.key")
}

// Without the master key that the backup was made with nothing is put in place.
func TestRestoreRefusesAnotherMasterKey(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	b := newTaken(t)
	other := filepath.Join(t.TempDir(), "other.key")
	write(t, other, newMasterKey())
	b.restore(t, b.backup, "--master-key-file", other).expect(t, 4, "", "encrypted under another master key")
	b.restore(t, b.backup, "--master-key-file", other+".none").expect(t, 4, "", "other.key.none")
	holds(t, b.dir, "tael.db.key")
	if err := os.Remove(b.target + ".key"); err != nil {
		t.Fatal(err)
	}
	b.restore(t, b.backup).expect(t, 4, "", "tael.db.key: the database's master key is missing")
	holds(t, b.dir)
	b.restore(t, b.backup, "--master-key-file", b.path+".key").
		expect(t, 0, "its master key is in "+b.path+".key", "")
	holds(t, b.dir, "tael.db")
}

// Nothing of another database is overwritten, or left to be replayed into this one.
func TestRestoreRefusesATakenPlace(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	b := newTaken(t)
	for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
		write(t, b.target+suffix, "precious")
		b.restore(t, b.backup).expect(t, 2, "", b.target+suffix+" exists")
		if got := content(t, b.dir); len(got) != 2 || got["tael.db"+suffix] != "precious" {
			t.Errorf("%v is left", got)
		}
		if err := os.Remove(b.target + suffix); err != nil {
			t.Fatal(err)
		}
	}
	tael(t, "restore", "--db", b.target).expect(t, 2, "", "--from")
	tael(t, "restore", "--from", b.backup, "--db", "postgres://u:secret@localhost/x").expect(t, 2, "", "pg_basebackup")
	b.restore(t, b.backup, "--anchors", b.backup).expect(t, 2, "", b.backup)
	holds(t, b.dir, "tael.db.key")
}

// Anchors younger than the backup say what was lost; the database is in place
// and serves all the same.
func TestRestoreSaysWhatWasLost(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	b := newTaken(t)
	s := start(t, nil, "--db", b.path, "--rate-limits", "off")
	allocate(t, s, "lost", 4)
	s.stop(t)
	b.restore(t, b.backup, "--anchors", verified(t, []string{"--db", b.path}, b.anchors)).expect(t, 1, "everything adds up",
		fmt.Sprintf("%s is in place, but compared with the anchors: tree %d: broken: the anchors name transfer %d, "+
			"the tree ends with %d: its tail was cut", b.target, demo.Reseller, b.last+4, b.last))
	holds(t, b.dir, "tael.db", "tael.db.key")
	verified(t, []string{"--db", b.target}, b.anchors)
	r := start(t, nil, "--db", b.target, "--rate-limits", "off")
	allocate(t, r, "again", 2)
	r.stop(t)
	verified(t, []string{"--db", b.target}, b.anchors)
}
