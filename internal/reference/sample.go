package reference

import (
	"bytes"
	"encoding/json"
	"strconv"

	"tael/api/bundle"
)

// sampleID is the RequestId of examples in documents for programs.
const sampleID = `"01a2017e-f1cf-7b83-b26e-2aa4822623fe"`

// answer is an example's answer as a program may read it: with a value where the
// example says that any may stand.
func (r *Reference) answer(a *bundle.Action) json.RawMessage {
	filled := r.fill(a.Example.Response, a.Response)
	return envelope(filled, json.RawMessage(sampleID))
}

// Marks in the examples' answers, which tests read: any value; and any elements
// more.
var anyValue, andMore = []byte(`"*"`), []byte(`"..."`)

// fill replaces the marks in an object by a value that the field may have, and by
// nothing.
func (r *Reference) fill(example json.RawMessage, fields []bundle.Field) json.RawMessage {
	if !bytes.Contains(example, anyValue) && !bytes.Contains(example, andMore) {
		return example
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(example, &members) != nil {
		return example // null, where an object may be missing
	}
	o := object{}
	for i := range fields {
		f := &fields[i]
		value, ok := members[f.Name]
		if !ok {
			continue
		}
		o = o.with(f.Name, r.fillField(value, f))
	}
	out, err := plainJSON(o)
	if err != nil {
		panic("reference: " + err.Error()) // its members are JSON
	}
	return out
}

func (r *Reference) fillField(value json.RawMessage, f *bundle.Field) json.RawMessage {
	if bytes.Equal(value, anyValue) {
		if f.List {
			return json.RawMessage("[]")
		}
		return r.sample(f)
	}
	t := r.types[f.Type]
	if t == nil {
		return value
	}
	if !f.List {
		return r.fill(value, t.Fields)
	}
	var elements []json.RawMessage
	if json.Unmarshal(value, &elements) != nil {
		return value
	}
	filled := [][]byte{}
	for _, element := range elements {
		if !bytes.Equal(element, andMore) {
			filled = append(filled, r.fill(element, t.Fields))
		}
	}
	return append(append(json.RawMessage("["), bytes.Join(filled, []byte(","))...), ']')
}

// sample is a value that a field may have.
func (r *Reference) sample(f *bundle.Field) json.RawMessage {
	switch f.Type {
	case "string":
		return json.RawMessage(`"` + sampleText(f) + `"`)
	case "int64", "uint64":
		if f.Range != nil && f.Range.Min != nil {
			return json.RawMessage(strconv.FormatInt(*f.Range.Min, 10))
		}
		return json.RawMessage("1")
	case "decimal":
		return json.RawMessage("1.5")
	case "bool":
		return json.RawMessage("true")
	}
	return json.RawMessage("{}")
}

func sampleText(f *bundle.Field) string {
	if f.Enum != nil {
		return f.Enum.Of[0]
	}
	if f.Format != nil {
		return map[string]string{"date": "2026-11-22", "datetime": "2026-11-22 10:00:00", "month": "2026-11"}[f.Format.Is]
	}
	return "string"
}
