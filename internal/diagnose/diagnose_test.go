package diagnose_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"tael/internal/diagnose"
)

const (
	id      = "AKIDtest00000000000000000000000000000"
	secret  = "testSecret00000000000000000000000"
	sibling = "otherSecret0000000000000000000000"
	now     = 1793464200 // 2026-10-31 16:30 UTC, which is 00:30 of the next day in UTC+8
	body    = `{"ClientUins": [200000001001], "Remark": "<北>"}`
)

var services = map[string]string{"2022-09-28": "intlpartnersmgt", "2026-11-01": "tael", "2018-08-13": "sts"}

// client signs with TC3 as its documentation says, written for these tests alone. Each
// step can be spoilt.
type client struct {
	method, target, host, contentType, body string
	also                                    string // header lines that are sent and not signed

	signMethod, signPath, signQuery string
	signHeaders, signedNames        string
	signPayload                     string // hash
	signTime, sendTime              string
	date, service, end              string // of the scope
	keyDate, keyService, keyEnd     string
	prefix, secret                  string
	hexKeys                         bool
	between                         string // header lines and names
	after                           string // the canonical request
	hash                            func(string) string
	spell                           func([]byte) string
	shownScope, shownNames          string
}

func sum(text string) string {
	s := sha256.Sum256([]byte(text))
	return hex.EncodeToString(s[:])
}

func newClient() *client {
	c := &client{
		method: "POST", target: "/", host: "127.0.0.1:8080", contentType: "application/json", body: body,
		signMethod: "POST", signPath: "/", signPayload: sum(body), signedNames: "content-type;host",
		signTime: fmt.Sprint(now), sendTime: fmt.Sprint(now),
		date: "2026-10-31", service: "intlpartnersmgt", end: "tc3_request",
		prefix: "TC3", secret: secret, between: "\n", hash: sum, spell: hex.EncodeToString,
	}
	c.sign("127.0.0.1:8080", "application/json")
	return c
}

func (c *client) sign(host, contentType string) {
	c.signHeaders = "content-type:" + contentType + "\nhost:" + host + "\n"
}

