package signature

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // HmacSHA1 is one of the protocol's algorithms
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
)

// vector is one entry of testdata/vectors.json: the documentation's worked
// examples, captures of the official clients, and broken requests made of them.
type vector struct {
	Name            string            `json:"name"`
	Algorithm       string            `json:"algorithm"`
	SecretID        string            `json:"secret_id"`
	SecretKey       string            `json:"secret_key"`
	Method          string            `json:"method"`
	Host            string            `json:"host"`
	CanonicalHost   string            `json:"canonical_host"`
	Path            string            `json:"path"`
	Query           string            `json:"query"`
	Headers         map[string]string `json:"headers"`
	Body            string            `json:"body"`
	Timestamp       int64             `json:"timestamp"`
	Service         string            `json:"service"`
	SignedHeaders   string            `json:"signed_headers"`
	Params          map[string]string `json:"params"`
	UnderscoreToDot bool              `json:"underscore_to_dot"`
	HashedPayload   string            `json:"hashed_payload"`
	Canonical       string            `json:"canonical_request"`
	HashedCanonical string            `json:"hashed_canonical_request"`
	SigningKey      string            `json:"signing_key"`
	StringToSign    string            `json:"string_to_sign"`
	Signature       string            `json:"signature"`
	Authorization   string            `json:"authorization"`
	Expect          string            `json:"expect"`
}

var public = []string{"intlpartnersmgt.tencentcloudapi.com", "intlpartnersmgt.intl.tencentcloudapi.com"}

func vectors(tb testing.TB) []vector {
	tb.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		tb.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(data, &all); err != nil {
		tb.Fatal(err)
	}
	if len(all) != 86 {
		tb.Fatalf("%d vectors; want 86", len(all))
	}
	return all
}

func (v *vector) tc3() *TC3 {
	header := http.Header{}
	for name, value := range v.Headers {
		header.Set(name, value)
	}
	header.Del("Host")
	return &TC3{
		Method: v.Method, Query: v.Query, Host: v.Host, Header: header,
		Payload: []byte(v.Body), Timestamp: v.Timestamp,
	}
}

// authorization is the header as captured, or as the documentation gives it.
func (v *vector) authorization() string {
	if sent := v.Headers["Authorization"]; sent != "" {
		return sent
	}
	return v.Authorization
}

func (v *vector) v1() *V1 {
	r := &V1{Method: v.Method, Host: v.Host, Path: v.Path}
	for name, value := range v.Params {
		r.Parameters = append(r.Parameters, Parameter{name, value})
	}
	return r
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			t.Parallel()
			switch {
			case v.Expect != "ok":
				testRefused(t, v)
			case v.Algorithm == Algorithm:
				testTC3(t, v)
			default:
				testV1(t, v)
			}
		})
	}
}

// The clock, unknown keys and the service's name are the gateway's to check:
// here such requests are well signed.
func testRefused(t *testing.T, v vector) {
	a, err := ParseAuthorization(v.authorization())
	switch v.Name {
	case "neg-garbled-authorization":
		if !errors.Is(err, ErrMalformed) {
			t.Errorf("error %v; want ErrMalformed", err)
		}
		return
	case "neg-host-not-in-signed-headers":
		if !errors.Is(err, ErrUnsigned) {
			t.Errorf("error %v; want ErrUnsigned", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want := v.Expect == "AuthFailure.SignatureExpire" || v.Expect == "AuthFailure.SecretIdNotFound"
	if got := v.tc3().Verify(&a, a.SigningKey(v.SecretKey), public); got != want {
		t.Errorf("Verify = %t; want %t", got, want)
	}
}

func testTC3(t *testing.T, v vector) {
	a, err := ParseAuthorization(v.authorization())
	if err != nil {
		t.Fatal(err)
	}
	r, key := v.tc3(), a.SigningKey(v.SecretKey)
	if !r.Verify(&a, key, public) {
		t.Fatal("refused")
	}
	if got := a.String(); got != v.authorization() {
		t.Errorf("written back as %q", got)
	}
	if v.Canonical == "" {
		return // only a verdict is given
	}

	if v.CanonicalHost != "" {
		r.Host = v.CanonicalHost
	}
	payload := r.payloadHash()
	canonical := r.appendCanonical(nil, a.SignedHeaders, r.Host, reading{lowerRest: true}, payload)
	hashed := sha256.Sum256(canonical)
	compare(t, "canonical request", string(canonical), v.Canonical)
	compare(t, "string to sign", string(r.appendStringToSign(nil, &a, hashed)), v.StringToSign)
	compare(t, "signature", hex.EncodeToString(a.Signature[:]), v.Signature)
	var also []string
	for name := range strings.SplitSeq(v.SignedHeaders, ";") {
		if name != "content-type" && name != "host" {
			also = append(also, name)
		}
	}
	compare(t, "Authorization", r.Sign(Credential{v.SecretID, v.SecretKey}, v.Service, also...), v.authorization())
	if v.HashedPayload != "" {
		compare(t, "hashed payload", hex.EncodeToString(payload[:]), v.HashedPayload)
		compare(t, "hashed canonical request", hex.EncodeToString(hashed[:]), v.HashedCanonical)
		compare(t, "signing key", hex.EncodeToString(key[:]), v.SigningKey)
	}
}

func testV1(t *testing.T, v vector) {
	r := v.v1()
	signed := *r
	signed.Host = v.Host
	if v.CanonicalHost != "" {
		signed.Host = v.CanonicalHost
	}
	sorted := signed.appendSorted(nil)
	if v.UnderscoreToDot {
		sorted = dotted(sorted)
	} else {
		compare(t, "signature", signed.Sign(v.SecretKey), v.Signature)
	}
	text := signed.appendStringToSign(nil, signed.Host, sorted)
	compare(t, "string to sign", string(text), v.StringToSign)
	algorithm := map[string]func() hash.Hash{"HmacSHA1": sha1.New, "HmacSHA256": sha256.New}[v.Algorithm]
	mac := hmac.New(algorithm, []byte(v.SecretKey))
	mac.Write(text)
	compare(t, "signature of the text", base64.StdEncoding.EncodeToString(mac.Sum(nil)), v.Signature)

	r.Parameters = append(r.Parameters, Parameter{"Signature", v.Signature})
	if !r.Verify(v.SecretKey, public) {
		t.Error("refused")
	}
	if r.Verify(v.SecretKey+"x", public) {
		t.Error("accepted with another key")
	}
	r.Parameters = append(r.Parameters, Parameter{"Another", ""})
	if r.Verify(v.SecretKey, public) {
		t.Error("accepted with another parameter")
	}
}

// Captured v1 requests verify as they came over the wire.
func TestV1VectorsFromTheWire(t *testing.T) {
	t.Parallel()
	for _, v := range vectors(t) {
		if v.Algorithm == Algorithm || v.Query+v.Body == "" {
			continue
		}
		decoded, err := url.ParseQuery(v.Query + v.Body)
		if err != nil {
			t.Fatal(err)
		}
		r := &V1{Method: v.Method, Host: v.Host, Path: v.Path}
		for name, values := range decoded {
			r.Parameters = append(r.Parameters, Parameter{name, values[0]})
		}
		if !r.Verify(v.SecretKey, public) {
			t.Errorf("%s: refused", v.Name)
		}
	}
}

func compare(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

func dotted(parameters []Parameter) []Parameter {
	for i := range parameters {
		parameters[i].Name = strings.ReplaceAll(parameters[i].Name, "_", ".")
	}
	sortByName(parameters)
	return parameters
}
