package reference_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"tael/api"
	"tael/api/bundle"
	"tael/internal/reference"
)

// site is the reference of the definition itself, made once.
var site = reference.New(reference.Options{Definition: api.Definition(), Version: "test"})

// answer is what a path answered.
type answer struct {
	status int
	header http.Header
	body   string
}

func ask(t *testing.T, handler http.Handler, method, target string, headers ...string) answer {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, target, http.NoBody)
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Add(headers[i], headers[i+1])
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return answer{recorder.Code, recorder.Header(), recorder.Body.String()}
}

// paths are all pages, in both languages.
func paths() []string {
	below := []string{"common", "errors", "types/", "print"}
	for _, a := range api.Definition().Actions {
		below = append(below, "actions/"+a.Name)
	}
	for _, o := range api.Definition().Types {
		below = append(below, "types/"+o.Name)
	}
	all := []string{"/docs/", "/docs/en/", "/docs/zh/"}
	for _, path := range below {
		all = append(all, "/docs/"+path, "/docs/zh/"+path)
	}
	return all
}

// Every page is well-formed HTML with one main heading, headings in order, names
// of places that are used once, and a language.
func TestPagesAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, path := range paths() {
		for _, wishes := range []string{"", "?focus=1&size=xl"} {
			page := ask(t, site, http.MethodGet, path+wishes)
			if page.status != http.StatusOK || page.header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Fatalf("%s: %d %v", path, page.status, page.header)
			}
			language := "en"
			if strings.HasPrefix(path, "/docs/zh/") {
				language = "zh-Hans"
			}
			if !strings.Contains(page.body, `<html lang="`+language+`"`) || page.header.Get("Content-Language") != language {
				t.Errorf("%s is not in %s", path, language)
			}
			checkForm(t, path+wishes, page.body)
		}
	}
}

// checkForm reads tags one by one: a parser would mend what is wrong.
func checkForm(t *testing.T, path, page string) {
	t.Helper()
	void := []string{"meta", "link", "br", "img"}
	var open []string
	ids := map[string]bool{}
	level, mains := 0, 0
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			if !errors.Is(tokens.Err(), io.EOF) || len(open) > 0 || mains != 1 || level == 0 {
				t.Errorf("%s: %v, open %v, %d main, heading %d", path, tokens.Err(), open, mains, level)
			}
			return
		case html.StartTagToken:
			token := tokens.Token()
			for _, attribute := range token.Attr {
				if attribute.Key == "id" && ids[attribute.Val] {
					t.Errorf("%s: id %s twice", path, attribute.Val)
				}
				if attribute.Key == "id" {
					ids[attribute.Val] = true
				}
				if attribute.Key == "style" || strings.HasPrefix(attribute.Key, "on") {
					t.Errorf("%s: %s=%q", path, attribute.Key, attribute.Val)
				}
				if attribute.Key == "scope" && token.Data != "th" {
					t.Errorf("%s: scope on %s", path, token.Data)
				}
			}
			if token.Data == "script" || token.Data == "style" {
				t.Errorf("%s has a %s", path, token.Data)
			}
			if token.Data == "main" {
				mains++
			}
			if len(token.Data) == 2 && token.Data[0] == 'h' && token.Data[1] >= '1' && token.Data[1] <= '6' {
				deeper := int(token.Data[1] - '0')
				if deeper > level+1 || deeper == 1 && level > 0 {
					t.Errorf("%s: h%d after h%d", path, deeper, level)
				}
				level = deeper
			}
			if !slices.Contains(void, token.Data) {
				open = append(open, token.Data)
			}
		case html.EndTagToken:
			token := tokens.Token()
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("%s: </%s> in %v", path, token.Data, open)
			}
			open = open[:len(open)-1]
		}
	}
}

