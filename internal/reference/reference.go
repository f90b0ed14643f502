// Package reference serves what can be read about the API without JavaScript:
// pages of every action, type and error code, and the same contract for
// programs, as OpenAPI and as a Postman collection. All of it is made from the
// definition; the package knows no request but those for its own pages, and
// nothing of accounts or data.
package reference

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"html/template"
	"net/http"
	"strings"
	"sync"

	"tael/api/bundle"
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
	icon    []byte
	actions map[string]*bundle.Action
	types   map[string]*bundle.Type
	errors  map[string]*bundle.Error
	usesOf  map[string][]use    // type → where it is a field's type
	listed  map[string][]string // code → actions that answer it
	assets  map[string]asset
	large   sync.Map // variant → document that names the server by its marks
}

// asset is a file that never changes under its path.
type asset struct {
	contentType string
	content     []byte
}

// New reads the definition and its own files, which are part of the program: it
// panics where one of them is broken.
func New(o Options) *Reference {
	r := &Reference{
		Options: o,
		pages:   template.Must(template.New("").ParseFS(files, "templates/*.html")),
		style:   file("style.css"),
		icon:    file("icon.svg"),
	}
	r.assets = map[string]asset{
		r.StylePath(): {"text/css; charset=utf-8", r.style},
		iconPath:      {"image/svg+xml", r.icon},
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
	return root + "style-" + fingerprint(r.style) + ".css"
}

func fingerprint(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
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
	if a, ok := r.assets[path]; ok {
		header.Set("Cache-Control", "public, max-age=31536000, immutable")
		if path == iconPath { // named by what it is, not by its content
			header.Set("Cache-Control", "public, max-age=86400")
		}
		send(w, request, http.StatusOK, a.contentType, a.content)
		return
	}
	header.Set("Cache-Control", "no-cache") // kept, and asked for again with its ETag
	switch path {
	case openAPIPath:
		l := languageOf(request)
		made := r.once(path+string(l), request, func() []byte { return r.openAPI(endpointMark, l) })
		send(w, request, http.StatusOK, "application/json", made)
	case postmanPath:
		l := languageOf(request)
		made := r.once(path+string(l), request, func() []byte { return r.postman(endpointMark, l) })
		send(w, request, http.StatusOK, "application/json", made)
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

// send answers with content, compressed where the client takes that, or says that
// what it has is still right.
func send(w http.ResponseWriter, request *http.Request, status int, contentType string, content []byte) {
	header := w.Header()
	header.Add("Vary", "Accept-Encoding")
	header.Set("Content-Type", contentType)
	tag := fingerprint(content)
	compress := acceptsGzip(request.Header.Values("Accept-Encoding"))
	if compress {
		tag += "-gzip" // other bytes have another tag
	}
	tag = `"` + tag + `"`
	if status == http.StatusOK {
		header.Set("ETag", tag)
		if matches(request.Header.Values("If-None-Match"), tag) {
			header.Del("Content-Type")
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if compress {
		header.Set("Content-Encoding", "gzip")
		content = compressed(content)
	}
	w.WriteHeader(status)
	if request.Method != http.MethodHead {
		_, _ = w.Write(content) // a client that went away gets no answer
	}
}

// largeMin is from where on the time to compress counts for more than the size, in
// bytes.
const largeMin = 200 << 10

func compressed(content []byte) []byte {
	level := gzip.DefaultCompression
	if len(content) > largeMin {
		level = gzip.BestSpeed
	}
	var out bytes.Buffer
	z, _ := gzip.NewWriterLevel(&out, level) // a level that there is
	_, _ = z.Write(content)                  // a buffer takes everything
	_ = z.Close()
	return out.Bytes()
}

// acceptsGzip reads Accept-Encoding: a list of codings, each perhaps with a
// weight, of which 0 refuses it.
func acceptsGzip(values []string) bool {
	accepted := false
	for coding := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, weight, _ := strings.Cut(strings.ToLower(coding), ";")
		name = strings.TrimSpace(name)
		refused := strings.Trim(strings.ReplaceAll(weight, " ", ""), "0.") == "q="
		if name == "gzip" {
			return !refused
		}
		accepted = accepted || name == "*" && !refused
	}
	return accepted
}

// matches reports whether If-None-Match names the tag. Caches may have made it
// weak, which does not matter for GET.
func matches(values []string, tag string) bool {
	for candidate := range strings.SplitSeq(strings.Join(values, ","), ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == tag || candidate == "*" {
			return true
		}
	}
	return false
}
