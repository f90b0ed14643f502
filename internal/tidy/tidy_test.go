// Package tidy checks the rules of this repository that no linter knows. It
// holds tests only.
package tidy

import (
	"bufio"
	"bytes"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"tael/api"
	"tael/api/bundle"
)

const root = "../.."

// files yields the repository's own files that end in one of the suffixes, by
// their paths from its root.
func files(t *testing.T, suffixes ...string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") && name != ".ci" || name == "node_modules" || name == "bin" || name == "dist") {
				return filepath.SkipDir
			}
			return nil
		}
		relative, err := filepath.Rel(root, path)
		for _, suffix := range suffixes {
			if strings.HasSuffix(name, suffix) {
				found = append(found, filepath.ToSlash(relative))
			}
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("no %v files: %v", suffixes, err)
	}
	return found
}

func read(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// A file that one cannot hold in mind is two files.
func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	for _, path := range files(t, ".go", ".ts", ".tsx", ".js", ".py") {
		if strings.HasSuffix(path, ".gen.go") {
			continue
		}
		lines := bufio.NewScanner(strings.NewReader(read(t, path)))
		count := 0
		for lines.Scan() {
			count++
		}
		if count > 600 || count > 500 && !strings.HasSuffix(path, "_test.go") {
			t.Errorf("%s has %d lines", path, count)
		}
	}
}

// What is not done is not hidden in a comment.
func TestNothingIsLeftForLater(t *testing.T) {
	t.Parallel()
	later := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X|HA` + `CK)\b`)
	for _, path := range files(t, ".go", ".yaml", ".sql", ".md", ".ts", ".tsx", ".js", ".py", "Makefile") {
		if found := later.FindString(read(t, path)); found != "" {
			t.Errorf("%s: %s", path, found)
		}
	}
}

// The first thing one reads of a package says what it is.
func TestPackagesAreDocumented(t *testing.T) {
	t.Parallel()
	documented := map[string]bool{}
	for _, path := range files(t, ".go") {
		if strings.HasPrefix(path, "conformance/") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, path), nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		name, dir := parsed.Name.Name, filepath.Dir(path)
		if strings.HasSuffix(name, "_test") {
			continue
		}
		want := "Package " + name + " "
		if name == "main" {
			want = "Command " + filepath.Base(dir) + " "
		}
		documented[dir] = documented[dir] || parsed.Doc != nil && strings.HasPrefix(parsed.Doc.Text(), want)
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no file begins with a comment on the package", dir)
		}
	}
}

// Who knows an action's name finds its file, its test and its example.
func TestActionsHaveTheirFiles(t *testing.T) {
	t.Parallel()
	all := files(t, ".go")
	for _, a := range api.Definition().Actions {
		file := "internal/actions/" + snakeCase(a.Name)
		for _, path := range []string{file + ".go", file + "_test.go"} {
			if slices.Contains(all, path) == a.Offline {
				t.Errorf("%s: offline is %v, %s there is %v", a.Name, a.Offline, path, !a.Offline)
			}
		}
		if a.Example.As == "" || a.Example.About.En == "" || len(a.Example.Request) == 0 || len(a.Example.Response) == 0 {
			t.Errorf("%s has no whole example", a.Name)
		}
	}
}

func snakeCase(name string) string {
	var out strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		startsWord := i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if startsWord {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// Whatever the definition says to people, it says in English and in Chinese.
func TestDefinitionSpeaksBothLanguages(t *testing.T) {
	t.Parallel()
	check := func(where string, text bundle.Text) {
		t.Helper()
		if text.En == "" || !strings.ContainsFunc(text.Zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: %+v", where, text)
		}
	}
	fields := func(where string, fields []bundle.Field) {
		for _, f := range fields {
			check(where+"."+f.Name, f.About)
		}
	}
	definition := api.Definition()
	for _, g := range definition.Groups {
		check("group "+g.Title.En, g.Title)
	}
	for _, a := range definition.Actions {
		check(a.Name+" title", a.Title)
		check(a.Name+" about", a.About)
		check(a.Name+" example", a.Example.About)
		fields(a.Name+" request", a.Request)
		fields(a.Name+" response", a.Response)
		for _, listed := range a.Errors {
			if listed.NotProduced != (bundle.Text{}) {
				check(a.Name+" "+listed.Code, listed.NotProduced)
			}
		}
	}
	for _, o := range definition.Types {
		check(o.Name, o.About)
		fields(o.Name, o.Fields)
	}
	for _, e := range definition.Errors {
		check(e.Code+" about", e.About)
		check(e.Code+" remedy", e.Remedy)
		check(e.Code+" message", e.Message)
		for name, text := range e.Variants {
			check(e.Code+" ("+name+")", text)
		}
	}
}

// Published actions are the 46, no more and no less.
func TestPublishedActionsAreComplete(t *testing.T) {
	t.Parallel()
	published := 0
	for _, a := range api.Definition().Actions {
		if a.Service == "intlpartnersmgt" {
			published++
		}
	}
	if published != 46 {
		t.Errorf("%d published actions", published)
	}
}

// Generated files are what the generator makes of the definition.
func TestGeneratedFilesAreFresh(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	if err := os.CopyFS(filepath.Join(work, "api/definition"), os.DirFS(filepath.Join(root, "api/definition"))); err != nil {
		t.Fatal(err)
	}
	generator := filepath.Join(work, "generate")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", generator, "./api/generate")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	generate := exec.CommandContext(t.Context(), generator)
	generate.Dir = work
	if out, err := generate.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	for _, name := range []string{"types.gen.go", "service.gen.go", "definition.gen.json"} {
		made, err := os.ReadFile(filepath.Join(work, "api", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(made, []byte(read(t, "api/"+name))) {
			t.Errorf("api/%s is stale: run make generate", name)
		}
	}
}

// The schema runs on a distributed database: every table of a tree is keyed by
// its tree first, and nothing is used that such databases lack (design.md §5).
func TestSchemaIsPortable(t *testing.T) {
	t.Parallel()
	directory := []string{
		"setting", "identity", "mail", "phone", "secret_key", "stranger", "invitation_token", "verify_code",
		"account_code", "policy", "role", "attachment",
	}
	table := regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	index := regexp.MustCompile(`CREATE (UNIQUE )?INDEX \w+ ON (\w+) \((\w+)`)
	comment := regexp.MustCompile(`--.*`)
	forbidden := regexp.MustCompile(`(?i)\b(serial|bigserial|as\s+identity|autoincrement|trigger|sequence\s+\w+_seq|listen|` +
		`notify|savepoint|temp|temporary|advisory|returning\s+\*|select\s+\*)\b`)
	for _, path := range files(t, ".sql") {
		text := comment.ReplaceAllString(read(t, path), "")
		for _, m := range table.FindAllStringSubmatch(text, -1) {
			inTree := !slices.Contains(directory, m[1])
			keyed := strings.Contains(m[2], "PRIMARY KEY (root_uin,") || regexp.MustCompile(`root_uin\s+BIGINT PRIMARY KEY`).MatchString(m[2])
			if inTree && !keyed {
				t.Errorf("%s: the key of %s does not begin with root_uin", path, m[1])
			}
		}
		for _, m := range index.FindAllStringSubmatch(text, -1) {
			// Sweeps look into due by time over all trees, and the operator into message:
			// each node answers for its own.
			everywhere := m[1] == "" && (m[2] == "due" || m[2] == "message")
			if !slices.Contains(directory, m[2]) && !everywhere && m[3] != "root_uin" {
				t.Errorf("%s: an index on %s begins with %s", path, m[2], m[3])
			}
		}
		if found := forbidden.FindString(text); found != "" {
			t.Errorf("%s uses %q", path, found)
		}
	}
	for _, path := range files(t, ".go") {
		if !strings.HasPrefix(path, "internal/store/") || strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, m := range regexp.MustCompile("(?s)`[^`]*`").FindAllString(read(t, path), -1) {
			if found := forbidden.FindString(m); found != "" {
				t.Errorf("%s uses %q", path, found)
			}
		}
	}
}

