package gateway

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"tael/api"
)

// parseJSON reads a JSON body; an empty one is an empty object. Of a list
// longer than api.ListMax the rest is checked for syntax and counted, not kept.
// Errors are InvalidParameter.
//
// It is built on jsontext because encoding/json takes the last of repeated
// names and replaces what is not Unicode: both would change what was signed.
func parseJSON(body []byte) (api.Value, *api.Error) {
	v := api.Value{Kind: api.Object}
	if len(body) == 0 || string(body) == "{}" {
		return v, nil
	}
	if !utf8.Valid(body) {
		return v, refuse("utf8")
	}
	decoder := decoders.Get().(*jsontext.Decoder)
	defer func() {
		decoder.Reset(new(bytes.Buffer)) // lets go of the body
		decoders.Put(decoder)
	}()
	decoder.Reset(bytes.NewBuffer(body))
	r := jsonReader{decoder: decoder}
	if refusal := r.value(&v); refusal != nil {
		return v, refusal
	}
	if _, err := decoder.ReadToken(); !errors.Is(err, io.EOF) {
		return v, refuse("json")
	}
	if v.Kind != api.Object {
		return v, refuse("object")
	}
	return v, nil
}

var decoders = sync.Pool{New: func() any { return new(jsontext.Decoder) }}

type jsonReader struct {
	decoder *jsontext.Decoder
	values  int // kept
}

// value reads the next value into v.
func (r *jsonReader) value(v *api.Value) *api.Error {
	token, refusal := r.token()
	if refusal != nil {
		return refusal
	}
	switch token.Kind() {
	case jsontext.KindNull:
		v.Kind = api.Null
	case jsontext.KindTrue, jsontext.KindFalse:
		v.Kind, v.Text = api.Bool, token.String()
	case jsontext.KindNumber:
		v.Kind, v.Text = api.Number, token.String()
	case jsontext.KindString:
		v.Kind, v.Text = api.String, token.String()
		if strings.IndexByte(v.Text, 0) >= 0 {
			return refuse("nul")
		}
	case jsontext.KindBeginObject:
		v.Kind = api.Object
		return r.object(v)
	default:
		v.Kind = api.List
		return r.list(v)
	}
	return nil
}

func (r *jsonReader) object(v *api.Value) *api.Error {
	for r.decoder.PeekKind() != jsontext.KindEndObject {
		name, refusal := r.token()
		if refusal != nil {
			return refusal
		}
		if r.values++; r.values > valuesMax {
			return refuse("many")
		}
		v.Fields = append(v.Fields, api.Field{Name: name.String()})
		if strings.IndexByte(v.Fields[len(v.Fields)-1].Name, 0) >= 0 {
			return refuse("nul")
		}
		if refusal := r.value(&v.Fields[len(v.Fields)-1].Value); refusal != nil {
			return refusal
		}
	}
	_, refusal := r.token()
	return refusal
}

func (r *jsonReader) list(v *api.Value) *api.Error {
	for r.decoder.PeekKind() != jsontext.KindEndArray {
		v.Length++
		if v.Length > api.ListMax {
			if err := r.decoder.SkipValue(); err != nil {
				return syntax(err)
			}
			continue
		}
		if r.values++; r.values > valuesMax {
			return refuse("many")
		}
		v.Items = append(v.Items, api.Value{})
		if refusal := r.value(&v.Items[len(v.Items)-1]); refusal != nil {
			return refusal
		}
	}
	_, refusal := r.token()
	return refusal
}

func (r *jsonReader) token() (jsontext.Token, *api.Error) {
	token, err := r.decoder.ReadToken()
	switch {
	case err != nil:
		return token, syntax(err)
	case r.decoder.StackDepth() > depthMax:
		return token, refuse("depth")
	}
	return token, nil
}

// syntax says what is wrong with the text.
func syntax(err error) *api.Error {
	var where *jsontext.SyntacticError
	if errors.Is(err, jsontext.ErrDuplicateName) && errors.As(err, &where) {
		return refuse("duplicate", "parameter", where.JSONPointer.LastToken())
	}
	return refuse("json")
}
