package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"tael/internal/load"
)

const (
	startTime  = 30 * time.Second
	stopTime   = 15 * time.Second
	verifyTime = 20 * time.Minute // of ten million transfers
)

// process is a server that this program has started.
type process struct {
	address string
	command *exec.Cmd
	ended   chan struct{}
	problem string // the first error in its log; set before ended is closed
}

func (b *bench) startTael(ctx context.Context, d *database, more []string) (*process, error) {
	arguments := append([]string{"serve", "--rate-limits", "off", "--listen", "127.0.0.1:0", "--db", d.path}, more...)
	if d.demo {
		arguments = append(arguments, "--demo")
	}
	return start(ctx, b.tael, arguments...)
}

// operator is the key that servers under measurement know as the operator's.
var operator = load.Key{ID: "AKIDbenchOperatorxxxxxxxxxxxxxxxxxxx", Secret: "benchOperatorxxxxxxxxxxxxxxxxxxx"}

// start runs a server until it says where it listens.
func start(ctx context.Context, path string, arguments ...string) (*process, error) {
	command := exec.CommandContext(ctx, path, arguments...)
	command.Env = append(ownEnvironment(), masterKey,
		"TAEL_OPERATOR_SECRET_ID="+operator.ID, "TAEL_OPERATOR_SECRET_KEY="+operator.Secret)
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = stopTime
	log, written := io.Pipe()
	command.Stderr = written
	if err := command.Start(); err != nil {
		return nil, err
	}
	p := &process{command: command, ended: make(chan struct{})}
	address := make(chan string, 1)
	read := make(chan struct{})
	go func() {
		defer close(read)
		p.follow(log, address)
	}()
	go func() {
		_ = command.Wait()  // how it ended is in command.ProcessState
		_ = written.Close() // ends follow
		<-read
		close(p.ended)
	}()
	select {
	case p.address = <-address:
		return p, nil
	case <-p.ended:
		return nil, fmt.Errorf("%s ended before it served: %s %s", path, command.ProcessState, p.problem)
	case <-time.After(startTime):
		return nil, errors.Join(fmt.Errorf("%s does not say where it listens", path), p.stop())
	}
}

// follow reads a server's log: it finds its address and the first error.
func (p *process) follow(log io.Reader, address chan<- string) {
	lines := bufio.NewScanner(log)
	for lines.Scan() {
		var entry struct{ Level, Msg, Address string }
		err := json.Unmarshal(lines.Bytes(), &entry)
		switch {
		case err == nil && entry.Msg == serving:
			address <- entry.Address
		case p.problem == "" && (err != nil || entry.Level == "ERROR"):
			p.problem = lines.Text()
		}
	}
	_, _ = io.Copy(io.Discard, log) // after a line too long to scan
}

// serving is the message with which a server logs its address.
const serving = "serving"

// stop ends a server and reports what it had to complain about.
func (p *process) stop() error {
	_ = p.command.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-p.ended:
	case <-time.After(stopTime):
		_ = p.command.Process.Kill()
		<-p.ended
	}
	if p.problem != "" {
		return fmt.Errorf("the server logged: %s", p.problem)
	}
	return nil
}

// cpu is the processor time that an ended server has used, start and all.
func (p *process) cpu() time.Duration {
	return p.command.ProcessState.UserTime() + p.command.ProcessState.SystemTime()
}

// ownEnvironment leaves out what configures a Tael of the user's.
func ownEnvironment() []string {
	var kept []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TAEL_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// verify replays a database whose server has ended, and counts its transfers.
func (b *bench) verify(ctx context.Context, database string) (transfers int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, verifyTime)
	defer cancel()
	command := exec.CommandContext(ctx, b.tael, "verify", "--db", database)
	command.Env = append(ownEnvironment(), masterKey)
	output, err := command.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("tael verify: %w\n%s", err, output)
	}
	lines := strings.Split(strings.TrimSpace(string(output)), "\n")
	var trees int64
	if _, err := fmt.Sscanf(lines[len(lines)-1], "%d trees, %d transfers", &trees, &transfers); err != nil {
		return 0, fmt.Errorf("tael verify said %q: %w", output, err)
	}
	return transfers, nil
}