func get() *client {
	c := newClient()
	c.method, c.signMethod, c.body, c.signPayload = "GET", "GET", "", sum("")
	c.contentType = "application/x-www-form-urlencoded"
	c.sign(c.host, c.contentType)
	c.target, c.signQuery = "/?Page=1&Filter=a%20b&Order=desc", "Page=1&Filter=a%20b&Order=desc"
	return c
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// raw is the request as it goes over the wire.
func (c *client) raw() string {
	canonical := c.signMethod + "\n" + c.signPath + "\n" + c.signQuery + "\n" + c.signHeaders + c.between +
		c.signedNames + "\n" + c.signPayload + c.after
	scope := c.date + "/" + c.service + "/" + c.end
	text := "TC3-HMAC-SHA256\n" + c.signTime + "\n" + scope + "\n" + c.hash(canonical)
	key := []byte(c.prefix + c.secret)
	for _, step := range []string{or(c.keyDate, c.date), or(c.keyService, c.service), or(c.keyEnd, c.end)} {
		key = mac(sha256.New, key, step)
		if c.hexKeys {
			key = []byte(hex.EncodeToString(key))
		}
	}
	authorization := fmt.Sprintf("TC3-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s",
		id, or(c.shownScope, scope), or(c.shownNames, c.signedNames), c.spell(mac(sha256.New, key, text)))
	return c.method + " " + c.target + " HTTP/1.1\r\nHost: " + c.host + "\r\nContent-Type: " + c.contentType +
		"\r\nX-TC-Action: QueryVoucherAmountByUin\r\nX-TC-Version: 2022-09-28\r\nX-TC-Timestamp: " + c.sendTime +
		"\r\n" + c.also + "Authorization: " + authorization + "\r\n\r\n" + c.body
}

func mac(algorithm func() hash.Hash, key []byte, text string) []byte {
	m := hmac.New(algorithm, key)
	m.Write([]byte(text))
	return m.Sum(nil)
}

// spoilt are requests that are wrong in one way each.
var spoilt = []struct {
	name  string
	want  diagnose.Cause
	spoil func(*client)
}{
	{"date in UTC+8", diagnose.DateNotUTC, func(c *client) { c.date = "2026-11-01" }},
	{"date in UTC+8, in the key only", diagnose.DateNotUTC, func(c *client) { c.keyDate = "2026-11-01" }},
	{"date of the scope in UTC+8, not signed so", diagnose.DateNotUTC, func(c *client) { c.shownScope = "2026-11-01/intlpartnersmgt/tc3_request" }},
	{"date of America", diagnose.DateNotUTC, func(c *client) { c.date = "2026-10-30" }},
	{"another time signed", diagnose.TimestampSigned, func(c *client) { c.signTime = fmt.Sprint(now - 1) }},
	{"milliseconds signed", diagnose.TimestampSigned, func(c *client) { c.signTime += "000" }},
	{"milliseconds", diagnose.TimestampUnit, func(c *client) { c.signTime += "123"; c.sendTime += "123" }},
	{"microseconds", diagnose.TimestampUnit, func(c *client) { c.signTime += "123456"; c.sendTime += "123456" }},
	{"another port", diagnose.HostPort, func(c *client) { c.sign("127.0.0.1:443", c.contentType) }},
	{"a port where there is none", diagnose.HostPort, func(c *client) { c.host = "tael.example"; c.sign("tael.example:443", c.contentType) }},
	{"localhost", diagnose.HostName, func(c *client) { c.sign("localhost:8080", c.contentType) }},
	{"behind a proxy", diagnose.HostName, func(c *client) {
		c.also = "X-Forwarded-Host: api.tael.example\r\n"
		c.sign("api.tael.example", c.contentType)
	}},
	{"charset added", diagnose.ContentType, func(c *client) { c.contentType += "; charset=utf-8" }},
	{"charset signed only", diagnose.ContentType, func(c *client) { c.sign(c.host, "application/json; charset=utf-8") }},
	{"form instead of JSON", diagnose.ContentType, func(c *client) { c.contentType = "application/x-www-form-urlencoded" }},
	{"empty body signed", diagnose.PayloadEmpty, func(c *client) { c.signPayload = sum("") }},
	{"compact JSON signed", diagnose.PayloadChanged, func(c *client) { c.signPayload = sum(`{"ClientUins":[200000001001],"Remark":"<北>"}`) }},
	{"spaced JSON signed", diagnose.PayloadChanged, func(c *client) {
		c.body = `{"ClientUins":[200000001001],"Remark":"a, b: \"c, d"}`
		c.signPayload = sum(`{"ClientUins": [200000001001], "Remark": "a, b: \"c, d"}`)
	}},
	{"escaped JSON signed", diagnose.PayloadChanged, func(c *client) { c.signPayload = sum(`{"ClientUins": [200000001001], "Remark": "<\u5317>"}`) }},
	{"sorted JSON signed", diagnose.PayloadChanged, func(c *client) { c.body = `{"Page":2,"Filter":"x"}`; c.signPayload = sum(`{"Filter":"x","Page":2}`) }},
	{"indented JSON signed", diagnose.PayloadChanged, func(c *client) { c.body = `{"Page":2}`; c.signPayload = sum("{\n  \"Page\": 2\n}") }},
	{"HTML-escaped JSON signed", diagnose.PayloadChanged, func(c *client) { c.body = `{"A":"<"}`; c.signPayload = sum(`{"A":"\u003c"}`) }},
	{"line end sent", diagnose.PayloadChanged, func(c *client) { c.body += "\n" }},
	{"line end signed", diagnose.PayloadChanged, func(c *client) { c.signPayload = sum(c.body + "\n") }},
	{"UNSIGNED-PAYLOAD without its header", diagnose.PayloadUnsigned, func(c *client) { c.signPayload = sum("UNSIGNED-PAYLOAD") }},
	{"UNSIGNED-PAYLOAD unhashed", diagnose.PayloadUnsigned, func(c *client) {
		c.also, c.signPayload = "X-TC-Content-SHA256: UNSIGNED-PAYLOAD\r\n", "UNSIGNED-PAYLOAD"
	}},
	{"query of POST signed", diagnose.QueryForm, func(c *client) { c.target, c.signQuery = "/?a=b", "a=b" }},
	{"path signed", diagnose.Path, func(c *client) { c.target, c.signPath = "/api/v3", "/api/v3" }},
	{"no path signed", diagnose.Path, func(c *client) { c.signPath = "" }},
	{"method in small letters", diagnose.Method, func(c *client) { c.signMethod = "post" }},
	{"GET signed", diagnose.Method, func(c *client) { c.signMethod = "GET" }},
	{"names in capitals", diagnose.HeaderForm, func(c *client) {
		c.signHeaders = "Content-Type:application/json\nHost:127.0.0.1:8080\n"
	}},
	{"names in capitals everywhere", diagnose.HeaderForm, func(c *client) {
		c.signHeaders, c.signedNames = "Content-Type:application/json\nHost:127.0.0.1:8080\n", "Content-Type;Host"
	}},
	{"space behind the colon", diagnose.HeaderForm, func(c *client) {
		c.signHeaders = "content-type: application/json\nhost: 127.0.0.1:8080\n"
	}},
	{"headers in another order", diagnose.HeaderForm, func(c *client) {
		c.signHeaders = "host:127.0.0.1:8080\ncontent-type:application/json\n"
	}},
	{"a header signed and not listed", diagnose.HeaderForm, func(c *client) {
		c.signHeaders += "x-tc-action:queryvoucheramountbyuin\n"
	}},
	{"a header that is not sent", diagnose.HeaderMissing, func(c *client) { c.signHeaders += "x-gone:1\n"; c.signedNames += ";x-gone" }},
	{"host only", diagnose.HeadersNotSigned, func(c *client) { c.signHeaders, c.signedNames = "host:127.0.0.1:8080\n", "host" }},
	{"no empty line", diagnose.CanonicalForm, func(c *client) { c.between = "" }},
	{"line end at the end", diagnose.CanonicalForm, func(c *client) { c.after = "\n" }},
	{"hash in capitals", diagnose.CanonicalForm, func(c *client) { c.hash = func(s string) string { return strings.ToUpper(sum(s)) } }},
	{"body's hash in capitals", diagnose.CanonicalForm, func(c *client) { c.signPayload = strings.ToUpper(c.signPayload) }},
	{"not hashed", diagnose.CanonicalForm, func(c *client) { c.hash = func(s string) string { return s } }},
	{"another service in the key", diagnose.WrongService, func(c *client) { c.keyService = "cvm" }},
	{"another service in the scope", diagnose.WrongService, func(c *client) { c.shownScope = "2026-10-31/intlpartnersmgt/tc3_request"; c.service = "127" }},
	{"terminator of another cloud", diagnose.Terminator, func(c *client) { c.end = "aws4_request" }},
	{"terminator in the key", diagnose.Terminator, func(c *client) { c.keyEnd = "request" }},
	{"no prefix", diagnose.KeyPrefix, func(c *client) { c.prefix = "" }},
	{"prefix of another cloud", diagnose.KeyPrefix, func(c *client) { c.prefix = "AWS4" }},
	{"keys as text", diagnose.DerivedKey, func(c *client) { c.hexKeys = true }},
	{"another key of the user", diagnose.WrongKey, func(c *client) { c.secret = sibling }},
	{"the id as the key", diagnose.WrongKey, func(c *client) { c.secret = id }},
	{"line end behind the key", diagnose.KeyWhitespace, func(c *client) { c.secret += "\n" }},
	{"quoted key", diagnose.KeyWhitespace, func(c *client) { c.secret = `"` + secret + `"` }},
	{"signature in capitals", diagnose.SignatureForm, func(c *client) { c.spell = func(b []byte) string { return strings.ToUpper(hex.EncodeToString(b)) } }},
	{"signature in base64", diagnose.SignatureForm, func(c *client) { c.spell = base64.StdEncoding.EncodeToString }},
	{"no signature", diagnose.AuthorizationForm, func(c *client) { c.spell = func([]byte) string { return "" } }},
}

func look(t *testing.T, raw string, key *diagnose.Key, at diagnose.Moment) *diagnose.Diagnosis {
	t.Helper()
	request, err := diagnose.Parse(raw)
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	reading := diagnose.Read(request)
	d := diagnose.Diagnose(reading, key, at, services)
	// Whatever is found, it is told without what only the holder of the key may make.
	told, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	for _, forbidden := range []string{secret, sibling, signatureOf(raw)} {
		if len(forbidden) >= 20 && bytes.Contains(told, []byte(forbidden)) {
			t.Errorf("the diagnosis holds %q: %s", forbidden, told)
		}
	}
	return d
}

func ours() *diagnose.Key {
	return &diagnose.Key{Known: true, Secret: secret, Others: []string{sibling}}
}

var arrived = diagnose.Moment{Now: now + 3, Arrived: true}

// Every mistake is found by its name, and by no other.
func TestEveryMistakeIsNamed(t *testing.T) {
	t.Parallel()
	for _, c := range spoilt {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			client := newClient()
			c.spoil(client)
			d := look(t, client.raw(), ours(), arrived)
			if d.Matches || !slices.Equal(d.Causes, []diagnose.Cause{c.want}) {
				t.Errorf("%v, matches %t; want %s", d.Causes, d.Matches, c.want)
			}
			unreadable := c.want == diagnose.HeaderMissing || c.want == diagnose.AuthorizationForm
			if d.Found == unreadable {
				t.Errorf("what was signed is found: %t", d.Found)
			}
			if sum(d.CanonicalRequest) != d.HashedCanonicalRequest {
				t.Errorf("%s is not the hash of %q", d.HashedCanonicalRequest, d.CanonicalRequest)
			}
			if d.Explanation("") == "" || d.Explanation("zh-CN") == d.Explanation("en-US") {
				t.Errorf("explained by %q", d.Explanation(""))
			}
		})
	}
}

