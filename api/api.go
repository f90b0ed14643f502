// Package api is the contract: what every action takes and answers, compiled
// from api/definition, and the checks that every request passes. It knows no
// HTTP and no database.
package api

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"sync"
	"time"

	"tael/api/bundle"
	"tael/internal/access"
	"tael/internal/partner"
)

//go:embed definition.gen.json
var document []byte

// Document is the compiled definition as JSON; see package bundle.
func Document() []byte { return document }

// Definition is the compiled definition, read once.
var Definition = sync.OnceValue(func() *bundle.Bundle {
	var b bundle.Bundle
	if err := json.Unmarshal(document, &b); err != nil {
		panic("api: definition.gen.json: " + err.Error()) // the generator wrote it
	}
	return &b
})

// ErrorDefinitions finds the description of a code.
var ErrorDefinitions = sync.OnceValue(func() map[Code]bundle.Error {
	byCode := make(map[Code]bundle.Error, len(Definition().Errors))
	for _, e := range Definition().Errors {
		byCode[Code(e.Code)] = e
	}
	return byCode
})

// Services are the names of the services by their versions.
func Services() map[string]string {
	byVersion := make(map[string]string, len(Definition().Services))
	for _, service := range Definition().Services {
		byVersion[service.Version] = service.Name
	}
	return byVersion
}

// Caller is the account behind a verified key.
type Caller struct {
	Uin      int64        // the account
	Root     int64        // the tree it belongs to; 0 when it belongs to none
	Role     partner.Role // what it may call
	Name     string       // for the Operator of the allocation history: of a sub-user or role "account/its name"
	Account  string       // the account's own name
	SecretID string       // the key that signed
	// User is the UIN of the account's sub-user whose key signed, or the id of its
	// role that was assumed; 0: the account's own key.
	User int64
	// Rights are what the policies of a sub-user, role or temporary key allow; nil:
	// everything that Role may.
	Rights *access.Rights
	// Temporary says that the key expires. What outlives it is not made with it.
	Temporary bool
}

// Call is one request on its way to an action.
type Call struct {
	Caller
	Action    *Action
	RequestID string
	Arrived   time.Time  // by the machine's clock
	Address   netip.Addr // where it came from; invalid where that is not known
	Now       time.Time  // in the caller's tree
	Language  string     // that messages are asked for in; see Error.Message
	// IdempotencyKey is the X-Tael-Idempotency-Key header, or empty.
	IdempotencyKey string
	// Parameters is the SHA-256 of the canonical parameters: equal for equal
	// requests however they were encoded.
	Parameters [32]byte
	// Replayed is set by a write that found its answer already recorded.
	Replayed bool
	// Audited is set by a write whose audit is part of what it changed.
	Audited bool
}

// Denied refuses a call that the caller's policies do not allow.
func (c *Call) Denied() *Error {
	return NewError(AuthFailureUnauthorizedOperation,
		"requestId", c.RequestID, "service", c.Action.Service, "action", c.Action.Name)
}

// Handler runs an action on canonical parameters and returns its response.
type Handler func(ctx context.Context, call *Call, canonical []byte) (any, error)

// bind makes an untyped handler of a typed method.
func bind[Request, Response any](method func(context.Context, *Call, *Request) (*Response, error)) Handler {
	return func(ctx context.Context, call *Call, canonical []byte) (any, error) {
		var request Request
		if string(canonical) != "{}" {
			if err := json.Unmarshal(canonical, &request); err != nil {
				// Not with the parameters: a password may be among them.
				return nil, fmt.Errorf("canonical parameters of %s: %w", call.Action.Name, err)
			}
		}
		response, err := method(ctx, call, &request)
		if err != nil {
			return nil, err
		}
		return response, nil
	}
}

// Action is a definition made ready to serve.
type Action struct {
	*bundle.Action
	Handle    Handler // nil while the action is offline
	Operation string  // what policies call it
	request   []field
}

// Anonymous reports whether the action is called without a key.
func (a *Action) Anonymous() bool { return a.Auth == bundle.AuthNone }

// MayCall reports whether the definition opens the action to a role.
func (a *Action) MayCall(role partner.Role) bool {
	return a.Anonymous() || slices.Contains(a.Roles, string(role))
}

// TakesSecret reports whether a parameter is a password or the like: requests of
// such an action are not shown to anybody later.
func (a *Action) TakesSecret() bool { return takesSecret(a.request) }

func takesSecret(fields []field) bool {
	return slices.ContainsFunc(fields, func(f field) bool { return f.Secret || takesSecret(f.members) })
}

// Lists reports whether a code is among those that the definition lists.
func (a *Action) Lists(code Code) bool {
	return slices.ContainsFunc(a.Errors, func(e bundle.ActionError) bool { return e.Code == string(code) })
}

// Contract is every action, ready to serve.
type Contract struct {
	actions  map[string]map[string]*Action // by version, then name
	services map[string]string             // version → service
}

// New joins the definition with its implementation.
func New(s Service) *Contract {
	c := &Contract{actions: map[string]map[string]*Action{}, services: Services()}
	for _, service := range Definition().Services {
		c.actions[service.Version] = map[string]*Action{}
	}
	compiler := newCompiler(Definition())
	implemented := handlers(s)
	for i := range Definition().Actions {
		definition := &Definition().Actions[i]
		c.actions[definition.Version][definition.Name] = &Action{
			Action:    definition,
			Handle:    implemented[definition.Name],
			Operation: access.Operation(definition.Service, definition.Name),
			request:   compiler.fields(definition.Request),
		}
	}
	return c
}

// Find selects an action. Its errors are NoSuchVersion and InvalidAction.
func (c *Contract) Find(version, name string) (*Action, *Error) {
	byName, ok := c.actions[version]
	if !ok {
		return nil, NewError(NoSuchVersion, "version", version, "service", Definition().Services[0].Name)
	}
	action, ok := byName[name]
	if !ok {
		return nil, NewError(InvalidAction, "action", name)
	}
	return action, nil
}

// field is a field with its type looked up and its patterns compiled.
type field struct {
	*bundle.Field
	members  []field // of an object
	limits   limits
	elements limits
}

type limits struct {
	bundle.Limits
	pattern *regexp.Regexp
}

// compiler resolves types by name; recursion in types is refused by depth.
type compiler struct {
	types map[string]*bundle.Type
}

func newCompiler(b *bundle.Bundle) *compiler {
	c := &compiler{types: make(map[string]*bundle.Type, len(b.Types))}
	for i := range b.Types {
		c.types[b.Types[i].Name] = &b.Types[i]
	}
	return c
}

func (c *compiler) fields(definitions []bundle.Field) []field {
	fields := make([]field, len(definitions))
	for i := range definitions {
		f := field{Field: &definitions[i], limits: compileLimits(&definitions[i].Limits)}
		if definitions[i].Elements != nil {
			f.elements = compileLimits(definitions[i].Elements)
		}
		if t, isObject := c.types[f.Type]; isObject {
			f.members = c.fields(t.Fields)
		}
		fields[i] = f
	}
	return fields
}

func compileLimits(definition *bundle.Limits) limits {
	l := limits{Limits: *definition}
	if definition.Pattern != nil {
		l.pattern = regexp.MustCompile(definition.Pattern.Is) // the generator compiled it
	}
	return l
}