// Every link of every page leads to a page, and to a place on it that is there;
// those to the explorer name an action.
func TestLinksLeadSomewhere(t *testing.T) {
	t.Parallel()
	places := map[string]map[string]bool{} // by path
	visit := func(path string) map[string]bool {
		if known, ok := places[path]; ok {
			return known
		}
		page := ask(t, site, http.MethodGet, path)
		if page.status != http.StatusOK {
			places[path] = nil
			return nil
		}
		found := map[string]bool{"": true}
		for _, id := range attributes(page.body, "id") {
			found[id] = true
		}
		places[path] = found
		return found
	}
	reached := map[string]bool{}
	for _, path := range paths() {
		page := ask(t, site, http.MethodGet, path+"?size=l")
		for _, href := range slices.Concat(attributes(page.body, "href"), attributes(page.body, "src")) {
			target, err := url.Parse(href)
			if err != nil || target.IsAbs() || target.Host != "" {
				t.Errorf("%s: %q leaves this server: %v", path, href, err)
				continue
			}
			if name, ok := strings.CutPrefix(target.Path, "/explorer/"); ok {
				known := slices.ContainsFunc(api.Definition().Actions, func(a bundle.Action) bool { return a.Name == name })
				if name != "" && !known {
					t.Errorf("%s: %q is no action", path, href)
				}
				continue
			}
			if target.Path == "" {
				target.Path = path
			}
			reached[target.Path] = true
			if !visit(target.Path)[target.Fragment] {
				t.Errorf("%s: %q leads nowhere", path, href)
			}
		}
	}
	for _, path := range paths() {
		if !reached[path] {
			t.Errorf("no link leads to %s", path)
		}
	}
}

// attributes are the values of an attribute, in all tags of a page.
func attributes(page, name string) []string {
	var values []string
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return values
		case html.StartTagToken:
			for _, attribute := range tokens.Token().Attr {
				if attribute.Key == name {
					values = append(values, attribute.Val)
				}
			}
		}
	}
}

// A code's entry says where it comes from: the checks of every request, the
// actions that list it, or nowhere.
func TestCodesSayWhere(t *testing.T) {
	t.Parallel()
	page := ask(t, site, http.MethodGet, "/docs/errors").body
	for code, want := range map[string]string{
		"UnsupportedProtocol": "Answered by any action",
		"AuthFailure":         "Answered by No action lists it",
		"InvalidParameterValue.CreditAmountOutOfRange": "Answered by AllocateCustomerCredit, MoveCustomer",
		"InvalidParameter.Page":                        "Answered by ",
		"InvalidParameterValue":                        "Answered by any action; ",
		"UnauthorizedOperation":                        "CreateAccount",
	} {
		_, entry, found := strings.Cut(page, `<h2 id="`+code+`">`)
		entry, _, _ = strings.Cut(entry, "</section>")
		if !found || !strings.Contains(text(entry), squeeze(want)) {
			t.Errorf("%s does not say %q: %s", code, want, text(entry))
		}
	}
}

// What the definition and the request say is text, never HTML.
func TestTextIsEscaped(t *testing.T) {
	t.Parallel()
	const evil = `<script>alert(1)</script>"'&` + "`<b>`"
	both := bundle.Text{En: evil, Zh: evil}
	field := bundle.Field{
		Name: evil, Type: "string", About: both, Default: []byte(`"</code><script>"`),
		Limits: bundle.Limits{
			Enum: &bundle.Enum{Of: []string{evil}, Error: "Evil"}, Pattern: &bundle.Pattern{Is: evil},
		},
	}
	definition := &bundle.Bundle{
		Services: []bundle.Service{{Name: "tael", Version: evil}},
		Groups:   []bundle.Group{{Service: "tael", Title: both}},
		Actions: []bundle.Action{{
			Name: "Act", Service: "tael", Version: evil, Group: evil, Title: both, About: both, Kind: "write",
			Roles: []string{"reseller"}, Rate: 1, Request: []bundle.Field{field}, Response: []bundle.Field{field},
			Errors: []bundle.ActionError{{Code: "Evil", NotProduced: both}},
			Example: bundle.Example{
				About: both, As: "reseller", Request: []byte(`{"X": "</code></pre><script>'"}`), Response: []byte(`{"X": "</pre><script>"}`),
			},
		}},
		Types:  []bundle.Type{{Service: "tael", Name: "Thing", About: both, Fields: []bundle.Field{field}}},
		Errors: []bundle.Error{{Code: "Evil", About: both, Remedy: both, Message: both, Variants: map[string]bundle.Text{"x": both}}, {Code: "InvalidParameterValue"}},
	}
	hostile := reference.New(reference.Options{Definition: definition, Version: evil})
	for _, path := range []string{
		"/docs/", "/docs/zh/", "/docs/actions/Act", "/docs/zh/actions/Act", "/docs/types/Thing", "/docs/errors", "/docs/common",
		"/docs/print", "/docs/%3Cscript%3E", "/docs/actions/%3Cscript%3E?size=%3Cscript%3E&focus=%22%3E%3Cscript%3E",
	} {
		for _, host := range []string{"example.com", `evil"><script>alert(1)</script>`, "a b", ""} {
			page := ask(t, hostile, http.MethodGet, path, "Host", host)
			if strings.Contains(page.body, "<script") || strings.Contains(page.body, "<b>") {
				t.Errorf("%s holds a script", path)
			}
			checkForm(t, path, page.body)
		}
	}
}

