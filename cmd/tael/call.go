package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"tael/api"
	"tael/api/bundle"
	"tael/internal/clock"
	"tael/internal/signature"
)

// callTimeout is longer than the server looks up a commit in doubt.
const callTimeout = 60 * time.Second

type callFlags struct {
	endpoint       string
	secretID       string
	secretKey      string
	token          string
	language       string
	idempotencyKey string
	document       string
}

func callCommand() *cobra.Command {
	f := &callFlags{}
	command := &cobra.Command{
		Use:   "call ACTION",
		Short: "Sign and send one call, and print its Response",
		Long: `Signs one call with TC3-HMAC-SHA256, sends it and prints the Response as JSON. Errors go to stderr.

Exit codes: 0 answered, 1 not sent or not answered, 2 wrong command line, 3 the server answered an error.`,
		RunE: func(command *cobra.Command, args []string) error {
			if len(args) == 0 {
				return command.Help()
			}
			return refused{fmt.Errorf("no action %s (tael call lists them)", args[0]), exitUsage}
		},
	}
	flags := command.PersistentFlags()
	flags.StringVar(&f.endpoint, "endpoint", "http://127.0.0.1:8080", "`URL` of the server (TAEL_ENDPOINT)")
	flags.StringVar(&f.secretID, "secret-id", "", "`id` of the key (TAEL_SECRET_ID)")
	flags.StringVar(&f.secretKey, "secret-key", "", "the `key`; better in TAEL_SECRET_KEY, where others do not see it")
	flags.StringVar(&f.token, "token", "", "`token` of a temporary key (TAEL_TOKEN)")
	flags.StringVar(&f.language, "language", "en-US", "`language` of messages: en-US or zh-CN")
	flags.StringVar(&f.idempotencyKey, "idempotency-key", "", "`key` that makes repeating a write safe")
	flags.StringVar(&f.document, "json", "", "all parameters as a JSON object: `text`, @file, or - for stdin")
	groups := map[string]bool{}
	for i := range api.Definition().Actions {
		action := &api.Definition().Actions[i]
		if !groups[action.Group] {
			groups[action.Group] = true
			command.AddGroup(&cobra.Group{ID: action.Group, Title: action.Group + " (" + action.Service + ")"})
		}
		command.AddCommand(actionCommand(f, action))
	}
	return command
}

// actionCommand makes the command of one action, with a flag a parameter.
func actionCommand(f *callFlags, action *bundle.Action) *cobra.Command {
	command := &cobra.Command{
		Use:     action.Name,
		GroupID: action.Group,
		Short:   action.Title.En,
		Long:    describe(action),
		Args:    noArguments,
		RunE: func(command *cobra.Command, _ []string) error {
			f.fromEnvironment(command.Flags())
			body, err := f.body(command, action)
			if err != nil {
				return refused{err, exitUsage}
			}
			return f.send(command.Context(), action, body, command.OutOrStdout())
		},
	}
	if action.Offline {
		command.Short += " (not in this release)"
	}
	for i := range action.Request {
		field := &action.Request[i]
		usage := fmt.Sprintf("`%s`: %s", typeName(field), field.About.En)
		if field.Required {
			usage += " Required."
		}
		if field.List {
			command.Flags().StringArray(field.Name, nil, usage+" May be repeated.")
		} else {
			command.Flags().String(field.Name, "", usage)
		}
	}
	return command
}

func typeName(f *bundle.Field) string {
	switch f.Type {
	case "string", "int64", "uint64", "bool", "decimal":
		return f.Type
	}
	return "JSON"
}

// describe is the help text of an action.
func describe(action *bundle.Action) string {
	var b strings.Builder
	audience, counted := strings.Join(action.Roles, ", "), ""
	if action.Auth == bundle.AuthNone {
		audience, counted = "anybody, without a key", " from one address"
	}
	fmt.Fprintf(&b, "%s\n\nFor: %s. At most %d requests a second%s. A %s of %s %s.\n",
		action.About.En, audience, action.Rate, counted, action.Kind, action.Service, action.Version)
	if action.Offline {
		b.WriteString("\nThis release does not serve it yet and answers ActionOffline.\n")
	}
	b.WriteString("\nAnswer:\n")
	for i := range action.Response {
		field := &action.Response[i]
		fmt.Fprintf(&b, "  %s  %s\n", field.Name, field.About.En)
	}
	b.WriteString("\nErrors, in the order of their precedence:\n")
	for _, listed := range action.Errors {
		if listed.NotProduced.En == "" {
			fmt.Fprintf(&b, "  %s  %s\n", listed.Code, api.ErrorDefinitions()[api.Code(listed.Code)].About.En)
		}
	}
	return b.String()
}

func (f *callFlags) fromEnvironment(flags *pflag.FlagSet) {
	for name, value := range map[string]*string{
		"endpoint": &f.endpoint, "secret-id": &f.secretID, "secret-key": &f.secretKey, "token": &f.token,
	} {
		text := os.Getenv("TAEL_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_")))
		if text != "" && !flags.Changed(name) {
			*value = text
		}
	}
}

