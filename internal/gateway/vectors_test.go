package gateway

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"tael/api"
	"tael/internal/clock"
)

// vector is a request of an official client or a published example.
type vector struct {
	Name       string
	Algorithm  string
	SecretID   string `json:"secret_id"`
	SecretKey  string `json:"secret_key"`
	Method     string
	Host       string
	Path       string
	Query      string
	Headers    map[string]string
	Body       string
	Timestamp  int64
	ServerTime int64 `json:"server_time"`
	Expect     string
}

// Every vector of this service passes authentication, and every broken one gets
// the code it names, from the gateway as a whole.
func TestVectors(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../signature/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []vector
	if err := json.Unmarshal(content, &vectors); err != nil {
		t.Fatal(err)
	}
	ours := 0
	for _, v := range vectors {
		text := v.Query + v.Body
		for _, value := range v.Headers {
			text += value
		}
		if !strings.Contains(text, "2022-09-28") || v.Headers == nil {
			continue // of another service, or without its HTTP request
		}
		ours++
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			checkVector(t, &v)
		})
	}
	if ours < 50 {
		t.Errorf("only %d vectors are of this service", ours)
	}
}

func checkVector(t *testing.T, v *vector) {
	r := httptest.NewRequestWithContext(t.Context(), v.Method, v.Path, strings.NewReader(v.Body))
	r.URL.RawQuery = v.Query
	r.Host = strings.TrimPrefix(strings.TrimPrefix(v.Host, "http://"), "https://") // as the listener leaves it
	for name, value := range v.Headers {
		if !strings.EqualFold(name, "Host") {
			r.Header.Set(name, value)
		}
	}
	arrived := v.ServerTime
	if arrived == 0 {
		arrived = v.Timestamp
	}
	g := New(Options{
		Contract: api.New(nobody{}), Clock: &clock.Clock{}, StrictService: strings.Contains(v.Name, "service-of-another"),
		Keys: NewKeyring(&clock.Clock{}, Sources{Key: func(_ context.Context, secretID string) (*Key, error) {
			if secretID != v.SecretID || strings.Contains(v.Name, "unknown-secret-id") {
				return nil, nil
			}
			return &Key{SecretKey: v.SecretKey}, nil
		}}),
	})
	_, refusal := g.serve(&request{http: r, arrived: time.Unix(arrived, 0)}, &api.Call{})
	// Behind authentication waits the role, which nobody has; a token is one
	// that nobody gave out; and some clients send no or other parameters.
	got := string(refusal.Code)
	switch {
	case v.Expect == "ok" && strings.HasPrefix(got, "AuthFailure") && got != "AuthFailure.TokenFailure":
		t.Errorf("refused with %s", got)
	case v.Expect != "ok" && got != v.Expect:
		t.Errorf("refused with %s, not %s", got, v.Expect)
	}
}

// nobody implements no action: vectors do not get that far.
type nobody struct{ api.Service }
