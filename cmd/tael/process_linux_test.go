package main_test

import (
	"os/exec"
	"syscall"
)

// dieWithParent ends a process with the test's, whatever ended that: no
// cleanup runs where a test panics or times out.
func dieWithParent(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