// body is the request's JSON: the document, or an object of the flags given.
func (f *callFlags) body(command *cobra.Command, action *bundle.Action) ([]byte, error) {
	members := map[string]json.RawMessage{}
	for i := range action.Request {
		field := &action.Request[i]
		if !command.Flags().Changed(field.Name) {
			continue
		}
		value, err := flagValue(command.Flags(), field)
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", field.Name, err)
		}
		members[field.Name] = value
	}
	if f.document == "" {
		return json.Marshal(members)
	}
	if len(members) > 0 {
		return nil, errors.New("--json replaces the parameters' own flags")
	}
	return readDocument(f.document, command.InOrStdin())
}

func readDocument(source string, stdin io.Reader) ([]byte, error) {
	if source == "-" {
		return io.ReadAll(stdin)
	}
	if path, ok := strings.CutPrefix(source, "@"); ok {
		return os.ReadFile(path)
	}
	return []byte(source), nil
}

func flagValue(flags *pflag.FlagSet, field *bundle.Field) (json.RawMessage, error) {
	if !field.List {
		text, err := flags.GetString(field.Name)
		if err != nil {
			return nil, err
		}
		return jsonValue(text, field.Type)
	}
	texts, err := flags.GetStringArray(field.Name)
	if err != nil {
		return nil, err
	}
	elements := make([]json.RawMessage, len(texts))
	for i, text := range texts {
		if elements[i], err = jsonValue(text, field.Type); err != nil {
			return nil, err
		}
	}
	return json.Marshal(elements)
}

// jsonValue writes a flag's text as JSON of the parameter's type. What is not
// of that type is sent as a string: the server's error says more than ours.
func jsonValue(text, fieldType string) (json.RawMessage, error) {
	switch fieldType {
	case "string":
		return json.Marshal(text)
	case "int64", "uint64", "decimal", "bool":
		if !json.Valid([]byte(text)) {
			return json.Marshal(text)
		}
	default:
		if !json.Valid([]byte(text)) {
			return nil, errors.New("not JSON")
		}
	}
	return json.RawMessage(text), nil
}

// send signs and sends a call and prints what comes back.
func (f *callFlags) send(ctx context.Context, action *bundle.Action, body []byte, out io.Writer) error {
	unsigned := action.Auth == bundle.AuthNone
	if !unsigned && (f.secretID == "" || f.secretKey == "") {
		err := errors.New("no key: set TAEL_SECRET_ID and TAEL_SECRET_KEY, or --secret-id and --secret-key")
		return refused{err, exitUsage}
	}
	address, err := url.Parse(f.endpoint)
	if err != nil || address.Host == "" || address.Scheme != "http" && address.Scheme != "https" {
		return refused{fmt.Errorf("--endpoint %s: write it as http://host:port", f.endpoint), exitUsage}
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, f.endpoint, bytes.NewReader(body))
	if err != nil {
		return err
	}
	now := new(clock.Clock).Real().Unix()
	header := request.Header
	header.Set("Content-Type", "application/json")
	header.Set("X-TC-Action", action.Name)
	header.Set("X-TC-Version", action.Version)
	header.Set("X-TC-Timestamp", strconv.FormatInt(now, 10))
	header.Set("X-TC-Language", f.language)
	header.Set("X-TC-RequestClient", "tael_call")
	if f.token != "" {
		header.Set("X-TC-Token", f.token)
	}
	if f.idempotencyKey != "" {
		header.Set("X-Tael-Idempotency-Key", f.idempotencyKey)
	}
	if !unsigned {
		tc3 := signature.TC3{
			Method: request.Method, Host: address.Host, Header: header, Payload: body, Timestamp: now,
		}
		header.Set("Authorization", tc3.Sign(signature.Credential{ID: f.secretID, Key: f.secretKey}, action.Service))
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // only read
	return printAnswer(answer.Body, out)
}

func printAnswer(body io.Reader, out io.Writer) error {
	var envelope struct{ Response json.RawMessage }
	var failure struct {
		Error     *struct{ Code, Message string }
		RequestId string //nolint:revive // the wire's name
	}
	if err := json.NewDecoder(body).Decode(&envelope); err != nil {
		return fmt.Errorf("the answer is not one of API 3.0: %w", err)
	}
	if err := json.Unmarshal(envelope.Response, &failure); err != nil {
		return fmt.Errorf("the answer is not one of API 3.0: %w", err)
	}
	if failure.Error != nil {
		return refused{
			fmt.Errorf("%s: %s (request %s)", failure.Error.Code, failure.Error.Message, failure.RequestId), exitRefused,
		}
	}
	var indented bytes.Buffer
	if err := json.Indent(&indented, envelope.Response, "", "  "); err != nil {
		return err
	}
	_, err := fmt.Fprintln(out, indented.String())
	return err
}
