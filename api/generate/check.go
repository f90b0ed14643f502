package main

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"tael/api/bundle"
)

var scalars = []string{"string", "int64", "uint64", "bool", "decimal"}

var roles = []string{"operator", "distributor", "subreseller", "reseller", "customer"}

// check finds what would otherwise surface only when a request meets it.
func check(contract *bundle.Bundle) error {
	known := codesOf(contract)
	names := map[string]bool{}
	var problems []error
	report := func(where, format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: %s", where, fmt.Sprintf(format, args...)))
	}
	for i := range contract.Types {
		t := &contract.Types[i]
		if names[t.Name] {
			report(t.Name, "declared twice")
		}
		names[t.Name] = true
	}
	for i := range contract.Types {
		checkFields(contract.Types[i].Name, contract.Types[i].Fields, names, known, report)
	}
	for i := range contract.Actions {
		a := &contract.Actions[i]
		if names[a.Name] {
			report(a.Name, "declared twice")
		}
		names[a.Name] = true
		if a.Kind != "read" && a.Kind != "write" {
			report(a.Name, "kind %q", a.Kind)
		}
		if a.Rate < 1 || a.Title.En == "" || a.About.En == "" {
			report(a.Name, "needs title, about and rate")
		}
		if a.Auth != "" && a.Auth != bundle.AuthNone || (len(a.Roles) == 0) != (a.Auth == bundle.AuthNone) {
			report(a.Name, "needs roles, or auth: none")
		}
		for _, role := range a.Roles {
			if !slices.Contains(roles, role) {
				report(a.Name, "role %q", role)
			}
		}
		if a.WrongRole != "" && !known[a.WrongRole] {
			report(a.Name, "unknown code %s", a.WrongRole)
		}
		for _, listed := range a.Errors {
			if !known[listed.Code] {
				report(a.Name, "unknown code %s", listed.Code)
			}
		}
		checkFields(a.Name+" request", a.Request, names, known, report)
		checkFields(a.Name+" response", a.Response, names, known, report)
	}
	return errors.Join(problems...)
}

func codesOf(contract *bundle.Bundle) map[string]bool {
	known := map[string]bool{"": true}
	for i := range contract.Errors {
		known[contract.Errors[i].Code] = true
	}
	return known
}

func checkFields(
	where string, fields []bundle.Field, names, known map[string]bool, report func(where, format string, args ...any),
) {
	for i := range fields {
		f := &fields[i]
		at := where + "." + f.Name
		if !slices.Contains(scalars, f.Type) && !names[f.Type] {
			report(at, "unknown type %q", f.Type)
		}
		if f.About.En == "" {
			report(at, "says nothing about itself")
		}
		checkLimits(at, &f.Limits, known, report)
		if f.Elements != nil {
			checkLimits(at, f.Elements, known, report)
		}
	}
}

func checkLimits(at string, l *bundle.Limits, known map[string]bool, report func(where, format string, args ...any)) {
	var used []string
	for _, bounds := range []*bundle.Bounds{l.Length, l.Range} {
		if bounds != nil {
			used = append(used, bounds.Error)
		}
	}
	if l.Enum != nil {
		used = append(used, l.Enum.Error)
	}
	if l.Pattern != nil {
		used = append(used, l.Pattern.Error)
		if _, err := regexp.Compile(l.Pattern.Is); err != nil {
			report(at, "%v", err)
		}
	}
	if l.Format != nil {
		used = append(used, l.Format.Error)
		if !slices.Contains([]string{"date", "datetime", "month"}, l.Format.Is) {
			report(at, "unknown format %q", l.Format.Is)
		}
	}
	for _, code := range used {
		if !known[code] {
			report(at, "unknown code %s", code)
		}
	}
}
