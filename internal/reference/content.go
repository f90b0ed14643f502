package reference

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"slices"
	"strings"

	"tael/api/bundle"
)

// use is a place where a type is a field's.
type use struct{ Kind, Name, Field string }

// index makes the tables that pages are looked up by.
func (r *Reference) index() {
	r.actions, r.types = map[string]*bundle.Action{}, map[string]*bundle.Type{}
	r.errors, r.usesOf, r.listed = map[string]*bundle.Error{}, map[string][]use{}, map[string][]string{}
	for i := range r.Definition.Errors {
		r.errors[r.Definition.Errors[i].Code] = &r.Definition.Errors[i]
	}
	for i := range r.Definition.Types {
		r.types[r.Definition.Types[i].Name] = &r.Definition.Types[i]
	}
	for i := range r.Definition.Actions {
		a := &r.Definition.Actions[i]
		r.actions[a.Name] = a
		r.uses("actions", a.Name, slices.Concat(a.Request, a.Response))
		for _, code := range codesOf(a) {
			r.listed[code] = append(r.listed[code], a.Name)
		}
	}
	for i := range r.Definition.Types {
		r.uses("types", r.Definition.Types[i].Name, r.Definition.Types[i].Fields)
	}
}

func (r *Reference) uses(kind, name string, fields []bundle.Field) {
	for i := range fields {
		if f := &fields[i]; r.types[f.Type] != nil {
			r.usesOf[f.Type] = append(r.usesOf[f.Type], use{kind, name, f.Name})
		}
	}
}

