package gateway

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tael/api"
	"tael/api/bundle"
)

// corpusFile holds a request a line and what it is answered before anybody
// looks at who sent it. The console, which has a translation of these checks,
// is held to the same file. TAEL_UPDATE=1 writes it anew.
const corpusFile = "testdata/validation.jsonl"

// corpusCase is one request: the action's example with some members replaced.
type corpusCase struct {
	action  string
	set     json.RawMessage // the members replaced
	form    bool            // sent as a form, else as JSON
	chinese bool            // messages are asked for in Chinese, else in English
	code    string          // empty: the parameters are taken
	message string
}

// MarshalJSON writes a case as an array, for the file's size.
func (c corpusCase) MarshalJSON() ([]byte, error) {
	encoding, language := "json", "en-US"
	if c.form {
		encoding = "form"
	}
	if c.chinese {
		language = "zh-CN"
	}
	line := []any{c.action, c.set, encoding, language}
	if c.code != "" {
		line = append(line, c.code, c.message)
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(line)
	return out.Bytes(), err
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	contract := api.New(struct{ api.Service }{}) // nothing is called
	w := corpusWriter{contract: contract, seen: map[string]bool{}, types: map[string]*bundle.Type{}}
	for i, typ := range api.Definition().Types {
		w.types[typ.Name] = &api.Definition().Types[i]
	}
	for i := range api.Definition().Actions {
		w.action(t, &api.Definition().Actions[i])
	}
	if os.Getenv("TAEL_UPDATE") != "" {
		if err := os.WriteFile(corpusFile, w.out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	golden, err := os.ReadFile(corpusFile)
	if err != nil {
		t.Fatal(err)
	}
	got, want := strings.Split(w.out.String(), "\n"), strings.Split(string(golden), "\n")
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("%s:%d\n%s\nwant\n%s\nTAEL_UPDATE=1 writes what is right now", corpusFile, i+1, got[i], want[i])
		}
	}
	if len(got) != len(want) {
		t.Fatalf("%d cases, %s has %d", len(got), corpusFile, len(want))
	}
}

type corpusWriter struct {
	contract *api.Contract
	types    map[string]*bundle.Type
	seen     map[string]bool
	out      bytes.Buffer
}

// action writes the cases of one action.
func (w *corpusWriter) action(t *testing.T, definition *bundle.Action) {
	t.Helper()
	w.add(t, definition, `{}`)
	w.add(t, definition, `{"Nothing":1}`)
	w.add(t, definition, `{"Nothing":null}`)
	for i := range definition.Request {
		f := &definition.Request[i]
		w.field(f, func(value string) {
			w.add(t, definition, `{`+strconv.Quote(f.Name)+`:`+value+`}`)
		})
	}
}

// field calls set with values for a field: of every wrong kind, at the edges of
// its type, just inside and just outside of its limits.
func (w *corpusWriter) field(f *bundle.Field, set func(value string)) {
	set(`null`)
	if !f.List {
		w.value(f, &f.Limits, set)
		return
	}
	for _, value := range []string{`[]`, `{}`, `"x"`, `7`, `true`} {
		set(value)
	}
	lengths := []int64{1}
	if b := f.Length; b != nil && b.Max != nil {
		lengths = append(lengths, *b.Max, *b.Max+1)
	} else if w.first("list") {
		lengths = append(lengths, api.ListMax, api.ListMax+1)
	}
	for _, length := range lengths {
		set(`[` + strings.Repeat(`7,`, int(length)-1) + `"7"]`)
	}
	elements := f.Elements
	if elements == nil {
		elements = &bundle.Limits{}
	}
	first := true
	w.value(f, elements, func(value string) {
		if first {
			set(`[` + value + `,null]`)
		}
		first = false
		set(`[` + value + `]`)
	})
}

func (w *corpusWriter) value(f *bundle.Field, l *bundle.Limits, set func(value string)) {
	for _, value := range []string{`"x"`, `""`, `7`, `-1`, `1.5`, `true`, `[7]`, `{}`} {
		set(value)
	}
	limits, _ := json.Marshal(l) // as the definition had them
	if l.Length == nil && !w.first(f.Type+string(limits)) {
		return // the same as another field but for its name
	}
	switch f.Type {
	case "string":
		for _, text := range texts(l) {
			set(quoted(text))
		}
	case "int64", "uint64":
		for _, value := range integers(l) {
			set(value)
		}
	case "decimal":
		for _, value := range decimals(l) {
			set(value)
		}
	case "bool":
		for _, value := range []string{`false`, `"true"`, `"True"`, `"False"`, `"TRUE"`, `"1"`, `0`} {
			set(value)
		}
	default:
		w.members(w.types[f.Type], set)
	}
}

// first reports whether it was never asked of the same before.
func (w *corpusWriter) first(what string) bool {
	before := w.seen[what]
	w.seen[what] = true
	return !before
}

func (w *corpusWriter) members(object *bundle.Type, set func(value string)) {
	set(`{"Nothing":1}`)
	for i := range object.Fields {
		f := &object.Fields[i]
		w.field(f, func(value string) { set(`{` + strconv.Quote(f.Name) + `:` + value + `}`) })
	}
}

func integers(l *bundle.Limits) []string {
	all := []string{
		`"7"`, `"+7"`, `"007"`, `-0`, `"-0"`, `" 7"`, `"7_0"`, `7.0`, `7e0`, `0`,
		`9223372036854775807`, `9223372036854775808`, `-9223372036854775808`, `-9223372036854775809`,
		`18446744073709551615`, `18446744073709551616`, `"` + strings.Repeat("0", 30) + `7"`,
	}
	if b := l.Range; b != nil {
		for bound, beyond := range map[*int64]int64{b.Min: -1, b.Max: 1} {
			if bound != nil {
				all = append(all, strconv.FormatInt(*bound, 10), strconv.FormatInt(*bound+beyond, 10))
			}
		}
	}
	if l.Enum != nil {
		all = append(all, l.Enum.Of...)
	}
	slices.Sort(all) // a map has no order
	return all
}

func decimals(l *bundle.Limits) []string {
	all := []string{
		`"7"`, `"7.5"`, `0`, `-0`, `0.00000001`, `0.000000004`, `7.123456789`, `1.23456792E8`, `1e-7`, `1E+3`,
		`1000000000`, `1000000000.00000001`, `1000000000.000000004`, `1000000000.000000005`, `-1000000000`, `-1000000000.1`,
		`1e9`, `1e10`, `1e20`, `1e21`, `1e-20`, `1e-21`, `1e99999999999999999999`, `1` + strings.Repeat("0", 64),
		`0.` + strings.Repeat("0", 62), `0.` + strings.Repeat("0", 63), `"1e"`, `"01"`, `"1."`, `".5"`, `"+1"`, `"NaN"`,
	}
	if b := l.Range; b != nil {
		if b.Min != nil {
			all = append(all, strconv.FormatInt(*b.Min, 10), fmt.Sprintf("%d.99999999", *b.Min-1))
		}
		if b.Max != nil {
			all = append(all, strconv.FormatInt(*b.Max, 10), fmt.Sprintf("%d.00000001", *b.Max))
		}
	}
	return all
}

// textMax bounds the texts of the corpus, for its size: policies may be longer.
const textMax = 500

func texts(l *bundle.Limits) []string {
	all := []string{"7", "a\x00b"}
	if b := l.Length; b != nil {
		for _, bound := range []*int64{b.Min, b.Max} {
			if bound == nil || *bound > textMax {
				continue
			}
			for length := max(*bound-1, 0); length <= *bound+1; length++ {
				all = append(all, strings.Repeat("a", int(length)))
			}
			// Characters, neither bytes nor halves of surrogate pairs.
			all = append(all, strings.Repeat("é", int(*bound)), strings.Repeat("😀", int(min(*bound, 60))))
		}
	}
	if e := l.Enum; e != nil {
		all = append(all, e.Of...)
		// Repeated up to 256 bytes, here in the middle of a character.
		all = append(all, strings.ToLower(e.Of[0]), strings.ToUpper(e.Of[0]), e.Of[0]+" ", "a"+strings.Repeat("😀", 70))
	}
	if l.Pattern != nil {
		all = append(all, likePatterns...)
	}
	if l.Format != nil {
		all = append(all, likeTimes...)
	}
	return all
}

// likePatterns are matched by one or another pattern of the definition, or just
// not: by white space of Unicode, which is none of RE2's, for one.
var likePatterns = []string{
	"0", "1234", "12345", "9007199254740991", "12345678901234567", "x_+=,.@-9", "x y", "x/y", "x\n", "é",
	"1-2-3-4", "123456789012345-1-1-123456", "a@b.example", "a@b", "@b.c", "a@b..c", "a b@c.d", "CN", "cn", "C1",
	"Quay5ide", "Quay5id", "Quay 5ide", "Quay\u00a05ide", "Quay\v5ide", "Quay\ufeff5ide", "Quay\u20285ide", "12345678901234567890a",
	"127.0.0.1", "::1", "qcs::cam::uin/1:roleName/x", "qcs::cam::uin/0:roleName/x", "~", "\u007f", "ſ", "K", "٣",
}

var likeTimes = []string{
	"2026-11", "2026-1", "2026-00", "2026-13", "26-11", "2026/11", "2026-11 ", "0000-01", "20261-1",
	"2026-11-22", "2026-02-28", "2026-02-29", "2028-02-29", "2100-02-29", "2000-02-29", "2026-04-31", "2026-11-00", "2026-1-1",
	"2026-11-22 23:59:59", "2026-11-22 24:00:00", "2026-11-22 00:60:00", "2026-11-22 00:00:60", "2026-11-22 5:00:00",
	"2026-11-22  05:00:00", "2026-11-22T05:00:00", "2026-11-22 05:00", "2026-11-22 05:0:0", "2026-11-22 05:00:00.5",
	"2026-11-22 05:00:00,5", "2026-11-22 05:00:00.", "2026-11-22 05:00:00Z", " 2026-11-22 05:00:00", "2026-02-30 05:00:00",
	"2026-11-22 ", "2026-11-22 -1:00:00", "２026-11-22",
}

func quoted(text string) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string always encodes
	return strings.TrimSpace(out.String())
}

