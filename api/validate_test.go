package api_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"tael/api"
)

// FuzzValidate holds every action against whatever somebody sends: the checks
// never panic, what they refuse they refuse with a code, and the canonical form
// is JSON that is its own canonical form.
func FuzzValidate(f *testing.F) {
	for _, seed := range seeds(f) {
		f.Add(seed.action, seed.parameters, false)
		f.Add(seed.action, seed.parameters, true)
	}
	actions := api.Definition().Actions
	contract := api.New(struct{ api.Service }{}) // nothing is called
	f.Fuzz(func(t *testing.T, number uint16, parameters []byte, form bool) {
		definition := &actions[int(number)%len(actions)]
		action, notFound := contract.Find(definition.Version, definition.Name)
		if notFound != nil {
			t.Fatal(notFound)
		}
		value, ok := parse(parameters, form)
		if !ok {
			return
		}
		if refusal := action.CheckShape(&value); refusal != nil {
			named(t, definition.Name, refusal)
			return
		}
		canonical, refusal := action.Canonical(&value)
		if refusal != nil {
			named(t, definition.Name, refusal)
			return
		}
		again, ok := parse(canonical, false)
		if !ok || !json.Valid(canonical) {
			t.Fatalf("%s: the canonical form is no object: %s", definition.Name, canonical)
		}
		if refusal := action.CheckShape(&again); refusal != nil {
			t.Fatalf("%s: the canonical form %s is refused: %v", definition.Name, canonical, refusal)
		}
		same, refusal := action.Canonical(&again)
		if refusal != nil || !bytes.Equal(canonical, same) {
			t.Fatalf("%s: the canonical form of %s is %s %v", definition.Name, canonical, same, refusal)
		}
	})
}

func named(t *testing.T, action string, refusal *api.Error) {
	t.Helper()
	if refusal.Code == "" {
		t.Fatalf("%s is refused without a code: %+v", action, refusal)
	}
}

type seed struct {
	action     uint16
	parameters []byte
}

// seeds are the requests of the published examples and, for each action, what
// is at the edge of a type.
func seeds(f *testing.F) []seed {
	f.Helper()
	var all []seed
	for i, action := range api.Definition().Actions {
		texts := []string{"{}", `{"Nothing":1}`}
		texts = append(texts, string(action.Example.Request))
		for _, field := range action.Request {
			for _, value := range []string{`"x"`, "-1", "1e9", "[]", "[1,2]", `"2026-02-30"`, "{}", "null", "0.123456789"} {
				texts = append(texts, `{"`+field.Name+`":`+value+`}`)
			}
		}
		for _, text := range texts {
			all = append(all, seed{uint16(i), []byte(text)})
		}
	}
	return all
}

// parse makes a parameter tree of a JSON object; as of a form, whose values
// have no types, where it is to be one.
func parse(text []byte, form bool) (api.Value, bool) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var parsed map[string]any
	if decoder.Decode(&parsed) != nil || parsed == nil {
		return api.Value{}, false
	}
	return valueOf(parsed, form), true
}

func valueOf(parsed any, form bool) api.Value {
	kind := func(kind api.Kind, text string) api.Value {
		if form {
			kind = api.Text
		}
		return api.Value{Kind: kind, Text: text}
	}
	switch parsed := parsed.(type) {
	case bool:
		return kind(api.Bool, strconv.FormatBool(parsed))
	case json.Number:
		return kind(api.Number, parsed.String())
	case string:
		return kind(api.String, parsed)
	case []any:
		v := api.Value{Kind: api.List, Length: len(parsed)}
		for _, item := range parsed[:min(len(parsed), api.ListMax)] {
			v.Items = append(v.Items, valueOf(item, form))
		}
		return v
	case map[string]any:
		v := api.Value{Kind: api.Object}
		for name, member := range parsed {
			v.Fields = append(v.Fields, api.Field{Name: name, Value: valueOf(member, form)})
		}
		slices.SortFunc(v.Fields, func(a, b api.Field) int { return bytes.Compare([]byte(a.Name), []byte(b.Name)) })
		return v
	}
	return api.Value{}
}

// A number too is one of those listed, also where it comes as text.
func TestNumbersAreHeldToTheirList(t *testing.T) {
	t.Parallel()
	action, notFound := api.New(struct{ api.Service }{}).Find("2022-09-28", "ForceQN")
	if notFound != nil {
		t.Fatal(notFound)
	}
	for text, want := range map[string]api.Code{
		`0`: "", `2`: "", `"2"`: "", `1`: api.InvalidParameterValue, `"1"`: api.InvalidParameterValue,
	} {
		value, ok := parse([]byte(`{"ClientUin": 1, "Type": `+text+`}`), false)
		if !ok {
			t.Fatal(text)
		}
		_, refusal := action.Canonical(&value)
		if refusal == nil && want != "" || refusal != nil && refusal.Code != want {
			t.Errorf("%s: %v, want %s", text, refusal, want)
		}
	}
}
