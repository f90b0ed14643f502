package config_test

import (
	"os"
	"path/filepath"
	"testing"

	"tael/internal/config"
)

// The industries come from the file that a setting names, or the start is
// refused.
func TestTradeFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "trades.json")
	settings := config.Default()
	if err := settings.Set("trade_file=" + path); err == nil {
		t.Error("a file that does not exist is taken")
	}
	for _, file := range []struct {
		content string
		ok      bool
	}{
		{`[{"ID": "a", "Name": "A", "Children": [{"ID": "b", "Name": "B"}]}]`, true},
		{`[]`, false}, // what was there stays
	} {
		if err := os.WriteFile(path, []byte(file.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := settings.Set("trade_file=" + path); (err == nil) != file.ok {
			t.Errorf("%s: %v", file.content, err)
		}
	}
	if len(settings.Trades) != 1 || settings.Trades[0].Children[0].ID != "b" {
		t.Errorf("%+v", settings.Trades)
	}
}
