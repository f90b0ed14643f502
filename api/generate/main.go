// Command generate turns api/definition/*.yaml into the files that Go and
// everything else read: types.gen.go, service.gen.go and definition.gen.json.
// Run it as `make generate`.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/format"
	"os"
	"path/filepath"

	"tael/api/bundle"
)

func main() {
	if err := run("api"); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func run(dir string) error {
	contract, err := load(filepath.Join(dir, "definition"))
	if err != nil {
		return err
	}
	if err := check(contract); err != nil {
		return err
	}
	types, err := format.Source(goTypes(contract))
	if err != nil {
		return fmt.Errorf("types.gen.go: %w", err)
	}
	service, err := format.Source(goService(contract))
	if err != nil {
		return fmt.Errorf("service.gen.go: %w", err)
	}
	document, err := encode(contract)
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{
		"types.gen.go": types, "service.gen.go": service, "definition.gen.json": document,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func encode(contract *bundle.Bundle) ([]byte, error) {
	var document bytes.Buffer
	encoder := json.NewEncoder(&document)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	err := encoder.Encode(contract)
	return document.Bytes(), err
}
