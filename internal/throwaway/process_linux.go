package throwaway

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// startSteps and startStep bound the wait for a server's first answer: a minute,
// which one that recovers on a slow machine may need some of.
const (
	startSteps = 3000
	startStep  = 20 * time.Millisecond
)

// launch starts a server in a folder, with its log there, and waits until it
// answers. ended is closed when the process ends: after an error it has.
func launch(command *exec.Cmd, folder string, answers func() error) (ended chan struct{}, err error) {
	ended = make(chan struct{})
	path := filepath.Join(folder, "log")
	log, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		close(ended)
		return ended, err
	}
	defer func() { _ = log.Close() }() // the process has it
	command.Dir, command.Stdout, command.Stderr = folder, log, log
	if err := command.Start(); err != nil {
		close(ended)
		return ended, err
	}
	go func() {
		_ = command.Wait() // how it ended does not matter
		close(ended)
	}()
	for range startSteps {
		if err = answers(); err == nil {
			return ended, nil
		}
		select {
		case <-ended:
			text, _ := os.ReadFile(path)
			return ended, fmt.Errorf("%s ended: %s", command.Path, text)
		case <-time.After(startStep):
		}
	}
	_ = command.Process.Kill() // it may have ended
	<-ended
	return ended, fmt.Errorf("%s does not answer: %w", command.Path, err)
}

// end sends a server a signal that it does not survive, and waits for its end.
func end(command *exec.Cmd, ended <-chan struct{}, with os.Signal) {
	if command.Process != nil {
		_ = command.Process.Signal(with) // it may have ended
	}
	<-ended
}

// processesOf finds the processes that a server's first one has started whose
// title contains a text.
func processesOf(first int, title string) []int {
	var pids []int
	processes, _ := filepath.Glob("/proc/[0-9]*/stat") // the pattern is right
	for _, path := range processes {
		stat, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 2 || fields[1] != strconv.Itoa(first) {
			continue
		}
		pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
		command, _ := os.ReadFile(filepath.Dir(path) + "/cmdline")
		if strings.Contains(string(command), title) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// guard lets processes go on that were stopped: when it is ended, and when this
// process ends, however that does. A stopped process would outlive even that.
type guard struct {
	process *exec.Cmd
	pids    io.WriteCloser
}

func newGuard() (*guard, error) {
	process := exec.Command("sh", "-c", `while read -r pid; do pids="$pids $pid"; done; kill -CONT $pids`)
	pids, err := process.StdinPipe()
	if err != nil {
		return nil, err
	}
	return &guard{process, pids}, process.Start()
}

// stop stops a process; one that has ended is no error.
func (g *guard) stop(pid int) error {
	if _, err := fmt.Fprintln(g.pids, pid); err != nil {
		return err
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// end lets all of them go on.
func (g *guard) end() error {
	if err := g.pids.Close(); err != nil {
		return err
	}
	_ = g.process.Wait() // a process that it cannot find has ended
	return nil
}
