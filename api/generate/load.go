package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"tael/api/bundle"
)

// versions are the services Tael speaks; a definition file names one.
var versions = []bundle.Service{
	{Name: "intlpartnersmgt", Version: "2022-09-28"},
	{Name: "tael", Version: "2026-11-01"},
	{Name: "sts", Version: "2018-08-13"},
}

// file is one YAML file of the definition. Maps whose order means something
// are kept as nodes.
type file struct {
	Service string    `yaml:"service"`
	Group   string    `yaml:"group"`
	ZhGroup string    `yaml:"zh_group"`
	Actions yaml.Node `yaml:"actions"`
	Types   yaml.Node `yaml:"types"`
	Errors  yaml.Node `yaml:"errors"`
	Offline []string  `yaml:"offline"`
}

type action struct {
	Title     string      `yaml:"title"`
	About     string      `yaml:"about"`
	ZhTitle   string      `yaml:"zh_title"`
	ZhAbout   string      `yaml:"zh_about"`
	Kind      string      `yaml:"kind"`
	Roles     []string    `yaml:"roles"`
	Rate      int         `yaml:"rate"`
	Auth      string      `yaml:"auth"`
	WrongRole string      `yaml:"wrong_role"`
	Feature   bool        `yaml:"feature"`
	Secret    bool        `yaml:"secret"`
	Request   yaml.Node   `yaml:"request"`
	Response  yaml.Node   `yaml:"response"`
	Errors    []yaml.Node `yaml:"errors"`
	Example   struct {
		About    string    `yaml:"about"`
		ZhAbout  string    `yaml:"zh_about"`
		As       string    `yaml:"as"`
		Request  yaml.Node `yaml:"request"`
		Response yaml.Node `yaml:"response"`
	} `yaml:"example"`
}

type object struct {
	About  string    `yaml:"about"`
	Zh     string    `yaml:"zh"`
	Fields yaml.Node `yaml:"fields"`
}

type field struct {
	Type     string    `yaml:"type"`
	Required bool      `yaml:"required"`
	Nullable bool      `yaml:"nullable"`
	Disabled bool      `yaml:"disabled"`
	Secret   bool      `yaml:"secret"`
	Default  yaml.Node `yaml:"default"`
	About    string    `yaml:"about"`
	Zh       string    `yaml:"zh"`
	limits   `yaml:",inline"`
	Elements limits `yaml:"elements"`
}

// limits come short (range: [1, 100]) or long, with their own error code.
type limits struct {
	Length  yaml.Node `yaml:"length"`
	Range   yaml.Node `yaml:"range"`
	Enum    yaml.Node `yaml:"enum"`
	Pattern yaml.Node `yaml:"pattern"`
	Format  yaml.Node `yaml:"format"`
}

type text struct {
	En string `yaml:"en"`
	Zh string `yaml:"zh"`
}

type wireError struct {
	About     string          `yaml:"about"`
	Remedy    string          `yaml:"remedy"`
	ZhAbout   string          `yaml:"zh_about"`
	ZhRemedy  string          `yaml:"zh_remedy"`
	En        string          `yaml:"en"`
	Zh        string          `yaml:"zh"`
	Variants  map[string]text `yaml:"variants"`
	Transient bool            `yaml:"transient"`
}

// load reads every YAML file of dir in the order of their names.
func load(dir string) (*bundle.Bundle, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	contract := &bundle.Bundle{Services: versions}
	var offline []string
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		var f file
		if err := yaml.Load(content, &f, yaml.WithKnownFields()); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		if err := f.addTo(contract); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		offline = append(offline, f.Offline...)
	}
	for _, name := range offline {
		i := slices.IndexFunc(contract.Actions, func(a bundle.Action) bool { return a.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("offline: no action %s", name)
		}
		contract.Actions[i].Offline = true
	}
	return contract, nil
}

