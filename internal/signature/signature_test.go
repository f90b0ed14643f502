package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
)

const goodAuthorization = Algorithm + " Credential=AKIDx/2026-11-22/intlpartnersmgt/tc3_request, " +
	"SignedHeaders=content-type;host, Signature=4abdcd13b8cc6f49bfa2f308bd0b18f899732145bb6373503b0510fbd6fe6c0f"

func TestParseAuthorization(t *testing.T) {
	t.Parallel()
	replace := func(old, replacement string) string {
		return strings.Replace(goodAuthorization, old, replacement, 1)
	}
	var many strings.Builder
	for c := 'a'; c <= 'z'; c++ {
		many.WriteString(";a" + string(c) + ";b" + string(c))
	}
	for header, want := range map[string]error{
		goodAuthorization: nil,
		replace(", SignedHeaders", ",SignedHeaders"):             nil,
		replace("intlpartnersmgt", "localhost:8443"):             nil,
		replace("content-type;host", "host;content-type"):        nil,
		replace("content-type;host", "content-type;host;x-tc-a"): nil,
		"":     ErrMalformed,
		"SKIP": ErrMalformed,
		replace("TC3-HMAC-SHA256", "TC3-HMAC-SHA1"):             ErrMalformed,
		replace("AKIDx/", ""):                                   ErrMalformed,
		replace("AKIDx", ""):                                    ErrMalformed,
		replace("AKIDx", "AKID x"):                              ErrMalformed,
		replace("AKIDx", "AKID/x"):                              ErrMalformed,
		replace("2026-11-22", "2026-11-2x"):                     ErrMalformed,
		replace("2026-11-22", "20261122"):                       ErrMalformed,
		replace("intlpartnersmgt", ""):                          ErrMalformed,
		replace("tc3_request", "tc3"):                           ErrMalformed,
		replace("tc3_request", "tc3_request/x"):                 ErrMalformed,
		replace("SignedHeaders=", "Signed="):                    ErrMalformed,
		replace("content-type;host", "Content-Type;Host"):       ErrMalformed,
		replace("content-type;host", "content-type;host;"):      ErrMalformed,
		replace("content-type;host", "content-type;host;host"):  ErrMalformed,
		replace("content-type;host", "content-type;host;a\nb"):  ErrMalformed,
		replace(";host", ";host"+many.String()):                 ErrMalformed,
		replace("content-type;host", "content-type"):            ErrUnsigned,
		replace("content-type;host", "host;x-tc-action"):        ErrUnsigned,
		replace("Signature=4", "Signature="):                    ErrMalformed,
		replace("Signature=4a", "Signature=4A"):                 ErrMalformed,
		replace("Signature=4a", "Signature=4g"):                 ErrMalformed,
		goodAuthorization + " ":                                 ErrMalformed,
		goodAuthorization + ", Extra=1":                         ErrMalformed,
		replace("AKIDx", strings.Repeat("x", authorizationMax)): ErrMalformed,
	} {
		if _, err := ParseAuthorization(header); !errors.Is(err, want) {
			t.Errorf("ParseAuthorization(%q): %v; want %v", header, err, want)
		}
	}
}

func TestHostsInTheirOrder(t *testing.T) {
	t.Parallel()
	for received, want := range map[string][]string{
		"127.0.0.1:8080": {"127.0.0.1:8080", "127.0.0.1", "p.example", "http://127.0.0.1:8080", "https://127.0.0.1:8080"},
		"[::1]:8080":     {"[::1]:8080", "[::1]", "p.example", "http://[::1]:8080", "https://[::1]:8080"},
		"[::1]":          {"[::1]", "p.example", "http://[::1]", "https://[::1]"},
		"p.example":      {"p.example", "http://p.example", "https://p.example"},
		"":               {"", "p.example", "http://", "https://"},
	} {
		if got := slices.Collect(Hosts(received, []string{"p.example"})); !slices.Equal(got, want) {
			t.Errorf("Hosts(%q) = %q; want %q", received, got, want)
		}
	}
}

// request is a signed request whose headers leave room for every reading.
func request(contentType, action string) *TC3 {
	return &TC3{
		Method:    http.MethodPost,
		Host:      "127.0.0.1:8080",
		Header:    http.Header{"Content-Type": {contentType}, "X-Tc-Action": {action}},
		Payload:   []byte("{}"),
		Timestamp: 1795308970,
	}
}