// Links in the documentation lead somewhere.
func TestLinksResolve(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^)#\s]+)(#[^)\s]*)?\)`)
	for _, path := range files(t, ".md") {
		for _, m := range link.FindAllStringSubmatch(read(t, path), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			target := filepath.Join(root, filepath.Dir(path), m[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s: %v", path, m[1], err)
			}
		}
	}
}

// Every module we chose to depend on has its line in docs/decisions.md.
func TestDependenciesAreExplained(t *testing.T) {
	t.Parallel()
	decisions := read(t, "docs/decisions.md")
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`)
	for _, m := range direct.FindAllStringSubmatch(read(t, "go.mod"), -1) {
		if !strings.Contains(decisions, m[1]) {
			t.Errorf("docs/decisions.md does not say why there is %s", m[1])
		}
	}
}

// Every setting is in the operator's manual.
func TestSettingsAreDocumented(t *testing.T) {
	t.Parallel()
	manual := read(t, "docs/operate.md")
	for _, m := range regexp.MustCompile(`case "(\w+)":`).FindAllStringSubmatch(read(t, "internal/config/config.go"), -1) {
		if !strings.Contains(manual, "`"+m[1]+"`") {
			t.Errorf("docs/operate.md does not list %s", m[1])
		}
	}
}

// The top of the tree fits a glance.
func TestTopOfTheTree(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	var visible []string
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), ".") && entry.Name() != "bin" {
			visible = append(visible, entry.Name())
		}
	}
	if len(visible) > 14 {
		t.Errorf("%d entries: %v", len(visible), visible)
	}
}