func (f *file) addTo(contract *bundle.Bundle) error {
	f.addGroup(contract)
	for name, node := range entries(&f.Actions) {
		converted, err := f.action(name, node)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		contract.Actions = append(contract.Actions, converted)
	}
	for name, node := range entries(&f.Types) {
		var o object
		if err := node.Load(&o, yaml.WithKnownFields()); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		fields, err := fieldsOf(&o.Fields)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		contract.Types = append(contract.Types, bundle.Type{
			Service: f.Service, Name: name, About: prose(o.About, o.Zh), Fields: fields,
		})
	}
	for code, node := range entries(&f.Errors) {
		var e wireError
		if err := node.Load(&e, yaml.WithKnownFields()); err != nil {
			return fmt.Errorf("%s: %w", code, err)
		}
		converted := bundle.Error{
			Code: code, About: prose(e.About, e.ZhAbout), Remedy: prose(e.Remedy, e.ZhRemedy),
			Message: prose(e.En, e.Zh), Transient: e.Transient,
		}
		for name, t := range e.Variants {
			if converted.Variants == nil {
				converted.Variants = map[string]bundle.Text{}
			}
			converted.Variants[name] = prose(t.En, t.Zh)
		}
		contract.Errors = append(contract.Errors, converted)
	}
	return nil
}

// addGroup adds the file's group, unless another file of it came first.
func (f *file) addGroup(contract *bundle.Bundle) {
	known := slices.ContainsFunc(contract.Groups, func(g bundle.Group) bool {
		return g.Service == f.Service && g.Title.En == f.Group
	})
	if f.Group != "" && !known {
		contract.Groups = append(contract.Groups, bundle.Group{Service: f.Service, Title: prose(f.Group, f.ZhGroup)})
	}
}

func (f *file) action(name string, node *yaml.Node) (bundle.Action, error) {
	var a action
	if err := node.Load(&a, yaml.WithKnownFields()); err != nil {
		return bundle.Action{}, err
	}
	service := slices.IndexFunc(versions, func(s bundle.Service) bool { return s.Name == f.Service })
	if service < 0 {
		return bundle.Action{}, fmt.Errorf("no service %q", f.Service)
	}
	request, err := fieldsOf(&a.Request)
	if err != nil {
		return bundle.Action{}, err
	}
	response, err := fieldsOf(&a.Response)
	if err != nil {
		return bundle.Action{}, err
	}
	converted := bundle.Action{
		Name: name, Service: f.Service, Version: versions[service].Version, Group: f.Group,
		Title: prose(a.Title, a.ZhTitle), About: prose(a.About, a.ZhAbout),
		Kind: a.Kind, Roles: a.Roles, Rate: a.Rate, Auth: a.Auth, WrongRole: a.WrongRole,
		Feature: a.Feature, Secret: a.Secret,
		Request: request, Response: response, Errors: []bundle.ActionError{},
	}
	if converted.Roles == nil {
		converted.Roles = []string{} // a list in the document too
	}
	for i := range a.Errors {
		listed, err := actionError(&a.Errors[i])
		if err != nil {
			return bundle.Action{}, err
		}
		converted.Errors = append(converted.Errors, listed)
	}
	converted.Example.About, converted.Example.As = prose(a.Example.About, a.Example.ZhAbout), a.Example.As
	if converted.Example.Request, err = jsonOf(&a.Example.Request); err != nil {
		return bundle.Action{}, err
	}
	converted.Example.Response, err = jsonOf(&a.Example.Response)
	return converted, err
}

func actionError(node *yaml.Node) (bundle.ActionError, error) {
	if node.Kind == yaml.ScalarNode {
		return bundle.ActionError{Code: node.Value}, nil
	}
	var listed struct {
		Code        string `yaml:"code"`
		NotProduced string `yaml:"not_produced"`
		ZhNot       string `yaml:"zh_not_produced"`
	}
	err := node.Load(&listed, yaml.WithKnownFields())
	return bundle.ActionError{Code: listed.Code, NotProduced: prose(listed.NotProduced, listed.ZhNot)}, err
}

