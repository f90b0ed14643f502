package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"tael/api"
	"tael/internal/signature"
)

// show writes a tree in a form that tells all kinds apart.
func show(v *api.Value) string {
	switch v.Kind {
	case api.Null:
		return "null"
	case api.String:
		return fmt.Sprintf("%q", v.Text)
	case api.Text:
		return fmt.Sprintf("'%s'", v.Text)
	case api.List:
		items := make([]string, len(v.Items))
		for i := range v.Items {
			items[i] = show(&v.Items[i])
		}
		return fmt.Sprintf("%d[%s]", v.Length, strings.Join(items, " "))
	case api.Object:
		fields := make([]string, len(v.Fields))
		for i := range v.Fields {
			fields[i] = v.Fields[i].Name + ":" + show(&v.Fields[i].Value)
		}
		return "{" + strings.Join(fields, " ") + "}"
	}
	return v.Text
}

// outcome is a tree or the refusal in its stead.
func outcome(v *api.Value, err *api.Error) string {
	if err == nil {
		return show(v)
	}
	if !errors.Is(err, api.NewError(api.InvalidParameter)) {
		return err.Error()
	}
	return strings.TrimSpace(err.Variant + " " + err.Args["parameter"])
}

func TestParseJSON(t *testing.T) {
	t.Parallel()
	deep := func(n int) string { return `{"A":` + strings.Repeat("[", n-1) + strings.Repeat("]", n-1) + `}` }
	for body, want := range map[string]string{
		``:                                       `{}`,
		`{}`:                                     `{}`,
		" { } \r\n\t":                            `{}`,
		`{"A":1,"B":-0.50e+7}`:                   `{A:1 B:-0.50e+7}`,
		`{"A":1.23456792E8}`:                     `{A:1.23456792E8}`,
		`{"B":true,"A":false}`:                   `{B:true A:false}`,
		`{"A":null,"B":""}`:                      `{A:null B:""}`,
		`{"A": [1, [], {"B": "x"}]}`:             `{A:3[1 0[] {B:"x"}]}`,
		`{"A":"\"\\\/\b\f\n\r\t"}`:               `{A:"\"\\/\b\f\n\r\t"}`,
		`{"A":"x\u4e2D\ud83d\ude00y"}`:           `{A:"x中😀y"}`,
		`{"\u0041":"é"}`:                         `{A:"é"}`,
		`{"a":1,"A":2}`:                          `{a:1 A:2}`,
		`{"A":` + strings.Repeat("9", 100) + `}`: `{A:` + strings.Repeat("9", 100) + `}`,
		deep(16):                                 `{A:1[1[1[1[1[1[1[1[1[1[1[1[1[1[0[]]]]]]]]]]]]]]]}`,

		`[]`:   `object`,
		`null`: `object`,
		`"x"`:  `object`,
		`1`:    `object`,

		"{\"A\":\"\xff\"}":         `utf8`,
		"{}\xc0\x80":               `utf8`,
		`{"A":"\ud800"}`:           `json`,
		`{"A":"\ud800x"}`:          `json`,
		`{"A":"\ud800\n"}`:         `json`,
		`{"A":"\ud800\ud800"}`:     `json`,
		`{"A":"\udc00\ud800"}`:     `json`,
		`{"A":"\u0000"}`:           `nul`,
		`{"A":{"\u0000":1}}`:       `nul`,
		`{"A":1,"A":1}`:            `duplicate A`,
		`{"A":1,"\u0041":null}`:    `duplicate A`,
		`{"A":[{"B":1,"B":2}]}`:    `duplicate B`,
		deep(17):                   `depth`,
		strings.Repeat("[", 1<<20): `depth`,
		" ":                        `json`,
		`{`:                        `json`,
		`{"A"`:                     `json`,
		`{"A":`:                    `json`,
		`{"A":1`:                   `json`,
		`{"A":1,`:                  `json`,
		`{"A":1,}`:                 `json`,
		`{"A":[1,]}`:               `json`,
		`{"A":[1}`:                 `json`,
		`{,}`:                      `json`,
		`{A:1}`:                    `json`,
		`{'A':1}`:                  `json`,
		`{"A" 1}`:                  `json`,
		`{"A":1 "B":2}`:            `json`,
		`{}{}`:                     `json`,
		`{"A":01}`:                 `json`,
		`{"A":+1}`:                 `json`,
		`{"A":.5}`:                 `json`,
		`{"A":5.}`:                 `json`,
		`{"A":-}`:                  `json`,
		`{"A":1e}`:                 `json`,
		`{"A":1e+}`:                `json`,
		`{"A":NaN}`:                `json`,
		`{"A":nul}`:                `json`,
		`{"A":True}`:               `json`,
		`{"A":"`:                   `json`,
		`{"A":"\`:                  `json`,
		`{"A":"\u12`:               `json`,
		`{"A":"\x41"}`:             `json`,
		`{"A":"\u00g0"}`:           `json`,
		"{\"A\":\"\n\"}":           `json`,
		"{\"A\":\"\\n\n\"}":        `json`,
		"{\"A\":\"\x00\"}":         `json`,
		"\ufeff{}":                 `json`,
		`nonsense`:                 `json`,
	} {
		v, err := parseJSON([]byte(body))
		if got := outcome(&v, err); got != want {
			t.Errorf("%.60q: %s; want %s", body, got, want)
		}
	}
}

// Beyond the elements kept a list is still read to its end.
func TestParseJSONLongList(t *testing.T) {
	t.Parallel()
	list := func(last string) []byte {
		return []byte(`{"A":[` + strings.Repeat(`{"B":["\n",-1.5e1,true,null]},`, 99_999) + last + `]}`)
	}
	v, err := parseJSON(list(`"x"`))
	if err != nil {
		t.Fatal(err)
	}
	a := v.Get("A")
	if a.Length != 100_000 || len(a.Items) != api.ListMax {
		t.Errorf("length %d, %d kept", a.Length, len(a.Items))
	}
	if got, want := show(&a.Items[api.ListMax-1]), `{B:4["\n" -1.5e1 true null]}`; got != want {
		t.Errorf("last kept %s; want %s", got, want)
	}
	for last, want := range map[string]string{
		`01`: "json", `"\ud800"`: "json", strings.Repeat("[", 15): "json", `{"B"}`: "json",
		`{"B":1,"B":1}`: "duplicate",
	} {
		_, err := parseJSON(list(last))
		if (err == nil) != (want == "") || err != nil && err.Variant != want {
			t.Errorf("%s: %v; want %q", last, err, want)
		}
	}
}

func TestParametersCostBoundedMemory(t *testing.T) {
	nested := `[` + strings.Repeat("0,", 999) + `0],`
	var names, flat strings.Builder
	for i := range 50_000 {
		fmt.Fprintf(&names, `"%d":0,`, i)
		fmt.Fprintf(&flat, "&%d=", i)
	}
	million := []byte(`{"A":[` + strings.Repeat("123456789,", 1_000_000) + `1]}`)
	wide := []byte(`{"A":[` + strings.Repeat(nested, 1000) + `1]}`)
	many := []byte(`{` + names.String() + `"A":1}`)
	for name, parse := range map[string]func() (*api.Value, *api.Error){
		"a million elements": func() (*api.Value, *api.Error) { v, err := parseJSON(million); return &v, err },
		"lists of lists":     func() (*api.Value, *api.Error) { v, err := parseJSON(wide); return &v, err },
		"many members":       func() (*api.Value, *api.Error) { v, err := parseJSON(many); return &v, err },
		"many parameters":    func() (*api.Value, *api.Error) { _, err := parseForm(flat.String()[1:]); return nil, err },
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		v, err := parse()
		runtime.ReadMemStats(&after)
		if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 8<<20 {
			t.Errorf("%s: %d bytes allocated", name, allocated)
		}
		if name == "a million elements" {
			if err != nil || v.Get("A").Length != 1_000_001 {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err == nil || err.Variant != "many" {
			t.Errorf("%s: %v; want many", name, err)
		}
	}
}

// What is kept of a long body does not keep the body.
func TestParseJSONTextsOfLongBodies(t *testing.T) {
	t.Parallel()
	body := []byte(`{"A":"x","B":1,"Long":"` + strings.Repeat("y", 8192) + `"}`)
	v, err := parseJSON(body)
	if err != nil {
		t.Fatal(err)
	}
	clear(body)
	if got := show(&api.Value{Kind: api.Object, Fields: v.Fields[:2]}); got != `{A:"x" B:1}` {
		t.Errorf("parameters changed with the body: %s", got)
	}
}

func TestParseForm(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("&", valuesMax)
	for raw, want := range map[string]string{
		"":                            "",
		"A=":                          "A='' ",
		"B=1&A=2":                     "B='1' A='2' ",
		"A=a+b%20c%2B%26%3d%C3%A9~*'": "A='a b c+&=é~*'' ",
		"A=ab=":                       "A='ab=' ",
		"A.0=x&a.0=y":                 "A.0='x' a.0='y' ",
		"A=1;B=2":                     "A='1;B=2' ",
		"A%2E0=x":                     "A.0='x' ",
		"A":                           "form",
		"A=1&":                        "form",
		"&A=1":                        "form",
		"=1":                          "form",
		"A=%":                         "form",
		"A=%2":                        "form",
		"A=%zz":                       "form",
		"%zz=A":                       "form",
		"A=%ff":                       "utf8",
		"A=\xff":                      "utf8",
		"%ED%A0%80=":                  "utf8",
		"A=%00":                       "nul",
		"A=1&B=&A=1":                  "duplicate A",
		"A=1&%41=2":                   "duplicate A",
		many:                          "many",
	} {
		parameters, err := parseForm(raw)
		got := outcome(&api.Value{}, err)
		if err == nil {
			var shown strings.Builder
			for _, p := range parameters {
				fmt.Fprintf(&shown, "%s='%s' ", p.Name, p.Value)
			}
			got = shown.String()
		}
		if got != want {
			t.Errorf("%.40q: %s; want %s", raw, got, want)
		}
	}
}

func TestUnflatten(t *testing.T) {
	t.Parallel()
	key := func(segments int) string { return "A" + strings.Repeat(".B", segments-1) }
	for raw, want := range map[string]string{
		"":                                `{}`,
		"B=1&A=&C=3":                      `{B:'1' A:'' C:'3'}`,
		"A.0=x&A.1=y":                     `{A:2['x' 'y']}`,
		"A.12=c&A.2=b&A.0=a":              `{A:3['a' 'b' 'c']}`,
		"A.999999=x":                      `{A:1['x']}`,
		"F.Name=n&F.Value=v":              `{F:{Name:'n' Value:'v'}}`,
		"F.0.V.1=b&F.0.N=n&F.0.V.0=a":     `{F:1[{V:2['a' 'b'] N:'n'}]}`,
		"Z.B=1&A=2&Z.A=3":                 `{Z:{B:'1' A:'3'} A:'2'}`,
		"A.0.0=x&A.1.0=y":                 `{A:2[1['x'] 1['y']]}`,
		"AB=1&A.0=2&A-=3":                 `{AB:'1' A:1['2'] A-:'3'}`,
		"0=a&1=b&1a=c&007=d":              `{0:'a' 1:'b' 1a:'c' 007:'d'}`,
		"F.1a=x&F.a1=y":                   `{F:{1a:'x' a1:'y'}}`,
		"A=1&A.0=2":                       `duplicate A`,
		"A.0=2&A=1":                       `duplicate A`,
		"F.0.V=1&F.0.V.0=2":               `duplicate F.0.V`,
		"A.0=1&A.B=2":                     `duplicate A`,
		"F.X.2=1&F.X.12=1&F.X.1a=2":       `duplicate F.X`,
		"A.=1":                            `form`,
		".A=1":                            `form`,
		"A..B=1":                          `form`,
		".=1":                             `form`,
		"A.00=1":                          `form`,
		"A.01=1":                          `form`,
		"A.1000000=1":                     `form`,
		key(16) + "=":                     `{A:` + strings.Repeat(`{B:`, 15) + `''` + strings.Repeat(`}`, 16),
		key(17) + "=":                     `depth`,
		strings.Repeat("A.", 1<<18) + "=": `depth`,
	} {
		parameters, err := parseForm(raw)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		v, err := unflatten(parameters)
		if got := outcome(&v, err); got != want {
			t.Errorf("%.60s: %s; want %s", raw, got, want)
		}
	}
}

func TestUnflattenLongList(t *testing.T) {
	t.Parallel()
	var parameters []signature.Parameter
	for i := range 5000 {
		parameters = append(parameters, signature.Parameter{Name: fmt.Sprintf("A.%d", 4999-i), Value: strconv.Itoa(4999 - i)})
	}
	v, err := unflatten(parameters)
	if err != nil {
		t.Fatal(err)
	}
	a := v.Get("A")
	if a.Length != 5000 || len(a.Items) != api.ListMax || a.Items[api.ListMax-1].Text != "999" {
		t.Errorf("length %d, %d kept, the last %q", a.Length, len(a.Items), a.Items[len(a.Items)-1].Text)
	}
	for i := range parameters {
		parameters[i].Name = "A.B.C.D.E" + parameters[i].Name
	}
	if _, err := unflatten(parameters); err == nil || err.Variant != "many" {
		t.Errorf("%v; want many", err)
	}
}

func TestSplitCommon(t *testing.T) {
	t.Parallel()
	all, err := parseForm("ClientUins.0=1&Action=a&Version=v&Timestamp=t&Nonce=0&SecretId=i&Signature=s" +
		"&SignatureMethod=m&Region=&Token=k&Language=l&RequestClient=c&action=x&Action.0=y")
	if err != nil {
		t.Fatal(err)
	}
	before := slices.Clone(all)
	common, action := splitCommon(all)
	wantCommon := commonParameters{
		Action: "a", Version: "v", Timestamp: "t", Nonce: "0", SecretID: "i", Signature: "s",
		SignatureMethod: "m", Token: "k", Language: "l", RequestClient: "c",
	}
	if common != wantCommon {
		t.Errorf("common parameters %+v", common)
	}
	want := []signature.Parameter{
		{Name: "ClientUins.0", Value: "1"}, {Name: "action", Value: "x"}, {Name: "Action.0", Value: "y"},
	}
	if !slices.Equal(action, want) || !slices.Equal(all, before) {
		t.Errorf("parameters of the action %v, of all %v", action, all)
	}
}

// FuzzParseJSON compares with encoding/json: what is accepted is the same tree,
// and what encoding/json would take is refused for the reasons it ignores only.
func FuzzParseJSON(f *testing.F) {
	for _, seed := range []string{
		`{"ClientUins": [200000000001, 200000000002]}`, `{"A":{"B":[null,true,-1.5e-7,"\ud83d\ude00\n"]}}`,
		`{"A":1,"A":2}`, `{"A":"\u0000"}`, `{"A":"\ud800"}`, `[]`, `{"A":[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		v, err := parseJSON(body)
		if err == nil {
			decoder := json.NewDecoder(bytes.NewReader(body))
			decoder.UseNumber()
			var want any
			if err := decoder.Decode(&want); err != nil && (err != io.EOF || len(body) > 0) {
				t.Fatalf("%q was accepted: %v", body, err)
			}
			if len(body) > 0 && !reflect.DeepEqual(plain(&v), want) {
				t.Fatalf("%q is %s; want %v", body, show(&v), want)
			}
			return
		}
		surrogate := bytes.Contains(bytes.ToLower(body), []byte(`\ud`)) // perhaps without its other half
		if err.Variant == "json" && json.Valid(body) && !surrogate {
			t.Fatalf("%q was refused for its syntax", body)
		}
	})
}

// plain is a tree as encoding/json makes it.
func plain(v *api.Value) any {
	switch v.Kind {
	case api.Bool:
		return v.Text == "true"
	case api.Number:
		return json.Number(v.Text)
	case api.String:
		return v.Text
	case api.List:
		list := make([]any, v.Length)
		for i := range v.Items {
			list[i] = plain(&v.Items[i])
		}
		return list
	case api.Object:
		object := map[string]any{}
		for i := range v.Fields {
			object[v.Fields[i].Name] = plain(&v.Fields[i].Value)
		}
		return object
	}
	return nil
}

// FuzzForm compares with net/url, and checks that a tree flattened again makes
// the same tree, in whatever order its parameters come.
func FuzzForm(f *testing.F) {
	for _, seed := range []string{
		"Action=A&ClientUins.0=200000000001&ClientUins.1=200000000002&Region=", "A.12=c&A.2=b&A.0=a",
		"F.0.V.1=b&F.0.N=n&F.0.V.0=a", "A=1&A.0=2", "A.1=1&A.1a=2&A.12=3", "A=a+b%20c%2B%26%3d%C3%A9~*'",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		parameters, err := parseForm(raw)
		if err != nil {
			return
		}
		if values, err := url.ParseQuery(raw); err == nil {
			for _, p := range parameters {
				if got := values[p.Name]; len(got) != 1 || got[0] != p.Value {
					t.Fatalf("%s is %q; want %q", p.Name, p.Value, got)
				}
			}
			if len(values) != len(parameters) {
				t.Fatalf("%d parameters; want %d", len(parameters), len(values))
			}
		}
		v, err := unflatten(parameters)
		if err != nil {
			return
		}
		again := flatten(nil, &v, "")
		if len(again) != len(parameters) {
			t.Fatalf("%q became %s", raw, show(&v))
		}
		same, err := unflatten(again)
		if err != nil || !reflect.DeepEqual(same, v) {
			t.Fatalf("%s flattened became %s, %v", show(&v), show(&same), err)
		}
		slices.Reverse(again)
		other, err := unflatten(again)
		if err != nil || !reflect.DeepEqual(plain(&other), plain(&v)) {
			t.Fatalf("%s in another order became %s, %v", show(&v), show(&other), err)
		}
	})
}

func flatten(to []signature.Parameter, v *api.Value, path string) []signature.Parameter {
	for i := range v.Fields {
		to = flatten(to, &v.Fields[i].Value, strings.TrimPrefix(path+"."+v.Fields[i].Name, "."))
	}
	for i := range v.Items {
		to = flatten(to, &v.Items[i], fmt.Sprintf("%s.%d", path, i))
	}
	if v.Kind == api.Text {
		to = append(to, signature.Parameter{Name: path, Value: v.Text})
	}
	return to
}

const benchmarkBody = `{"ClientUins":[200000000001,200000000002]}`

func BenchmarkParseJSON(b *testing.B) {
	million := `{"A":[` + strings.Repeat("123456789,", 1_000_000) + `1]}`
	for name, text := range map[string]string{
		"empty": "{}", "small": benchmarkBody, "million": million,
		"escaped": `{"Remark":"a \"b\" \u4e2d\u6587 c","ClientUin":200000000001,"AddedCredit":10.23}`,
	} {
		b.Run(name, func(b *testing.B) {
			body := []byte(text)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := parseJSON(body); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

const benchmarkForm = "ClientUins.0=200000000001&ClientUins.1=200000000002&Action=QueryVoucherAmountByUin" +
	"&RequestClient=SDK_NODEJS_INTL_EN3.0.1335&Nonce=53323&Timestamp=1795308974&Version=2022-09-28&Language=en-US" +
	"&SecretId=AKIDEXAMPLE0000000000000000000000001&SignatureMethod=HmacSHA256" +
	"&Signature=bjJWlA%2FEE5%2B5%2FJ5wADbNPtXXNPtz6jawvhWJ5ZgSoCY%3D"

func BenchmarkForm(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		all, err := parseForm(benchmarkForm)
		if err != nil {
			b.Fatal(err)
		}
		_, action := splitCommon(all)
		if _, err := unflatten(action); err != nil {
			b.Fatal(err)
		}
	}
}
