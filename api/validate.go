package api

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"tael/api/bundle"
	"tael/internal/money"
)

// parameterMax bounds a decimal parameter to ±10⁹ USD.
const parameterMax = 1_000_000_000 * money.Dollar

// CheckShape checks names, presence and types of a request's parameters, in
// this order at each level. Errors: UnknownParameter, MissingParameter,
// InvalidParameter; they name the full path.
func (a *Action) CheckShape(parameters *Value) *Error {
	return checkObject(parameters, a.request, "")
}

func checkObject(v *Value, fields []field, path string) *Error {
	for i := range v.Fields {
		if v.Fields[i].Value.Kind != Null && !declared(fields, v.Fields[i].Name) {
			return NewError(UnknownParameter, "parameter", path+v.Fields[i].Name)
		}
	}
	for i := range fields {
		if fields[i].Required && v.Get(fields[i].Name).Kind == Null {
			return NewError(MissingParameter, "parameter", path+fields[i].Name)
		}
	}
	for i := range fields {
		member := v.Get(fields[i].Name)
		if member.Kind == Null {
			continue
		}
		if err := checkField(member, &fields[i], path+fields[i].Name); err != nil {
			return err
		}
	}
	return nil
}

func declared(fields []field, name string) bool {
	for i := range fields {
		if fields[i].Name == name {
			return true
		}
	}
	return false
}

