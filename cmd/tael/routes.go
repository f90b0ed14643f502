package main

import (
	"context"
	"io"
	"net/http"

	"tael/api"
	"tael/console"
	"tael/internal/demo"
	"tael/internal/gateway"
	"tael/internal/reference"
	"tael/internal/store"
)

// routes sends a request to what serves its path: API 3.0 takes every path that
// nothing else claims, exactly as it came, so there is no mux to clean it.
func routes(api3, docs http.Handler, pages *console.Pages, s *store.Store) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/healthz":
			plainText(w, http.StatusOK, "ok")
		case r.URL.Path == "/readyz":
			patience, cancel := context.WithTimeout(r.Context(), readyTime)
			defer cancel()
			if err := s.Ready(patience); err != nil {
				plainText(w, http.StatusServiceUnavailable, "the database does not serve")
				return
			}
			plainText(w, http.StatusOK, "ready")
		case console.Claims(r.URL.Path):
			pages.ServeHTTP(w, r)
		case reference.Claims(r.URL.Path):
			docs.ServeHTTP(w, r)
		case console.Page(r):
			http.Redirect(w, r, console.Start, http.StatusFound)
		default:
			api3.ServeHTTP(w, r)
		}
	})
}

func plainText(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text+"\n") // a client that went away gets no answer
}

// pages are what the server shows in a browser. Keys are among it where the
// database holds the demo world's, which everybody knows.
func pages(ctx context.Context, s *store.Store) (*console.Pages, error) {
	options := console.Options{Definition: api.Document(), Version: version}
	state, err := s.Demo(ctx)
	if err != nil {
		return nil, err
	}
	if state.Marked {
		for _, a := range demo.Accounts() {
			options.Demo = append(options.Demo, console.Account{
				Uin: a.Uin, Role: string(a.Role), Name: a.Name, SecretID: a.SecretID, SecretKey: a.SecretKey,
			})
		}
	}
	return console.New(options)
}

// reference makes the pages about the API, which need no JavaScript.
func (f *serveFlags) reference(p *parts) http.Handler {
	return reference.New(reference.Options{
		Definition: api.Definition(), Version: version, Secure: f.tlsCert != "",
		Trusted: func(r *http.Request) bool { return gateway.FromProxy(r, p.proxies) },
	})
}
