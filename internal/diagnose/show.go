package diagnose

import (
	"net/url"
	"slices"
	"strings"
)

// hidden stands for what is not shown again.
const hidden = "***"

// Field is a header by name and value.
type Field struct{ Name, Value string }

// ShownQuery is the query without signature and token.
func (r *Request) ShownQuery() string { return hideIn(r.Query) }

// ShownBody is the body, or what is known of it, as text; if it is a form without
// signature and token.
func (r *Request) ShownBody() string {
	body := strings.ToValidUTF8(string(r.Body), "\ufffd")
	if trimmed := strings.TrimSpace(body); strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[") {
		return body
	}
	return hideIn(body)
}

// hideIn takes the values of Signature and Token out of a query or form.
func hideIn(form string) string {
	items := strings.Split(form, "&")
	for i, item := range items {
		name, _, ok := strings.Cut(item, "=")
		decoded, err := url.QueryUnescape(name)
		if ok && (err != nil || decoded == "Signature" || decoded == "Token") {
			items[i] = name + "=" + hidden
		}
	}
	return strings.ToValidUTF8(strings.Join(items, "&"), "\ufffd")
}

// ShownHeaders are the headers by name, Host among them, without signature and
// token.
func (r *Request) ShownHeaders() []Field {
	fields := []Field{{"Host", r.Host}}
	for name, values := range r.Header {
		for _, value := range values {
			switch name {
			case "Authorization":
				value = shownAuthorization(value)
			case "X-Tc-Token":
				value = hidden
			}
			fields = append(fields, Field{name, strings.ToValidUTF8(value, "\ufffd")})
		}
	}
	slices.SortStableFunc(fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// shownAuthorization is the header up to its signature. Whatever it is that cannot be
// read may be a secret.
func shownAuthorization(header string) string {
	before, after, ok := strings.Cut(header, "Signature=")
	if !ok || !strings.HasPrefix(header, "TC3") {
		return hidden
	}
	if _, rest, more := strings.Cut(after, ","); more && !strings.Contains(rest, "Signature=") {
		return before + "Signature=" + hidden + "," + rest
	}
	return before + "Signature=" + hidden
}
