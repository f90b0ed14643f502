package signature

import (
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // HmacSHA1 is one of the protocol's algorithms
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"hash"
	"slices"
	"strings"
)

// Parameter is one decoded parameter of a query or form.
type Parameter struct {
	Name  string
	Value string
}

// V1 is what HmacSHA256 and HmacSHA1 cover of one HTTP request. Which of the
// two it is, its parameter SignatureMethod says.
type V1 struct {
	Method     string
	Host       string      // as received
	Path       string      // as received
	Parameters []Parameter // of the query or form, in any order; Signature is not signed
}

// Verify says whether the request's parameter Signature was made with the
// secret key, for the Host received or any other host its client may have
// meant; public are the names under which the service is known, tried in their
// order.
func (r *V1) Verify(secretKey string, public []string) bool {
	signature, ok := r.parameter("Signature")
	if !ok {
		return false
	}
	mac := hmac.New(r.algorithm(), []byte(secretKey))
	var space [40]Parameter
	sorted := r.appendSorted(space[:0])
	if r.length() > guessMax {
		public = nil
	}
	if r.matches(mac, sorted, signature, public) {
		return true
	}
	if public == nil {
		return false
	}
	// The Python and Java signers write every "_" of a name as ".".
	dotted := false
	for i, p := range sorted {
		sorted[i].Name = strings.ReplaceAll(p.Name, "_", ".")
		dotted = dotted || sorted[i].Name != p.Name
	}
	sortByName(sorted)
	return dotted && r.matches(mac, sorted, signature, public)
}

// guessMax is the size in bytes up to which a request is tried in every reading
// that a client is known to use: each hashes all of it, and the clients that
// need guessing send small ones.
const guessMax = 64 << 10

func (r *V1) length() int {
	length := 0
	for i := range r.Parameters {
		length += len(r.Parameters[i].Name) + len(r.Parameters[i].Value)
	}
	return length
}

// Sign returns the value of the request's parameter Signature.
func (r *V1) Sign(secretKey string) string {
	mac := hmac.New(r.algorithm(), []byte(secretKey))
	mac.Write(r.appendStringToSign(nil, r.Host, r.appendSorted(nil)))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func (r *V1) parameter(name string) (string, bool) {
	for _, p := range r.Parameters {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

func (r *V1) algorithm() func() hash.Hash {
	if method, _ := r.parameter("SignatureMethod"); method == "HmacSHA256" {
		return sha256.New
	}
	return sha1.New
}

func (r *V1) appendSorted(sorted []Parameter) []Parameter {
	for _, p := range r.Parameters {
		if p.Name != "Signature" {
			sorted = append(sorted, p)
		}
	}
	sortByName(sorted)
	return sorted
}

func sortByName(parameters []Parameter) {
	slices.SortStableFunc(parameters, func(a, b Parameter) int { return strings.Compare(a.Name, b.Name) })
}

func (r *V1) matches(mac hash.Hash, sorted []Parameter, signature string, public []string) bool {
	var space [1024]byte
	var sum [sha256.Size]byte
	var text [44]byte // the base64 of sum
	for host := range Hosts(r.Host, public) {
		mac.Write(r.appendStringToSign(space[:0], host, sorted))
		encoded := base64.StdEncoding.AppendEncode(text[:0], mac.Sum(sum[:0]))
		if subtle.ConstantTimeCompare(encoded, []byte(signature)) == 1 {
			return true
		}
		mac.Reset()
	}
	return false
}

func (r *V1) appendStringToSign(b []byte, host string, sorted []Parameter) []byte {
	b = append(b, r.Method...)
	b = append(b, host...)
	b = append(b, r.Path...)
	b = append(b, '?')
	for i, p := range sorted {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, p.Name...)
		b = append(b, '=')
		b = append(b, p.Value...)
	}
	return b
}
