// Package reference serves what can be read about the API without JavaScript:
// pages of every action, type and error code, and the same contract for
// programs, as OpenAPI and as a Postman collection. All of it is made from the
// definition; the package knows no request but those for its own pages, and
// nothing of accounts or data.
package reference

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"tael/api/bundle"
	"tael/internal/static"
)

//go:embed templates style.css icon.svg sign.js
var files embed.FS

// Options say what a Reference is about.
type Options struct {
	Definition *bundle.Bundle
	Version    string // of the program
	Secure     bool   // whether this process itself speaks HTTPS
	// Trusted reports whether a request comes from a proxy whose X-Forwarded-Host
	// and X-Forwarded-Proto are believed; with nil none is.
	Trusted func(*http.Request) bool
}

// Reference is the handler of the paths that it claims.
type Reference struct {
	Options
	pages   *template.Template
	style   []byte
	actions map[string]*bundle.Action
	types   map[string]*bundle.Type
	errors  map[string]*bundle.Error
	usesOf  map[string][]use    // type → where it is a field's type
	listed  map[string][]string // code → actions that answer it
	assets  map[string]*static.File
	large   sync.Map // variant → document that names the server by its marks
}

// New reads the definition and its own files, which are part of the program: it
// panics where one of them is broken.
func New(o Options) *Reference {
	r := &Reference{
		Options: o,
		pages:   template.Must(template.New("").ParseFS(files, "templates/*.html")),
		style:   file("style.css"),
	}
	r.assets = map[string]*static.File{
		r.StylePath(): static.New("text/css; charset=utf-8", static.Always, r.style),
		// Named by what it is, not by its content.
		iconPath: static.New("image/svg+xml", static.Day, file("icon.svg")),
	}
	r.index()
	return r
}

func file(name string) []byte {
	content, err := files.ReadFile(name)
	if err != nil {
		panic("reference: " + err.Error()) // it was embedded
	}
	return content
}

// Paths that are not pages.
const (
	root        = "/docs/"
	iconPath    = root + "icon.svg"
	openAPIPath = "/openapi.json"
	postmanPath = "/postman.json"
)

// StylePath names the style sheet by its content, so that it may be kept for
// ever.
func (r *Reference) StylePath() string {
	sum := sha256.Sum256(r.style)
	return root + "style-" + hex.EncodeToString(sum[:8]) + ".css"
}

// Claims reports whether a path is one of the reference's, whether there is
// anything at it or not. All others are left to API 3.0.
func Claims(path string) bool {
	return strings.HasPrefix(path, root) || path == strings.TrimSuffix(root, "/") ||
		path == openAPIPath || path == postmanPath
}

// policy lets a page load our style sheet and icon, and nothing else.
const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'none'"

// ServeHTTP answers GET and HEAD of a path that the reference claims.
func (r *Reference) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	header := w.Header()
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	if request.Method != http.MethodGet && request.Method != http.MethodHead {
		header.Set("Allow", "GET, HEAD")
		http.Error(w, "Pages are read with GET or HEAD. API 3.0 is at /.", http.StatusMethodNotAllowed)
		return
	}
	path := request.URL.Path
	if asset, ok := r.assets[path]; ok {
		asset.Serve(w, request, http.StatusOK)
		return
	}
	switch path {
	case openAPIPath:
		l := languageOf(request)
		made := r.once(path+string(l), request, func() []byte { return r.openAPI(endpointMark, l) })
		static.Made("application/json", static.Checked, made).Serve(w, request, http.StatusOK)
	case postmanPath:
		l := languageOf(request)
		made := r.once(path+string(l), request, func() []byte { return r.postman(endpointMark, l) })
		static.Made("application/json", static.Checked, made).Serve(w, request, http.StatusOK)
	default:
		r.servePage(w, request)
	}
}

// once makes a large document the first time that a variant of it is asked for,
// and fills in the server's URL each time. There are few variants; who makes them
// all has a server remember some megabytes.
func (r *Reference) once(variant string, request *http.Request, made func() []byte) []byte {
	document, ok := r.large.Load(variant)
	if !ok {
		document, _ = r.large.LoadOrStore(variant, made())
	}
	endpoint := r.endpoint(request)
	filled := bytes.ReplaceAll(document.([]byte), []byte(endpointMark), []byte(endpoint))
	return bytes.ReplaceAll(filled, []byte(hostMark), []byte(hostOf(endpoint)))
}

// languageOf is the language that a document is asked for in.
func languageOf(request *http.Request) language {
	if request.URL.Query().Get("lang") == string(chinese) {
		return chinese
	}
	return english
}