// codesOf are the codes that an action answers: those it lists, those of the
// limits of its parameters, and that of a wrong role.
func codesOf(a *bundle.Action) []string {
	codes := []string{} // a list in documents too
	add := func(code string) {
		if code != "" && !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	add(a.WrongRole)
	for i := range a.Request {
		f := &a.Request[i]
		for _, limits := range []*bundle.Limits{&f.Limits, f.Elements} {
			if limits != nil {
				for _, n := range english.limits(limits, "", "") {
					add(n.Code)
				}
			}
		}
	}
	for _, listed := range a.Errors {
		if listed.NotProduced.En == "" {
			add(listed.Code)
		}
	}
	return codes
}

// T is one of the pages' own words, Text what the definition says as HTML, and
// Plain as text.
func (v *view) T(key string) string                { return v.Language.word(key) }
func (v *view) Mark(key string) template.HTML      { return marked(v.Language.word(key)) }
func (v *view) Text(t bundle.Text) template.HTML   { return marked(v.Language.of(t)) }
func (v *view) Plain(t bundle.Text) string         { return strings.ReplaceAll(v.Language.of(t), "`", "") }
func (v *view) ErrorOf(code string) *bundle.Error  { return v.errors[code] }
func (v *view) ServiceText(service string) string  { return v.serviceText(service) }
func (v *view) Errors() []bundle.Error             { return v.Definition.Errors }
func (v *view) Uses() []use                        { return v.usesOf[v.Type.Name] }
func (v *view) ActionsWith(code string) []string   { return v.listed[code] }
func (v *view) Produced(e bundle.ActionError) bool { return e.NotProduced.En == "" }

func (v *view) serviceText(service string) string {
	if _, ok := words["about-"+service]; !ok {
		return ""
	}
	return v.T("about-" + service)
}

// section is a group with its actions.
type section struct {
	Title   bundle.Text
	Actions []*bundle.Action
}

// Groups are those of a service, in the definition's order.
func (v *view) Groups(service string) []section {
	var sections []section
	for _, g := range v.Definition.Groups {
		if g.Service == service {
			sections = append(sections, section{g.Title, v.actionsOf(service, g.Title.En)})
		}
	}
	return sections
}

func (r *Reference) actionsOf(service, group string) []*bundle.Action {
	var actions []*bundle.Action
	for i := range r.Definition.Actions {
		if a := &r.Definition.Actions[i]; a.Service == service && a.Group == group {
			actions = append(actions, a)
		}
	}
	return actions
}

// Related are the actions of the group that the page's action is in.
func (v *view) Related() []*bundle.Action { return v.actionsOf(v.Action.Service, v.Action.Group) }

// Group is the title of the group that the page's action is in.
func (v *view) Group() bundle.Text {
	for _, g := range v.Definition.Groups {
		if g.Service == v.Action.Service && g.Title.En == v.Action.Group {
			return g.Title
		}
	}
	return bundle.Text{En: v.Action.Group}
}

// TypesOf are the types of a service.
func (v *view) TypesOf(service string) []*bundle.Type {
	var types []*bundle.Type
	for i := range v.Definition.Types {
		if t := &v.Definition.Types[i]; t.Service == service {
			types = append(types, t)
		}
	}
	return types
}

// Roles are who may call an action, in words.
func (v *view) Roles(a *bundle.Action) string {
	if a.Auth == bundle.AuthNone {
		return v.T("anybody")
	}
	names := make([]string, len(a.Roles))
	for i, role := range a.Roles {
		names[i] = v.T(role)
	}
	return strings.Join(names, v.T("between"))
}

// ExampleAs is the role that calls the example.
func (v *view) ExampleAs() string {
	if v.Action.Auth == bundle.AuthNone {
		return v.T("anybody")
	}
	return v.T(v.Action.Example.As)
}

// ExampleHost is the Host header of the example.
func (v *view) ExampleHost() string { return hostOf(v.Endpoint) }

// ExampleBody is the example's request, ExampleAnswer its answer, for people.
func (v *view) ExampleBody() string { return indented(v.Action.Example.Request) }

// ExampleAnswer shows what differs from call to call as "…".
func (v *view) ExampleAnswer() string {
	answer := envelope(v.Action.Example.Response, json.RawMessage(`"*"`))
	return strings.NewReplacer(string(anyValue), "…", string(andMore), "…").Replace(indented(answer))
}

// envelope is a response as it is on the wire.
func envelope(response, requestID json.RawMessage) json.RawMessage {
	fields := bytes.TrimSuffix(bytes.TrimSpace(response), []byte("}"))
	separator := ","
	if len(fields) == len("{") {
		separator = ""
	}
	return slices.Concat(json.RawMessage(`{"Response":`), fields, json.RawMessage(separator+`"RequestId":`),
		requestID, json.RawMessage("}}"))
}

// indented is JSON for people, its numbers as they are written.
func indented(document json.RawMessage) string {
	var out bytes.Buffer
	if err := json.Indent(&out, document, "", "  "); err != nil {
		return string(document) // the generator wrote it: it is JSON
	}
	return out.String()
}

// ExampleCommand is the example for a shell.
func (v *view) ExampleCommand() string {
	command := "tael call " + v.Action.Name + " --endpoint " + v.Endpoint
	var compact bytes.Buffer
	if err := json.Compact(&compact, v.Action.Example.Request); err == nil && compact.String() != "{}" {
		command += " \\\n  --json '" + strings.ReplaceAll(compact.String(), "'", `'\''`) + "'"
	}
	return command
}

// table is the fields of a request, response or type with the view they are on.
type table struct {
	View *view
	Rows []row
}

// Table prepares fields for the template of tables.
func (v *view) Table(section string, fields []bundle.Field) table {
	return table{v, v.rows(section, fields)}
}

// cell is one row of a table with its view.
type cell struct {
	View *view
	Row  row
}

// Row prepares one row for the template of its cells.
func (t table) Row(r row) cell { return cell{t.View, r} }

// described is one code with the view it is on.
type described struct {
	View  *view
	Error *bundle.Error
}

// Of prepares a code for the template of codes.
func (v *view) Of(e bundle.Error) described { return described{v, v.errors[e.Code]} }

// ActionOf and TypeOf find what a list names.
func (v *view) ActionOf(name string) *bundle.Action { return v.actions[name] }
func (v *view) TypeOf(name string) *bundle.Type     { return v.types[name] }

// Common is the address of a place on the page of common parameters.
func (v *view) Common(place string) string {
	switch {
	case v.Whole && place == "":
		return "#common"
	case v.Whole:
		return "#" + place
	case place == "":
		return v.Page("common")
	case v.Path == "common":
		return "#" + place
	}
	return v.Page("common") + "#" + place
}

// Heading is that of a part of an action or of the common page, one level deeper
// where the page holds many; Subheading is that of a part of such a part.
func (v *view) Heading(place, text string) template.HTML    { return v.heading(2, place, text) }
func (v *view) Subheading(place, text string) template.HTML { return v.heading(3, place, text) }

func (v *view) heading(level int, place, text string) template.HTML {
	if v.Whole {
		level++
	}
	return template.HTML(fmt.Sprintf(`<h%d id="%s">%s</h%[1]d>`,
		level, template.HTMLEscapeString(v.ID(place)), template.HTMLEscapeString(text)))
}

// check is one of the checks that every request passes.
type check struct {
	What  bundle.Text
	Codes []string
	Rest  bundle.Text // where the codes are the action's own
}

// Anywhere reports whether a code is answered by the checks of every request, or
// where a server fails or is busy, whatever the action.
func (v *view) Anywhere(code string) bool {
	return code == "InternalError" || code == "OperationDenied.ServiceBusy" ||
		slices.ContainsFunc(checks, func(c check) bool { return slices.Contains(c.Codes, code) })
}

// Checks are those of every request, in their order.
func (v *view) Checks() []check { return checks }

var (
	actionsOwn = bundle.Text{En: ", or the action's own", Zh: "，或接口自身的错误码"}
	limitsOwn  = bundle.Text{En: ", or the limit's own", Zh: "，或该限制自身的错误码"}
)

var checks = []check{
	{
		What:  bundle.Text{En: "Method, size, readable body", Zh: "方法、大小、请求体可读"},
		Codes: []string{"UnsupportedProtocol", "RequestSizeLimitExceeded", "InvalidRequest"},
	},
	{
		What:  bundle.Text{En: "Form, common parameters, form of Authorization", Zh: "表单、公共参数、Authorization 的格式"},
		Codes: []string{"InvalidParameter", "MissingParameter", "AuthFailure.InvalidAuthorization"},
	},
	{What: bundle.Text{En: "Version, action", Zh: "版本、接口"}, Codes: []string{"NoSuchVersion", "InvalidAction"}},
	{What: bundle.Text{En: "In service here", Zh: "是否提供服务"}, Codes: []string{"ActionOffline"}},
	{
		What: bundle.Text{En: "Clock, key, signature, token", Zh: "时钟、密钥、签名、Token"},
		Codes: []string{
			"AuthFailure.SignatureExpire", "AuthFailure.SecretIdNotFound", "AuthFailure.SignatureFailure",
			"AuthFailure.TokenFailure",
		},
	},
	{What: bundle.Text{En: "Rate", Zh: "频率"}, Codes: []string{"RequestLimitExceeded"}},
	{
		What:  bundle.Text{En: "Policies of sub-users, roles and temporary keys", Zh: "子用户、角色与临时密钥的策略"},
		Codes: []string{"AuthFailure.UnauthorizedOperation"},
	},
	{
		What:  bundle.Text{En: "JSON; names, presence and types of parameters", Zh: "JSON；参数的名称、必选与类型"},
		Codes: []string{"InvalidParameter", "UnknownParameter", "MissingParameter"},
	},
	{
		What:  bundle.Text{En: "Role; whether the operator has switched the action off", Zh: "角色；运营方是否关闭了该接口"},
		Codes: []string{"UnauthorizedOperation.UinNoAuth"}, Rest: actionsOwn,
	},
	{
		What:  bundle.Text{En: "Limits of values, idempotency key", Zh: "取值限制、幂等键"},
		Codes: []string{"InvalidParameterValue"}, Rest: limitsOwn,
	},
	{
		What:  bundle.Text{En: "Whose account it is", Zh: "账号归属"},
		Codes: []string{"UnauthorizedOperation.UinNoAuth"}, Rest: actionsOwn,
	},
	{
		What: bundle.Text{En: "The business", Zh: "业务规则"},
		Rest: bundle.Text{En: "the action's own", Zh: "接口自身的错误码"},
	},
}
