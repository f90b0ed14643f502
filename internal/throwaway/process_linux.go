package throwaway

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// startSteps and startStep bound the wait for a server's first answer.
const (
	startSteps = 500
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
