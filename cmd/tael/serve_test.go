package main_test

import (
	"bufio"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/signature"
)

// A database with keys that everybody knows is served to this machine only,
// also when it is no longer started with --demo (design.md §7).
func TestDemoKeysAreNotServedToOthers(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	db := filepath.Join(t.TempDir(), "tael.db")
	for _, args := range [][]string{{"--demo"}, {}, {"--demo"}} {
		for _, address := range []string{"0.0.0.0:0", "[::]:0", ":0"} {
			got := tael(t, append([]string{"serve", "--db", db, "--listen", address}, args...)...)
			got.expect(t, 2, "", "everybody knows")
		}
	}
	s := start(t, nil, "--db", db)
	s.must(t, account(demo.Reseller), "QueryPartnerCredit", "{}")
}

// The demo world is not poured over somebody's data.
func TestDemoRefusesADatabaseWithPartners(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	db := filepath.Join(t.TempDir(), "tael.db")
	operator := demo.Account{SecretID: "AKIDoperator", SecretKey: "secret"}
	env := []string{"TAEL_OPERATOR_SECRET_ID=" + operator.SecretID, "TAEL_OPERATOR_SECRET_KEY=" + operator.SecretKey}
	s := start(t, env, "--db", db)
	s.must(t, operator, "CreatePartner", `{"Name": "Mine", "Role": "Reseller"}`)
	s.stop(t)
	tael(t, "serve", "--db", db, "--demo", "--listen", "127.0.0.1:0").expect(t, 1, "", "not empty")
	start(t, env, "--db", db).must(t, operator, "DescribePartners", "{}")
}

var printedKey = regexp.MustCompile(`SecretId +(\S+)\n +SecretKey +(\S+)\n`)

// The operator's key is printed by the first start and never again, and works
// after every start.
func TestOperatorKeyIsPrintedOnce(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	db := filepath.Join(t.TempDir(), "tael.db")
	s := start(t, nil, "--db", db)
	var printed []string
	// What was printed before "serving" may arrive after it: they are two pipes.
	for deadline := time.Now().Add(patience); printed == nil && time.Now().Before(deadline); {
		printed = printedKey.FindStringSubmatch(s.stdout.String())
		time.Sleep(time.Millisecond)
	}
	if printed == nil {
		t.Fatalf("no key in %q", s.stdout.String())
	}
	operator := demo.Account{SecretID: printed[1], SecretKey: printed[2]}
	s.must(t, operator, "DescribePartners", "{}")
	s.stop(t)
	s = start(t, nil, "--db", db)
	s.must(t, operator, "DescribePartners", "{}")
	s.stop(t)
	if text := s.stdout.String() + s.stderr.String(); strings.Contains(text, "Secret") ||
		strings.Contains(text, operator.SecretID) {
		t.Errorf("the second start says: %s", text)
	}
	if strings.Contains(s.stderr.String(), operator.SecretKey) {
		t.Error("the log holds the key")
	}
}

// A given operator key is used, replaces one of the same id, and is not
// printed; half of a key is a mistake.
func TestOperatorKeyFromTheEnvironment(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	db := filepath.Join(t.TempDir(), "tael.db")
	for _, secret := range []string{"first", "second"} {
		operator := demo.Account{SecretID: "AKIDoperator", SecretKey: secret}
		s := start(t, []string{"TAEL_OPERATOR_SECRET_ID=AKIDoperator", "TAEL_OPERATOR_SECRET_KEY=" + secret}, "--db", db)
		s.must(t, operator, "DescribePartners", "{}")
		s.stop(t)
		if out := s.stdout.String(); out != "" {
			t.Errorf("it prints %q", out)
		}
	}
	half := command{
		args: []string{"serve", "--db", db, "--listen", "127.0.0.1:0"},
		env:  []string{"TAEL_OPERATOR_SECRET_ID=x"},
	}
	half.run(t).expect(t, 2, "", "go together")
	// Such a key would never be looked up.
	half.env = []string{"TAEL_OPERATOR_SECRET_ID=AKIDtmp" + strings.Repeat("A", 32), "TAEL_OPERATOR_SECRET_KEY=x"}
	half.run(t).expect(t, 2, "", "form of a temporary key")
}