// An action's page says all that its definition does.
func TestActionsAreComplete(t *testing.T) {
	t.Parallel()
	for _, a := range api.Definition().Actions {
		page := ask(t, site, http.MethodGet, "/docs/actions/"+a.Name).body
		english := text(page)
		chinese := text(ask(t, site, http.MethodGet, "/docs/zh/actions/"+a.Name).body)
		want := func(en, zh string) {
			t.Helper()
			if !strings.Contains(english, squeeze(en)) {
				t.Errorf("%s does not say %q", a.Name, en)
			}
			if !strings.Contains(chinese, squeeze(zh)) {
				t.Errorf("%s does not say %q", a.Name, zh)
			}
		}
		texts := []bundle.Text{a.Title, a.About, a.Example.About}
		for _, f := range slices.Concat(a.Request, a.Response) {
			want(f.Name, f.Name)
			texts = append(texts, f.About)
			for _, code := range codesOf(&f) {
				_, line, _ := strings.Cut(page, `id="request.`+f.Name+`"`)
				line, _, _ = strings.Cut(line, "</tr>")
				if !strings.Contains(line, ">"+code+"<") {
					t.Errorf("%s.%s does not name %s", a.Name, f.Name, code)
				}
			}
			if f.Enum != nil {
				for _, value := range f.Enum.Of {
					want(value, value)
				}
			}
		}
		for _, listed := range a.Errors {
			want(listed.Code, listed.Code)
			e := api.ErrorDefinitions()[api.Code(listed.Code)]
			texts = append(texts, e.About, e.Remedy)
		}
		for _, both := range texts {
			want(both.En, both.Zh)
		}
		want(fmt.Sprint(a.Rate), a.Version)
		if n := strings.Count(english, "X-Tael-Idempotency-Key"); (n > 0) != (a.Kind == "write") &&
			!strings.Contains(a.About.En, "X-Tael-Idempotency-Key") {
			t.Errorf("%s, a %s, speaks of repeating %d times", a.Name, a.Kind, n)
		}
	}
}

func codesOf(f *bundle.Field) []string {
	var codes []string
	for _, b := range []*bundle.Bounds{f.Length, f.Range} {
		if b != nil && b.Error != "" {
			codes = append(codes, b.Error)
		}
	}
	if f.Enum != nil && f.Enum.Error != "" {
		codes = append(codes, f.Enum.Error)
	}
	return codes
}

// text is what a page shows, without tags and white space.
func text(page string) string {
	var out strings.Builder
	tokens := html.NewTokenizer(strings.NewReader(page))
	for {
		switch tokens.Next() {
		case html.ErrorToken:
			return squeeze(out.String())
		case html.TextToken:
			out.WriteString(tokens.Token().Data)
		}
	}
}

// squeeze leaves out what pages write otherwise: white space and backquotes.
func squeeze(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "`", "")), "")
}

