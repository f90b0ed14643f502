package reference

import (
	"encoding/json"
	"strings"

	"tael/api/bundle"
)

const postmanAbout = "One request for each action of this server, with the parameters of its example.\n\n" +
	"Set the variables `secretId` and `secretKey` (and `token`, of a temporary key): a script of the collection signs " +
	"each request with TC3-HMAC-SHA256. `endpoint` is this server. Writes change what is there: use a sandbox."

// answered checks what every answer has: Postman takes status 200 for success, and
// every answer has that.
const answered = `pm.test("answered without an error", function () {
  const error = pm.response.json().Response.Error;
  pm.expect(error, error && error.Code + ": " + error.Message).to.equal(undefined);
});`

// postman is the definition as a Postman collection, version 2.1.
func (r *Reference) postman(endpoint string, l language) []byte {
	var folders []object
	for _, service := range r.Definition.Services {
		var groups []object
		for _, g := range r.Definition.Groups {
			if g.Service != service.Name {
				continue
			}
			var requests []object
			for _, a := range r.actionsOf(service.Name, g.Title.En) {
				requests = append(requests, r.postmanItem(a, l))
			}
			groups = append(groups, object{{"name", l.of(g.Title)}, {"item", requests}})
		}
		folders = append(folders, object{{"name", service.Name + " " + service.Version}, {"item", groups}})
	}
	return document(object{
		{"info", object{
			{"name", "Tael"},
			{"description", postmanAbout},
			{"schema", "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
		}},
		{"item", folders},
		{"event", []object{script("prerequest", r.signing()), script("test", answered)}},
		{"variable", []object{
			{{"key", "endpoint"}, {"value", endpoint}},
			{{"key", "secretId"}, {"value", ""}},
			{{"key", "secretKey"}, {"value", ""}},
			{{"key", "token"}, {"value", ""}},
		}},
	})
}

func (r *Reference) postmanItem(a *bundle.Action, l language) object {
	request := object{
		{"method", "POST"},
		{"header", []object{
			{{"key", "Content-Type"}, {"value", "application/json"}},
			{{"key", "X-TC-Action"}, {"value", a.Name}},
			{{"key", "X-TC-Version"}, {"value", a.Version}},
		}},
		{"url", object{{"raw", "{{endpoint}}/"}, {"host", []string{"{{endpoint}}"}}, {"path", []string{""}}}},
		{"body", object{
			{"mode", "raw"},
			{"raw", indented(a.Example.Request)},
			{"options", object{{"raw", object{{"language", "json"}}}}},
		}},
		{"description", r.postmanText(a, l)},
	}
	return object{
		{"name", a.Name},
		{"request", request},
		{"response", []object{{
			{"name", l.of(a.Example.About)},
			{"originalRequest", request},
			{"status", "OK"},
			{"code", 200},
			{"_postman_previewlanguage", "json"},
			{"header", []object{{{"key", "Content-Type"}, {"value", "application/json"}}}},
			{"body", indented(r.answer(a))},
		}}},
	}
}

// postmanText describes an action in Markdown.
func (r *Reference) postmanText(a *bundle.Action, l language) string {
	v := &view{Reference: r, Language: l, Action: a}
	return l.of(a.Title) + "\n\n" + l.of(a.About) + "\n\n" +
		l.word("roles") + l.word("colon") + v.Roles(a) + "\n\n" + l.word("example-as") + l.word("colon") + v.ExampleAs()
}

// signing is the script that signs, told of the services and of what needs no key.
func (r *Reference) signing() string {
	services, unsigned := object{}, []string{}
	for _, s := range r.Definition.Services {
		services = services.with(s.Version, s.Name)
	}
	for i := range r.Definition.Actions {
		if a := &r.Definition.Actions[i]; a.Auth == bundle.AuthNone {
			unsigned = append(unsigned, a.Name)
		}
	}
	return strings.NewReplacer("SERVICES", mustJSON(services), "UNSIGNED", mustJSON(unsigned)).
		Replace(string(file("sign.js")))
}

func mustJSON(value any) string {
	out, err := json.Marshal(value)
	if err != nil {
		panic("reference: " + err.Error()) // names only
	}
	return string(out)
}

func script(when, text string) object {
	return object{
		{"listen", when},
		{"script", object{
			{"type", "text/javascript"},
			{"exec", strings.Split(strings.TrimSuffix(text, "\n"), "\n")},
		}},
	}
}
