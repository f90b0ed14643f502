package diagnose

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// mistakesTC3 are what clients get wrong about TC3, the commonest first.
var mistakesTC3 = []mistake[recipe]{
	{KeyPrefix, otherPrefix},
	{PayloadEmpty, emptyPayload},
	{PayloadChanged, changedPayload},
	{ContentType, otherType},
	{DateNotUTC, otherDate},
	{HostPort, otherPort},
	{HostName, otherHost},
	{WrongKey, otherKey},
	{KeyWhitespace, misspeltKey},
	{CanonicalForm, otherForm},
	{DerivedKey, otherDerivation},
	{WrongService, otherService},
	{Terminator, otherTerminator},
	{PayloadUnsigned, unsignedPayload},
	{QueryForm, otherQuery},
	{Path, otherPath},
	{Method, otherMethod},
	{HeaderForm, otherHeaders},
	{TimestampSigned, otherTime},
}

func otherPrefix(_ *evidence, r recipe) []recipe {
	return each([]string{"", "AWS4", "tc3"}, func(prefix string) recipe {
		r.derivation.prefix = prefix
		return r
	})
}

// each makes a copy of a recipe with each of some values.
func each[R any](values []string, with func(string) R) []R {
	all := make([]R, len(values))
	for i, value := range values {
		all[i] = with(value)
	}
	return all
}

func emptyPayload(e *evidence, r recipe) []recipe {
	if e.Method == http.MethodGet || e.BodyLength == 0 {
		return nil
	}
	r.payload = hexOf(nil)
	return []recipe{r}
}

func changedPayload(e *evidence, r recipe) []recipe {
	return each(e.guessedPayloads(), func(sum string) recipe {
		r.payload = sum
		return r
	})
}

// unsignedPayload leaves the body out without saying so, or says so and does not;
// or puts the words themselves in the place of their hash.
func unsignedPayload(e *evidence, r recipe) []recipe {
	left, literal, whole := r, r, r
	left.payload, literal.payload, whole.payload = hexOf([]byte(unsigned)), unsigned, hexOf(e.Body)
	return []recipe{left, literal, whole}
}

// contentTypes are those that a client may have signed while another was sent, by
// its HTTP library's choice.
var contentTypes = []string{
	"application/json", "application/json; charset=utf-8", "application/json;charset=utf-8",
	"application/json; charset=UTF-8", "application/json;charset=UTF-8", "application/x-www-form-urlencoded",
	"application/x-www-form-urlencoded; charset=utf-8", "application/x-www-form-urlencoded;charset=UTF-8",
	"text/plain", "text/plain; charset=utf-8", "text/plain;charset=UTF-8", "application/octet-stream",
	"multipart/form-data", "",
}

func otherType(e *evidence, r recipe) []recipe {
	received := e.Header.Get("Content-Type")
	bare, _, _ := strings.Cut(received, ";")
	return each(append([]string{bare, strings.ToUpper(received)}, contentTypes...), func(value string) recipe {
		return r.withHeaders(func(h header) header {
			if strings.EqualFold(h.name, "content-type") {
				h.value = value
			}
			return h
		})
	})
}

// otherDate takes the date of another zone, or of another spelling, in the scope,
// in the key, or in both.
func otherDate(e *evidence, r recipe) []recipe {
	day := time.Unix(e.seconds(), 0).UTC()
	var all, halves []recipe
	for _, date := range []string{
		day.Format(time.DateOnly), day.AddDate(0, 0, -1).Format(time.DateOnly), day.AddDate(0, 0, 1).Format(time.DateOnly),
		day.Format("20060102"), e.Authorization.Date,
	} {
		both, scope, key := r, r, r
		both.date, both.derivation.date = date, date
		scope.date, key.derivation.date = date, date
		all, halves = append(all, both), append(halves, scope, key)
	}
	return append(all, halves...)
}

func (r recipe) withHost(host string) recipe {
	return r.withHeaders(func(h header) header {
		if strings.EqualFold(h.name, "host") {
			h.value = host
		}
		return h
	})
}

func otherPort(e *evidence, r recipe) []recipe { return each(e.otherPorts(), r.withHost) }

func otherHost(e *evidence, r recipe) []recipe { return each(e.otherHosts(), r.withHost) }

func (r recipe) withSecret(secret string) recipe {
	r.derivation.secret = secret
	return r
}

func otherKey(e *evidence, r recipe) []recipe { return each(e.otherSecrets(), r.withSecret) }

func misspeltKey(e *evidence, r recipe) []recipe { return each(e.misspelt(), r.withSecret) }

// otherForm leaves a line out, adds one, or takes another spelling of a hash.
func otherForm(_ *evidence, r recipe) []recipe {
	unended, ended, upperPayload, upper, unhashed, raw := r, r, r, r, r, r
	unended.ended = false
	ended.tail = "\n"
	upperPayload.payload = strings.ToUpper(r.payload)
	upper.upper = true
	unhashed.unhashed = true
	raw.payload, raw.upper = strings.ToUpper(r.payload), true
	return []recipe{unended, ended, upperPayload, upper, unhashed, raw}
}