// Queries of GET are hashed as they are sent.
func TestQueriesOfGet(t *testing.T) {
	t.Parallel()
	for name, query := range map[string]string{
		"sorted": "Filter=a%20b&Order=desc&Page=1", "not encoded": "Page=1&Filter=a b&Order=desc",
		"encoded with +": "Page=1&Filter=a+b&Order=desc", "left out": "", "sorted, +": "Filter=a+b&Order=desc&Page=1",
	} {
		c := get()
		if d := look(t, c.raw(), ours(), arrived); !d.Matches || len(d.Causes) > 0 {
			t.Fatalf("as it is: %+v", d)
		}
		c.signQuery = query
		if d := look(t, c.raw(), ours(), arrived); !slices.Equal(d.Causes, []diagnose.Cause{diagnose.QueryForm}) {
			t.Errorf("%s: %v", name, d.Causes)
		}
	}
	c := get()
	c.signPayload = sum("{}")
	if d := look(t, c.raw(), ours(), arrived); !slices.Equal(d.Causes, []diagnose.Cause{diagnose.PayloadChanged}) {
		t.Errorf("a body signed: %v", d.Causes)
	}
}

// Two mistakes are found as well as one.
func TestTwoMistakes(t *testing.T) {
	t.Parallel()
	c := newClient()
	c.prefix = ""
	c.signPayload = sum("")
	c.sendTime = "1793463200"
	c.signTime = c.sendTime
	d := look(t, c.raw(), ours(), arrived)
	if want := []diagnose.Cause{diagnose.ClockSkew, diagnose.KeyPrefix, diagnose.PayloadEmpty}; !slices.Equal(d.Causes, want) {
		t.Errorf("%v, not %v", d.Causes, want)
	}
	c.sign("localhost:8080", "application/json; charset=utf-8")
	c.prefix, c.signPayload = "TC3", sum(body)
	d = look(t, c.raw(), ours(), diagnose.Moment{Now: now})
	if want := []diagnose.Cause{diagnose.ContentType, diagnose.HostName, diagnose.ClockSkew}; !slices.Equal(d.Causes, want) {
		t.Errorf("%v, not %v", d.Causes, want)
	}
}

