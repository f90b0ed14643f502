package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tael/api"
	"tael/internal/demo"
)

// keys are the environment of a caller.
func keys(s *server, uin int64) []string {
	a := account(uin)
	return []string{"TAEL_ENDPOINT=" + s.endpoint, "TAEL_SECRET_ID=" + a.SecretID, "TAEL_SECRET_KEY=" + a.SecretKey}
}

// The exit codes that "tael call --help" promises to scripts.
func TestCallExitCodes(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	s := start(t, nil, "--db", filepath.Join(t.TempDir(), "tael.db"), "--demo", "--rate-limits", "off")
	env := keys(s, demo.Reseller)
	for name, c := range map[string]struct {
		command
		code           int
		stdout, stderr string
	}{
		"answered": {command{args: []string{"call", "QueryPartnerCredit"}, env: env}, 0, `"TotalCredit": 1050.1`, ""},
		"no server": {
			command{args: []string{"call", "QueryPartnerCredit", "--endpoint", "http://127.0.0.1:1"}, env: env},
			1,
			"", "refused",
		},
		"unknown action": {command{args: []string{"call", "QueryNothing"}, env: env}, 2, "", "QueryNothing"},
		"unknown flag": {
			command{args: []string{"call", "QueryPartnerCredit", "--Nothing", "1"}, env: env},
			2, "", "Nothing",
		},
		"superfluous argument": {command{args: []string{"call", "QueryPartnerCredit", "more"}, env: env}, 2, "", "more"},
		"no key":               {command{args: []string{"call", "QueryPartnerCredit"}}, 2, "", "TAEL_SECRET_ID"},
		"bad endpoint": {
			command{args: []string{"call", "QueryPartnerCredit", "--endpoint", "localhost:1"}, env: env},
			2, "",
			"http://host:port",
		},
		"missing file": {
			command{args: []string{"call", "QueryPartnerCredit", "--json", "@/nowhere"}, env: env},
			2,
			"", "/nowhere",
		},
		"document and flags": {
			command{args: []string{"call", "QueryCreditByUinList", "--json", "{}", "--UinList", "1"}, env: env}, 2, "", "--json",
		},
		"refused": {
			command{args: []string{"call", "QueryVoucherAmountByUin", "--ClientUins", "7"}, env: env},
			3, "",
			"UnauthorizedOperation.UinNoAuth",
		},
		"wrong key": {
			command{args: []string{"call", "QueryPartnerCredit", "--secret-key", "wrong"}, env: env},
			3, "",
			"AuthFailure.SignatureFailure",
		},
		"another language": {
			command{
				args: []string{"call", "QueryPartnerCredit", "--secret-key", "wrong", "--language", "zh-CN"},
				env:  env,
			}, 3, "", "签名",
		},
		"not a Tael": {
			command{args: []string{"call", "QueryPartnerCredit", "--endpoint", s.endpoint + "/healthz"}, env: env},
			1,
			"", "not one of API 3.0",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.run(t).expect(t, c.code, c.stdout, c.stderr)
		})
	}
}

// Parameters may come as flags, as text, from a file or from stdin; all four
// say the same.
func TestCallTakesParametersFromEverywhere(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "--db", filepath.Join(t.TempDir(), "tael.db"), "--demo", "--rate-limits", "off")
	env := keys(s, demo.Reseller)
	document := fmt.Sprintf(`{"UinList": [%d, %d]}`, demo.FirstCustomer, demo.FirstCustomer+1)
	path := filepath.Join(t.TempDir(), "parameters.json")
	if err := os.WriteFile(path, []byte(document), 0o600); err != nil {
		t.Fatal(err)
	}
	const action = "QueryCreditByUinList"
	var first string
	for _, c := range []command{
		{args: []string{
			"call", action, "--UinList", fmt.Sprint(demo.FirstCustomer), "--UinList",
			fmt.Sprint(demo.FirstCustomer + 1),
		}},
		{args: []string{"call", action, "--json", document}},
		{args: []string{"call", action, "--json", "@" + path}},
		{args: []string{"call", action, "--json", "-"}, stdin: document},
	} {
		c.env = env
		got := c.run(t)
		var response map[string]json.RawMessage
		if err := json.Unmarshal([]byte(got.stdout), &response); err != nil || got.code != 0 {
			t.Fatalf("%v: exit code %d, %v\n%s%s", c.args, got.code, err, got.stdout, got.stderr)
		}
		data := string(response["Data"])
		if first == "" {
			first = data
		}
		if data != first || strings.Count(data, `"Uin"`) != 2 || len(response["RequestId"]) == 0 {
			t.Errorf("%v: %s, want %s", c.args, got.stdout, first)
		}
	}
}

// A repeated call with --idempotency-key changes nothing.
func TestCallWithIdempotencyKeyIsSafeToRepeat(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "--db", filepath.Join(t.TempDir(), "tael.db"), "--demo", "--rate-limits", "off")
	args := []string{
		"call", "AllocateCustomerCredit", "--ClientUin", fmt.Sprint(demo.FirstCustomer), "--AddedCredit", "1.5",
		"--idempotency-key", "once",
	}
	for range 2 {
		command{args: args, env: keys(s, demo.Reseller)}.run(t).expect(t, 0, `"TotalCredit": 31.5`, "")
	}
}

// Every action has help that names it, its parameters and its errors.
func TestEveryActionHasHelp(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	list := tael(t, "call", "--help")
	for i := range api.Definition().Actions {
		action := &api.Definition().Actions[i]
		t.Run(action.Name, func(t *testing.T) {
			t.Parallel()
			if !strings.Contains(list.stdout, "  "+action.Name+" ") {
				t.Error("tael call --help does not list it")
			}
			got := tael(t, "call", action.Name, "--help")
			got.expect(t, 0, "tael call "+action.Name, "")
			for i := range action.Request {
				if !strings.Contains(got.stdout, "--"+action.Request[i].Name+" ") {
					t.Errorf("its help lacks --%s", action.Request[i].Name)
				}
			}
			for _, listed := range action.Errors {
				if listed.NotProduced.En == "" && !strings.Contains(got.stdout, listed.Code) {
					t.Errorf("its help lacks %s", listed.Code)
				}
			}
		})
	}
}

// A command line that is wrong before any action is looked at has code 2 too.
func TestWrongCommandLinesHaveExitCode2(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	for _, args := range [][]string{
		{"nothing"},
		{"serve", "more"},
		{"serve", "--nothing"},
		{"verify", "more"},
		{"serve", "--rate-limits", "some"},
		{"serve", "--log-level", "loud"},
		{"serve", "--tls-cert", "x"},
		{"serve", "--set", "nothing=1"},
		{"serve", "--set", "voucher_validity_days=0"},
		{"serve", "--db", "mysql://x"},
		{"serve", "--db", "x.db", "--db-connections", "0"},
		{"serve", "--trusted-proxies", "x"},
	} {
		t.Run(strings.Join(args, " "), func(t *testing.T) {
			t.Parallel()
			// The message says which word is wrong.
			word, _, _ := strings.Cut(strings.TrimLeft(args[min(1, len(args)-1)], "-"), "=")
			if strings.HasPrefix(word, "set") {
				word, _, _ = strings.Cut(args[2], "=")
			}
			tael(t, args...).expect(t, 2, "", word)
		})
	}
}
