package reference

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strings"

	textlanguage "golang.org/x/text/language"

	"tael/api/bundle"
	"tael/internal/static"
)

// view is what the templates see: a page, its reader's wishes and the definition.
type view struct {
	*Reference
	Language language
	Path     string // below /docs/ and its language, such as "actions/QueryPartnerCredit"
	Kind     string // template of the page's content
	Title    string
	Size     string // of the text: "", l or xl
	Focus    bool   // nothing but the content
	Whole    bool   // everything on one page: links lead to places on it
	Endpoint string
	Action   *bundle.Action
	Type     *bundle.Type
}

// Sizes of the text, besides the usual one.
var sizes = []string{"", "l", "xl"}

// servePage answers with the page at a path, or says that there is none.
func (r *Reference) servePage(w http.ResponseWriter, request *http.Request) {
	path, found := strings.CutPrefix(request.URL.Path, root)
	if target, moved := movedTo(path); !found || moved {
		w.Header().Set("Cache-Control", string(static.Checked))
		http.Redirect(w, request, root+target+query(request), http.StatusMovedPermanently)
		return
	}
	wishes := request.URL.Query()
	v := &view{
		Reference: r, Language: english, Endpoint: r.endpoint(request),
		Focus: wishes.Get("focus") == "1",
	}
	if slices.Contains(sizes, wishes.Get("size")) {
		v.Size = wishes.Get("size")
	}
	if path == "" { // the only page whose language the browser chooses
		w.Header().Add("Vary", "Accept-Language")
		v.Language = preferred(request.Header.Get("Accept-Language"))
	}
	if rest, ok := strings.CutPrefix(path, string(chinese)+"/"); ok {
		v.Language, path = chinese, rest
	}
	if path == string(english)+"/" { // the index in English, whatever the browser prefers
		path = ""
	}
	status := http.StatusOK
	if v.Path = path; !v.locate() {
		v.Kind, v.Title, status = "missing", v.Language.word("missing"), http.StatusNotFound
	}
	w.Header().Set("Content-Language", v.Language.tag())
	page := v.render
	if v.Whole {
		page = func() []byte {
			v.Endpoint = endpointMark
			return r.once(string(v.Language)+v.Path+v.wishes(v.Size, v.Focus), request, v.render)
		}
	}
	static.Made("text/html; charset=utf-8", static.Checked, page()).Serve(w, request, status)
}

// movedTo says which page those mean who leave something off its path.
func movedTo(path string) (string, bool) {
	prefix := ""
	if rest, ok := strings.CutPrefix(path+"/", string(chinese)+"/"); ok {
		prefix, path = string(chinese)+"/", strings.TrimSuffix(rest, "/")
		if rest == "" {
			return prefix, !strings.HasSuffix(path, "/")
		}
	}
	switch path {
	case "en", "types":
		return prefix + path + "/", true
	case "actions", "actions/":
		return prefix, true
	}
	return "", false
}

// query is a request's query with its question mark, read and written anew.
func query(request *http.Request) string {
	if encoded := request.URL.Query().Encode(); encoded != "" {
		return "?" + encoded
	}
	return ""
}

// preferred picks the language that a browser asks for, English where it asks
// for neither.
func preferred(accepted string) language {
	matcher := textlanguage.NewMatcher([]textlanguage.Tag{textlanguage.English, textlanguage.Chinese})
	tags, _, err := textlanguage.ParseAcceptLanguage(accepted)
	if err != nil {
		return english
	}
	if _, index, _ := matcher.Match(tags...); index == 1 {
		return chinese
	}
	return english
}

