package console

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// Account is one whose key everybody knows.
type Account struct {
	Uin       int64  `json:"uin"`
	Role      string `json:"role"`
	Name      string `json:"name"`
	SecretID  string `json:"secretId"`
	SecretKey string `json:"secretKey"`
}

// Options say what the pages are told of their server.
type Options struct {
	Definition []byte    // the definition bundle, as JSON
	Version    string    // of the server
	Demo       []Account // of the demo world; nil where the database is another
}

// Pages serves the application, its assets, and what it reads of the server.
type Pages struct {
	files map[string]*file // by their paths
	index *file            // nil without a build
}

// Paths under which Pages are served.
const (
	root       = "/console/"
	explorer   = "/explorer/"
	definition = explorer + "definition.json"
	server     = explorer + "server.json"
)

// New prepares what is served: every file once, compressed.
func New(o Options) (*Pages, error) {
	about, err := json.Marshal(map[string]any{"version": o.Version, "demo": o.Demo})
	if err != nil {
		return nil, err
	}
	p := &Pages{files: map[string]*file{
		definition: prepare(".json", o.Definition, cacheChecked),
		server:     prepare(".json", about, cacheNever),
	}}
	built := Built()
	err = fs.WalkDir(built, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		content, err := fs.ReadFile(built, name)
		cache := cacheChecked
		if strings.HasPrefix(name, "assets/") {
			cache = cacheAlways // their names change with what they hold
		}
		p.files[root+name] = prepare(path.Ext(name), content, cache)
		return err
	})
	if index, ok := p.files[root+"index.html"]; ok {
		index.cache = cacheNever
		p.index = index
	}
	return p, err
}

// Claims reports whether a path is one of the application's.
func Claims(requested string) bool {
	return strings.HasPrefix(requested, root) || strings.HasPrefix(requested, explorer) ||
		requested == strings.TrimSuffix(root, "/") || requested == strings.TrimSuffix(explorer, "/")
}

// Page reports whether a request is that of a person who opened the server's
// address in a browser, and none of a client of the API.
func Page(r *http.Request) bool {
	return r.Method == http.MethodGet && r.URL.Path == "/" && r.URL.RawQuery == "" &&
		r.Header.Get("Authorization") == "" && r.Header.Get("X-TC-Action") == "" &&
		strings.Contains(r.Header.Get("Accept"), "text/html")
}

// Start is where a person begins.
const Start = explorer

const (
	cacheAlways  = "public, max-age=31536000, immutable"
	cacheChecked = "no-cache"
	// Pages show keys, and what they are told of the server may hold some.
	cacheNever = "no-store"
)

// policy lets the pages reach their own server and nothing else, and nobody
// frame them.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	secure(w.Header())
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	if f, ok := p.files[r.URL.Path]; ok {
		f.serve(w, r)
		return
	}
	switch {
	case strings.HasPrefix(r.URL.Path, root+"assets/"):
		http.NotFound(w, r)
	case !strings.HasPrefix(r.URL.Path, root) && !strings.HasPrefix(r.URL.Path, explorer):
		http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently)
	case p.index == nil:
		http.Error(w, "This server was built without its console. `make console` builds it; then build the server again.\n"+
			"The API works, and /docs/ describes it.", http.StatusNotFound)
	default: // the application knows its own pages
		p.index.serve(w, r)
	}
}

func secure(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cross-Origin-Opener-Policy", "same-origin")
	header.Set("Cross-Origin-Resource-Policy", "same-origin")
	header.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
}

// file is what one path serves.
type file struct {
	kind    string
	cache   string
	tag     string
	content []byte
	zipped  []byte // nil where that is no smaller
}

func prepare(extension string, content []byte, cache string) *file {
	sum := sha256.Sum256(content)
	f := &file{
		kind: mime.TypeByExtension(extension), cache: cache, content: content,
		tag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`,
	}
	var buffer bytes.Buffer
	zip, err := gzip.NewWriterLevel(&buffer, gzip.BestCompression)
	if err == nil {
		_, err = zip.Write(content)
		err = errors.Join(err, zip.Close())
	}
	if err == nil && buffer.Len() < len(content) {
		f.zipped = buffer.Bytes()
	}
	return f
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Content-Type", f.kind)
	header.Set("Cache-Control", f.cache)
	header.Set("Vary", "Accept-Encoding")
	if f.cache != cacheNever {
		header.Set("ETag", f.tag)
		if r.Header.Get("If-None-Match") == f.tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	content := f.content
	if f.zipped != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		header.Set("Content-Encoding", "gzip")
		content = f.zipped
	}
	if r.Method == http.MethodGet {
		_, _ = w.Write(content) // a browser that went away gets no page
	}
}
