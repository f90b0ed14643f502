package throwaway

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"syscall"
)

// firstPort is the first of those that FreePorts takes from, and lastPort the last
// where the system does not say which it gives out itself.
const (
	firstPort = 10_000
	lastPort  = 32_767
)

// FreePorts are ports of 127.0.0.1 for servers that have to be told theirs. The
// system gives none of them to whoever asks for any, or for an outgoing connection,
// and no other process that asks here gets them before this one ends: a server may
// be started on its port later, and end and be started again.
func FreePorts(count int) ([]int, error) {
	last := lastPort
	if text, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range"); err == nil {
		var given int
		if _, err := fmt.Sscan(string(text), &given); err == nil && given > firstPort+1000 {
			last = given - 1
		}
	}
	var free []int
	for _, n := range rand.Perm(last - firstPort + 1) {
		if len(free) == count {
			return free, nil
		}
		if port := firstPort + n; claim(port) {
			free = append(free, port)
		}
	}
	return nil, errors.New("too few ports are free")
}

// claim takes a port for this process, if nobody has it. What stands for the claim is
// a socket that has a name and no file, and is gone when the process is.
func claim(port int) bool {
	socket, err := syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return false
	}
	err = syscall.Bind(socket, &syscall.SockaddrUnix{Name: fmt.Sprintf("@tael-test-port-%d", port)})
	if err == nil {
		err = unused(port)
	}
	if err != nil {
		_ = syscall.Close(socket) // nothing was sent on it
	}
	return err == nil
}

// unused is nil if nobody listens on a port.
func unused(port int) error {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return err
	}
	return listener.Close()
}