func fieldsOf(node *yaml.Node) ([]bundle.Field, error) {
	fields := []bundle.Field{}
	for name, member := range entries(node) {
		var f field
		if err := member.Load(&f, yaml.WithKnownFields()); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		converted := bundle.Field{
			Name: name, Type: f.Type, Required: f.Required, Nullable: f.Nullable, Disabled: f.Disabled,
			Secret: f.Secret, About: prose(f.About, f.Zh),
		}
		if element, isList := strings.CutPrefix(f.Type, "list of "); isList {
			converted.Type, converted.List = element, true
		}
		var err error
		if converted.Limits, err = f.convert(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		elements, err := f.Elements.convert()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if elements != (bundle.Limits{}) {
			converted.Elements = &elements
		}
		if !f.Default.IsZero() {
			if converted.Default, err = jsonOf(&f.Default); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		fields = append(fields, converted)
	}
	return fields, nil
}

func (l *limits) convert() (bundle.Limits, error) {
	var converted bundle.Limits
	var err error
	if converted.Length, err = boundsOf(&l.Length); err != nil {
		return converted, err
	}
	if converted.Range, err = boundsOf(&l.Range); err != nil {
		return converted, err
	}
	if !l.Enum.IsZero() {
		converted.Enum = new(bundle.Enum)
		if l.Enum.Kind == yaml.SequenceNode {
			err = l.Enum.Load(&converted.Enum.Of)
		} else {
			err = l.Enum.Load(converted.Enum, yaml.WithKnownFields())
		}
		if err != nil {
			return converted, err
		}
	}
	if converted.Pattern, err = patternOf(&l.Pattern); err != nil {
		return converted, err
	}
	converted.Format, err = patternOf(&l.Format)
	return converted, err
}

func boundsOf(node *yaml.Node) (*bundle.Bounds, error) {
	if node.IsZero() {
		return nil, nil
	}
	bounds := new(bundle.Bounds)
	if node.Kind != yaml.SequenceNode {
		return bounds, node.Load(bounds, yaml.WithKnownFields())
	}
	var pair []*int64
	if err := node.Load(&pair); err != nil {
		return nil, err
	}
	if len(pair) != 2 {
		return nil, fmt.Errorf("line %d: bounds are two numbers", node.Line)
	}
	bounds.Min, bounds.Max = pair[0], pair[1]
	return bounds, nil
}

func patternOf(node *yaml.Node) (*bundle.Pattern, error) {
	if node.IsZero() {
		return nil, nil
	}
	if node.Kind == yaml.ScalarNode {
		return &bundle.Pattern{Is: node.Value}, nil
	}
	pattern := new(bundle.Pattern)
	return pattern, node.Load(pattern, yaml.WithKnownFields())
}

// entries yields the members of a mapping in the order they are written.
func entries(node *yaml.Node) func(yield func(string, *yaml.Node) bool) {
	return func(yield func(string, *yaml.Node) bool) {
		for i := 0; i+1 < len(node.Content); i += 2 {
			if !yield(node.Content[i].Value, node.Content[i+1]) {
				return
			}
		}
	}
}

// jsonOf writes a node as JSON with its members in order and its numbers as
// they are written: 1050.10 must not pass through a float.
func jsonOf(node *yaml.Node) (json.RawMessage, error) {
	switch node.Kind {
	case 0:
		return json.RawMessage("{}"), nil
	case yaml.MappingNode:
		var members []string
		for name, member := range entries(node) {
			value, err := jsonOf(member)
			if err != nil {
				return nil, err
			}
			members = append(members, fmt.Sprintf("%q:%s", name, value))
		}
		return json.RawMessage("{" + strings.Join(members, ",") + "}"), nil
	case yaml.SequenceNode:
		var elements []string
		for _, element := range node.Content {
			value, err := jsonOf(element)
			if err != nil {
				return nil, err
			}
			elements = append(elements, string(value))
		}
		return json.RawMessage("[" + strings.Join(elements, ",") + "]"), nil
	}
	switch node.ShortTag() {
	case "!!int", "!!float", "!!bool", "!!null":
		if !json.Valid([]byte(node.Value)) {
			return nil, fmt.Errorf("line %d: %q is not JSON", node.Line, node.Value)
		}
		return json.RawMessage(node.Value), nil
	}
	return json.Marshal(node.Value)
}

func prose(en, zh string) bundle.Text {
	return bundle.Text{En: strings.TrimSpace(en), Zh: strings.TrimSpace(zh)}
}
