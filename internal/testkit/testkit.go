// Package testkit runs Tael for tests: the real store on a real database, the
// real gateway and signed requests. Only the clock is a fake. Tests import it,
// nothing else.
package testkit

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tael/api"
	"tael/internal/actions"
	"tael/internal/clock"
	"tael/internal/config"
	"tael/internal/demo"
	"tael/internal/engine"
	"tael/internal/failures"
	"tael/internal/gateway"
	"tael/internal/keys"
	"tael/internal/partner"
	"tael/internal/signature"
	"tael/internal/store"
	"tael/internal/trail"
	"tael/internal/vault"
)

// Start is the time of a new world: 2026-11-01 00:00:00 UTC+8.
var Start = time.Date(2026, 11, 1, 0, 0, 0, 0, api.Zone)

// World is a running Tael with an empty database.
type World struct {
	T        testing.TB
	Store    *store.Store
	Engine   *engine.Engine
	Clock    *clock.Clock
	Gateway  *gateway.Gateway
	Keys     *gateway.Keyring // remembers keys for a second
	Address  string           // of the database
	Settings config.Settings
	Log      *bytes.Buffer
	Trail    *trail.Trail

	vault      *vault.Vault
	Operator   Key
	statements atomic.Pointer[atomic.Int64]
}

// Key signs for an account.
type Key struct {
	Uin      int64
	ID       string
	Secret   string
	Token    string // of a temporary key
	Language string
}

// Options change how a World is made.
type Options struct {
	Database   Database // default SQLite
	Settings   *config.Settings
	RateLimits bool
	Strict     bool
	BatchMax   int
}

// New makes a world that ends with the test.
func New(t testing.TB, o Options) *World {
	t.Helper()
	w := &World{
		T: t, Clock: &clock.Clock{}, Settings: config.Default(), Log: &bytes.Buffer{},
	}
	if o.Database == "" {
		o.Database = SQLite
	}
	w.Address = o.Database.Migrated(t)
	if o.Settings != nil {
		w.Settings = *o.Settings
	}
	w.Clock.Set(Start)
	master := make([]byte, 32)
	rand.Read(master)
	var err error
	if w.vault, err = vault.New(master); err != nil {
		t.Fatal(err)
	}
	w.open(o)
	t.Cleanup(w.Close)
	w.Operator = Key{Uin: demo.OperatorUin, ID: "AKIDtestOperator", Secret: "testOperatorSecret"}
	identity := store.Identity{
		Uin: w.Operator.Uin, Root: w.Operator.Uin, Role: partner.Operator, Name: "Operator",
	}
	err = w.Store.PutOperator(t.Context(), identity, w.Operator.ID, w.Operator.Secret, Start)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *World) open(o Options) {
	w.T.Helper()
	var err error
	w.Store, err = store.Open(w.T.Context(), store.Options{
		Address: w.Address, Postgres: PostgresOptions(), Vault: w.vault, Settings: w.Settings.Ledger(),
		Watch: func(statement store.Statement, done bool) error {
			if count := w.statements.Load(); count != nil && !done && strings.HasPrefix(statement.SQL, "SELECT") {
				count.Add(1)
			}
			if err := CheckRouting(statement); err != nil {
				w.T.Error(err)
			}
			return nil
		},
		Migrate: true,
	})
	if err != nil {
		w.T.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(&lockedBuffer{buffer: w.Log}, nil))
	w.Engine = engine.New(w.Store, w.Clock, log, o.BatchMax)
	failed := failures.New(w.Clock)
	w.Keys = keys.Ring(w.Clock, w.Store)
	implementation := &actions.Actions{
		Store: w.Store, Engine: w.Engine, Clock: w.Clock, Settings: w.Settings, ForgetKey: w.Keys.Forget,
		ForgetRole: w.Keys.ForgetRole, Failures: failed,
	}
	w.Trail = trail.New(w.Store, w.Clock, log)
	w.Gateway = gateway.New(gateway.Options{
		Contract: api.New(implementation), Keys: w.Keys, Clock: w.Clock, Log: log, Explain: actions.Explain,
		RateLimits: o.RateLimits, StrictService: o.Strict, Record: w.Trail.Record, Count: w.Trail.Count,
		Enabled: keys.Enabled(w.Store), Failures: failed,
	})
}

// Close ends the world; it may be repeated.
func (w *World) Close() {
	if w.Store == nil {
		return
	}
	w.Trail.Close()
	w.Engine.Close()
	if err := w.Store.Close(); err != nil {
		w.T.Error(err)
	}
	w.Store = nil
}

// StopDatabase takes the database away while everything else goes on.
func (w *World) StopDatabase() {
	w.T.Helper()
	w.Trail.Close()
	w.Engine.Close()
	if err := w.Store.Close(); err != nil {
		w.T.Fatal(err)
	}
	w.Store = nil
}

// CountReads counts the SELECTs that SQLite runs from now on; nil ends it.
func (w *World) CountReads(count *atomic.Int64) { w.statements.Store(count) }

// Damage runs SQL on the database behind Tael's back.
func (w *World) Damage(statement string, args ...any) int64 {
	w.T.Helper()
	return Execute(w.T, w.Address, statement, args...)
}

