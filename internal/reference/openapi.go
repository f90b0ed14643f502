package reference

import (
	"encoding/json"
	"slices"
	"strings"

	"tael/api/bundle"
)

const openAPIAbout = "The actions of all services of this server, made from the definition that it checks requests " +
	"with.\n\n" +
	"Every action is `POST /`; the header X-TC-Action says which. OpenAPI tells operations apart by their paths, so " +
	"each path here has a fragment with the name of its action, `/#Action`. A fragment is never sent: what reaches " +
	"the server is `/`.\n\n" +
	"Requests are signed with TC3-HMAC-SHA256 over their body, which no security scheme of OpenAPI can say: a " +
	"generated client needs the header Authorization from code of its own, or use an official SDK.\n\n" +
	"Every answer has status 200, also an error. `x-tael-errors` are the codes of an action in the order of their " +
	"precedence, `x-tael-roles` who may call it, `x-tael-rate` how often in a second."

// openAPI is the definition as an OpenAPI 3.1 document.
func (r *Reference) openAPI(endpoint string, l language) []byte {
	paths := object{}
	for i := range r.Definition.Actions {
		a := &r.Definition.Actions[i]
		paths = paths.with("/#"+a.Name, object{{"post", r.operation(a, l)}})
	}
	return document(object{
		{"openapi", "3.1.0"},
		{"info", object{
			{"title", "Tael"},
			{"version", r.Version},
			{"description", openAPIAbout},
			{"license", object{{"name", "Apache 2.0"}, {"identifier", "Apache-2.0"}}},
		}},
		{"servers", []object{{{"url", endpoint}}}},
		{"tags", r.tags(l)},
		{"security", []object{{{"tc3", []string{}}}}},
		{"paths", paths},
		{"components", r.components(l)},
		{"externalDocs", object{{"url", endpoint + l.address("")}}},
	})
}

func (r *Reference) tags(l language) []object {
	var tags []object
	for _, service := range r.Definition.Services {
		for _, g := range r.Definition.Groups {
			if g.Service == service.Name {
				tags = append(tags, object{
					{"name", service.Name + ": " + g.Title.En},
					{"description", l.of(g.Title) + " (" + service.Name + " " + service.Version + ")"},
				})
			}
		}
	}
	return tags
}

// operation is one action.
func (r *Reference) operation(a *bundle.Action, l language) object {
	parameters := []object{
		fixed("X-TC-Action", a.Name), fixed("X-TC-Version", a.Version),
		reference("parameters", "Language"), reference("parameters", "Region"),
	}
	if a.Auth != bundle.AuthNone {
		parameters = append(parameters, reference("parameters", "Timestamp"), reference("parameters", "Token"))
	}
	if a.Kind == "write" {
		parameters = append(parameters, reference("parameters", "IdempotencyKey"))
	}
	o := object{
		{"operationId", a.Name},
		{"summary", strings.TrimSuffix(l.of(a.Title), ".")},
		{"description", l.of(a.About)},
		{"tags", []string{a.Service + ": " + a.Group}},
		{"parameters", parameters},
		{"requestBody", object{
			{"required", true},
			{"content", media(reference("schemas", a.Name+"Request"), a.Example.Request)},
		}},
		{"responses", object{{"200", object{
			{"description", "The answer, or an error."},
			{"headers", object{{"X-TC-RequestId", object{{"schema", object{{"type", "string"}}}}}}},
			{"content", media(reference("schemas", a.Name+"Answer"), r.answer(a))},
		}}}},
	}
	if a.Auth == bundle.AuthNone {
		o = o.with("security", []object{})
	}
	return append(o, r.extensions(a)...)
}

