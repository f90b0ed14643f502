package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// draftSuffix marks a copy that is not finished, or not proved yet.
const draftSuffix = ".partial"

// databaseFiles are what SQLite keeps of one database, by their suffixes. A log
// that is left of another database would be replayed into a new one.
var databaseFiles = []string{"", "-wal", "-shm", "-journal"}

// draft is a database file that gets its name only when it is whole and proved.
type draft struct {
	target string
	path   string
}

// newDraft makes an empty file beside the one that it is to become.
func newDraft(target string) (*draft, error) {
	if err := vacant(target); err != nil {
		return nil, err
	}
	d := &draft{target, target + draftSuffix}
	for _, suffix := range databaseFiles {
		if _, err := os.Lstat(d.path + suffix); err == nil {
			return nil, refused{fmt.Errorf("another run is making %s, or was killed at it: if none runs, remove %s",
				target, d.path+suffix), exitUsage}
		}
	}
	file, err := os.OpenFile(d.path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return d, file.Close()
}

// vacant refuses a place where files of a database are: nothing is overwritten.
func vacant(target string) error {
	for _, suffix := range databaseFiles {
		_, err := os.Lstat(target + suffix)
		if err == nil {
			return refused{fmt.Errorf("%s exists, and nothing is overwritten: move it away", target+suffix), exitUsage}
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// place makes the file outlive a power cut, and then gives it its name.
func (d *draft) place() error {
	for _, suffix := range databaseFiles[1:] {
		if _, err := os.Lstat(d.path + suffix); err == nil {
			return fmt.Errorf("%s is left: another process has opened %s", d.path+suffix, d.path)
		}
	}
	if err := flush(d.path); err != nil {
		return err
	}
	// Somebody may have started a server there meanwhile, which made a new database.
	if err := vacant(d.target); err != nil {
		return err
	}
	if err := d.rename(); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return nil // its folders cannot be flushed
	}
	return flush(filepath.Dir(d.target))
}

// rename fails where the name is taken, if the file system knows hard links;
// a rename alone would replace what is there.
func (d *draft) rename() error {
	err := os.Link(d.path, d.target)
	switch {
	case err == nil:
		return os.Remove(d.path)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	return os.Rename(d.path, d.target)
}

// flush brings a file, or the names in a folder, to the disk.
func flush(path string) error {
	flag := os.O_RDONLY
	if runtime.GOOS == "windows" {
		flag = os.O_RDWR // it flushes only what may be written
	}
	file, err := os.OpenFile(path, flag, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

// discard removes what was not placed.
func (d *draft) discard() error {
	var problems []error
	for _, suffix := range databaseFiles {
		if err := os.Remove(d.path + suffix); !errors.Is(err, fs.ErrNotExist) {
			problems = append(problems, err)
		}
	}
	return errors.Join(problems...)
}