// Each flag has a variable; a flag given wins over it.
func TestFlagsHaveVariables(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	db := filepath.Join(t.TempDir(), "variable.db")
	env := []string{
		"TAEL_DB=" + db, "TAEL_DEMO=true", "TAEL_RATE_LIMITS=off", "TAEL_LOG_LEVEL=debug", "TAEL_LISTEN=127.0.0.1:0",
		"TAEL_SET=pool_bounded_by_distributor=false",
	}
	s := launch(t, env)
	deadline := time.Now().Add(patience)
	for s.address() == "" && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	// Without the variable it would be 8080, which is never given out for 0.
	if _, port, err := net.SplitHostPort(s.address()); err != nil || port == "8080" {
		t.Fatalf("it listens on %q: %s", s.address(), s.stderr.String())
	}
	s.endpoint = "http://" + s.address()
	for range 12 { // the rate of this action is 10
		s.must(t, account(demo.Distributor), "QueryPartnerCredit", "{}")
	}
	s.stop(t)
	if firstLine(s.stderr.String(), `"level":"DEBUG"`) == "" {
		t.Error("no request is logged")
	}
	command{args: []string{"verify"}, env: env[:1]}.run(t).expect(t, 0, "adds up", "")
	command{args: []string{"verify", "--db", db + ".none"}, env: env[:1]}.run(t).expect(t, 4, "", "variable.db.none")
	command{args: []string{"serve"}, env: []string{"TAEL_BATCH_MAX=many"}}.run(t).expect(t, 2, "", "TAEL_BATCH_MAX")
	// Balances depend on this setting: another value is refused.
	other := append([]string{"TAEL_SET=pool_bounded_by_distributor=true"}, env[:2]...)
	command{
		args: []string{"serve", "--listen", "127.0.0.1:0"},
		env:  other,
	}.run(t).
		expect(t, 1, "", "pool_bounded_by_distributor is false")
}

// The master key made beside a new database is its owner's alone, and without
// it the database does not open.
func TestMasterKeyFile(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	dir := t.TempDir()
	db := filepath.Join(dir, "tael.db")
	tael(t, "migrate", "--db", db).expect(t, 0, "up to date", "")
	info, err := os.Stat(db + ".key")
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("key file: %v %v", info.Mode(), err)
	}
	if err := os.Rename(db+".key", filepath.Join(dir, "elsewhere")); err != nil {
		t.Fatal(err)
	}
	tael(t, "verify", "--db", db).expect(t, 4, "", "master key is missing")
	tael(t, "verify", "--db", db, "--master-key-file", filepath.Join(dir, "elsewhere")).expect(t, 0, "adds up", "")
	other := command{args: []string{"verify", "--db", db}, env: []string{"TAEL_MASTER_KEY=" + newMasterKey()}}
	other.run(t).expect(t, 4, "", "encrypted under another master key")
	broken := command{args: []string{"verify", "--db", db}, env: []string{"TAEL_MASTER_KEY=short"}}
	broken.run(t).expect(t, 4, "", "TAEL_MASTER_KEY: master key 1")
	key, err := os.ReadFile(filepath.Join(dir, "elsewhere"))
	if err != nil {
		t.Fatal(err)
	}
	right := command{args: []string{"verify", "--db", db}, env: []string{"TAEL_MASTER_KEY=" + string(key)}}
	right.run(t).expect(t, 0, "adds up", "")
}

func newMasterKey() string {
	key := make([]byte, 32)
	rand.Read(key) // never fails
	return base64.StdEncoding.EncodeToString(key)
}

