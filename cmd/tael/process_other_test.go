//go:build !linux

package main_test

import "os/exec"

// dieWithParent is possible on Linux only.
func dieWithParent(*exec.Cmd) {}
