package signature

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// TC3 is what TC3-HMAC-SHA256 can cover of one HTTP request. The path is not
// among it: every client signs "/".
type TC3 struct {
	Method    string
	Query     string      // as received, without the "?"; signed by GET only
	Host      string      // as received
	Header    http.Header // as received
	Payload   []byte      // the body's bytes as received; not signed by GET
	Timestamp int64       // X-TC-Timestamp, in Unix seconds
}

// unsignedPayload is both the value of X-TC-Content-SHA256 that leaves the body
// out of the signature and what is then hashed instead of it.
const unsignedPayload = "UNSIGNED-PAYLOAD"

// reading says how to take the values of signed headers: the documentation
// lower-cases all of them, the SDKs none, and programs written after the
// documentation's samples all but the content type.
type reading struct {
	lowerType bool // content-type
	lowerRest bool // all others but host
}

// Verify says whether the request was signed with the key that a.SigningKey
// gives, for the Host received or any other host its client may have meant;
// public are the names under which the service is known, tried in their order.
// It fails where the credential's date is not the UTC date of the timestamp.
func (r *TC3) Verify(a *Authorization, key [sha256.Size]byte, public []string) bool {
	var date [16]byte
	if a.Date != string(appendDate(date[:0], r.Timestamp)) || r.signedLength(a.SignedHeaders) > signedMax {
		return false
	}
	payload := r.payloadHash()
	mac := hmac.New(sha256.New, key[:])
	var canonical [1024]byte
	var text [256]byte
	var sum [sha256.Size]byte
	for _, how := range [...]reading{{}, {lowerRest: true}, {lowerType: true}, {lowerType: true, lowerRest: true}} {
		if !r.changedBy(how, a.SignedHeaders) {
			continue
		}
		for host := range Hosts(r.Host, public) {
			hash := sha256.Sum256(r.appendCanonical(canonical[:0], a.SignedHeaders, host, how, payload))
			mac.Write(r.appendStringToSign(text[:0], a, hash))
			if subtle.ConstantTimeCompare(mac.Sum(sum[:0]), a.Signature[:]) == 1 {
				return true
			}
			mac.Reset()
		}
	}
	return false
}

// signedMax bounds the values of signed headers, in bytes: each reading and
// host hashes them again, and no client signs more than a few hundred.
const signedMax = 4096

func (r *TC3) signedLength(names string) int {
	length := len(r.Host)
	for name := range strings.SplitSeq(names, ";") {
		length += len(r.Header.Get(name))
	}
	return length
}

// Sign returns the value of the Authorization header of a request with this
// content. It signs content-type, host and the other headers named, in lower
// case, by also, and takes values as the documentation's samples do: those of
// content-type and host as they stand, all others in lower case.
func (r *TC3) Sign(c Credential, service string, also ...string) string {
	signed := append([]string{"content-type", "host"}, also...)
	slices.Sort(signed)
	a := Authorization{
		SecretID:      c.ID,
		Date:          string(appendDate(nil, r.Timestamp)),
		Service:       service,
		SignedHeaders: strings.Join(signed, ";"),
	}
	key := a.SigningKey(c.Key)
	canonical := r.appendCanonical(nil, a.SignedHeaders, r.Host, reading{lowerRest: true}, r.payloadHash())
	mac := hmac.New(sha256.New, key[:])
	mac.Write(r.appendStringToSign(nil, &a, sha256.Sum256(canonical)))
	mac.Sum(a.Signature[:0])
	return a.String()
}

func appendDate(b []byte, timestamp int64) []byte {
	return time.Unix(timestamp, 0).UTC().AppendFormat(b, time.DateOnly)
}

func (r *TC3) payloadHash() [sha256.Size]byte {
	switch {
	case r.Header.Get("X-Tc-Content-Sha256") == unsignedPayload:
		return sha256.Sum256([]byte(unsignedPayload))
	case r.Method == http.MethodGet:
		return sha256.Sum256(nil)
	}
	return sha256.Sum256(r.Payload)
}

// changedBy says whether each of the lower-casings of how makes a difference:
// where one does not, another reading has covered this one.
func (r *TC3) changedBy(how reading, signedHeaders string) bool {
	if how.lowerType && lower(r.Header.Get("content-type")) == r.Header.Get("content-type") {
		return false
	}
	if !how.lowerRest {
		return true
	}
	for name := range strings.SplitSeq(signedHeaders, ";") {
		if name != "content-type" && name != "host" && lower(r.Header.Get(name)) != r.Header.Get(name) {
			return true
		}
	}
	return false
}

func lower(value string) string {
	return strings.ToLower(strings.TrimSpace(value))
}

func (r *TC3) appendCanonical(
	b []byte, signedHeaders, host string, how reading, payload [sha256.Size]byte,
) []byte {
	b = append(b, r.Method...)
	b = append(b, "\n/\n"...)
	if r.Method == http.MethodGet {
		b = append(b, r.Query...)
	}
	b = append(b, '\n')
	for name := range strings.SplitSeq(signedHeaders, ";") {
		b = append(b, name...)
		b = append(b, ':')
		b = append(b, r.value(name, host, how)...)
		b = append(b, '\n')
	}
	b = append(b, '\n')
	b = append(b, signedHeaders...)
	b = append(b, '\n')
	return hex.AppendEncode(b, payload[:])
}

func (r *TC3) value(name, host string, how reading) string {
	switch name {
	case "host":
		return host
	case "content-type":
		if how.lowerType {
			return lower(r.Header.Get(name))
		}
	default:
		if how.lowerRest {
			return lower(r.Header.Get(name))
		}
	}
	return r.Header.Get(name)
}

func (r *TC3) appendStringToSign(b []byte, a *Authorization, canonical [sha256.Size]byte) []byte {
	b = append(b, Algorithm+"\n"...)
	b = strconv.AppendInt(b, r.Timestamp, 10)
	b = append(b, '\n')
	b = a.appendScope(b)
	b = append(b, '\n')
	return hex.AppendEncode(b, canonical[:])
}
