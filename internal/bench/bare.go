package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
)

// bareCommand is the hidden argument that makes this program a bare server. It
// is a process of its own, as Tael is.
const bareCommand = "bare-server"

// gcPercent is what cmd/tael sets: a bare server collects garbage as seldom.
const gcPercent = 400

// bareKind is what a bare server does before it answers.
type bareKind string

const (
	bareAnswer bareKind = "answer" // nothing
	bareHash   bareKind = "hash"   // the hashing that no verification of a signature can do without
)

// recordedAnswer is an answer of Tael: what a bare server gives.
type recordedAnswer struct {
	Kind   bareKind
	Header http.Header
	Body   []byte
}

func startBare(ctx context.Context, kind bareKind, folder string, answer recordedAnswer) (*process, error) {
	answer.Kind = kind
	text, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, "answer.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	return start(ctx, self, bareCommand, path)
}

// serveBare answers every request with the recorded answer, until it is killed.
func serveBare(path string, log io.Writer) error {
	debug.SetGCPercent(gcPercent)
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var answer recordedAnswer
	if err := json.Unmarshal(text, &answer); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(log, `{"msg":%q,"address":%q}`+"\n", serving, listener.Addr())
	return http.Serve(listener, answer.handler()) //nolint:gosec // the baseline has no time limits to keep
}

func (a *recordedAnswer) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if a.Kind == bareHash {
			hashLikeTC3(r, a.Body)
		}
		maps.Copy(w.Header(), a.Header)
		_, _ = w.Write(a.Body) // a client that went away gets no answer
	})
}

// hashLikeTC3 does the least that a server does which keeps nothing between
// requests: it reads the body, hashes a canonical request (text is about as
// long as one) and computes the four HMACs of TC3.
func hashLikeTC3(r *http.Request, text []byte) {
	_, _ = io.Copy(io.Discard, r.Body) // a broken body costs no less
	digest := sha256.Sum256(text)
	key := []byte("TC3demoxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
	for _, step := range [...]string{"2026-11-22", service, "tc3_request", string(text[:min(len(text), 128)])} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(step))
		key = mac.Sum(nil)
	}
	_ = hmac.Equal(key, digest[:])
}
