package diagnose

import (
	"cmp"
	"crypto/hmac"
	"crypto/sha1" //nolint:gosec // HmacSHA1 is one of the protocol's algorithms
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"tael/internal/signature"
)

// formula is everything that a signature of v1 is made of.
type formula struct {
	method, host, path string
	mark               string // between the path and the parameters
	parameters         []signature.Parameter
	algorithm          func() hash.Hash
	secret             string
}

func (f *formula) stringToSign() string {
	var b strings.Builder
	b.Grow(f.length())
	b.WriteString(f.method + f.host + f.path + f.mark)
	for i, p := range f.parameters {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(p.Name)
		b.WriteByte('=')
		b.WriteString(p.Value)
	}
	return b.String()
}

// length is that of the string to sign, or a little more.
func (f *formula) length() int {
	length := len(f.method) + len(f.host) + len(f.path) + len(f.mark)
	for i := range f.parameters {
		length += len(f.parameters[i].Name) + len(f.parameters[i].Value) + len("&=")
	}
	return length
}

// parameterBytes is what the handling of one parameter costs, in bytes hashed.
const parameterBytes = 64

func (e *evidence) givesV1(f formula) bool {
	if !e.spend(f.length() + parameterBytes*len(f.parameters)) {
		return false
	}
	mac := hmac.New(f.algorithm, []byte(f.secret))
	mac.Write([]byte(f.stringToSign()))
	return e.proves(mac.Sum(nil))
}

func diagnoseV1(d *Diagnosis, r *Reading, key *Key) {
	if r.Incomplete || r.Partial && r.Method != http.MethodGet {
		d.Secretive = true
		return
	}
	e := &evidence{Reading: r, key: key}
	given := r.parameter("Signature")
	var plain bool
	e.signatures, plain = signaturesInV1(given)
	switch {
	case len(e.signatures) == 0 || r.unreadable || r.SecretID == "":
		d.add(AuthorizationForm)
	case !plain:
		d.add(SignatureForm)
	}
	expected := e.formula(r.Host)
	d.StringToSign = expected.stringToSign()
	if key.Secret == "" || len(e.signatures) == 0 {
		return
	}
	request := signature.V1{Method: r.Method, Host: r.Host, Path: r.Path, Parameters: r.parameters}
	d.Matches = request.Verify(key.Secret, signature.PublicHosts)
	found, causes, ok := search(e, e.acceptedV1(), mistakesV1, (*evidence).givesV1)
	d.searched, d.spent = true, e.spent
	if ok {
		d.Found, d.SignedStringToSign = true, found.stringToSign()
		d.add(causes...)
	}
}

// signaturesInV1 are the bytes that a text may stand for, and whether it is in base64
// as it should be. A "+" that was not percent-encoded arrives as a space.
func signaturesInV1(text string) (all [][]byte, plain bool) {
	if raw, err := base64.StdEncoding.DecodeString(text); err == nil && isSum(raw) {
		return [][]byte{raw}, true
	}
	if unescaped, err := url.PathUnescape(text); err == nil {
		text = unescaped
	}
	text = strings.ReplaceAll(text, " ", "+")
	for _, decode := range []func(string) ([]byte, error){
		base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString, base64.URLEncoding.DecodeString,
		base64.RawURLEncoding.DecodeString, hex.DecodeString,
	} {
		if raw, err := decode(text); err == nil && isSum(raw) {
			all = append(all, raw)
		}
	}
	return all, false
}

func isSum(raw []byte) bool { return len(raw) == sha1.Size || len(raw) == sha256.Size }

// formula is what should have been signed for a host.
func (e *evidence) formula(host string) formula {
	f := formula{
		method: e.Method, host: host, path: e.Path, mark: "?", algorithm: sha1.New, secret: e.key.Secret,
	}
	if e.Algorithm == hmacSHA256 {
		f.algorithm = sha256.New
	}
	if e.sorted == nil {
		e.sorted = sorted(e.signedParameters())
	}
	f.parameters = e.sorted // which nothing changes: see changed
	return f
}

// signedParameters are all but the signature, as they arrived.
func (e *evidence) signedParameters() []signature.Parameter {
	return slices.DeleteFunc(slices.Clone(e.parameters), func(p signature.Parameter) bool { return p.Name == "Signature" })
}

func sorted(parameters []signature.Parameter) []signature.Parameter {
	slices.SortStableFunc(parameters, func(a, b signature.Parameter) int { return strings.Compare(a.Name, b.Name) })
	return parameters
}

// acceptedV1 are the readings that a server accepts, the commonest first.
func (e *evidence) acceptedV1() []formula {
	var all []formula
	for host := range signature.Hosts(e.Host, signature.PublicHosts) {
		plain := e.formula(host)
		all = append(all, plain)
		dotted := plain
		dotted.parameters = changed(plain.parameters, func(p signature.Parameter) signature.Parameter {
			p.Name = strings.ReplaceAll(p.Name, "_", ".")
			return p
		})
		if !slices.Equal(dotted.parameters, plain.parameters) {
			dotted.parameters = sorted(dotted.parameters)
			all = append(all, dotted)
		}
	}
	return all
}

