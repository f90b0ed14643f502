// Package console serves the web console and the API Explorer: one application
// of the browser, built by `make console` and embedded. It speaks to the API as
// every other client does, and knows nothing of it but the definition.
package console

import (
	"embed"
	"io/fs"
)

// The folder is there without a build too, with nothing to serve.
//
//go:embed all:dist
var built embed.FS

// Built is the output of the build; without index.html there was none.
func Built() fs.FS {
	files, err := fs.Sub(built, "dist")
	if err != nil {
		panic(err) // dist is no valid path
	}
	return files
}