// Pages may load our style sheet and nothing else, be shown in no frame, and are
// asked for again with their tag.
func TestHeaders(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/docs/", "/docs/actions/QueryPartnerCredit", "/docs/none", "/openapi.json", "/postman.json"} {
		header := ask(t, site, http.MethodGet, path).header
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; " +
				"form-action 'none'; frame-ancestors 'none'",
			"X-Content-Type-Options": "nosniff",
			"Referrer-Policy":        "no-referrer",
			"Cache-Control":          "no-cache",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s: %q", path, name, got)
			}
		}
	}
	style := attributes(ask(t, site, http.MethodGet, "/docs/").body, "href")
	i := slices.IndexFunc(style, func(href string) bool { return strings.HasSuffix(href, ".css") })
	sheet := ask(t, site, http.MethodGet, style[i])
	if sheet.status != http.StatusOK || !strings.Contains(sheet.header.Get("Cache-Control"), "immutable") ||
		!strings.HasPrefix(sheet.header.Get("Content-Type"), "text/css") {
		t.Errorf("%s: %d %v", style[i], sheet.status, sheet.header)
	}
}

// What the reader has is not sent again, and what is sent is compressed.
func TestUnchangedPagesAreNotSent(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/docs/errors", "/openapi.json", "/docs/icon.svg"} {
		plain := ask(t, site, http.MethodGet, path)
		small := ask(t, site, http.MethodGet, path, "Accept-Encoding", "br, GZIP;q=0.5")
		unpacked, err := gzip.NewReader(strings.NewReader(small.body))
		if err != nil {
			t.Fatal(err)
		}
		if content, err := io.ReadAll(unpacked); err != nil || string(content) != plain.body {
			t.Errorf("%s: compressed it is %d bytes, not %d: %v", path, len(content), len(plain.body), err)
		}
		if again := ask(t, site, http.MethodGet, path, "If-None-Match", plain.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("%s: %d", path, again.status)
		}
	}
	if missing := ask(t, site, http.MethodGet, "/docs/none"); missing.header.Get("ETag") != "" {
		t.Error("a page that is not there has a tag")
	}
}

// Pages are read and nothing else.
func TestOtherMethodsAreRefused(t *testing.T) {
	t.Parallel()
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		for _, path := range []string{"/docs/", "/docs/none", "/openapi.json"} {
			got := ask(t, site, method, path)
			if got.status != http.StatusMethodNotAllowed || got.header.Get("Allow") != "GET, HEAD" {
				t.Errorf("%s %s: %d %v", method, path, got.status, got.header)
			}
		}
	}
}

// A path without a page says so, in the language of the path, and leads on.
func TestMissingPages(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/docs/none": "There is no such page", "/docs/actions/None": "There is no such page", "/docs/types/None": "There is no such page",
		"/docs/zh/actions/None": "页面不存在", "/docs/zh/zh/": "页面不存在", "/docs/en/errors": "There is no such page",
		"/docs/actions/QueryPartnerCredit/": "There is no such page", "/docs/style-0.css": "There is no such page",
	} {
		page := ask(t, site, http.MethodGet, path)
		if page.status != http.StatusNotFound || !strings.Contains(page.body, want) {
			t.Errorf("%s: %d", path, page.status)
		}
		checkForm(t, path, page.body)
	}
}

// Who leaves something off a path is sent on, and to no other server.
func TestShortenedPaths(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/docs": "/docs/", "/docs/en": "/docs/en/", "/docs/zh": "/docs/zh/", "/docs/types": "/docs/types/",
		"/docs/zh/types": "/docs/zh/types/", "/docs/actions": "/docs/", "/docs/zh/actions/": "/docs/zh/",
		"/docs/types?size=l&x=%0d%0a": "/docs/types/?size=l&x=%0D%0A",
	} {
		got := ask(t, site, http.MethodGet, path)
		if got.status != http.StatusMovedPermanently || got.header.Get("Location") != want || got.header.Get("Cache-Control") != "no-cache" {
			t.Errorf("%s: %d %v", path, got.status, got.header)
		}
	}
}

// Only the index asks the browser for its language; elsewhere the path says it.
func TestLanguageOfTheIndex(t *testing.T) {
	t.Parallel()
	for accepted, want := range map[string]string{
		"": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh-Hans", "zh-TW": "zh-Hans", "en-GB,zh;q=0.5": "en", "ko,zh;q=0.5": "zh-Hans", "ja": "en",
		"!!": "en",
	} {
		page := ask(t, site, http.MethodGet, "/docs/", "Accept-Language", accepted)
		if got := page.header.Get("Content-Language"); got != want || !slices.Contains(page.header.Values("Vary"), "Accept-Language") {
			t.Errorf("%q: %s, %v", accepted, got, page.header)
		}
		for path, want := range map[string]string{"/docs/en/": "en", "/docs/zh/": "zh-Hans", "/docs/errors": "en"} {
			page := ask(t, site, http.MethodGet, path, "Accept-Language", accepted)
			if got := page.header.Get("Content-Language"); got != want || slices.Contains(page.header.Values("Vary"), "Accept-Language") {
				t.Errorf("%s for %q: %s, %v", path, accepted, got, page.header)
			}
		}
	}
}

