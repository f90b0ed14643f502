//go:build !linux

package throwaway

// FreePorts says that there are no servers here for which they could be.
func FreePorts(int) ([]int, error) { return nil, ErrNoPostgres }