func signedAs(t *testing.T, r *TC3, also ...string) *Authorization {
	t.Helper()
	a, err := ParseAuthorization(r.Sign(Credential{"id", "key"}, "intlpartnersmgt", also...))
	if err != nil {
		t.Fatal(err)
	}
	return &a
}

// What the client signed may differ from what it sent in the ways of the
// documentation and of the official clients, and in no other.
func TestTC3Readings(t *testing.T) {
	t.Parallel()
	const sentType, sentAction = "application/json; charset=UTF-8", "QueryPartnerCredit"
	lowerType, lowerAction := strings.ToLower(sentType), strings.ToLower(sentAction)
	for _, c := range []struct {
		contentType, action, host string
		want                      bool
	}{
		{sentType, sentAction, "127.0.0.1:8080", true},
		{lowerType, lowerAction, "127.0.0.1:8080", true},
		{lowerType, sentAction, "127.0.0.1:8080", true},
		{sentType, lowerAction, "127.0.0.1", true},
		{lowerType, lowerAction, public[0], true},
		{sentType, sentAction, public[1], true},
		{sentType, sentAction, "http://127.0.0.1:8080", true},
		{lowerType, lowerAction, "https://127.0.0.1:8080", true},
		{"application/json", sentAction, "127.0.0.1:8080", false},
		{sentType, "QueryCreditByUinList", "127.0.0.1:8080", false},
		{sentType, sentAction, "127.0.0.1:8081", false},
		{sentType, sentAction, "ftp://127.0.0.1:8080", false},
	} {
		meant := request(c.contentType, c.action)
		meant.Host = c.host
		a := Authorization{Date: "2026-11-22", Service: "s", SignedHeaders: "content-type;host;x-tc-action"}
		signExactly(meant, &a, "key")
		if got := request(sentType, sentAction).Verify(&a, a.SigningKey("key"), public); got != c.want {
			t.Errorf("signed for %q, %q, %q: Verify = %t", c.contentType, c.action, c.host, got)
		}
	}
}

// signExactly signs header values as they stand.
func signExactly(r *TC3, a *Authorization, secretKey string) {
	key := a.SigningKey(secretKey)
	canonical := r.appendCanonical(nil, a.SignedHeaders, r.Host, reading{}, r.payloadHash())
	mac := hmac.New(sha256.New, key[:])
	mac.Write(r.appendStringToSign(nil, a, sha256.Sum256(canonical)))
	mac.Sum(a.Signature[:0])
}

// Everything that TC3 covers changes the signature; what it does not, does not.
func TestTC3Covers(t *testing.T) {
	t.Parallel()
	a := signedAs(t, request("application/json", "A"))
	key := a.SigningKey("key")
	for what, c := range map[string]struct {
		change func(*TC3)
		want   bool
	}{
		"nothing":           {func(*TC3) {}, true},
		"unsigned header":   {func(r *TC3) { r.Header.Set("X-Tc-Action", "B") }, true},
		"query of a POST":   {func(r *TC3) { r.Query = "a=1" }, true},
		"body":              {func(r *TC3) { r.Payload = []byte("{ }") }, false},
		"method":            {func(r *TC3) { r.Method = http.MethodGet }, false},
		"content type":      {func(r *TC3) { r.Header.Set("Content-Type", "text/plain") }, false},
		"no content type":   {func(r *TC3) { r.Header.Del("Content-Type") }, false},
		"timestamp":         {func(r *TC3) { r.Timestamp++ }, false},
		"timestamp's date":  {func(r *TC3) { r.Timestamp += 86400 }, false},
		"absurd timestamp":  {func(r *TC3) { r.Timestamp = 1 << 62 }, false},
		"unsigned payload":  {func(r *TC3) { r.Header.Set("X-TC-Content-SHA256", unsignedPayload) }, false},
		"another such hash": {func(r *TC3) { r.Header.Set("X-TC-Content-SHA256", "x") }, true},
	} {
		r := request("application/json", "A")
		c.change(r)
		if got := r.Verify(a, key, public); got != c.want {
			t.Errorf("%s changed: Verify = %t", what, got)
		}
	}
}