// A signature that is right is said to be, whatever else is wrong; one that no known
// mistake makes is not explained away.
func TestRightAndUnknownSignatures(t *testing.T) {
	t.Parallel()
	c := newClient()
	for name, x := range map[string]struct {
		key     diagnose.Key
		at      int64
		matches bool
		want    []diagnose.Cause
	}{
		"right":         {diagnose.Key{Known: true, Secret: secret}, now + 300, true, nil},
		"late":          {diagnose.Key{Known: true, Secret: secret}, now + 301, true, []diagnose.Cause{diagnose.ClockSkew}},
		"early":         {diagnose.Key{Known: true, Secret: secret}, now - 301, true, []diagnose.Cause{diagnose.ClockSkew}},
		"disabled":      {diagnose.Key{Known: true, Disabled: true, Secret: secret}, now, true, []diagnose.Cause{diagnose.DisabledKey}},
		"unknown":       {diagnose.Key{}, now, false, []diagnose.Cause{diagnose.UnknownKey}},
		"wrong":         {diagnose.Key{Known: true, Secret: "x"}, now, false, nil},
		"no token":      {diagnose.Key{Known: true, Token: diagnose.TokenAbsent}, now, false, []diagnose.Cause{diagnose.TokenMissing}},
		"foreign token": {diagnose.Key{Known: true, Token: diagnose.TokenForeign}, now, false, []diagnose.Cause{diagnose.TokenInvalid}},
		"old token":     {diagnose.Key{Known: true, Secret: secret, Token: diagnose.TokenEnded}, now, true, []diagnose.Cause{diagnose.TokenExpired}},
		"needless":      {diagnose.Key{Known: true, Secret: secret, Token: diagnose.TokenNeedless}, now, true, []diagnose.Cause{diagnose.TokenUnexpected}},
	} {
		d := look(t, c.raw(), &x.key, diagnose.Moment{Now: x.at, Arrived: true})
		if d.Matches != x.matches || !slices.Equal(d.Causes, x.want) || d.Skew != now-x.at {
			t.Errorf("%s: %+v", name, d)
		}
		if d.CanonicalRequest == "" || d.StringToSign == "" || d.Scope != "2026-10-31/intlpartnersmgt/tc3_request" {
			t.Errorf("%s: nothing is made of it: %+v", name, d)
		}
	}
}

