//go:build !linux

package throwaway

// ErrNoRedis says that there is no Redis to be run.
var ErrNoRedis = ErrNoPostgres

// Redis is a Redis server of one's own; there is none here.
type Redis struct{}

// StartRedis says that there is none.
func StartRedis(...string) (*Redis, error) { return nil, ErrNoRedis }

// Start says that there is none.
func (*Redis) Start() error { return ErrNoRedis }

// Socket is that of none.
func (*Redis) Socket() string { return "" }

// Freeze says that there is none.
func (*Redis) Freeze() error { return ErrNoRedis }

// Thaw says that there is none.
func (*Redis) Thaw() error { return ErrNoRedis }

// Halt has nothing to halt.
func (*Redis) Halt() {}

// Stop has nothing to stop.
func (*Redis) Stop() {}