func TestTC3UnsignedPayload(t *testing.T) {
	t.Parallel()
	r := request("application/json", "A")
	r.Header.Set("X-TC-Content-SHA256", unsignedPayload)
	a := signedAs(t, r, "x-tc-action")
	r.Payload = []byte("anything")
	if !r.Verify(a, a.SigningKey("key"), nil) {
		t.Error("refused")
	}
	if r.Verify(a, a.SigningKey("another"), nil) {
		t.Error("accepted with another key")
	}
}

func FuzzParseAuthorization(f *testing.F) {
	f.Add(goodAuthorization)
	f.Add(strings.ReplaceAll(goodAuthorization, ", ", ","))
	f.Add("SKIP")
	f.Fuzz(func(t *testing.T, header string) {
		a, err := ParseAuthorization(header)
		if err != nil {
			return
		}
		again, err := ParseAuthorization(a.String())
		if err != nil || again != a {
			t.Fatalf("%q is written back as %q: %v", header, a, err)
		}
		r := request("application/json", "A")
		r.Verify(&a, a.SigningKey("key"), public)
	})
}

// A signed request verifies whatever its parameters hold, in any order, and no
// longer when one of them changes.
func FuzzV1StringToSign(f *testing.F) {
	f.Add("GET", "h:80", "/", "Action", "A", "Region", "", "HmacSHA256")
	f.Add("POST", "", "", "a_b", "=&\x00", "a.b", "\xff", "")
	f.Fuzz(func(t *testing.T, method, host, path, name1, value1, name2, value2, algorithm string) {
		r := &V1{Method: method, Host: host, Path: path, Parameters: []Parameter{
			{name1, value1}, {name2, value2}, {"SignatureMethod", algorithm},
		}}
		if name1 == "Signature" || name2 == "Signature" || name1 == name2 {
			return
		}
		signed := Parameter{"Signature", r.Sign("key")}
		r.Parameters = append(slices.Clone(r.Parameters), signed)
		if !r.Verify("key", public) {
			t.Fatal("refused")
		}
		slices.Reverse(r.Parameters)
		if name1 != "SignatureMethod" && name2 != "SignatureMethod" && !r.Verify("key", public) {
			t.Fatal("refused in another order")
		}
		if r.Verify("another key", public) {
			t.Fatal("accepted with another key")
		}
	})
}

func BenchmarkVerifyTC3(b *testing.B) {
	bodies := map[string]int{"small": 42, "64KiB": 64 << 10}
	for name, size := range bodies {
		b.Run(name, func(b *testing.B) {
			r := request("application/json", "QueryVoucherAmountByUin")
			r.Payload = make([]byte, size)
			header := r.Sign(Credential{"id", "key"}, "intlpartnersmgt")
			first, _ := ParseAuthorization(header)
			key := first.SigningKey("key")
			b.ReportAllocs()
			for b.Loop() {
				a, err := ParseAuthorization(header)
				if err != nil || !r.Verify(&a, key, public) {
					b.Fatal("refused")
				}
			}
		})
	}
}

func BenchmarkVerifyTC3Refused(b *testing.B) {
	r := request("application/json", "QueryVoucherAmountByUin")
	a, _ := ParseAuthorization(r.Sign(Credential{"id", "key"}, "intlpartnersmgt"))
	key := a.SigningKey("another key")
	b.ReportAllocs()
	for b.Loop() {
		if r.Verify(&a, key, public) {
			b.Fatal("accepted")
		}
	}
}

func BenchmarkSigningKey(b *testing.B) {
	a, _ := ParseAuthorization(goodAuthorization)
	b.ReportAllocs()
	for b.Loop() {
		a.SigningKey("EXAMPLEkey00000000000000000000001")
	}
}

func BenchmarkVerifyV1(b *testing.B) {
	for _, v := range vectors(b) {
		if v.Name != "sdk-node QueryVoucherAmountByUin HmacSHA256 POST" {
			continue
		}
		r := v.v1()
		r.Parameters = append(r.Parameters, Parameter{"Signature", v.Signature})
		b.ReportAllocs()
		for b.Loop() {
			if !r.Verify(v.SecretKey, public) {
				b.Fatal("refused")
			}
		}
	}
}