func changed(
	parameters []signature.Parameter, change func(signature.Parameter) signature.Parameter,
) []signature.Parameter {
	all := make([]signature.Parameter, len(parameters))
	for i, p := range parameters {
		all[i] = change(p)
	}
	return all
}

// mistakesV1 are what clients get wrong about v1, the commonest first.
var mistakesV1 = []mistake[formula]{
	{ParameterOrder, otherOrder},
	{ParameterEncoded, encodedValues},
	{Method, otherMethodV1},
	{Algorithm, otherAlgorithm},
	{HostPort, func(e *evidence, f formula) []formula { return each(e.otherPorts(), f.withHost) }},
	{HostName, func(e *evidence, f formula) []formula { return each(e.otherHosts(), f.withHost) }},
	{Path, otherPathV1},
	{QuestionMark, otherMark},
	{WrongKey, func(e *evidence, f formula) []formula { return each(e.otherSecrets(), f.withSecret) }},
	{KeyWhitespace, func(e *evidence, f formula) []formula { return each(e.misspelt(), f.withSecret) }},
	{KeyPrefix, func(e *evidence, f formula) []formula { return []formula{f.withSecret("TC3" + e.key.Secret)} }},
	{ParameterLeftOut, fewerParameters},
	{TimestampSigned, otherTimeV1},
}

func (f formula) withHost(host string) formula {
	f.host = host
	return f
}

func (f formula) withSecret(secret string) formula {
	f.secret = secret
	return f
}

// otherOrder takes parameters as they came, sorted without regard to case, or with
// Ids.2 before Ids.12.
func otherOrder(e *evidence, f formula) []formula {
	received, folded, numbered := f, f, f
	received.parameters = e.signedParameters()
	folded.parameters = slices.Clone(f.parameters)
	slices.SortStableFunc(folded.parameters, func(a, b signature.Parameter) int {
		return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name))
	})
	numbered.parameters = slices.Clone(f.parameters)
	slices.SortStableFunc(numbered.parameters, func(a, b signature.Parameter) int {
		const digits = "0123456789"
		return cmp.Or(strings.Compare(strings.TrimRight(a.Name, digits), strings.TrimRight(b.Name, digits)),
			cmp.Compare(len(a.Name), len(b.Name)), strings.Compare(a.Name, b.Name))
	})
	return []formula{received, folded, numbered}
}

func encodedValues(_ *evidence, f formula) []formula {
	percent := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
	var all []formula
	for _, encode := range []func(string) string{url.QueryEscape, percent, url.PathEscape} {
		encoded := f
		encoded.parameters = changed(f.parameters, func(p signature.Parameter) signature.Parameter {
			return signature.Parameter{Name: p.Name, Value: encode(p.Value)}
		})
		all = append(all, encoded)
	}
	return all
}

func otherMethodV1(e *evidence, f formula) []formula {
	return each([]string{http.MethodGet, http.MethodPost, strings.ToLower(e.Method), ""}, func(method string) formula {
		f.method = method
		return f
	})
}

func otherAlgorithm(e *evidence, f formula) []formula {
	f.algorithm = sha256.New
	if e.Algorithm == hmacSHA256 {
		f.algorithm = sha1.New
	}
	return []formula{f}
}

func otherPathV1(e *evidence, f formula) []formula {
	return each([]string{"", "/", e.Path + "/", "/v2/index.php"}, func(path string) formula {
		f.path = path
		return f
	})
}

func otherMark(_ *evidence, f formula) []formula {
	return each([]string{"", "&", "??"}, func(mark string) formula {
		f.mark = mark
		return f
	})
}

// leftOutMax is up to how many parameters each is left out for a try.
const leftOutMax = 32

// fewerParameters leaves out one, all that are empty, or all that the SDKs add.
func fewerParameters(_ *evidence, f formula) []formula {
	without := func(gone func(signature.Parameter) bool) formula {
		fewer := f
		fewer.parameters = slices.DeleteFunc(slices.Clone(f.parameters), gone)
		return fewer
	}
	all := []formula{
		without(func(p signature.Parameter) bool { return p.Value == "" }),
		without(func(p signature.Parameter) bool {
			return slices.Contains([]string{"SignatureMethod", "RequestClient", "Language", "Token"}, p.Name)
		}),
	}
	for _, left := range f.parameters[:min(len(f.parameters), leftOutMax)] {
		all = append(all, without(func(p signature.Parameter) bool { return p.Name == left.Name }))
	}
	return all
}

func otherTimeV1(e *evidence, f formula) []formula {
	return each(e.otherTimes(), func(timestamp string) formula {
		f.parameters = changed(f.parameters, func(p signature.Parameter) signature.Parameter {
			if p.Name == "Timestamp" {
				p.Value = timestamp
			}
			return p
		})
		return f
	})
}