// add writes one case, as JSON, and as a form where that is another request.
func (w *corpusWriter) add(t *testing.T, definition *bundle.Action, set string) {
	t.Helper()
	if !w.first(definition.Name + set) {
		return
	}
	action, notFound := w.contract.Find(definition.Version, definition.Name)
	if notFound != nil {
		t.Fatal(notFound)
	}
	request := map[string]json.RawMessage{}
	for _, text := range []string{string(definition.Example.Request), set} {
		if err := json.Unmarshal([]byte(text), &request); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
	}
	body, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	value, refusal := parseJSON(body)
	asJSON := w.write(t, action, corpusCase{action: action.Name, set: json.RawMessage(set)}, &value, refusal)
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var parsed any
	if err := decoder.Decode(&parsed); err != nil {
		t.Fatal(err)
	}
	all, refusal := parseForm(strings.Join(flat(nil, "", parsed), "&"))
	if refusal == nil {
		value, refusal = unflatten(all)
	}
	asForm := corpusCase{action: action.Name, set: json.RawMessage(set), form: true}
	if w.answer(action, &asForm, &value, refusal); asForm.code != asJSON {
		w.write(t, action, asForm, &value, refusal)
	}
}

// flat makes items of a form as clients do.
func flat(items []string, name string, value any) []string {
	switch value := value.(type) {
	case nil:
		return items
	case []any:
		for i, item := range value {
			items = flat(items, name+"."+strconv.Itoa(i), item)
		}
		return items
	case map[string]any:
		for _, member := range slices.Sorted(maps.Keys(value)) {
			items = flat(items, strings.TrimPrefix(name+"."+member, "."), value[member])
		}
		return items
	}
	return append(items, url.QueryEscape(name)+"="+url.QueryEscape(fmt.Sprint(value)))
}

// write writes a case with its answer, whose code it returns. Every second one
// asks for Chinese.
func (w *corpusWriter) write(t *testing.T, action *api.Action, c corpusCase, value *api.Value, refusal *api.Error) string {
	t.Helper()
	c.chinese = bytes.Count(w.out.Bytes(), []byte("\n"))%2 == 1
	w.answer(action, &c, value, refusal)
	encoder := json.NewEncoder(&w.out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(c); err != nil {
		t.Fatal(err)
	}
	return c.code
}

func (w *corpusWriter) answer(action *api.Action, c *corpusCase, value *api.Value, refusal *api.Error) {
	if refusal == nil {
		refusal = action.CheckShape(value)
	}
	if refusal == nil {
		_, refusal = action.Canonical(value)
	}
	if refusal == nil {
		return
	}
	language := "en-US"
	if c.chinese {
		language = "zh-CN"
	}
	c.code, c.message = string(refusal.Code), refusal.Message(language)
}
