// Package signature signs and verifies requests of API 3.0: TC3-HMAC-SHA256,
// whose signature stands in the Authorization header, and the older HmacSHA256
// and HmacSHA1 ("v1"), whose signature is one of the parameters. It says
// whether a request was signed with a given secret, and no more: clock, keys,
// tokens and error codes are the gateway's. It may import the standard library
// only.
//
// Clients disagree on what they sign. Verifying therefore tries every reading
// that an official client is known to use, the commonest first, and stops at
// the first that matches.
package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
)

// Algorithm is the first word of the Authorization header of a TC3 request.
const Algorithm = "TC3-HMAC-SHA256"

// Limits of an Authorization header. Real ones have some 250 bytes and sign two
// or three headers.
const (
	authorizationMax = 4096
	signedHeadersMax = 32
)

// Errors of ParseAuthorization.
var (
	ErrMalformed = errors.New("the Authorization header is not of the TC3 form")
	ErrUnsigned  = errors.New("content-type and host must be among the signed headers")
)

// Credential is a key pair.
type Credential struct {
	ID  string
	Key string
}

// Authorization is what the Authorization header of a TC3 request says.
type Authorization struct {
	SecretID      string
	Date          string // YYYY-MM-DD; the request is refused unless it is the UTC date of its timestamp
	Service       string // as the client derived it, perhaps from its endpoint: "127" for 127.0.0.1
	SignedHeaders string // lower-case names joined by ";", in the client's order
	Signature     [sha256.Size]byte
}

// ParseAuthorization reads the Authorization header of a TC3 request. Whatever
// it accepts, String gives back with the same meaning.
func ParseAuthorization(header string) (Authorization, error) {
	var a Authorization
	if len(header) > authorizationMax {
		return a, ErrMalformed
	}
	rest, ok := strings.CutPrefix(header, Algorithm+" ")
	if !ok {
		return a, ErrMalformed
	}
	credential, rest, ok := cutField(rest, "Credential=")
	if !ok {
		return a, ErrMalformed
	}
	a.SignedHeaders, rest, ok = cutField(rest, "SignedHeaders=")
	if !ok {
		return a, ErrMalformed
	}
	signature, ok := strings.CutPrefix(rest, "Signature=")
	if !ok || !a.readCredential(credential) || !a.readSignature(signature) {
		return a, ErrMalformed
	}
	return a, checkSignedHeaders(a.SignedHeaders)
}

// cutField takes "name value, " off the front of s.
func cutField(s, name string) (value, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, name)
	if !ok {
		return "", "", false
	}
	value, rest, ok = strings.Cut(s, ",")
	return value, strings.TrimLeft(rest, " "), ok
}

func (a *Authorization) readCredential(s string) bool {
	var terminator string
	var ok [3]bool
	a.SecretID, s, ok[0] = strings.Cut(s, "/")
	a.Date, s, ok[1] = strings.Cut(s, "/")
	a.Service, terminator, ok[2] = strings.Cut(s, "/")
	return ok == [3]bool{true, true, true} && terminator == scopeEnd &&
		isVisible(a.SecretID) && isVisible(a.Service) && isDate(a.Date)
}

func (a *Authorization) readSignature(s string) bool {
	if len(s) != hex.EncodedLen(len(a.Signature)) {
		return false
	}
	for i := range len(s) {
		if 'A' <= s[i] && s[i] <= 'F' {
			return false
		}
	}
	_, err := hex.Decode(a.Signature[:], []byte(s))
	return err == nil
}

// checkSignedHeaders refuses repeated names too: each repetition of a long
// header would have to be hashed.
func checkSignedHeaders(names string) error {
	var seen [signedHeadersMax]string
	var contentType, host bool
	count := 0
	for name := range strings.SplitSeq(names, ";") {
		if count == signedHeadersMax || !isHeaderName(name) {
			return ErrMalformed
		}
		if slices.Contains(seen[:count], name) {
			return ErrMalformed
		}
		seen[count] = name
		count++
		contentType = contentType || name == "content-type"
		host = host || name == "host"
	}
	if !contentType || !host {
		return ErrUnsigned
	}
	return nil
}

func isHeaderName(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return s != ""
}

func isVisible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}

func isDate(s string) bool {
	if len(s) != len("2006-01-02") {
		return false
	}
	for i := range len(s) {
		dash := i == 4 || i == 7
		if dash != (s[i] == '-') || !dash && (s[i] < '0' || s[i] > '9') {
			return false
		}
	}
	return true
}

// String is the header's text.
func (a Authorization) String() string {
	b := make([]byte, 0, 256)
	b = append(b, Algorithm+" Credential="...)
	b = append(b, a.SecretID...)
	b = append(b, '/')
	b = a.appendScope(b)
	b = append(b, ", SignedHeaders="...)
	b = append(b, a.SignedHeaders...)
	b = append(b, ", Signature="...)
	return string(hex.AppendEncode(b, a.Signature[:]))
}

const scopeEnd = "tc3_request"

func (a *Authorization) appendScope(b []byte) []byte {
	b = append(b, a.Date...)
	b = append(b, '/')
	b = append(b, a.Service...)
	return append(b, "/"+scopeEnd...)
}

// SigningKey is the key that TC3 derives from a secret for one date and
// service. It is worth keeping, by secret id, date and service; but date and
// service are the client's words, so such a cache must be bounded.
func (a *Authorization) SigningKey(secretKey string) [sha256.Size]byte {
	key := []byte("TC3" + secretKey)
	for _, step := range [...]string{a.Date, a.Service, scopeEnd} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(step))
		key = mac.Sum(nil)
	}
	return [sha256.Size]byte(key)
}
