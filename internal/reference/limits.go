package reference

import (
	"html/template"
	"strconv"
	"strings"

	"tael/api/bundle"
)

// row is a field as a table shows it.
type row struct {
	ID       string
	Name     string
	Required bool
	List     bool
	Type     string // of a scalar in words, of an object its name
	Href     string // of an object
	About    template.HTML
	Notes    []note
}

// note is one thing to know about a field's values.
type note struct {
	Text   string
	Values []string // shown as code
	Code   string   // answered for other values
}

// rows are the fields of a request, response or type.
func (v *view) rows(section string, fields []bundle.Field) []row {
	rows := make([]row, 0, len(fields))
	for i := range fields {
		f := &fields[i]
		r := row{
			ID: v.ID(section + "." + f.Name), Name: f.Name, Required: f.Required, List: f.List,
			Type: v.Language.scalar(f.Type), About: v.Text(f.About), Notes: v.Language.notes(f),
		}
		if _, ok := v.types[f.Type]; ok {
			r.Href = v.Link("types", f.Type)
		}
		rows = append(rows, r)
	}
	return rows
}

var scalars = map[string][2]string{
	"string":  {"string", "字符串"},
	"int64":   {"integer (int64)", "整数 (int64)"},
	"uint64":  {"integer (uint64)", "整数 (uint64)"},
	"decimal": {"decimal, exact to 8 places", "小数，精确到 8 位"},
	"bool":    {"boolean", "布尔值"},
}

func (l language) scalar(name string) string {
	both, ok := scalars[name]
	switch {
	case !ok:
		return name
	case l == chinese:
		return both[1]
	}
	return both[0]
}

// notes say in words what bounds a field.
func (l language) notes(f *bundle.Field) []note {
	var notes []note
	if f.Disabled {
		notes = append(notes, note{Text: l.word("disabled")})
	}
	if f.Nullable {
		notes = append(notes, note{Text: l.word("nullable")})
	}
	counted := "characters"
	if f.List {
		counted = "elements"
	}
	notes = append(notes, l.limits(&f.Limits, counted, f.Type)...)
	if f.Elements != nil {
		for _, n := range l.limits(f.Elements, "characters", f.Type) {
			n.Text = l.word("each") + " " + n.Text
			notes = append(notes, n)
		}
	}
	if f.Default != nil {
		notes = append(notes, note{Text: l.word("default"), Values: []string{string(f.Default)}})
	}
	return notes
}

func (l language) limits(limits *bundle.Limits, counted, scalar string) []note {
	var notes []note
	if b := limits.Length; b != nil {
		notes = append(notes, note{Text: l.bounds(b, counted), Code: b.Error})
	}
	if b := limits.Range; b != nil {
		unit := ""
		if scalar == "decimal" {
			unit = "USD"
		}
		notes = append(notes, note{Text: l.bounds(b, unit), Code: b.Error})
	}
	if e := limits.Enum; e != nil {
		values := make([]string, len(e.Of))
		for i, value := range e.Of {
			if values[i] = value; value == "" {
				values[i] = "(" + l.word("empty") + ")"
			}
		}
		notes = append(notes, note{Text: l.word("one-of"), Values: values, Code: e.Error})
	}
	if p := limits.Pattern; p != nil {
		notes = append(notes, note{Text: l.word("pattern"), Values: []string{p.Is}, Code: p.Error})
	}
	if p := limits.Format; p != nil {
		notes = append(notes, note{Text: l.word(p.Is), Code: p.Error})
	}
	return notes
}

// units are what bounds count, in either language.
var units = map[string][2]string{
	"characters": {" characters", " 个字符"},
	"elements":   {" elements", " 个元素"},
	"USD":        {" USD", " 美元"},
	"":           {"", ""},
}

func (l language) bounds(b *bundle.Bounds, counted string) string {
	form, unit := [3]string{"{min} to {max}", "at least {min}", "at most {max}"}, units[counted][0]
	if l == chinese {
		form, unit = [3]string{"{min} 至 {max}", "不小于 {min}", "不大于 {max}"}, units[counted][1]
	}
	if counted != "USD" && counted != "" && b.Min != nil && *b.Min == 1 && b.Max == nil {
		return l.word("not-empty")
	}
	which := 0
	switch {
	case b.Min == nil || counted == "characters" && *b.Min == 0:
		which = 2
	case b.Max == nil:
		which = 1
	}
	text := form[which]
	if b.Min != nil {
		text = strings.ReplaceAll(text, "{min}", grouped(*b.Min))
	}
	if b.Max != nil {
		text = strings.ReplaceAll(text, "{max}", grouped(*b.Max))
	}
	return text + unit
}

// grouped writes a number with a comma between thousands.
func grouped(number int64) string {
	digits, sign := strconv.FormatInt(number, 10), ""
	if number < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