// extensions are what OpenAPI has no word for.
func (r *Reference) extensions(a *bundle.Action) object {
	o := object{
		{"x-tael-service", a.Service},
		{"x-tael-kind", a.Kind},
		{"x-tael-roles", a.Roles},
		{"x-tael-rate", a.Rate},
		{"x-tael-errors", codesOf(a)},
		{"x-tael-example-as", a.Example.As},
	}
	if a.Feature {
		o = o.with("x-tael-feature", true)
	}
	if a.Offline {
		o = o.with("x-tael-offline", true)
	}
	return o
}

// fixed is a header that has one value.
func fixed(name, value string) object {
	return object{
		{"name", name},
		{"in", "header"},
		{"required", true},
		{"schema", object{{"type", "string"}, {"const", value}}},
	}
}

func reference(section, name string) object {
	return object{{"$ref", "#/components/" + section + "/" + name}}
}

func media(schema object, example json.RawMessage) object {
	return object{{"application/json", object{{"schema", schema}, {"example", example}}}}
}

// components are what operations refer to.
func (r *Reference) components(l language) object {
	schemas := object{}
	asked := r.asked()
	for i := range r.Definition.Actions {
		a := &r.Definition.Actions[i]
		schemas = schemas.
			with(a.Name+"Request", r.request(a, l)).
			with(a.Name+"Response", r.response(a, l)).
			with(a.Name+"Answer", either(reference("schemas", a.Name+"Response")))
	}
	for i := range r.Definition.Types {
		t := &r.Definition.Types[i]
		schemas = schemas.with(t.Name, r.object(t.Fields, l.of(t.About), asked[t.Name], l))
	}
	return object{
		{"securitySchemes", object{{"tc3", object{
			{"type", "apiKey"},
			{"in", "header"},
			{"name", "Authorization"},
			{"description", "TC3-HMAC-SHA256 Credential=SecretId/date/service/tc3_request, " +
				"SignedHeaders=content-type;host, Signature=…; see /docs/common#signing of this server."},
		}}}},
		{"parameters", commonParameters()},
		{"schemas", schemas.with("Refusal", r.refusal(l))},
	}
}

// either is an answer: the action's, or a refusal.
func either(response object) object {
	return object{
		{"type", "object"},
		{"required", []string{"Response"}},
		{"properties", object{{"Response", object{
			{"anyOf", []object{response, reference("schemas", "Refusal")}},
		}}}},
	}
}

func (r *Reference) refusal(l language) object {
	codes := make([]string, len(r.Definition.Errors))
	for i := range r.Definition.Errors {
		codes[i] = r.Definition.Errors[i].Code
	}
	slices.Sort(codes)
	return object{
		{"type", "object"},
		{"required", []string{"Error", "RequestId"}},
		{"properties", object{
			{"Error", object{
				{"type", "object"},
				{"required", []string{"Code", "Message"}},
				{"properties", object{
					{"Code", object{{"type", "string"}, {"enum", codes}, {"description", l.word("code")}}},
					{"Message", object{{"type", "string"}}},
				}},
			}},
			{"RequestId", object{{"type", "string"}}},
		}},
	}
}

func commonParameters() object {
	header := func(name string, required bool, schema object, about string) object {
		return object{
			{"name", name},
			{"in", "header"},
			{"required", required},
			{"schema", schema},
			{"description", about},
		}
	}
	text := object{{"type", "string"}}
	return object{
		{"Timestamp", header("X-TC-Timestamp", true, object{{"type", "integer"}, {"format", "int64"}},
			"Unix time in seconds, at most 300 from the server's clock.")},
		{"Token", header("X-TC-Token", false, text, "The third part of temporary credentials.")},
		{"Language", header("X-TC-Language", false, object{{"type", "string"}, {"enum", []string{"en-US", "zh-CN"}}},
			"Language of messages.")},
		{"Region", header("X-TC-Region", false, text, "Accepted and without effect.")},
		{"IdempotencyKey", header("X-Tael-Idempotency-Key", false,
			object{{"type", "string"}, {"pattern", "^[!-~]{1,64}$"}},
			"Repeated with the same parameters within 24 hours, the call has its effect once.")},
	}
}