// otherDerivation makes keys of hexadecimal text, or none.
func otherDerivation(_ *evidence, r recipe) []recipe {
	text, secret, prefixed := r, r, r
	text.derivation.hexadecimal = true
	secret.derivation.underived, secret.derivation.prefix = true, ""
	prefixed.derivation.underived = true
	return []recipe{text, secret, prefixed}
}

func otherService(e *evidence, r recipe) []recipe {
	return inBothOrOne(r, e.serviceNames(),
		func(r *recipe) *string { return &r.service }, func(r *recipe) *string { return &r.derivation.service })
}

func otherTerminator(_ *evidence, r recipe) []recipe {
	return inBothOrOne(r, []string{terminator, "TC3_request", "tc3-request", "aws4_request", "request", ""},
		func(r *recipe) *string { return &r.canonicalAs }, func(r *recipe) *string { return &r.derivation.terminator })
}

// inBothOrOne puts each word into the scope and into the key's derivation, and then
// into one of them only.
func inBothOrOne(r recipe, words []string, scope, derivation func(*recipe) *string) []recipe {
	var both, one []recipe
	for _, word := range words {
		inBoth, inScope, inKey := r, r, r
		*scope(&inBoth), *derivation(&inBoth) = word, word
		*scope(&inScope), *derivation(&inKey) = word, word
		both, one = append(both, inBoth), append(one, inScope, inKey)
	}
	return append(both, one...)
}

// otherQuery sorts, decodes or encodes the query anew, leaves it out, or, of POST,
// takes it in.
func otherQuery(e *evidence, r recipe) []recipe {
	if e.Query == "" {
		return nil
	}
	return each(respelt(e.Query), func(query string) recipe {
		r.query = query
		return r
	})
}

// respelt are other spellings of a query.
func respelt(query string) []string {
	items := strings.Split(query, "&")
	slices.Sort(items)
	sorted := strings.Join(items, "&")
	all := []string{query, sorted, ""}
	for _, text := range []string{query, sorted} {
		if decoded, err := url.QueryUnescape(text); err == nil {
			all = append(all, decoded)
		}
		all = append(all, url.QueryEscape(text), strings.ReplaceAll(text, "+", "%20"), strings.ReplaceAll(text, "%20", "+"),
			"?"+text)
	}
	if values, err := url.ParseQuery(query); err == nil {
		encoded := values.Encode()
		all = append(all, encoded, strings.ReplaceAll(encoded, "+", "%20"))
	}
	return all
}

func otherPath(e *evidence, r recipe) []recipe {
	return each([]string{e.Path, "", e.Path + "/", "//"}, func(path string) recipe {
		r.path = path
		return r
	})
}

func otherMethod(e *evidence, r recipe) []recipe {
	var all []recipe
	for _, method := range []string{http.MethodPost, http.MethodGet, strings.ToLower(e.Method)} {
		other := r
		other.method = method
		all = append(all, other)
		if method == http.MethodGet {
			other.query, other.payload = e.Query, hexOf(nil)
			all = append(all, other)
		}
	}
	return all
}

// otherHeaders spells names and values otherwise, or takes them in another order.
func otherHeaders(e *evidence, r recipe) []recipe {
	named := r.withHeaders(func(h header) header {
		h.name = http.CanonicalHeaderKey(h.name)
		return h
	})
	spaced := r.withHeaders(func(h header) header {
		h.value = " " + h.value
		return h
	})
	lowered := r.withHeaders(func(h header) header {
		h.name, h.value = strings.ToLower(h.name), strings.ToLower(h.value)
		return h
	})
	lowered.signed = strings.ToLower(r.signed)
	names, capitals := named, r
	names.signed = inNames(r.signed, http.CanonicalHeaderKey)
	capitals.signed = names.signed
	all := []recipe{named, names, capitals, spaced, lowered}
	for _, base := range []recipe{r, lowered} {
		reversed := base
		reversed.headers = slices.Clone(base.headers)
		slices.Reverse(reversed.headers)
		sorted := base
		sorted.headers = slices.Clone(base.headers)
		slices.SortFunc(sorted.headers, func(a, b header) int { return strings.Compare(a.name, b.name) })
		resigned := sorted
		signed := strings.Split(base.signed, ";")
		slices.Sort(signed)
		resigned.signed = strings.Join(signed, ";")
		all = append(all, reversed, sorted, resigned)
	}
	more := r
	action := e.Header.Get("X-Tc-Action")
	more.headers = append(slices.Clone(r.headers), header{"x-tc-action", strings.ToLower(action)})
	both := more
	both.signed += ";x-tc-action"
	return append(all, more, both)
}

func inNames(signed string, change func(string) string) string {
	names := strings.Split(signed, ";")
	for i := range names {
		names[i] = change(names[i])
	}
	return strings.Join(names, ";")
}

func otherTime(e *evidence, r recipe) []recipe {
	return each(e.otherTimes(), func(timestamp string) recipe {
		r.timestamp = timestamp
		return r
	})
}
