package throwaway

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// ErrNoVolume says that this process may not mount a file system.
var ErrNoVolume = errors.New("no small file system for a test: mounting one needs root with CAP_SYS_ADMIN, " +
	"or user namespaces for everybody, and util-linux 2.36")

// volume is a small file system in memory. It is mounted in a namespace of its
// own, which only the programs see that are started inside, so that nothing is
// left of it when they and this process have ended.
type volume struct {
	path   string // inside
	holder *exec.Cmd
	hold   io.Closer // ends the holder
	who    *syscall.Credential
}

// mountVolume makes one of some megabytes at a folder, for an ordinary user.
func mountVolume(path string, megabytes int) (*volume, error) {
	who, err := ordinaryUser()
	if err != nil {
		return nil, err
	}
	v := &volume{path: path, who: who}
	options := fmt.Sprintf("size=%dm,mode=0700", megabytes)
	namespaces := []string{"--mount", "--user", "--map-root-user"}
	if who != nil { // root needs no namespace of users
		options += fmt.Sprintf(",uid=%d,gid=%d", who.Uid, who.Gid)
		namespaces = namespaces[:1]
	}
	script := `command -v nsenter setpriv > /dev/null && mount -t tmpfs -o "$1" tmpfs "$2" && echo mounted && exec cat`
	v.holder = exec.Command("unshare", append(namespaces, "sh", "-c", script, "sh", options, path)...)
	v.holder.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	var refusal strings.Builder
	v.holder.Stderr = &refusal
	stdin, err := v.holder.StdinPipe()
	if err != nil {
		return nil, err
	}
	v.hold = stdin
	stdout, err := v.holder.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := v.holder.Start(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoVolume, err)
	}
	if line, _ := bufio.NewReader(stdout).ReadString('\n'); line != "mounted\n" {
		v.unmount()
		return nil, fmt.Errorf("%w: %s", ErrNoVolume, strings.TrimSpace(refusal.String()))
	}
	return v, nil
}

// unmount ends the volume once nothing uses it any more.
func (v *volume) unmount() {
	_ = v.hold.Close()
	_ = v.holder.Wait() // how it ended does not matter
}

// inside makes a command run where the volume is mounted, as an ordinary user. It
// ends with this process; changing who it runs as would forget that, hence setpriv.
func (v *volume) inside(command *exec.Cmd) {
	enter := []string{"nsenter", "--target", strconv.Itoa(v.holder.Process.Pid), "--mount"}
	if v.who != nil {
		enter = append(enter, "setpriv", "--pdeathsig", "SIGQUIT", "--clear-groups",
			fmt.Sprintf("--reuid=%d", v.who.Uid), fmt.Sprintf("--regid=%d", v.who.Gid))
	} else { // who is root there; PostgreSQL wants somebody else
		enter = append(enter, "--user", "--preserve-credentials", "unshare", "--user",
			fmt.Sprintf("--map-user=%d", os.Getuid()), fmt.Sprintf("--map-group=%d", os.Getgid()),
			"setpriv", "--pdeathsig", "SIGQUIT")
	}
	command.Args = append(append(enter, command.Path), command.Args[1:]...)
	command.Path, command.Err = exec.LookPath(enter[0])
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
}

// ballast is what fills the volume, seen from here.
func (v *volume) ballast() string {
	return filepath.Join("/proc", strconv.Itoa(v.holder.Process.Pid), "root", v.path, "ballast")
}

// fill leaves no room on the volume.
func (v *volume) fill() error {
	file, err := os.OpenFile(v.ballast(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	chunk := make([]byte, 64<<10)
	for err == nil {
		_, err = file.Write(chunk)
	}
	if errors.Is(err, syscall.ENOSPC) {
		err = nil
	}
	return errors.Join(err, file.Close())
}

// free takes the ballast away again.
func (v *volume) free() error { return os.Remove(v.ballast()) }
