package reference

import (
	"html/template"
	"strings"
	"unicode"
	"unicode/utf8"

	"tael/api/bundle"
)

// language is one of those that the definition is written in, as paths and ?lang=
// name it.
type language string

const (
	english language = "en"
	chinese language = "zh"
)

// tag is the language as HTML and HTTP call it.
func (l language) tag() string {
	if l == chinese {
		return "zh-Hans"
	}
	return "en"
}

// of is a text in the language.
func (l language) of(t bundle.Text) string {
	if l == chinese && t.Zh != "" {
		return unwrap(t.Zh)
	}
	return unwrap(t.En)
}

// unwrap joins the lines of a paragraph: with a space, but for Chinese, which has
// none between characters.
func unwrap(text string) string {
	lines := strings.Split(text, "\n")
	var out strings.Builder
	for i, line := range lines {
		if i > 0 {
			before, _ := utf8.DecodeLastRuneInString(lines[i-1])
			after, _ := utf8.DecodeRuneInString(line)
			if !wide(before) && !wide(after) {
				out.WriteByte(' ')
			}
		}
		out.WriteString(line)
	}
	return out.String()
}

// wide reports whether a character stands without spaces around it.
func wide(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}

// marked is a text as HTML, with what stands between backquotes as code.
func marked(text string) template.HTML {
	var out strings.Builder
	for i, part := range strings.Split(text, "`") {
		escaped := template.HTMLEscapeString(part)
		if i%2 == 1 {
			escaped = "<code>" + escaped + "</code>"
		}
		out.WriteString(escaped)
	}
	return template.HTML(out.String()) // every part was escaped
}
