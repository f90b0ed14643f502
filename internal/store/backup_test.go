package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"tael/internal/store"
	"tael/internal/testkit"
)

// large gives a database so many pages that it is copied in several steps.
func large(t *testing.T, path string) {
	t.Helper()
	execute(t, path, `INSERT INTO setting (name, value) VALUES ('large', zeroblob(20000000))`)
}

// However often others commit, a backup takes each page once, and holds what was
// committed before it began and nothing else.
func TestBackupIsOneStateWhateverIsWrittenMeanwhile(t *testing.T) {
	t.Parallel()
	s, path := fresh(t, testkit.SQLite)
	large(t, path)
	execute(t, path, `INSERT INTO setting (name, value) VALUES ('before', x'01')`)
	copied := filepath.Join(t.TempDir(), "copy.db")
	steps, last := 0, int64(0)
	err := s.Backup(t.Context(), copied, func(p store.Progress) {
		steps++
		execute(t, path, `INSERT INTO setting (name, value) VALUES ($1, x'01')`, "meanwhile "+string(rune('a'+steps)))
		if p.Done <= last || p.Done > p.Total {
			t.Errorf("%+v after %d", p, last)
		}
		last = p.Done
	})
	if err != nil || steps < 4 {
		t.Fatalf("%d steps: %v", steps, err)
	}
	if n := count(t, path, "setting", "name LIKE 'meanwhile%'"); n != steps {
		t.Errorf("%d of %d commits went through", n, steps)
	}
	if n := count(t, copied, "setting", "name LIKE 'meanwhile%'"); n != 0 {
		t.Errorf("the copy holds %d later commits", n)
	}
	if n := count(t, copied, "setting", "name = 'before'"); n != 1 {
		t.Error("the copy lacks what was committed before")
	}
	c := open(t, copied, "a")
	if err := errors.Join(c.Check(t.Context()), c.Verify(t.Context(), nil, nil)); err != nil {
		t.Error(err)
	}
}

// Who no longer wants a backup does not wait for the rest of it, and the
// database goes on.
func TestBackupEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s, path := fresh(t, testkit.SQLite)
	large(t, path)
	ctx, cancel := context.WithCancel(t.Context())
	err := s.Backup(ctx, filepath.Join(t.TempDir(), "copy.db"), func(store.Progress) { cancel() })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it says %v", err)
	}
	if _, err := s.Demo(t.Context()); err != nil {
		t.Error(err)
	}
	if err := s.MarkDemo(t.Context(), false); err != nil {
		t.Error(err)
	}
}

func TestBackupSaysWhatItCannotWrite(t *testing.T) {
	t.Parallel()
	s, _ := fresh(t, testkit.SQLite)
	path := filepath.Join(t.TempDir(), "nowhere", "copy.db")
	if err := s.Backup(t.Context(), path, func(store.Progress) {}); err == nil {
		t.Error("it succeeds")
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