// Each name is reached by a test, explained in two languages, and explained on the page.
func TestCausesAreAllKnown(t *testing.T) {
	t.Parallel()
	reached := map[diagnose.Cause]bool{
		diagnose.ClockSkew: true, diagnose.UnknownKey: true, diagnose.DisabledKey: true, diagnose.TokenMissing: true,
		diagnose.TokenInvalid: true, diagnose.TokenExpired: true, diagnose.TokenUnexpected: true, diagnose.QueryForm: true,
	}
	for _, c := range spoilt {
		reached[c.want] = true
	}
	for _, c := range spoiltForms {
		reached[c.want] = true
	}
	page, err := os.ReadFile("../../docs/troubleshoot.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, cause := range diagnose.Causes() {
		if !reached[cause] {
			t.Errorf("no test makes %s", cause)
		}
		if !bytes.Contains(page, []byte("`"+string(cause)+"`")) {
			t.Errorf("docs/troubleshoot.md does not name %s", cause)
		}
	}
}

// The requests of the official clients are found to be right, and what they signed is
// what they are known to have signed.
func TestVectorsMatch(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../signature/testdata/vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Name, Algorithm, Method, Host, Path, Query, Body, Authorization, Signature, Expect string
		SecretKey                                                                          string `json:"secret_key"`
		StringToSign                                                                       string `json:"string_to_sign"`
		Timestamp                                                                          int64
		Headers, Params                                                                    map[string]string
	}
	if err := json.Unmarshal(content, &vectors); err != nil {
		t.Fatal(err)
	}
	matched := 0
	for _, v := range vectors {
		if v.Expect != "ok" {
			continue
		}
		r := &diagnose.Request{
			Method: v.Method, Path: v.Path, Query: v.Query, Host: v.Host, Header: http.Header{}, Body: []byte(v.Body),
			BodySum: sha256.Sum256([]byte(v.Body)), BodyLength: len(v.Body),
		}
		for name, value := range v.Headers {
			if name != "Host" {
				r.Header.Set(name, value)
			}
		}
		if v.Algorithm == "TC3-HMAC-SHA256" && r.Header.Get("Authorization") == "" {
			r.Header.Set("Authorization", v.Authorization)
		}
		if v.Algorithm != "TC3-HMAC-SHA256" {
			form := url.Values{"Signature": {v.Signature}}
			for name, value := range v.Params {
				form.Set(name, value)
			}
			r.Query, r.Body = form.Encode(), []byte(form.Encode())
		}
		d := diagnose.Diagnose(diagnose.Read(r), &diagnose.Key{Known: true, Secret: v.SecretKey},
			diagnose.Moment{Now: v.Timestamp, Arrived: true}, nil)
		if !d.Matches || len(d.Causes) > 0 || !d.Found || v.StringToSign != "" && d.SignedStringToSign != v.StringToSign {
			t.Errorf("%s: %+v\nwant %q", v.Name, d, v.StringToSign)
		}
		matched++
	}
	if matched < 70 {
		t.Errorf("only %d vectors", matched)
	}
}

// A signature for another of the server's services is right, and yet refused.
func TestAnotherOfOurServices(t *testing.T) {
	t.Parallel()
	c := newClient()
	c.service = "sts"
	d := look(t, c.raw(), ours(), arrived)
	if !d.Matches || !slices.Equal(d.Causes, []diagnose.Cause{diagnose.WrongService}) {
		t.Errorf("%+v", d)
	}
}