func checkField(v *Value, f *field, path string) *Error {
	if !f.List {
		return checkType(v, f, path)
	}
	if v.Kind != List {
		return wrongType(path, "list")
	}
	for i := range v.Items {
		if err := checkType(&v.Items[i], f, path+"."+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	return nil
}

func checkType(v *Value, f *field, path string) *Error {
	switch f.Type {
	case "string":
		if v.Kind == String || v.Kind == Text {
			return nil
		}
	case "int64":
		if _, err := strconv.ParseInt(v.Text, 10, 64); err == nil && isInteger(v) {
			return nil
		}
	case "uint64":
		if _, err := strconv.ParseUint(v.Text, 10, 64); err == nil && isInteger(v) {
			return nil
		}
	case "decimal":
		_, err := money.Parse(v.Text)
		if v.Kind == Number || v.Kind == Text && !errors.Is(err, money.ErrSyntax) {
			return nil
		}
	case "bool":
		if _, ok := boolean(v); ok {
			return nil
		}
	default:
		if v.Kind == Object {
			return checkObject(v, f.members, path+".")
		}
	}
	return wrongType(path, f.Type)
}

// isInteger admits quoted integers: an official example sends one.
func isInteger(v *Value) bool {
	digits := v.Text != "" && v.Text[0] != '+'
	return digits && (v.Kind == Number || v.Kind == String || v.Kind == Text)
}

// boolean reads a JSON boolean, or what clients write for one in a form.
func boolean(v *Value) (value, ok bool) {
	switch {
	case v.Kind != Bool && v.Kind != Text:
		return false, false
	case v.Text == "true", v.Text == "True", v.Text == "1":
		return true, true
	case v.Text == "false", v.Text == "False", v.Text == "0":
		return false, true
	}
	return false, false
}

func wrongType(path, declared string) *Error {
	return NewError(InvalidParameter, "parameter", path, "type", declared).In("type")
}

// Canonical checks the limits of parameters that CheckShape has passed and
// returns them as JSON: fields in the definition's order, defaults filled in,
// numbers in one spelling, disabled and absent fields left out. A breach
// answers the limit's own code, or InvalidParameterValue.
func (a *Action) Canonical(parameters *Value) ([]byte, *Error) {
	if len(a.request) == 0 {
		return []byte("{}"), nil
	}
	return appendObject(nil, parameters, a.request, "")
}

func appendObject(out []byte, v *Value, fields []field, path string) ([]byte, *Error) {
	out = append(out, '{')
	for i := range fields {
		f := &fields[i]
		member := v.Get(f.Name)
		if f.Disabled || member.Kind == Null && f.Default == nil {
			continue
		}
		if out[len(out)-1] != '{' {
			out = append(out, ',')
		}
		out = append(append(append(out, '"'), f.Name...), '"', ':')
		if member.Kind == Null {
			out = append(out, f.Default...)
			continue
		}
		var err *Error
		if out, err = appendField(out, member, f, path+f.Name); err != nil {
			return nil, err
		}
	}
	return append(out, '}'), nil
}

func appendField(out []byte, v *Value, f *field, path string) ([]byte, *Error) {
	if !f.List {
		return appendValue(out, v, f, &f.limits, path)
	}
	if err := checkLength(f.limits.Length, v.Length, path, "[]"); err != nil {
		return nil, err
	}
	if v.Length > len(v.Items) {
		return nil, lengthBreach("", path, ListMax)
	}
	out = append(out, '[')
	for i := range v.Items {
		if i > 0 {
			out = append(out, ',')
		}
		var err *Error
		if out, err = appendValue(out, &v.Items[i], f, &f.elements, path+"."+strconv.Itoa(i)); err != nil {
			return nil, err
		}
	}
	return append(out, ']'), nil
}

func appendValue(out []byte, v *Value, f *field, l *limits, path string) ([]byte, *Error) {
	switch f.Type {
	case "string":
		if err := checkText(l, v.Text, path); err != nil {
			return nil, err
		}
		quoted, _ := json.Marshal(v.Text) // a string always encodes
		return append(out, quoted...), nil
	case "int64":
		number, _ := strconv.ParseInt(v.Text, 10, 64)
		return strconv.AppendInt(out, number, 10), checkInteger(l, number, v.Text, path)
	case "uint64":
		number, _ := strconv.ParseUint(v.Text, 10, 64)
		if err := checkInteger(l, int64(min(number, 1<<63-1)), v.Text, path); err != nil {
			return nil, err
		}
		return strconv.AppendUint(out, number, 10), nil
	case "decimal":
		amount, err := money.Parse(v.Text)
		if err != nil || amount > parameterMax || amount < -parameterMax {
			return nil, badValue("", path, v.Text)
		}
		if err := checkDecimal(l.Range, amount, v.Text, path); err != nil {
			return nil, err
		}
		out, _ = amount.AppendText(out)
		return out, nil
	case "bool":
		value, _ := boolean(v)
		return strconv.AppendBool(out, value), nil
	}
	return appendObject(out, v, f.members, path+".")
}

func checkInteger(l *limits, number int64, text, path string) *Error {
	if b := l.Range; b != nil && (b.Min != nil && number < *b.Min || b.Max != nil && number > *b.Max) {
		return badValue(b.Error, path, text)
	}
	if l.Enum != nil && !slices.Contains(l.Enum.Of, strconv.FormatInt(number, 10)) {
		return badValue(l.Enum.Error, path, text)
	}
	return nil
}

// checkDecimal compares with bounds in whole USD.
func checkDecimal(bounds *bundle.Bounds, amount money.Amount, text, path string) *Error {
	if bounds == nil {
		return nil
	}
	if bounds.Min != nil && amount < money.Amount(*bounds.Min)*money.Dollar ||
		bounds.Max != nil && amount > money.Amount(*bounds.Max)*money.Dollar {
		return badValue(bounds.Error, path, text)
	}
	return nil
}

func checkText(l *limits, text, path string) *Error {
	if err := checkLength(l.Length, utf8.RuneCountInString(text), path, text); err != nil {
		return err
	}
	if l.Enum != nil && !slices.Contains(l.Enum.Of, text) {
		return badValue(l.Enum.Error, path, text)
	}
	if l.pattern != nil && !l.pattern.MatchString(text) {
		return badValue(l.Pattern.Error, path, text)
	}
	if l.Format != nil {
		if _, err := ParseTime(l.Format.Is, text); err != nil {
			return badValue(l.Format.Error, path, text)
		}
	}
	return nil
}

func checkLength(bounds *bundle.Bounds, length int, path, text string) *Error {
	switch {
	case bounds == nil:
		return nil
	case bounds.Max != nil && int64(length) > *bounds.Max:
		return lengthBreach(bounds.Error, path, *bounds.Max)
	case bounds.Min != nil && int64(length) < *bounds.Min:
		return badValue(bounds.Error, path, text)
	}
	return nil
}

func badValue(code, path, value string) *Error {
	if code == "" {
		code = string(InvalidParameterValue)
	}
	return NewError(Code(code), "parameter", path, "value", value)
}

func lengthBreach(code, path string, maximum int64) *Error {
	if code == "" {
		return NewError(InvalidParameterValue, "parameter", path, "limit", strconv.FormatInt(maximum, 10)).In("length")
	}
	return NewError(Code(code), "parameter", path, "limit", strconv.FormatInt(maximum, 10))
}

// Zone is UTC+8, in which the wire writes every time (domain.md §0.4).
var Zone = time.FixedZone("UTC+8", 8*60*60)

// layouts of the formats a field may name.
var layouts = map[string]string{"date": time.DateOnly, "datetime": time.DateTime, "month": "2006-01"}

// ParseTime reads a date, datetime or month of the wire as an instant of UTC+8.
func ParseTime(format, text string) (time.Time, error) {
	return time.ParseInLocation(layouts[format], text, Zone)
}

// FormatTime writes an instant as YYYY-MM-DD HH:MM:SS in UTC+8.
func FormatTime(t time.Time) string {
	return t.In(Zone).Format(time.DateTime)
}
