package api

import (
	"errors"
	"fmt"
	"strings"
)

// Code is an error code of the wire, such as "InvalidParameterValue.UinList".
// The constants are generated from definition/errors.yaml.
type Code string

// Error is an answer that refuses a request. Its text is not here: the code's
// message stands in definition/errors.yaml, in every language, and Args fills
// the names in braces.
type Error struct {
	Code    Code
	Variant string            // picks another message of the same code; empty for the usual one
	Args    map[string]string // values of {name} in the message
}

// NewError returns an error of code whose message takes the arguments given as
// name, value, name, value.
func NewError(code Code, args ...string) *Error {
	e := &Error{Code: code}
	if len(args) > 0 {
		e.Args = make(map[string]string, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			e.Args[args[i]] = args[i+1]
		}
	}
	return e
}

// In picks another message of the same code.
func (e *Error) In(variant string) *Error {
	e.Variant = variant
	return e
}

// Error describes the refusal for logs; callers see Message.
func (e *Error) Error() string {
	if e.Variant == "" {
		return fmt.Sprintf("%s %v", e.Code, e.Args)
	}
	return fmt.Sprintf("%s (%s) %v", e.Code, e.Variant, e.Args)
}

// Is compares codes, so that errors.Is(err, api.NewError(code)) works.
func (e *Error) Is(target error) bool {
	var other *Error
	return errors.As(target, &other) && other.Code == e.Code
}

// argMax bounds what of a caller's own text is repeated to it, in bytes.
const argMax = 256

// Message is the text for the caller, in "zh-CN" or, for anything else, English.
func (e *Error) Message(language string) string {
	definition := ErrorDefinitions()[e.Code]
	text := definition.Message
	if e.Variant != "" {
		text = definition.Variants[e.Variant]
	}
	message := text.En
	if language == "zh-CN" && text.Zh != "" {
		message = text.Zh
	}
	for name, value := range e.Args {
		if len(value) > argMax {
			value = strings.ToValidUTF8(value[:argMax], "") + "…"
		}
		message = strings.ReplaceAll(message, "{"+name+"}", value)
	}
	return message
}
