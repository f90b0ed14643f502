package reference_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"tael/api"
)

// read asks for a document and reads it.
func read(t *testing.T, path string) map[string]any {
	t.Helper()
	got := ask(t, site, http.MethodGet, path)
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s: %d %v", path, got.status, got.header)
	}
	var document map[string]any
	if err := json.Unmarshal([]byte(got.body), &document); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return document
}

// at finds a value in a document by a JSON pointer's parts.
func at(document any, path ...string) any {
	for _, name := range path {
		members, ok := document.(map[string]any)
		if !ok {
			return nil
		}
		document = members[name]
	}
	return document
}

// The OpenAPI document has an operation an action, says of it what the definition
// does, and refers to nothing that is not there. That it is OpenAPI 3.1, and that
// answers are as it says, conformance/postman shows.
func TestOpenAPIHasEveryAction(t *testing.T) {
	t.Parallel()
	document := read(t, "/openapi.json")
	paths := at(document, "paths").(map[string]any)
	if len(paths) != len(api.Definition().Actions) {
		t.Errorf("%d paths", len(paths))
	}
	for _, a := range api.Definition().Actions {
		operation := at(paths, "/#"+a.Name, "post")
		if at(operation, "operationId") != a.Name || at(operation, "x-tael-rate") != float64(a.Rate) {
			t.Errorf("%s: %v", a.Name, operation)
			continue
		}
		headers := map[string]any{}
		for _, parameter := range at(operation, "parameters").([]any) {
			if name, ok := at(parameter, "name").(string); ok {
				headers[name] = at(parameter, "schema", "const")
			}
		}
		if headers["X-TC-Action"] != a.Name || headers["X-TC-Version"] != a.Version {
			t.Errorf("%s is sent with %v", a.Name, headers)
		}
		if security, own := operation.(map[string]any)["security"]; own != (a.Auth != "") || own && len(security.([]any)) > 0 {
			t.Errorf("%s: security %v", a.Name, security)
		}
		for _, listed := range a.Errors {
			codes, _ := at(operation, "x-tael-errors").([]any)
			if slices.Contains(codes, any(listed.Code)) != (listed.NotProduced.En == "") {
				t.Errorf("%s: %s in %v", a.Name, listed.Code, codes)
			}
		}
		schema := at(document, "components", "schemas", a.Name+"Request")
		for _, f := range a.Request {
			if at(schema, "properties", f.Name) == nil {
				t.Errorf("%s lacks %s", a.Name, f.Name)
			}
			required, _ := at(schema, "required").([]any)
			if slices.Contains(required, any(f.Name)) != f.Required {
				t.Errorf("%s.%s: required in %v", a.Name, f.Name, required)
			}
		}
	}
	walk(document, func(name string, value any) {
		if name != "$ref" {
			return
		}
		pointer := strings.Split(strings.TrimPrefix(value.(string), "#/"), "/")
		if at(document, pointer...) == nil {
			t.Errorf("nothing at %s", value)
		}
	})
}

// walk visits the members of all objects in a document.
func walk(value any, visit func(name string, value any)) {
	switch value := value.(type) {
	case map[string]any:
		for name, member := range value {
			visit(name, member)
			walk(member, visit)
		}
	case []any:
		for _, element := range value {
			walk(element, visit)
		}
	}
}

// Limits of the definition are limits of the schema.
func TestOpenAPIHasLimits(t *testing.T) {
	t.Parallel()
	schemas := at(read(t, "/openapi.json"), "components", "schemas")
	for path, want := range map[string]any{
		"AllocateCustomerCreditRequest AddedCredit maximum":  1e9,
		"AllocateCustomerCreditRequest AddedCredit type":     "number",
		"AllocateCustomerCreditRequest ClientUin minimum":    1.0,
		"AllocateCustomerCreditRequest ClientUin type":       "integer",
		"AllocateCustomerCreditRequest Remark maxLength":     255.0,
		"QueryVoucherAmountByUinRequest ClientUins maxItems": 20.0,
		"ForceQNRequest ClientUin format":                    "uint64",
		"DescribeUsersRequest PageSize default":              20.0,
		"CreateUserRequest Name pattern":                     "^[A-Za-z0-9+=.@_-]+$",
	} {
		parts := strings.Fields(path)
		if got := at(schemas, parts[0], "properties", parts[1], parts[2]); got != want {
			t.Errorf("%s: %v, not %v", path, got, want)
		}
	}
}

// Documents are in the language asked for, in English if in none that there is.
func TestDocumentsInChinese(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]string{
		"": "Get the caller's credit line", "?lang=zh": "查询合作伙伴自身的信用额度", "?lang=ko": "Get the caller's credit line",
	} {
		summary := at(read(t, "/openapi.json"+query), "paths", "/#QueryPartnerCredit", "post", "summary")
		if summary != want {
			t.Errorf("%s: %v", query, summary)
		}
		if collection := ask(t, site, http.MethodGet, "/postman.json"+query); !strings.Contains(collection.body, want) {
			t.Errorf("the collection %s does not say %q", query, want)
		}
	}
}

// The collection holds a request an action and no key.
func TestPostmanHasEveryAction(t *testing.T) {
	t.Parallel()
	collection := read(t, "/postman.json")
	found := map[string]bool{}
	walk(collection, func(name string, value any) {
		if name == "request" {
			for _, header := range at(value, "header").([]any) {
				if at(header, "key") == "X-TC-Action" {
					found[at(header, "value").(string)] = true
				}
			}
		}
	})
	for _, a := range api.Definition().Actions {
		if !found[a.Name] {
			t.Errorf("it lacks %s", a.Name)
		}
	}
	for _, variable := range at(collection, "variable").([]any) {
		if at(variable, "key") != "endpoint" && at(variable, "value") != "" {
			t.Errorf("%v", variable)
		}
	}
}
