package console

import (
	"encoding/json"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"

	"tael/internal/static"
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
	files map[string]*static.File // by their paths
	index *static.File            // nil without a build
}

// Paths under which Pages are served.
const (
	root       = "/console/"
	explorer   = "/explorer/"
	definition = explorer + "definition.json"
	server     = explorer + "server.json"
)

// New prepares what is served.
func New(o Options) (*Pages, error) {
	about, err := json.Marshal(map[string]any{"version": o.Version, "demo": o.Demo})
	if err != nil {
		return nil, err
	}
	p := &Pages{files: map[string]*static.File{
		definition: static.New("application/json", static.Checked, o.Definition),
		server:     static.New("application/json", static.Never, about),
	}}
	built := Built()
	err = fs.WalkDir(built, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		content, err := fs.ReadFile(built, name)
		p.files[root+name] = static.New(mime.TypeByExtension(path.Ext(name)), kept(name), content)
		return err
	})
	p.index = p.files[root+"index.html"]
	return p, err
}

// kept says how long browsers keep a file of the build. Pages show keys, and what
// they are told of the server may hold some.
func kept(name string) static.Cache {
	switch {
	case name == "index.html":
		return static.Never
	case strings.HasPrefix(name, "assets/"):
		return static.Always // their names change with what they hold
	}
	return static.Checked
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
		f.Serve(w, r, http.StatusOK)
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
		p.index.Serve(w, r, http.StatusOK)
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