// How a reader wants pages shown goes along with every link to another page.
func TestWishesAreKept(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/docs/", "/docs/zh/actions/QueryPartnerCredit", "/docs/errors", "/docs/none"} {
		page := ask(t, site, http.MethodGet, path+"?size=xl")
		if !strings.Contains(page.body, `class="size-xl `) {
			t.Errorf("%s does not show it", path)
		}
		without := 0
		for _, href := range attributes(page.body, "href") {
			target, err := url.Parse(href)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(target.Path, "/docs/") && !strings.Contains(target.Path, ".") && !target.Query().Has("size") {
				without++
			}
		}
		want := 4 // the alternates in the head, and the choice of the usual size
		if page.status == http.StatusNotFound {
			want = 1
		}
		if without != want {
			t.Errorf("%s: %d links forget it, not %d", path, without, want)
		}
	}
	focused := ask(t, site, http.MethodGet, "/docs/actions/QueryPartnerCredit?focus=1")
	if strings.Contains(focused.body, "<footer>") || strings.Contains(focused.body, `class="related"`) {
		t.Error("focus shows what surrounds the content")
	}
}

// Examples name this server as its reader reaches it. What a proxy says about
// that counts only if the proxy is trusted.
func TestEndpointOfExamples(t *testing.T) {
	t.Parallel()
	forwarded := []string{"X-Forwarded-Host", "api.example.com, inner", "X-Forwarded-Proto", "https"}
	trusting := reference.Options{Definition: api.Definition(), Trusted: func(*http.Request) bool { return true }}
	secure := reference.Options{Definition: api.Definition(), Secure: true}
	for name, c := range map[string]struct {
		options reference.Options
		headers []string
		want    string
	}{
		"host":         {reference.Options{Definition: api.Definition()}, []string{"Host", "tael.test:8443"}, "http://tael.test:8443"},
		"address":      {reference.Options{Definition: api.Definition()}, []string{"Host", "[::1]:80"}, "http://[::1]:80"},
		"stranger":     {reference.Options{Definition: api.Definition()}, append([]string{"Host", "tael.test"}, forwarded...), "http://tael.test"},
		"proxy":        {trusting, append([]string{"Host", "tael.test"}, forwarded...), "https://api.example.com"},
		"TLS":          {secure, []string{"Host", "tael.test"}, "https://tael.test"},
		"no host":      {secure, []string{"Host", `x"; drop`}, "https://127.0.0.1:8080"},
		"proxy's form": {trusting, []string{"Host", "tael.test", "X-Forwarded-Host", "<b>", "X-Forwarded-Proto", "gopher"}, "http://127.0.0.1:8080"},
	} {
		here := reference.New(c.options)
		if page := ask(t, here, http.MethodGet, "/docs/actions/QueryPartnerCredit", c.headers...); !strings.Contains(page.body,
			"--endpoint "+c.want+"<") {
			t.Errorf("%s: not %s", name, c.want)
		}
		if document := ask(t, here, http.MethodGet, "/postman.json", c.headers...); !strings.Contains(document.body, `"`+c.want+`"`) {
			t.Errorf("%s: the collection does not name %s", name, c.want)
		}
	}
}

// The paths that the reference takes from API 3.0 are these.
func TestClaims(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]bool{
		"/docs": true, "/docs/": true, "/docs/x": true, "/openapi.json": true, "/postman.json": true,
		"/": false, "": false, "/documents": false, "/docsx": false, "/openapi.jsonx": false, "//docs/": false, "/x/docs/": false,
	} {
		if reference.Claims(path) != want {
			t.Errorf("%q: %v", path, !want)
		}
	}
}
