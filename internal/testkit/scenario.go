package testkit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tael/api"
	"tael/internal/config"
)

// Scenario runs a story told line by line, on a new world on each database:
//
//	set         pool_bounded_by_distributor=false
//	reseller    R line 1000 quota 500
//	distributor D line 1000
//	subreseller S of D pool 200
//	customer    C of R credit 30
//	invitation  T of D SubAgent
//	applicant   A to R company
//	code        852 91230005 364928 of R
//	user        U of R policy QcloudIntlpartnersmgtReadOnlyaccess
//	user        V of R policy {"version": "2.0", …}
//	clock       2026-12-01 00:00:00
//	only        sqlite
//	recorded
//	damage      ALTER TABLE customer RENAME TO gone
//	call        R QueryPartnerCredit {} → {"TotalCredit": 1000, …}
//	call        R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -31} → FailedOperation.BalanceInsufficient
//	call        R:key AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 2} → ok
//
// The last carries the X-Tael-Idempotency-Key "key". $T is the token of an
// invitation; an applicant is an account that took one up, with the mail address
// "a@mail.example" and Password, and the code is one that was sent to the number for R.
//
// After "recorded", the audit holds the reads and refusals before it.
//
// Names stand for UINs in requests and answers ($C inside quotes). An expected answer is compared
// whole, without RequestId; "*" in it matches anything and "ok" any success.
// OP is the operator, NOBODY who has no key. At the end everything in the database must add up.
func Scenario(t *testing.T, story string) {
	t.Helper()
	t.Parallel()
	OnEach(t, func(t *testing.T, d Database) { tell(t, d, story) })
}

