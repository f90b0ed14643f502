package throwaway

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"time"
)

// ArchivedTo are the settings with which a server keeps all that it writes in a
// folder, for RecoverPostgres.
func ArchivedTo(folder string) []string {
	return []string{
		"archive_mode=on",
		// It gets its name when it is whole.
		fmt.Sprintf("archive_command=test ! -f %[1]s/%%f && cp %%p %[1]s/%%f.part && mv %[1]s/%%f.part %[1]s/%%f", folder),
	}
}

// OwnedFolder is a folder in a temporary one that servers may write to; remove it
// after use.
func OwnedFolder() (string, error) {
	folder, err := os.MkdirTemp("/tmp", "tael-pg-")
	if err != nil {
		return "", err
	}
	who, err := ordinaryUser()
	if err == nil && who != nil {
		err = os.Chown(folder, int(who.Uid), int(who.Gid))
	}
	if err != nil {
		err = errors.Join(err, os.RemoveAll(folder))
	}
	return folder, err
}

// BaseBackup copies the running server's data to a folder that does not exist.
func (s *Postgres) BaseBackup(folder string) error {
	command := exec.Command(s.Program("pg_basebackup"), "-h", s.folder, "-U", "tael", "-D", folder, "-c", "fast")
	command.Dir = s.folder
	if err := AsOrdinaryUser(command); err != nil {
		return err
	}
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("pg_basebackup: %w\n%s", err, output)
	}
	return nil
}

// RecoverPostgres starts a server on a base backup, brought to a moment with what
// was archived since. The backup becomes its data.
func RecoverPostgres(backup, archive string, moment time.Time, settings ...string) (*Postgres, error) {
	bin, err := postgresBinaries()
	if err != nil {
		return nil, err
	}
	folder, err := OwnedFolder()
	if err != nil {
		return nil, err
	}
	s := &Postgres{bin: bin, folder: folder, settings: append([]string{
		fmt.Sprintf("restore_command=cp %s/%%f %%p", archive), "recovery_target_action=promote",
		"recovery_target_time=" + moment.UTC().Format("2006-01-02 15:04:05.999999+00"),
	}, settings...)}
	if err = os.Rename(backup, folder+"/data"); err == nil {
		err = os.WriteFile(folder+"/data/recovery.signal", nil, 0o600)
	}
	if who, problem := ordinaryUser(); err == nil && who != nil {
		err = errors.Join(problem, os.Chown(folder+"/data/recovery.signal", int(who.Uid), int(who.Gid)))
	}
	if err == nil {
		err = s.Start()
	}
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, nil
}
