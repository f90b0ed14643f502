// Package clock is where Tael's time comes from: nothing else calls time.Now.
// Rules ask for the time of a tree, which a sandbox may one day move; the
// signature window asks for Real.
package clock

import (
	"sync/atomic"
	"time"
)

// Clock tells the time. The zero value follows the machine's clock.
type Clock struct {
	fixed atomic.Pointer[time.Time]
	real  atomic.Pointer[time.Time]
}

// Now is the time in a tree.
func (c *Clock) Now(_ int64) time.Time {
	if fixed := c.fixed.Load(); fixed != nil {
		return *fixed
	}
	return time.Now()
}

// Real is the machine's own time, whatever time rules are told.
func (c *Clock) Real() time.Time {
	if stopped := c.real.Load(); stopped != nil {
		return *stopped
	}
	return time.Now()
}

// Set makes rules see one instant until it is set again. It is for tests; it
// leaves Real alone.
func (c *Clock) Set(t time.Time) { c.fixed.Store(&t) }

// StopReal makes Real stand still from now on. It is for tests, of what is
// remembered for a second and must not be forgotten between two calls on a busy
// machine.
func (c *Clock) StopReal() { c.SetReal(time.Now()) }

// SetReal makes Real one instant until it is set again. It is for tests, of what
// ends after some seconds.
func (c *Clock) SetReal(t time.Time) { c.real.Store(&t) }
