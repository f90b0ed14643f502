package reference

import (
	"encoding/json"
	"fmt"
	"strings"

	"tael/api/bundle"
)

// asked are the types that requests are made of, directly or within another.
func (r *Reference) asked() map[string]bool {
	found := map[string]bool{}
	var visit func(fields []bundle.Field)
	visit = func(fields []bundle.Field) {
		for i := range fields {
			if t := r.types[fields[i].Type]; t != nil && !found[t.Name] {
				found[t.Name] = true
				visit(t.Fields)
			}
		}
	}
	for i := range r.Definition.Actions {
		visit(r.Definition.Actions[i].Request)
	}
	return found
}

// request is the schema of an action's parameters: others are refused.
func (r *Reference) request(a *bundle.Action, l language) object {
	return r.object(a.Request, "", true, l)
}

// response is the schema of an action's answer, of which every field is there.
func (r *Reference) response(a *bundle.Action, l language) object {
	fields := append([]bundle.Field{}, a.Response...)
	fields = append(fields, bundle.Field{
		Name: "RequestId", Type: "string",
		About: bundle.Text{En: "Finds the call in the server's log and audit.", Zh: "用于在服务器日志与审计中查找该次调用。"},
	})
	return r.object(fields, "", false, l)
}

// object is the schema of an object. Of one that is sent, no other members than
// these are taken, and only some are needed; of one that is answered, each is
// there, and later releases may add others.
func (r *Reference) object(fields []bundle.Field, about string, sent bool, l language) object {
	properties, required := object{}, []string{}
	for i := range fields {
		f := &fields[i]
		if f.Disabled && !sent {
			continue
		}
		properties = properties.with(f.Name, r.property(f, l))
		if f.Required || !sent {
			required = append(required, f.Name)
		}
	}
	o := object{{"type", "object"}}
	if about != "" {
		o = o.with("description", about)
	}
	o = o.with("properties", properties)
	if len(required) > 0 {
		o = o.with("required", required)
	}
	if sent {
		o = o.with("additionalProperties", false)
	}
	return o
}

// property is the schema of one member.
func (r *Reference) property(f *bundle.Field, l language) object {
	limits := &f.Limits
	if f.List {
		limits = &bundle.Limits{}
		if f.Elements != nil {
			limits = f.Elements
		}
	}
	schema := r.value(f, limits)
	if f.List {
		schema = object{{"type", "array"}, {"items", schema}}
		schema = append(schema, lengths(f.Length, "minItems", "maxItems")...)
	}
	if f.Nullable {
		schema = object{{"anyOf", []object{schema, {{"type", "null"}}}}}
	}
	about := l.of(f.About)
	if f.Type == "decimal" {
		about += " " + l.of(exactness)
	}
	if text := formatText(limits, l); text != "" {
		about += " " + text
	}
	schema = schema.with("description", about)
	if f.Default != nil {
		schema = schema.with("default", f.Default)
	}
	if f.Disabled {
		schema = schema.with("deprecated", true)
	}
	return schema
}

var exactness = bundle.Text{
	En: "Exact to 8 decimal places: read it as a decimal number, not as binary floating point.",
	Zh: "精确到 8 位小数：请按十进制小数读取，不要使用二进制浮点数。",
}

// formatText says what the patterns of times leave open.
func formatText(limits *bundle.Limits, l language) string {
	if limits.Format == nil {
		return ""
	}
	return l.word(limits.Format.Is) + "."
}

// value is the schema of one value, not yet of a list of them.
func (r *Reference) value(f *bundle.Field, limits *bundle.Limits) object {
	switch f.Type {
	case "string":
		return text(limits)
	case "int64", "uint64":
		o := object{{"type", "integer"}, {"format", f.Type}}
		if f.Type == "uint64" && (limits.Range == nil || limits.Range.Min == nil) {
			o = o.with("minimum", 0)
		}
		o = append(o, lengths(limits.Range, "minimum", "maximum")...)
		if limits.Enum != nil {
			o = o.with("enum", json.RawMessage("["+strings.Join(limits.Enum.Of, ",")+"]"))
		}
		return o
	case "decimal":
		o := object{{"type", "number"}, {"format", "decimal"}}
		return append(o, lengths(limits.Range, "minimum", "maximum")...)
	case "bool":
		return object{{"type", "boolean"}}
	}
	return reference("schemas", f.Type)
}

// formats are what times look like.
var formats = map[string]string{
	"date":     `^\d{4}-\d{2}-\d{2}$`,
	"datetime": `^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$`,
	"month":    `^\d{4}-\d{2}$`,
}

func text(limits *bundle.Limits) object {
	o := object{{"type", "string"}}
	o = append(o, lengths(limits.Length, "minLength", "maxLength")...)
	if limits.Enum != nil {
		o = o.with("enum", limits.Enum.Of)
	}
	if limits.Pattern != nil {
		o = o.with("pattern", limits.Pattern.Is)
	}
	if limits.Format != nil {
		pattern, ok := formats[limits.Format.Is]
		if !ok {
			panic(fmt.Sprintf("reference: format %q", limits.Format.Is)) // every document is made by a test
		}
		o = o.with("pattern", pattern)
	}
	return o
}

// lengths are bounds by the names that a schema has for them.
func lengths(b *bundle.Bounds, least, most string) object {
	var o object
	if b != nil && b.Min != nil {
		o = o.with(least, *b.Min)
	}
	if b != nil && b.Max != nil {
		o = o.with(most, *b.Max)
	}
	return o
}
