// Package bundle is the shape of the compiled definition: everything that the
// YAML in api/definition says, as one JSON document. The generator writes it;
// validation, `tael call`, documents and samples read it. It imports nothing
// of Tael.
package bundle

import "encoding/json"

// Bundle is the whole contract.
type Bundle struct {
	Services []Service `json:"services"`
	Groups   []Group   `json:"groups"`
	Actions  []Action  `json:"actions"`
	Types    []Type    `json:"types"`
	Errors   []Error   `json:"errors"`
}

// Service is one product of the wire, selected by its version.
type Service struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// Group is the actions of a service that belong together; they name it by its
// English title.
type Group struct {
	Service string `json:"service"`
	Title   Text   `json:"title"`
}

// Action is one call.
type Action struct {
	Name      string        `json:"name"`
	Service   string        `json:"service"`
	Version   string        `json:"version"`
	Group     string        `json:"group"`
	Title     Text          `json:"title"`
	About     Text          `json:"about"`
	Kind      string        `json:"kind"`           // "read" or "write"
	Roles     []string      `json:"roles"`          // who may call it
	Rate      int           `json:"rate"`           // requests a second of one account
	Auth      string        `json:"auth,omitempty"` // "none": unsigned, rate by address
	WrongRole string        `json:"wrongRole,omitempty"`
	Feature   bool          `json:"feature,omitempty"` // needs enabling per partner (domain.md §1.5)
	Secret    bool          `json:"secret,omitempty"`  // its answer holds a secret
	Offline   bool          `json:"offline,omitempty"` // not implemented yet: answers ActionOffline
	Request   []Field       `json:"request"`
	Response  []Field       `json:"response"`
	Errors    []ActionError `json:"errors"` // in order of precedence
	Example   Example       `json:"example"`
}

// AuthNone marks an action that anybody may call, without a key.
const AuthNone = "none"

// Text is prose in the two languages of messages.
type Text struct {
	En string `json:"en"`
	Zh string `json:"zh,omitempty"`
}

// ActionError is a documented business code of an action.
type ActionError struct {
	Code        string `json:"code"`
	NotProduced Text   `json:"notProduced,omitzero"` // why Tael never answers it here
}

// Example is a call with its answer; the tests run it on the demo world.
type Example struct {
	About    Text            `json:"about"`
	As       string          `json:"as"`
	Request  json.RawMessage `json:"request"`
	Response json.RawMessage `json:"response"`
}

// Type is a named object.
type Type struct {
	Service string  `json:"service"`
	Name    string  `json:"name"`
	About   Text    `json:"about"`
	Fields  []Field `json:"fields"`
}

// Field is one member of a request, response or object.
type Field struct {
	Name     string          `json:"name"`
	Type     string          `json:"type"` // string, int64, uint64, bool, decimal, or the name of a Type
	List     bool            `json:"list,omitempty"`
	Required bool            `json:"required,omitempty"`
	Nullable bool            `json:"nullable,omitempty"`
	Disabled bool            `json:"disabled,omitempty"` // accepted and ignored; never answered
	Secret   bool            `json:"secret,omitempty"`   // of a request: nobody is shown it later
	Default  json.RawMessage `json:"default,omitempty"`
	About    Text            `json:"about"`
	Limits
	Elements *Limits `json:"elements,omitempty"` // of each element of a list
}

// Limits bound a value. Each may carry the code that its breach answers;
// without one it is InvalidParameterValue.
type Limits struct {
	Length  *Bounds  `json:"length,omitempty"` // characters of a string, elements of a list
	Range   *Bounds  `json:"range,omitempty"`  // of a number; of a decimal in USD
	Enum    *Enum    `json:"enum,omitempty"`
	Pattern *Pattern `json:"pattern,omitempty"`
	Format  *Pattern `json:"format,omitempty"` // date, datetime or month
}

// Bounds are inclusive; nil is no bound.
type Bounds struct {
	Min   *int64 `json:"min,omitempty"`
	Max   *int64 `json:"max,omitempty"`
	Error string `json:"error,omitempty"`
}

// Enum lists the values allowed.
type Enum struct {
	Of    []string `json:"of"`
	Error string   `json:"error,omitempty"`
}

// Pattern is a regular expression (RE2) or the name of a format.
type Pattern struct {
	Is    string `json:"is"`
	Error string `json:"error,omitempty"`
}

// Error is one code of the wire with its message.
type Error struct {
	Code      string          `json:"code"`
	About     Text            `json:"about"`
	Remedy    Text            `json:"remedy"`
	Message   Text            `json:"message"`
	Variants  map[string]Text `json:"variants,omitempty"` // other messages of the same code
	Transient bool            `json:"transient,omitempty"`
}