func tell(t *testing.T, d Database, story string) {
	t.Helper()
	settings := config.Default()
	lines := strings.Split(story, "\n")
	for _, line := range lines {
		fields := strings.Fields(line)
		if len(fields) == 2 && fields[0] == "only" && fields[1] != string(d) {
			t.Skip("not about this database")
		}
		if len(fields) == 2 && fields[0] == "set" {
			if err := settings.Set(fields[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	w := New(t, Options{Database: d, Settings: &settings})
	s := &scenario{
		World: w, keys: map[string]Key{"OP": w.Operator, "NOBODY": Nobody}, texts: map[string]string{},
	}
	for i, line := range lines {
		s.line = strings.TrimSpace(line)
		if s.line == "" || strings.HasPrefix(s.line, "#") {
			continue
		}
		if err := s.run(); err != nil {
			t.Fatalf("line %d: %s\n%v", i+1, s.line, err)
		}
	}
	if !s.damaged {
		w.Verify()
	}
}

type scenario struct {
	*World
	keys    map[string]Key
	texts   map[string]string // tokens of invitations
	line    string
	damaged bool
}

func (s *scenario) run() error {
	fields := strings.Fields(s.line)
	switch fields[0] {
	case "set", "only":
		return nil
	case "distributor", "reseller":
		return s.partner(fields)
	case "subreseller":
		return s.subreseller(fields)
	case "customer":
		return s.customer(fields)
	case "invitation":
		return s.invitation(fields)
	case "applicant":
		return s.applicant(fields)
	case "code":
		return s.code(fields)
	case "user":
		return s.user(fields)
	case "clock":
		now, err := api.ParseTime("datetime", strings.Join(fields[1:], " "))
		s.Clock.Set(now)
		return err
	case "recorded":
		return s.Trail.Flush(s.T.Context())
	case "damage":
		s.Damage(strings.TrimSpace(strings.TrimPrefix(s.line, "damage")))
		s.damaged = true
		return nil
	case "call":
		return s.call(strings.TrimSpace(strings.TrimPrefix(s.line, "call")))
	}
	return fmt.Errorf("no such line")
}

// partner: "reseller R line 1000 quota 500".
func (s *scenario) partner(fields []string) error {
	role := map[string]string{"distributor": "Distributor", "reseller": "Reseller"}[fields[0]]
	line, quota := option(fields, "line"), option(fields, "quota")
	return s.create(fields[1], "CreatePartner", fmt.Sprintf(
		`{"Name": %q, "Role": %q, "TotalCredit": %s, "VoucherQuota": %s}`, fields[1], role, line, quota))
}

// subreseller: "subreseller S of D pool 200".
func (s *scenario) subreseller(fields []string) error {
	owner := fields[3]
	err := s.create(fields[1], "CreateSubAgent", fmt.Sprintf(
		`{"Name": %q, "DistributorUin": %d}`, fields[1], s.keys[owner].Uin))
	if pool := option(fields, "pool"); err == nil && pool != "0" {
		return s.must(s.keys[owner], "AllocateCreditPool", fmt.Sprintf(
			`{"SubAgentUin": %d, "Credit": %s}`, s.keys[fields[1]].Uin, pool))
	}
	return err
}

// customer: "customer C of R credit 30".
func (s *scenario) customer(fields []string) error {
	owner := fields[3]
	err := s.create(fields[1], "CreateCustomer", fmt.Sprintf(
		`{"Name": %q, "PartnerUin": %d}`, fields[1], s.keys[owner].Uin))
	if credit := option(fields, "credit"); err == nil && credit != "0" {
		return s.must(s.keys[owner], "AllocateCustomerCredit", fmt.Sprintf(
			`{"ClientUin": %d, "AddedCredit": %s}`, s.keys[fields[1]].Uin, credit))
	}
	return err
}

func option(fields []string, name string) string {
	if i := slices.Index(fields, name); i >= 0 {
		return fields[i+1]
	}
	return "0"
}

func (s *scenario) create(name, action, body string) error {
	answer := s.Call(s.Operator, action, body)
	var made struct {
		Uin                 int64
		SecretId, SecretKey string
	}
	if err := json.Unmarshal(answer.Body, &made); err != nil {
		return err
	}
	if answer.Code != "" {
		return fmt.Errorf("%s: %s", answer.Code, answer.Message)
	}
	s.keys[name] = Key{Uin: made.Uin, ID: made.SecretId, Secret: made.SecretKey}
	return nil
}

func (s *scenario) must(key Key, action, body string) error {
	if answer := s.Call(key, action, body); answer.Code != "" {
		return fmt.Errorf("%s: %s", answer.Code, answer.Message)
	}
	return nil
}

var callLine = regexp.MustCompile(`^(\w+)(?::(\S+))? +(\w+) +(.*) → +(.+)$`)

// call: "R Action {…} → {…}", "R Action {…} → Code" or "R:key Action …".
func (s *scenario) call(line string) error {
	parts := callLine.FindStringSubmatch(line)
	if parts == nil {
		return fmt.Errorf("write: call CALLER[:KEY] ACTION {…} → {…} or CODE")
	}
	key, ok := s.keys[parts[1]]
	if !ok {
		return fmt.Errorf("nobody is called %s", parts[1])
	}
	var headers []string
	if parts[2] != "" {
		headers = []string{"X-Tael-Idempotency-Key", parts[2]}
	}
	answer := s.Call(key, parts[3], s.named(parts[4]), headers...)
	return s.compare(answer, s.named(parts[5]))
}

func (s *scenario) compare(answer Answer, want string) error {
	switch {
	case want == "ok":
		if answer.Code != "" {
			return fmt.Errorf("got %s: %s", answer.Code, answer.Message)
		}
		return nil
	case !strings.HasPrefix(want, "{"):
		if answer.Code != want {
			return fmt.Errorf("got %s %s %s", answer.Code, answer.Message, answer.Body)
		}
		return nil
	case answer.Code != "":
		return fmt.Errorf("got %s: %s", answer.Code, answer.Message)
	}
	return Matches([]byte(want), answer.Body)
}

var nameWord = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\b[A-Z]\w*\b`)

var quotedName = regexp.MustCompile(`\$[A-Z]\w*`)

// named puts UINs for names: outside of quotes as they are, inside as $C.
func (s *scenario) named(text string) string {
	text = quotedName.ReplaceAllStringFunc(text, func(word string) string {
		if saved, ok := s.texts[word[1:]]; ok && s.keys[word[1:]].Uin == 0 {
			return saved
		}
		return strconv.FormatInt(s.keys[word[1:]].Uin, 10)
	})
	return nameWord.ReplaceAllStringFunc(text, func(word string) string {
		if key, ok := s.keys[word]; ok {
			return strconv.FormatInt(key.Uin, 10)
		}
		return word
	})
}

// Matches compares JSON whole, number by number. In want, "*" matches anything,
// and "..." at the end of a list what else the list holds.
func Matches(want, got []byte) error {
	wantValue, err := decode(want)
	if err != nil {
		return fmt.Errorf("expectation %s: %w", want, err)
	}
	gotValue, err := decode(got)
	if err != nil {
		return err
	}
	if err := match(wantValue, gotValue, "answer"); err != nil {
		return fmt.Errorf("%w\ngot  %s\nwant %s", err, got, want)
	}
	return nil
}

func decode(text []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return value, decoder.Decode(&value)
}

func match(want, got any, path string) error {
	if want == "*" {
		return nil
	}
	if reflect.TypeOf(want) != reflect.TypeOf(got) {
		return fmt.Errorf("%s is %v, not %v", path, got, want)
	}
	switch want := want.(type) {
	case map[string]any:
		got := got.(map[string]any)
		names := slices.Sorted(maps.Keys(want))
		if !slices.Equal(names, slices.Sorted(maps.Keys(got))) {
			return fmt.Errorf("%s has other fields", path)
		}
		for _, name := range names {
			if err := match(want[name], got[name], path+"."+name); err != nil {
				return err
			}
		}
	case []any:
		got := got.([]any)
		if n := len(want) - 1; n >= 0 && want[n] == "..." && len(got) > n {
			want, got = want[:n], got[:n]
		}
		if len(want) != len(got) {
			return fmt.Errorf("%s has %d elements, not %d", path, len(got), len(want))
		}
		for i := range want {
			if err := match(want[i], got[i], fmt.Sprintf("%s.%d", path, i)); err != nil {
				return err
			}
		}
	default:
		if want != got {
			return fmt.Errorf("%s is %v, not %v", path, got, want)
		}
	}
	return nil
}

// Eventually waits for a condition, for as long as the slowest machine may take.
func Eventually(t testing.TB, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !condition(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("still not so: %s", what)
		}
	}
}