// locate finds out which page the view's path means.
func (v *view) locate() bool {
	titles := map[string]string{
		"": "contents", "common": "common", "errors": "codes", "types/": "types", "print": "site",
	}
	if key, ok := titles[v.Path]; ok {
		v.Title, v.Kind = v.Language.word(key), strings.TrimSuffix(v.Path, "/")
		if v.Path == "" {
			v.Kind = "index"
		}
		v.Whole = v.Path == "print"
		return true
	}
	if name, ok := strings.CutPrefix(v.Path, "actions/"); ok && v.actions[name] != nil {
		v.Action, v.Kind, v.Title = v.actions[name], "action", name
		return true
	}
	if name, ok := strings.CutPrefix(v.Path, "types/"); ok && v.types[name] != nil {
		v.Type, v.Kind, v.Title = v.types[name], "type", name
		return true
	}
	return false
}

func (v *view) render() []byte {
	var out bytes.Buffer
	if err := v.pages.ExecuteTemplate(&out, "page.html", v); err != nil {
		panic("reference: " + v.Path + ": " + err.Error()) // every page is rendered by a test
	}
	return out.Bytes()
}

// With is the view of one action on a page that shows several.
func (v *view) With(a *bundle.Action) *view {
	one := *v
	one.Action = a
	return &one
}

// WithType is the view of one type on a page that shows several.
func (v *view) WithType(t *bundle.Type) *view {
	one := *v
	one.Type = t
	return &one
}

// home is where a language's pages are.
func (l language) home() string {
	if l == chinese {
		return root + string(chinese) + "/"
	}
	return root
}

// Page is the address of a page in the reader's language, with the reader's
// wishes.
func (v *view) Page(path string) string { return v.Language.address(path) + v.wishes(v.Size, v.Focus) }

func (l language) address(path string) string {
	if path == "" && l == english {
		return root + string(english) + "/" // there the browser is not asked
	}
	return l.home() + path
}

// Link is the address of an action, type or code.
func (v *view) Link(kind, name string) string {
	switch {
	case v.Whole:
		return "#" + name
	case kind == "errors":
		return v.Page(kind) + "#" + name
	}
	return v.Page(kind + "/" + name)
}

// ID names a place on the page, so that it is the only one of its name also
// where many actions are on one.
func (v *view) ID(place string) string {
	switch {
	case !v.Whole:
		return place
	case v.Action != nil:
		return v.Action.Name + "." + place
	case v.Type != nil:
		return v.Type.Name + "." + place
	}
	return place
}

func (v *view) wishes(size string, focus bool) string {
	values := url.Values{}
	if size != "" {
		values.Set("size", size)
	}
	if focus {
		values.Set("focus", "1")
	}
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}

// choice is a link that changes how the page is shown.
type choice struct {
	Name    string
	Href    string
	Current bool
}

// SizeChoices are this page with each size of text.
func (v *view) SizeChoices() []choice {
	var choices []choice
	for _, size := range sizes {
		choices = append(choices, choice{
			v.T("size-" + size), v.Language.address(v.Path) + v.wishes(size, v.Focus), size == v.Size,
		})
	}
	return choices
}

// FocusChoice is this page with or without what surrounds its content.
func (v *view) FocusChoice() choice {
	key := "focus"
	if v.Focus {
		key = "unfocus"
	}
	return choice{v.T(key), v.Language.address(v.Path) + v.wishes(v.Size, !v.Focus), false}
}

// Missing reports that there is no page at the path.
func (v *view) Missing() bool { return v.Kind == "missing" }

// Tag is the page's language as HTML names it, Other the tag of the other one.
func (v *view) Tag() string   { return v.Language.tag() }
func (v *view) Other() string { return v.other().tag() }

func (v *view) other() language {
	if v.Language == chinese {
		return english
	}
	return chinese
}

// InEnglish, InChinese and InEither are the addresses of the page's versions;
// the index has one that asks the browser.
func (v *view) InEnglish() string { return english.address(v.Path) }
func (v *view) InChinese() string { return chinese.address(v.Path) }
func (v *view) InEither() string  { return root + v.Path }

// InOther is the page in the other language, or the index where there is none.
func (v *view) InOther() string {
	path := v.Path
	if v.Missing() {
		path = ""
	}
	return v.other().address(path) + v.wishes(v.Size, v.Focus)
}
