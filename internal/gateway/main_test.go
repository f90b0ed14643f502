package gateway_test

import (
	"testing"

	"tael/internal/testkit"
)

// Whatever the tests start has to end: goroutines too.
func TestMain(m *testing.M) { testkit.Main(m) }
