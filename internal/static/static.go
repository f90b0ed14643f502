// Package static answers GET and HEAD with content that is there as a whole:
// compressed where the client takes that, and not again where it has it already.
// It knows nothing of what it serves.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Cache says who may keep an answer, and for how long, as Cache-Control.
type Cache string

// Content either never changes under its path, or seldom, or is asked for again
// with its ETag each time, or holds what nobody may keep.
const (
	Always  Cache = "public, max-age=31536000, immutable"
	Day     Cache = "public, max-age=86400"
	Checked Cache = "no-cache"
	Never   Cache = "no-store"
)

// File is content that does not change any more.
type File struct {
	kind    string
	cache   Cache
	tag     string // of the content as it is, without quotes
	content []byte
	zipped  func() []byte
}

// New makes a File that many requests share, of a Content-Type. It is compressed
// well, when that is first asked for.
func New(kind string, cache Cache, content []byte) *File {
	return file(kind, cache, content, gzip.BestCompression)
}

// Made makes a File for one request, of a Content-Type. The larger it is, the more
// its compression counts time and not size.
func Made(kind string, cache Cache, content []byte) *File {
	if len(content) > largeMin {
		return file(kind, cache, content, gzip.BestSpeed)
	}
	return file(kind, cache, content, gzip.DefaultCompression)
}

// largeMin is in bytes.
const largeMin = 200 << 10

func file(kind string, cache Cache, content []byte, level int) *File {
	sum := sha256.Sum256(content)
	return &File{
		kind: kind, cache: cache, content: content, tag: hex.EncodeToString(sum[:12]),
		zipped: sync.OnceValue(func() []byte {
			var out bytes.Buffer
			z, _ := gzip.NewWriterLevel(&out, level) // a level that there is
			_, _ = z.Write(content)                  // a buffer takes everything
			_ = z.Close()
			return out.Bytes()
		}),
	}
}

// Serve answers a GET or HEAD. Only with status 200 is there a tag to ask again
// with, unless nobody may keep the content.
func (f *File) Serve(w http.ResponseWriter, r *http.Request, status int) {
	header := w.Header()
	header.Set("Cache-Control", string(f.cache))
	header.Add("Vary", "Accept-Encoding")
	compress, tag := takesGzip(r.Header.Values("Accept-Encoding")), f.tag
	if compress {
		tag += "-gzip" // other bytes have another tag
	}
	if tag = `"` + tag + `"`; status == http.StatusOK && f.cache != Never {
		header.Set("ETag", tag)
		if matches(r.Header.Values("If-None-Match"), tag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	content := f.content
	if compress && len(f.zipped()) < len(content) {
		header.Set("Content-Encoding", "gzip")
		content = f.zipped()
	}
	header.Set("Content-Type", f.kind)
	w.WriteHeader(status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(content) // a client that went away gets no answer
	}
}

// takesGzip reads Accept-Encoding (RFC 9110, section 12.5.3): gzip is sent to who
// accepts it and does not prefer the content as it is. What cannot be read
// accepts nothing.
func takesGzip(values []string) bool {
	weights := map[string]float64{}
	for coding := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, parameters, err := mime.ParseMediaType(coding) // the same form
		if err != nil {
			continue
		}
		weight := 1.0
		if q, ok := parameters["q"]; ok {
			weight, _ = strconv.ParseFloat(q, 64)
		}
		weights[strings.TrimPrefix(name, "x-")] = weight // x-gzip is an old name
	}
	of := func(coding string) float64 {
		if weight, ok := weights[coding]; ok {
			return weight
		}
		return weights["*"]
	}
	return of("gzip") > 0 && of("gzip") >= of("identity")
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
