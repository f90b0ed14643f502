package diagnose

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"
)

// guessedMax is the size in bytes of a body up to which its other spellings are
// made.
const guessedMax = 16 << 10

// guessedPayloads are the hashes of other spellings of the body, one of which may
// have been signed: libraries write JSON anew, editors add line ends.
func (e *evidence) guessedPayloads() []string {
	if e.guessed != nil {
		return e.guessed
	}
	for _, body := range e.guessedBodies() {
		if e.spend(len(body)) {
			e.guessed = append(e.guessed, hexOf([]byte(body)))
		}
	}
	return e.guessed
}

func (e *evidence) guessedBodies() []string {
	others := []string{"{}", "null", "[]", e.Query}
	if e.Partial || len(e.Body) > guessedMax {
		return others
	}
	body := string(e.Body)
	trimmed := strings.TrimSpace(body)
	bodies := []string{trimmed, trimmed + "\n", body + "\n", trimmed + "\r\n"}
	spelt := spellings(e.Body)
	bodies = append(append(bodies, spelt...), others...)
	for _, text := range append(spelt, body) {
		bodies = append(bodies, escaped(text), text+"\n")
	}
	bodies = append(bodies, strings.ReplaceAll(body, "\r\n", "\n"), strings.ReplaceAll(body, "\n", "\r\n"),
		strings.ReplaceAll(body, "\n", ""), "\ufeff"+body, url.QueryEscape(body))
	if quoted, err := json.Marshal(body); err == nil {
		bodies = append(bodies, string(quoted))
	}
	return bodies
}

// spellings are the ways in which common libraries write a JSON text: compact,
// spaced, indented; in its own order or sorted; with < > & escaped or not.
func spellings(body []byte) []string {
	var compact bytes.Buffer
	if json.Compact(&compact, body) != nil || depth(compact.Bytes()) > depthMax {
		return nil
	}
	texts := [][]byte{compact.Bytes()}
	if sorted, ok := sortedJSON(body); ok {
		texts = append(texts, sorted)
	}
	var all []string
	for _, text := range texts {
		var safe bytes.Buffer
		json.HTMLEscape(&safe, text)
		all = append(all, string(text), spaced(text), safe.String())
		for _, indent := range []string{"  ", "    ", "\t"} {
			var indented bytes.Buffer
			if json.Indent(&indented, text, "", indent) == nil {
				all = append(all, indented.String())
			}
		}
	}
	return all
}

// depthMax is how deep a JSON text may be that is indented: each line repeats it.
const depthMax = 16

// depth is how deep a JSON text is, or more.
func depth(text []byte) int {
	deepest, now := 0, 0
	for _, c := range text {
		switch c {
		case '{', '[':
			now++
			deepest = max(deepest, now)
		case '}', ']':
			now--
		}
	}
	return deepest
}

// sortedJSON sorts the members of objects by name and keeps numbers as they are.
func sortedJSON(body []byte) ([]byte, bool) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if decoder.Decode(&value) != nil {
		return nil, false
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return nil, false
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), true
}

// spaced puts a space behind every colon and comma of a compact JSON text, as
// Python does.
func spaced(text []byte) string {
	out := make([]byte, 0, len(text)+len(text)/8)
	quoted := false
	for i := 0; i < len(text); i++ {
		c := text[i]
		out = append(out, c)
		switch {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\' && i+1 < len(text):
			i++
			out = append(out, text[i])
		case !quoted && (c == ':' || c == ','):
			out = append(out, ' ')
		}
	}
	return string(out)
}

// escaped writes what is not ASCII as \uXXXX, as Python and PHP do.
func escaped(text string) string {
	var out strings.Builder
	for _, c := range text {
		switch {
		case c < utf8.RuneSelf:
			out.WriteRune(c)
		case c > 0xffff:
			c -= 0x10000
			fmt.Fprintf(&out, `\u%04x\u%04x`, 0xd800+c>>10, 0xdc00+c&0x3ff)
		default:
			fmt.Fprintf(&out, `\u%04x`, c)
		}
	}
	return out.String()
}
