package access_test

import (
	"fmt"
	"net/netip"
	"testing"

	"tael/api"
	"tael/internal/access"
)

// The presets allow the published actions that they say, and every service can
// be named.
func TestPresets(t *testing.T) {
	t.Parallel()
	rights := func(text string) *access.Rights {
		p, err := access.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return access.NewRights([]*access.Policy{p})
	}
	full, reading := rights(access.Presets[access.FullAccess]), rights(access.Presets[access.ReadOnly])
	from := netip.MustParseAddr("10.0.0.1")
	for _, a := range api.Definition().Actions {
		operation, published := access.Operation(a.Service, a.Name), a.Service == "intlpartnersmgt"
		if got := full.Allows(operation, from); got != published {
			t.Errorf("full access allows %s: %v", operation, got)
		}
		if got := reading.Allows(operation, from); got != (published && a.Kind == "read") {
			t.Errorf("read-only access allows %s: %v", operation, got)
		}
		const form = `{"version":"2.0","statement":[{"effect":"allow","action":"%s:%s","resource":"*"}]}`
		if !rights(fmt.Sprintf(form, a.Service, a.Name)).Allows(operation, from) {
			t.Errorf("nothing allows %s", operation)
		}
	}
}