// The procedure of "tael rotate-keys --help": afterwards the old key opens
// nothing, the new one everything, and no transfer changed.
func TestRotateKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, keyFile := filepath.Join(dir, "tael.db"), filepath.Join(dir, "keys")
	previous, next := newMasterKey(), newMasterKey()
	write := func(keys ...string) {
		if err := os.WriteFile(keyFile, []byte(strings.Join(keys, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(previous)
	serve := []string{"--db", db, "--master-key-file", keyFile, "--demo", "--rate-limits", "off"}
	s := start(t, nil, serve...)
	// This answer holds a secret and is kept encrypted.
	made, err := call(t.Context(), http.DefaultClient, s.endpoint, account(demo.OperatorUin), "CreatePartner",
		`{"Name": "New", "Role": "Reseller"}`, "create")
	if err != nil || made.Code != "" {
		t.Fatal(made, err)
	}
	early := temporary(t, s, account(demo.Reseller))
	s.stop(t)
	before := tael(t, "verify", "--db", db, "--master-key-file", keyFile)
	before.expect(t, 0, "adds up", "")

	write(next, previous)
	s = start(t, nil, serve...)
	accounts := len(demo.Accounts()) + 2 // with the new one and the sub-user
	rotate := []string{"rotate-keys", "--db", db, "--master-key-file", keyFile}
	// The keys, the chain's key and the answer; beside the live server.
	tael(t, rotate...).expect(t, 0, fmt.Sprintf("%d secrets", accounts+2), "")
	tael(t, rotate...).expect(t, 0, "0 secrets", "")
	s.must(t, account(demo.Reseller), "AllocateCustomerCredit", `{"ClientUin": 200000001001, "AddedCredit": 0}`)
	// Temporary keys are where their holders have them: they need the key that was
	// the first when they were made.
	late := temporary(t, s, account(demo.Reseller))
	early.expect(t, s, "")
	late.expect(t, s, "")
	s.stop(t)

	write(previous)
	tael(t, "verify", "--db", db, "--master-key-file", keyFile).expect(t, 4, "", "another master key")
	write(next)
	after := tael(t, "verify", "--db", db, "--master-key-file", keyFile)
	if withoutAudit(after.stdout) != withoutAudit(before.stdout) {
		t.Errorf("verify after the rotation: %+v, before %+v", after, before)
	}
	s = start(t, nil, serve...)
	again, err := call(t.Context(), http.DefaultClient, s.endpoint, account(demo.OperatorUin), "CreatePartner",
		`{"Name": "New", "Role": "Reseller"}`, "create")
	if err != nil || !again.Replayed || withoutRequestID(again) != withoutRequestID(made) {
		t.Errorf("repeated: %+v %v, want %+v", again, err, made)
	}
	s.must(t, account(demo.FirstCustomer), "QueryCustomerBillingQuota", "{}")
	early.expect(t, s, "AuthFailure.TokenFailure")
	late.expect(t, s, "")
}

// withoutAudit is a print of verify without the lines that each call changes.
func withoutAudit(text string) string {
	return regexp.MustCompile(`(?m)^tree \d+ audit .*\n`).ReplaceAllString(text, "")
}

var requestID = regexp.MustCompile(`,?"RequestId":"[^"]*"`)

func withoutRequestID(a answer) string { return requestID.ReplaceAllString(string(a.Response), "") }

// tccli over plain HTTP sends its endpoint, scheme and all, as Host
// (protocol.md §3.3); net/http alone answers 400.
func TestHostMayBeAURL(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	s := start(t, nil, "--db", filepath.Join(t.TempDir(), "tael.db"), "--demo", "--rate-limits", "off")
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.endpoint, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	const body = "{}"
	for range 2 { // a kept connection goes on so
		now := time.Now().Unix()
		header := http.Header{"Content-Type": {"application/json"}}
		tc3 := signature.TC3{Method: "POST", Host: s.endpoint, Header: header, Payload: []byte(body), Timestamp: now}
		a := account(demo.Reseller)
		signed := tc3.Sign(signature.Credential{ID: a.SecretID, Key: a.SecretKey}, "intlpartnersmgt")
		_, err := fmt.Fprintf(
			conn,
			"POST / HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"+
				"X-TC-Action: QueryPartnerCredit\r\nX-TC-Version: 2022-09-28\r\nX-TC-Timestamp: %d\r\nAuthorization: %s\r\n\r\n%s",
			s.endpoint,
			len(body),
			now,
			signed,
			body,
		)
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.ReadResponse(answers, nil)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		if err = errors.Join(err, response.Body.Close()); err != nil || response.StatusCode != http.StatusOK ||
			!strings.Contains(string(text), `"RemainingCredit":1000.1`) {
			t.Fatalf("status %d: %s %v", response.StatusCode, text, err)
		}
	}
}

// Two servers cannot take the same address, and who loses says so at once.
func TestAddressInUse(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	s := start(t, nil, "--db", filepath.Join(t.TempDir(), "tael.db"), "--demo")
	other := filepath.Join(t.TempDir(), "other.db")
	address := strings.TrimPrefix(s.endpoint, "http://")
	got := tael(t, "serve", "--db", other, "--listen", address)
	got.expect(t, 1, "", "in use")
	if strings.Contains(got.stdout, "SecretKey") {
		t.Error("a start that failed has used up the one time that the operator's key is shown")
	}
}
