package reference

import (
	"bytes"
	"encoding/json"
)

// object is a JSON object whose members stay in the order they were put in:
// people read these documents too.
type object []member

type member struct {
	name  string
	value any
}

// with adds a member.
func (o object) with(name string, value any) object { return append(o, member{name, value}) }

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := json.Marshal(m.name)
		if err != nil {
			return nil, err
		}
		value, err := plainJSON(m.value)
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(value)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// plainJSON writes a value with <, > and & as they are.
func plainJSON(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSpace(out.Bytes()), err
}

// document is a whole document, indented.
func document(o object) []byte {
	compact, err := plainJSON(o)
	if err != nil {
		panic("reference: " + err.Error()) // every document is made by a test
	}
	var out bytes.Buffer
	_ = json.Indent(&out, compact, "", " ") // it is JSON: it was just written
	out.WriteByte('\n')
	return out.Bytes()
}
