package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"

	tcerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
)

// cases is cases.json.
type cases struct {
	Keys       map[string][2]string `json:"keys"`
	Steps      []testCase           `json:"steps"`
	Errors     []testCase           `json:"errors"`
	Management []testCase           `json:"management"`
	Limit      testCase             `json:"limit"`
}

type testCase struct {
	As       string          `json:"as"`
	Action   string          `json:"action"`
	Service  string          `json:"service"`
	Note     string          `json:"note"`
	Generic  bool            `json:"generic"`
	Request  json.RawMessage `json:"request"`
	Response any             `json:"response"`
	Error    string          `json:"error"`
	English  string          `json:"en"`
	Chinese  string          `json:"zh"`
	Rate     int             `json:"rate"`
}

func readCases(path string) (cases, error) {
	var c cases
	text, err := os.ReadFile(path)
	if err != nil {
		return c, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return c, decoder.Decode(&c)
}

// name names a case, after what makes its signature.
func (c testCase) name() string {
	name := c.Action
	if c.Service != "" {
		name = c.Service + " " + name
	}
	if c.Error != "" {
		name += " answers " + c.Error
	}
	if c.Note != "" {
		name += " (" + c.Note + ")"
	}
	return name
}

// report prints one line a check.
type report struct{ failed int }

// check prints how a check ended.
func (r *report) check(name string, err error) {
	if err == nil {
		fmt.Printf("ok  go: %s\n", name)
		return
	}
	r.failed++
	fmt.Printf("FAIL  go: %s: %s\n", name, strings.Join(strings.Fields(err.Error()), " "))
}

var requestID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)

// expect compares an answer's fields; its RequestId must be a UUID.
func expect(want any, got map[string]any, err error) error {
	if err != nil {
		return err
	}
	id, _ := got["RequestId"].(string)
	if !requestID.MatchString(id) {
		return fmt.Errorf("RequestId is %q, not a UUID", id)
	}
	fields := map[string]any{}
	for name, value := range got {
		if name != "RequestId" {
			fields[name] = value
		}
	}
	if !matches(want, fields) {
		return fmt.Errorf("answered %s, not %s", toJSON(fields), toJSON(want))
	}
	return nil
}

// expectError compares an error with that of a case, in the message's language.
func expectError(code, message string, got map[string]any, err error) error {
	if err == nil {
		return fmt.Errorf("answered %s, not %s", toJSON(got), code)
	}
	var typed *tcerrors.TencentCloudSDKError
	if !errors.As(err, &typed) || typed.Code != code || typed.Message != message {
		return fmt.Errorf("%w, not %s: %s", err, code, message)
	}
	if !requestID.MatchString(typed.RequestId) {
		return fmt.Errorf("RequestId is %q, not a UUID", typed.RequestId)
	}
	return nil
}

// matches compares whole values: "*" stands for any that is not empty, and a list
// may say how it is to be compared.
func matches(want, got any) bool {
	switch want := want.(type) {
	case string:
		return want == "*" && got != nil && got != "" || want == got
	case map[string]any:
		fields, ok := got.(map[string]any)
		if !ok || len(fields) != len(want) {
			return false
		}
		for name, value := range want {
			if field, ok := fields[name]; !ok || !matches(value, field) {
				return false
			}
		}
		return true
	case []any:
		list, ok := got.([]any)
		return ok && matchLists(want, list)
	}
	return reflect.DeepEqual(want, got)
}

func matchLists(want, got []any) bool {
	if len(want) > 0 && (want[0] == "in any order" || want[0] == "among others") {
		for _, w := range want[1:] {
			found := false
			for _, g := range got {
				found = found || matches(w, g)
			}
			if !found {
				return false
			}
		}
		return want[0] == "among others" || len(got) == len(want)-1
	}
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if !matches(want[i], got[i]) {
			return false
		}
	}
	return true
}

func toJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return string(text)
}
