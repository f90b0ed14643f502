package testkit

import (
	"errors"
	"os"
	"testing"

	"tael/internal/throwaway"
)

// StartRedis starts a Redis that ends with the test. Where there is none the test
// is skipped, unless it is required.
func StartRedis(t testing.TB, settings ...string) *throwaway.Redis {
	t.Helper()
	server, err := throwaway.StartRedis(settings...)
	if errors.Is(err, throwaway.ErrNoRedis) && os.Getenv(requiredVariable) == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Stop)
	return server
}
