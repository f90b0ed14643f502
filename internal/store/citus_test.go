package store

import (
	"os"
	"strings"
	"testing"
)

// What "tael migrate --citus" runs. It is compared with what was written down, not
// run: no registry that CI reaches has the extension. Every table of the schema is
// among it.
func TestCitusStatements(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile("testdata/citus.sql")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(citusStatements(), ";\n") + ";\n"; got != string(golden) {
		t.Errorf("got\n%s\nwant\n%s", got, golden)
	}
	files, err := migrations.ReadDir("migrations")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := migrations.ReadFile("migrations/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.SplitSeq(string(text), "\n") {
			table, found := strings.CutPrefix(line, "CREATE TABLE ")
			if table = strings.TrimSuffix(table, " ("); found && !strings.Contains(string(golden), "('"+table+"'") {
				t.Errorf("table %s is not distributed", table)
			}
		}
	}
}
