package diagnose

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"

	"tael/internal/signature"
)

// Bounds of what is read; beyond them a request is not looked into.
const (
	headersMax    = 100
	parametersMax = 1000
)

// Errors of Parse.
var (
	errLine    = errors.New("the first line is not a method and a target")
	errHeader  = errors.New("a line before the empty one is not a header")
	errHeaders = errors.New("it has more than 100 headers")
)

// Parse reads a request as it went over the wire: first line, headers, an empty
// line, the body to the byte. Lines may end in LF. A Content-Length that is
// shorter than the body by line ends at its end counts: they come with pasting.
func Parse(raw string) (*Request, error) {
	raw = strings.TrimLeft(raw, "\r\n")
	first, rest := line(raw)
	words := strings.Fields(first)
	if len(words) < 2 || len(words) > 3 || len(words) == 3 && !strings.HasPrefix(words[2], "HTTP/") {
		return nil, errLine
	}
	r := &Request{Method: words[0], Header: http.Header{}}
	target := words[1]
	if _, after, ok := strings.Cut(target, "://"); ok && !strings.HasPrefix(target, "/") {
		slash := strings.IndexAny(after+"/", "/?")
		r.Host, target = after[:slash], after[slash:]
	}
	r.Path, r.Query, _ = strings.Cut(target, "?")
	if r.Path == "" {
		r.Path = "/"
	}
	for count := 0; rest != ""; count++ {
		var text string
		if text, rest = line(rest); text == "" {
			break
		}
		name, value, ok := strings.Cut(text, ":")
		if !ok || strings.TrimSpace(name) == "" {
			return nil, errHeader
		}
		if count == headersMax {
			return nil, errHeaders
		}
		name = textproto.CanonicalMIMEHeaderKey(strings.TrimSpace(name))
		if name == "Host" {
			r.Host = strings.TrimSpace(value)
			continue
		}
		r.Header[name] = append(r.Header[name], strings.TrimSpace(value))
	}
	r.Body = []byte(pasted(rest, r.Header.Get("Content-Length")))
	r.BodyLength, r.BodySum = len(r.Body), sha256.Sum256(r.Body)
	return r, nil
}

// line takes a line off the front of s.
func line(s string) (first, rest string) {
	first, rest, _ = strings.Cut(s, "\n")
	return strings.TrimSuffix(first, "\r"), rest
}

func pasted(body, contentLength string) string {
	length, err := strconv.Atoi(contentLength)
	if err == nil && length >= 0 && length < len(body) && strings.Trim(body[length:], "\r\n") == "" {
		return body[:length]
	}
	return body
}

// Authorization is what the Authorization header of a request seems to say.
// Unlike signature.ParseAuthorization it takes what is not quite right.
type Authorization struct {
	SecretID, Date, Service, Terminator, SignedHeaders string

	signature string
}

// readAuthorization returns nil for what names no key.
func readAuthorization(header string) *Authorization {
	_, fields, ok := strings.Cut(strings.TrimSpace(header), " ")
	if !ok {
		return nil
	}
	a := &Authorization{}
	for field := range strings.SplitSeq(fields, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		switch strings.ToLower(name) {
		case "credential":
			a.SecretID, value, _ = strings.Cut(value, "/")
			a.Date, value, _ = strings.Cut(value, "/")
			a.Service, a.Terminator, _ = strings.Cut(value, "/")
		case "signedheaders":
			a.SignedHeaders = value
		case "signature":
			a.signature = value
		}
	}
	if a.SecretID == "" {
		return nil
	}
	return a
}

// Reading is what a request says of itself.
type Reading struct {
	*Request
	TC3           bool   // or meant to be, judging by its headers
	Algorithm     string // of the signature; empty where it names none
	SecretID      string // the key, or empty
	Token         string
	Version       string
	Timestamp     int64          // 0: none, or no number
	Authorization *Authorization // TC3; nil where it cannot be read

	parameters []signature.Parameter // v1: as signed, with Signature
	unreadable bool                  // the form or the Authorization is broken
}

// Read finds out what a request says of itself.
func Read(r *Request) *Reading {
	header := r.Header.Get("Authorization")
	_, action := r.Header["X-Tc-Action"]
	reading := &Reading{Request: r, TC3: action || strings.HasPrefix(header, "TC3")}
	if reading.TC3 {
		reading.Algorithm = signature.Algorithm
		reading.Version, reading.Token = r.Header.Get("X-Tc-Version"), r.Header.Get("X-Tc-Token")
		reading.Timestamp = number(r.Header.Get("X-Tc-Timestamp"))
		if reading.Authorization = readAuthorization(header); reading.Authorization != nil {
			reading.SecretID = reading.Authorization.SecretID
		}
		return reading
	}
	raw := r.Query
	if r.Method != http.MethodGet {
		raw = string(r.Body)
	}
	reading.parameters, reading.unreadable = readForm(raw)
	reading.SecretID, reading.Token = reading.parameter("SecretId"), reading.parameter("Token")
	reading.Version = reading.parameter("Version")
	reading.Timestamp = number(reading.parameter("Timestamp"))
	if reading.parameter("Signature") != "" {
		reading.Algorithm = "HmacSHA1"
	}
	if reading.parameter("SignatureMethod") == hmacSHA256 {
		reading.Algorithm = hmacSHA256
	}
	return reading
}

const hmacSHA256 = "HmacSHA256"

func number(text string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func (r *Reading) parameter(name string) string {
	for _, p := range r.parameters {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// readForm decodes a query or form, and reports whether something in it is not of
// that form.
func readForm(raw string) (parameters []signature.Parameter, broken bool) {
	if raw == "" {
		return nil, false
	}
	for item := range strings.SplitSeq(raw, "&") {
		if len(parameters) == parametersMax {
			return parameters, true
		}
		name, value, ok := strings.Cut(item, "=")
		decodedName, errName := url.QueryUnescape(name)
		decodedValue, errValue := url.QueryUnescape(value)
		if !ok || errName != nil || errValue != nil {
			broken = true
			continue
		}
		parameters = append(parameters, signature.Parameter{Name: decodedName, Value: decodedValue})
	}
	return parameters, broken
}