// Verify fails the test unless everything in the database adds up.
func (w *World) Verify() {
	w.T.Helper()
	err := w.Store.Verify(w.T.Context(), nil, func(store.VerifiedTree, int) error { return nil })
	err = errors.Join(err, w.Store.VerifyMembers(w.T.Context()), w.Trail.Flush(w.T.Context()),
		w.Store.VerifyAudit(w.T.Context(), nil, func(store.AuditEnd) error { return nil }))
	if err != nil {
		w.T.Errorf("verify: %v", err)
	}
}

// Answer is what a call got back.
type Answer struct {
	Code      string // of the error; empty for success
	Message   string
	RequestID string
	Body      json.RawMessage // the Response without RequestId
	Header    http.Header
}

// Call signs a request with TC3 and sends it through the gateway.
func (w *World) Call(key Key, action, body string, headers ...string) Answer {
	w.T.Helper()
	r := w.Request(key, action, body, headers...)
	recorder := httptest.NewRecorder()
	w.Gateway.ServeHTTP(recorder, r)
	answer := w.Decode(recorder)
	code := answer.Code
	if code == "" {
		code = "OK"
	}
	seen.add(action, code)
	return answer
}

// Nobody sends a request without a signature.
var Nobody = Key{}

// Request makes a request signed with TC3.
func (w *World) Request(key Key, action, body string, headers ...string) *http.Request {
	w.T.Helper()
	service, version := ServiceOf(action)
	r := httptest.NewRequestWithContext(w.T.Context(), http.MethodPost, "/", bytes.NewReader([]byte(body)))
	now := w.Clock.Real().Unix()
	r.Host = "127.0.0.1:8080"
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-TC-Action", action)
	r.Header.Set("X-TC-Version", version)
	r.Header.Set("X-TC-Timestamp", strconv.FormatInt(now, 10))
	if key.Language != "" {
		r.Header.Set("X-TC-Language", key.Language)
	}
	if key.Token != "" {
		r.Header.Set("X-TC-Token", key.Token)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	if key == Nobody {
		r.Header.Del("X-TC-Timestamp")
		return r
	}
	tc3 := signature.TC3{Method: r.Method, Host: r.Host, Header: r.Header, Payload: []byte(body), Timestamp: now}
	r.Header.Set("Authorization", tc3.Sign(signature.Credential{ID: key.ID, Key: key.Secret}, service))
	return r
}

// Decode reads an answer and checks what every answer has in common.
func (w *World) Decode(recorder *httptest.ResponseRecorder) Answer {
	w.T.Helper()
	if recorder.Code != http.StatusOK || recorder.Header().Get("Content-Type") != "application/json" {
		w.T.Fatalf("answer has status %d and type %q", recorder.Code, recorder.Header().Get("Content-Type"))
	}
	var envelope struct{ Response map[string]json.RawMessage }
	if err := json.Unmarshal(recorder.Body.Bytes(), &envelope); err != nil {
		w.T.Fatalf("answer %s: %v", recorder.Body, err)
	}
	answer := Answer{Header: recorder.Header()}
	if err := json.Unmarshal(envelope.Response["RequestId"], &answer.RequestID); err != nil || answer.RequestID == "" {
		w.T.Fatalf("answer %s has no RequestId", recorder.Body)
	}
	delete(envelope.Response, "RequestId")
	if failure, ok := envelope.Response["Error"]; ok {
		if err := json.Unmarshal(failure, &answer); err != nil {
			w.T.Fatal(err)
		}
		if answer.Code == "" || answer.Message == "" || bytes.ContainsAny([]byte(answer.Message), "{}") {
			w.T.Fatalf("error %s is not complete", failure)
		}
	}
	answer.Body, _ = json.Marshal(envelope.Response) // it was just decoded
	return answer
}

// ServiceOf is the service and version that an action belongs to.
func ServiceOf(action string) (service, version string) {
	for _, a := range api.Definition().Actions {
		if a.Name == action {
			return a.Service, a.Version
		}
	}
	return "intlpartnersmgt", "2022-09-28"
}

// lockedBuffer lets log lines of several goroutines meet in one buffer.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer *bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

// Codes remembers which action answered which code.
type Codes struct {
	mu   sync.Mutex
	seen map[string]map[string]bool
}

var seen Codes

func (c *Codes) add(action, code string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.seen == nil {
		c.seen = map[string]map[string]bool{}
	}
	if c.seen[action] == nil {
		c.seen[action] = map[string]bool{}
	}
	c.seen[action][code] = true
}

// Answered reports whether any test of this process got code ("OK" for
// success) from action.
func Answered(action, code string) bool {
	seen.mu.Lock()
	defer seen.mu.Unlock()
	return seen.seen[action][code]
}

// Create runs one of the operator's creations and returns the new account's
// key.
func (w *World) Create(action, body string) Key {
	w.T.Helper()
	answer := w.Call(w.Operator, action, body)
	var made struct {
		Uin                 int64
		SecretId, SecretKey string
	}
	if err := json.Unmarshal(answer.Body, &made); err != nil || answer.Code != "" {
		w.T.Fatalf("%s: %s: %s %v", action, answer.Code, answer.Message, err)
	}
	return Key{Uin: made.Uin, ID: made.SecretId, Secret: made.SecretKey}
}

// JSON is fmt.Sprintf for request bodies; %q quotes what JSON quotes alike.
func (w *World) JSON(format string, args ...any) string {
	return fmt.Sprintf(format, args...)
}
