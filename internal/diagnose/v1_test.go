package diagnose_test

import (
	"crypto/sha1" //nolint:gosec // HmacSHA1 is one of the protocol's algorithms
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net/url"
	"slices"
	"strings"
	"testing"

	"tael/internal/diagnose"
)

// formClient signs with v1. Each step can be spoilt.
type formClient struct {
	method, host, path, mark string
	signMethod, signHost     string
	signPath                 string
	parameters               [][2]string
	order                    func([][2]string)
	value                    func(string) string
	algorithm                func() hash.Hash
	secret                   string
	spell                    func([]byte) string
	leave, signTime          string
	escape                   func(string) string
}

func newFormClient(method string) *formClient {
	return &formClient{
		method: method, host: "127.0.0.1:8080", path: "/", mark: "?",
		parameters: [][2]string{
			{"Version", "2022-09-28"},
			{"Action", "QueryVoucherListByUin"},
			{"Nonce", "11886"},
			{"SecretId", id},
			{"ClientUins.2", "200000001003"},
			{"ClientUins.12", "200000001004"},
			{"Timestamp", fmt.Sprint(now)},
			{"SignatureMethod", "HmacSHA256"},
			{"Region", ""},
			{"Filter", "a b/c+d"},
		},
		order: func(p [][2]string) {
			slices.SortFunc(p, func(a, b [2]string) int { return strings.Compare(a[0], b[0]) })
		},
		value:     func(s string) string { return s },
		algorithm: sha256.New, secret: secret, spell: base64.StdEncoding.EncodeToString, escape: url.QueryEscape,
	}
}

func (c *formClient) raw() string {
	signed := slices.Clone(c.parameters)
	c.order(signed)
	var items, sent []string
	for _, p := range signed {
		if p[0] == "Timestamp" && c.signTime != "" {
			p[1] = c.signTime
		}
		if p[0] != c.leave {
			items = append(items, p[0]+"="+c.value(p[1]))
		}
	}
	for _, p := range c.parameters {
		sent = append(sent, p[0]+"="+url.QueryEscape(p[1]))
	}
	text := or(c.signMethod, c.method) + or(c.signHost, c.host) + or(c.signPath, c.path) + c.mark + strings.Join(items, "&")
	form := strings.Join(sent, "&") + "&Signature=" + c.escape(c.spell(mac(c.algorithm, []byte(c.secret), text)))
	if c.method == "GET" {
		return "GET " + c.path + "?" + form + " HTTP/1.1\nHost: " + c.host + "\n\n"
	}
	return "POST " + c.path + " HTTP/1.1\nHost: " + c.host + "\nContent-Type: application/x-www-form-urlencoded\n\n" + form
}

func signatureOf(raw string) string {
	_, signature, _ := strings.Cut(raw, "Signature=")
	signature, _, _ = strings.Cut(signature, "\r\n")
	signature, _, _ = strings.Cut(signature, " ")
	return signature
}

var spoiltForms = []struct {
	name  string
	want  diagnose.Cause
	spoil func(*formClient)
}{
	{"as sent", diagnose.ParameterOrder, func(c *formClient) { c.order = func([][2]string) {} }},
	{"numbers in order", diagnose.ParameterOrder, func(c *formClient) {
		plain := c.order
		c.order = func(p [][2]string) {
			plain(p)
			for i := range p[1:] {
				if p[i][0] == "ClientUins.12" && p[i+1][0] == "ClientUins.2" {
					p[i], p[i+1] = p[i+1], p[i]
				}
			}
		}
	}},
	{"encoded", diagnose.ParameterEncoded, func(c *formClient) { c.value = url.QueryEscape }},
	{"encoded with %20", diagnose.ParameterEncoded, func(c *formClient) {
		c.value = func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	}},
	{"another method", diagnose.Method, func(c *formClient) {
		c.signMethod = map[string]string{"GET": "POST", "POST": "GET"}[c.method]
	}},
	{"another host", diagnose.HostName, func(c *formClient) { c.signHost = "localhost" }},
	{"another port", diagnose.HostPort, func(c *formClient) { c.signHost = "127.0.0.1:443" }},
	{"another path", diagnose.Path, func(c *formClient) { c.path, c.signPath = "/api", "/" }},
	{"no question mark", diagnose.QuestionMark, func(c *formClient) { c.mark = "" }},
	{"the other HMAC", diagnose.Algorithm, func(c *formClient) { c.algorithm = sha1.New }},
	{"another key", diagnose.WrongKey, func(c *formClient) { c.secret = sibling }},
	{"a space behind the key", diagnose.KeyWhitespace, func(c *formClient) { c.secret += " " }},
	{"prefix of TC3", diagnose.KeyPrefix, func(c *formClient) { c.secret = "TC3" + c.secret }},
	{"SignatureMethod not signed", diagnose.ParameterLeftOut, func(c *formClient) { c.leave = "SignatureMethod" }},
	{"empty one not signed", diagnose.ParameterLeftOut, func(c *formClient) { c.leave = "Region" }},
	{"a parameter not signed", diagnose.ParameterLeftOut, func(c *formClient) { c.leave = "Filter" }},
	{"another time", diagnose.TimestampSigned, func(c *formClient) { c.signTime = fmt.Sprint(now + 1) }},
	{"hexadecimal", diagnose.SignatureForm, func(c *formClient) { c.spell = hex.EncodeToString }},
	{"plus signs not encoded", diagnose.SignatureForm, func(c *formClient) {
		c.escape = func(s string) string { return s }
		for nonce := 0; !strings.Contains(signatureOf(c.raw()), "+"); nonce++ { // one of two has none
			c.parameters[2][1] = fmt.Sprint(nonce)
		}
	}},
	{"encoded twice", diagnose.SignatureForm, func(c *formClient) {
		c.escape = func(s string) string { return url.QueryEscape(url.QueryEscape(s)) }
	}},
	{"no signature", diagnose.AuthorizationForm, func(c *formClient) { c.spell = func([]byte) string { return "" } }},
}

// The same of the older signatures, with both methods.
func TestEveryMistakeOfV1IsNamed(t *testing.T) {
	t.Parallel()
	for _, method := range []string{"GET", "POST"} {
		right := look(t, newFormClient(method).raw(), ours(), arrived)
		if !right.Matches || len(right.Causes) > 0 || right.StringToSign != right.SignedStringToSign {
			t.Fatalf("%s as it should be: %+v", method, right)
		}
		for _, c := range spoiltForms {
			t.Run(method+" "+c.name, func(t *testing.T) {
				t.Parallel()
				client := newFormClient(method)
				c.spoil(client)
				d := look(t, client.raw(), ours(), arrived)
				if d.Matches || !slices.Equal(d.Causes, []diagnose.Cause{c.want}) {
					t.Errorf("%v, matches %t; want %s\n%s", d.Causes, d.Matches, c.want, client.raw())
				}
			})
		}
	}
}
