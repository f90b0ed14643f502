package signature

import (
	"iter"
	"strings"
)

// Hosts yields the values of Host that a client may have signed when this one
// was received: itself; without its port (Node); the public names (clients that
// are told to send to one place and sign for another); and with the scheme that
// tccli leaves in it, which the listener takes off. The first is nearly always
// the one, so the others are made when they are asked for.
func Hosts(received string, public []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(received) {
			return
		}
		if bare := WithoutPort(received); bare != received && !yield(bare) {
			return
		}
		for _, name := range public {
			if name != received && !yield(name) {
				return
			}
		}
		_ = yield("http://"+received) && yield("https://"+received)
	}
}

// WithoutPort takes the port off a Host.
func WithoutPort(host string) string {
	colon := strings.LastIndexByte(host, ':')
	if colon < strings.LastIndexByte(host, ']') || colon < 0 {
		return host
	}
	return host[:colon]
}
