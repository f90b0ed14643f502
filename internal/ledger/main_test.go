package ledger_test

import (
	"flag"
	"os"
	"testing"
)

// A failed property prints its seed; no file shall be left in the source tree.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.nofailfile", "true"); err != nil {
		panic(err)
	}
	if err := flag.Set("rapid.checks", "400"); err != nil { // -rapid.checks still wins
		panic(err)
	}
	os.Exit(m.Run())
}
