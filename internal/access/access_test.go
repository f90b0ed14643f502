package access

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func policy(t testing.TB, text string) *Policy {
	t.Helper()
	p, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return p
}

func document(statements ...string) string {
	return `{"version":"2.0","statement":[` + strings.Join(statements, ",") + `]}`
}

const (
	allowAll  = `{"effect":"allow","action":"*","resource":"*"}`
	allowRead = `{"effect":"allow","action":["intlpartnersmgt:Query*","intlpartnersmgt:Describe*"],"resource":["*"]}`
	denyPool  = `{"effect":"deny","action":"intlpartnersmgt:*Pool*","resource":"*"}`
)

func TestEvaluation(t *testing.T) {
	t.Parallel()
	inside := `{"effect":"allow","action":"tael:*","resource":"*","condition":{"ip_equal":{"qcs:ip":["10.0.0.0/8","2001:db8::1"]}}}`
	outside := `{"effect":"deny","action":"*","resource":"*","condition":{"ip_not_equal":{"qcs:ip":"10.0.0.0/8"}}}`
	narrow := `{"effect":"allow","action":"tael:*","resource":"*","condition":` +
		`{"ip_equal":{"qcs:ip":"10.0.0.0/8"},"ip_not_equal":{"qcs:ip":["10.1.0.0/16","10.2.0.0/16"]}}}`
	for _, c := range []struct {
		statements      []string
		operation, from string
		want            bool
	}{
		{[]string{allowRead}, "intlpartnersmgt:QueryPartnerCredit", "1.1.1.1", true},
		{[]string{allowRead}, "intlpartnersmgt:queryPARTNERcredit", "1.1.1.1", true},
		{[]string{allowRead}, "intlpartnersmgt:AllocateCustomerCredit", "1.1.1.1", false},
		{[]string{allowRead}, "tael:QueryPartnerCredit", "1.1.1.1", false},
		{[]string{allowRead}, "xintlpartnersmgt:QueryPartnerCredit", "1.1.1.1", false},
		{[]string{allowAll}, "sts:AssumeRole", "1.1.1.1", true},
		{[]string{`{"effect":"allow","action":"name/sts:AssumeRole","resource":"*"}`}, "sts:AssumeRole", "1.1.1.1", true},
		{[]string{`{"effect":"allow","action":"*:Query*","resource":"*"}`}, "intlpartnersmgt:QueryPartnerCredit", "1.1.1.1", true},
		// Deny wins, wherever it stands.
		{[]string{allowRead, denyPool}, "intlpartnersmgt:QueryVoucherPool", "1.1.1.1", false},
		{[]string{denyPool, allowAll}, "intlpartnersmgt:AllocateCreditPool", "1.1.1.1", false},
		{[]string{denyPool, allowAll}, "intlpartnersmgt:QueryPartnerCredit", "1.1.1.1", true},
		{[]string{denyPool}, "intlpartnersmgt:QueryPartnerCredit", "1.1.1.1", false},
		// Who names a resource allows nothing.
		{[]string{`{"effect":"allow","action":"*","resource":"qcs::intlpartnersmgt::uin/1:x/*"}`}, "tael:CreateUser", "1.1.1.1", false},
		{[]string{inside}, "tael:CreateUser", "10.255.0.1", true},
		{[]string{inside}, "tael:CreateUser", "11.0.0.1", false},
		{[]string{inside}, "tael:CreateUser", "2001:db8::1", true},
		{[]string{inside}, "tael:CreateUser", "2001:db8::2", false},
		{[]string{inside}, "tael:CreateUser", "", false},
		{[]string{allowAll, outside}, "tael:CreateUser", "10.1.1.1", true},
		{[]string{allowAll, outside}, "tael:CreateUser", "11.1.1.1", false},
		{[]string{allowAll, outside}, "tael:CreateUser", "", false},
		{[]string{narrow}, "tael:CreateUser", "10.3.0.1", true},
		{[]string{narrow}, "tael:CreateUser", "10.1.0.1", false},
		{[]string{narrow}, "tael:CreateUser", "10.2.0.1", false},
		{[]string{narrow}, "tael:CreateUser", "11.0.0.1", false},
	} {
		service, action, _ := strings.Cut(c.operation, ":")
		var from netip.Addr
		if c.from != "" {
			from = netip.MustParseAddr(c.from)
		}
		// In one policy or in several: it makes no difference.
		var several []*Policy
		for _, s := range c.statements {
			several = append(several, policy(t, document(s)))
		}
		one := []*Policy{policy(t, document(c.statements...))}
		for _, policies := range [][]*Policy{one, several} {
			if got := NewRights(policies).Allows(Operation(service, action), from); got != c.want {
				t.Errorf("%s from %q with %v: %v", c.operation, c.from, c.statements, got)
			}
		}
	}
}

func TestRights(t *testing.T) {
	t.Parallel()
	operation, from := Operation("tael", "CreateUser"), netip.MustParseAddr("10.0.0.1")
	everything, reading := policy(t, document(allowAll)), policy(t, document(allowRead))
	var own *Rights
	for name, c := range map[string]struct {
		rights *Rights
		want   bool
	}{
		"own key":                   {own, true},
		"no policies":               {NewRights(nil), false},
		"all":                       {NewRights([]*Policy{everything}), true},
		"own key, narrowed":         {own.And(reading), false},
		"own key, narrowed to all":  {own.And(everything), true},
		"all, narrowed":             {NewRights([]*Policy{everything}).And(reading), false},
		"reading, narrowed to all":  {NewRights([]*Policy{reading}).And(everything), false},
		"nothing, narrowed to all":  {NewRights(nil).And(everything), false},
		"all, narrowed to all":      {NewRights([]*Policy{everything}).And(everything), true},
		"all, narrowed three times": {own.And(everything).And(everything).And(reading), false},
	} {
		if got := c.rights.Allows(operation, from); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// Not parallel: allocations are counted for the whole process.
func TestEvaluationAllocatesNothing(t *testing.T) {
	operation, from := Operation("tael", "CreateUser"), netip.MustParseAddr("10.0.0.1")
	var own *Rights
	for _, r := range []*Rights{own, NewRights([]*Policy{policy(t, document(allowRead, denyPool, allowAll))})} {
		if allocations := testing.AllocsPerRun(100, func() { r.Allows(operation, from) }); allocations != 0 {
			t.Errorf("%v allocations", allocations)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	many := strings.TrimSuffix(strings.Repeat(allowAll+",", statementsMax+1), ",")
	for text, want := range map[string]string{
		``:                  "it is not JSON, or an object has a name twice",
		`{`:                 "it is not JSON, or an object has a name twice",
		`[]`:                "the policy must be an object",
		`{}`:                `version must be "2.0"`,
		`{"version":"2.0"}`: "there is no statement",
		`{"version":2.0}`:   "version must be a string",
		`{"version":"1.0","statement":[` + allowAll + `]}`:                                                                       `version must be "2.0"`,
		`{"version":"2.0","statement":` + allowAll + `}`:                                                                         "statement must be a list",
		`{"version":"2.0","statement":["x"]}`:                                                                                    "statement 1: it must be an object",
		`{"version":"2.0","Statement":[` + allowAll + `]}`:                                                                       `a policy has no "Statement"`,
		`{"version":"2.0","version":"2.0","statement":[` + allowAll + `]}`:                                                       "it is not JSON, or an object has a name twice",
		document(allowAll) + `{}`:                                                                                                "something follows the policy",
		document(many):                                                                                                           "more than 32 statements",
		document(allowAll, `{"action":"*","resource":"*"}`):                                                                      "statement 2: effect must be allow or deny",
		document(`{"effect":"Allow","action":"*","resource":"*"}`):                                                               "statement 1: effect must be allow or deny",
		document(`{"effect":"allow","resource":"*"}`):                                                                            "statement 1: there is no action",
		document(`{"effect":"allow","action":[],"resource":"*"}`):                                                                "statement 1: there is no action",
		document(`{"effect":"allow","action":[1],"resource":"*"}`):                                                               "statement 1: action must be a string",
		document(`{"effect":"allow","action":"*"}`):                                                                              `statement 1: there is no resource: write "*"`,
		document(`{"effect":"deny","action":"*","resource":"qcs::x"}`):                                                           `statement 1: it denies nothing: its resource must be "*"`,
		document(`{"effect":"allow","action":"Query","resource":"*"}`):                                                           `statement 1: action "Query": write SERVICE:ACTION`,
		document(`{"effect":"allow","action":"cvm:Run","resource":"*"}`):                                                         `statement 1: action "cvm:Run": there is no service "cvm"`,
		document(`{"effect":"allow","action":"intl*:Query","resource":"*"}`):                                                     `statement 1: action "intl*:Query": there is no service "intl*"`,
		document(`{"effect":"allow","action":"tael:","resource":"*"}`):                                                           `statement 1: action "tael:": a name has letters, digits and *`,
		document(`{"effect":"allow","action":"","resource":"*"}`):                                                                `statement 1: action "": write SERVICE:ACTION`,
		document(`{"effect":"allow","action":"tael:A?","resource":"*"}`):                                                         `statement 1: action "tael:A?": a name has letters, digits and *`,
		document(`{"effect":"allow","action":"` + strings.Repeat("*", 200) + `"}`):                                               `statement 1: there is no resource: write "*"`,
		document(`{"effect":"allow","not_action":"*","resource":"*"}`):                                                           `statement 1: it may not have "not_action"`,
		document(`{"effect":"allow","action":"*","resource":"*","principal":{"qcs":"x"}}`):                                       `statement 1: it may not have "principal"`,
		document(`{"effect":"allow","action":"*","resource":"*","condition":{"string_equal":{}}}`):                               `statement 1: condition "string_equal": only ip_equal and ip_not_equal are known`,
		document(`{"effect":"allow","action":"*","resource":"*","condition":{"ip_equal":{"qcs:time":"x"}}}`):                     `statement 1: condition key "qcs:time": only qcs:ip is known`,
		document(`{"effect":"allow","action":"*","resource":"*","condition":{"ip_equal":{}}}`):                                   `statement 1: ip_equal names no address`,
		document(`{"effect":"allow","action":"*","resource":"*","condition":{"ip_equal":{"qcs:ip":"10.0.0"}}}`):                  `statement 1: "10.0.0" is no IP address and no range of them`,
		document(`{"effect":"allow","action":"*","resource":"*","condition":{"ip_equal":{"qcs:ip":"10.0.0.0/33"}}}`):             `statement 1: "10.0.0.0/33" is no IP address and no range of them`,
		strings.Repeat(" ", DocumentMax) + document(allowAll):                                                                    "the policy is longer than 6144 bytes",
		document(`{"effect":"allow","action":"tael:` + strings.Repeat("a", actionMax) + `","resource":"*"}`):                     "statement 1: an action is longer than 128 bytes",
		document(`{"effect":"allow","action":"*","resource":"*","condition":` + strings.Repeat(`{"ip_equal":`, 100) + `1` + `}`): `statement 1: condition key "ip_equal": only qcs:ip is known`,
	} {
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%.200s\ngot  %v\nwant %s", text, err, want)
		}
	}
}

func TestTrust(t *testing.T) {
	t.Parallel()
	const account, user, other = 200_000_001_000, 200_000_001_900, 200_000_002_000
	statement := func(effect, action, principal string) string {
		return fmt.Sprintf(`{"effect":%q,"action":%q,"principal":{"qcs":[%q]}}`, effect, action, principal)
	}
	root := statement("allow", "name/sts:AssumeRole", "qcs::cam::uin/200000001000:root")
	one := statement("allow", "sts:AssumeRole", "qcs::cam::uin/200000001000:uin/200000001900")
	self := statement("allow", "sts:*", "qcs::cam::uin/200000001000:uin/200000001000")
	not := statement("deny", "*", "qcs::cam::uin/200000001000:uin/200000001900")
	wrong := statement("allow", "sts:GetFederationToken", "qcs::cam::uin/200000001000:root")
	for _, c := range []struct {
		statements          string
		account, user, none bool // may the account's key, its sub-user, another account
	}{
		{root, true, true, false},
		{one, false, true, false},
		{self, true, false, false},
		{root + "," + not, true, false, false},
		{not + "," + one, false, false, false},
		{wrong, false, false, false},
	} {
		p, err := ParseTrust(`{"version":"2.0","statement":[` + c.statements + `]}`)
		if err != nil {
			t.Fatal(err)
		}
		got := []bool{p.Admits(account, 0), p.Admits(account, user), p.Admits(other, 0) || p.Admits(other, user)}
		if got[0] != c.account || got[1] != c.user || got[2] != c.none {
			t.Errorf("%s: %v", c.statements, got)
		}
	}
	for text, want := range map[string]string{
		document(allowAll): `statement 1: it may not have "resource"`,
		document(`{"effect":"allow","action":"sts:AssumeRole"}`):                               "statement 1: there is no principal",
		document(statement("allow", "sts:AssumeRole", "qcs::cam::uin/1:uin/0")):                "statement 1: principal: 0 is nobody's UIN",
		document(statement("allow", "sts:AssumeRole", "*")):                                    `statement 1: principal "*": write qcs::cam::uin/ACCOUNT:root or qcs::cam::uin/ACCOUNT:uin/USER`,
		document(`{"effect":"allow","action":"sts:AssumeRole","principal":{"service":"cvm"}}`): `statement 1: principal "service": only "qcs" is known`,
	} {
		if _, err := ParseTrust(text); err == nil || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestRoleArn(t *testing.T) {
	t.Parallel()
	if account, name, ok := ParseRoleArn(RoleArn(200_000_001_000, "a.b")); account != 200_000_001_000 || name != "a.b" || !ok {
		t.Error(account, name, ok)
	}
	for _, arn := range []string{
		"", "qcs::cam::uin/1", "qcs::cam::uin/1:roleName/", "qcs::cam::uin/01:roleName/x", "qcs::cam::uin/+1:roleName/x",
		"qcs::cam::uin/99999999999999999999:roleName/x", "qcs::cam::uin/1:role/x",
	} {
		if _, _, ok := ParseRoleArn(arn); ok {
			t.Errorf("%q names a role", arn)
		}
	}
}

// A match looks for each part once: a pattern made to be slow costs no more
// steps than the text and the pattern are long.
func TestMatchingIsLinear(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("a", 1<<20)
	for _, p := range []string{
		strings.Repeat("*", 100) + "b", strings.Repeat("a*", 60) + "b", strings.Repeat("*a", 60) + "*b", "*" + strings.Repeat("a", 100) + "b*",
	} {
		// By backtracking the second would take more steps than there are atoms.
		if newPattern(p).matches(text) {
			t.Errorf("%s matches", p)
		}
		if !newPattern(p).matches(text + strings.Repeat("a", 100) + "b") {
			t.Errorf("%s does not match", p)
		}
	}
	// Whether two patterns meet is asked of each pair of what is given and what is
	// denied: to compare each character with each would take 10¹² steps here.
	long := strings.Repeat("a*", 1<<20)
	if b, c := newPattern(long+"b"), newPattern(long+"c"); b.meets(c) || !b.meets(b) {
		t.Error("ends are not compared")
	}
	if p := newPattern("****a***b****"); len(p) != 4 {
		t.Errorf("stars are kept: %q", p)
	}
}

// backtrack is the definition of a match.
func backtrack(p, text string) bool {
	switch {
	case p == "":
		return text == ""
	case p[0] == '*':
		return backtrack(p[1:], text) || text != "" && backtrack(p, text[1:])
	}
	return text != "" && p[0] == text[0] && backtrack(p[1:], text[1:])
}

func TestPatternsByDefinition(t *testing.T) {
	t.Parallel()
	texts := []string{""}
	for i := 0; len(texts[i]) < 6; i++ {
		texts = append(texts, texts[i]+"a", texts[i]+"b")
	}
	rapid.Check(t, func(t *rapid.T) {
		form := rapid.StringMatching(`[ab*]{0,5}`)
		p, q := form.Draw(t, "p"), form.Draw(t, "q")
		common := false
		for _, text := range texts {
			inP, inQ := newPattern(p).matches(text), newPattern(q).matches(text)
			if inP != backtrack(p, text) {
				t.Fatalf("%q in %q: %v", text, p, inP)
			}
			if inQ && !inP && newPattern(p).covers(newPattern(q)) {
				t.Fatalf("%q covers %q, but not %q", p, q, text)
			}
			common = common || inP && inQ
		}
		// What two patterns of five characters have in common shows in six.
		if meets := newPattern(p).meets(newPattern(q)); common && !meets {
			t.Fatalf("%q and %q meet", p, q)
		} else if meets && !common && len(strings.ReplaceAll(p+q, "*", "")) <= 6 {
			t.Fatalf("%q and %q do not meet", p, q)
		}
	})
}

var (
	anyAddress   = rapid.SampledFrom([]string{"10.0.0.1", "10.1.0.1", "11.0.0.1", "2001:db8::1"})
	anyNet       = rapid.SampledFrom([]string{"10.0.0.0/8", "10.1.0.0/16", "0.0.0.0/0", "2001:db8::/32", "11.0.0.1"})
	anyAction    = rapid.StringMatching(`tael:[ab*]{1,3}|sts:[ab]{1,2}|\*`)
	anyOperation = rapid.StringMatching(`(tael|sts):[ab]{1,3}`)
)

func anyStatement(t *rapid.T) string {
	effect := rapid.SampledFrom([]string{"allow", "allow", "deny"}).Draw(t, "effect")
	condition := ""
	if rapid.IntRange(0, 3).Draw(t, "conditional") == 0 {
		operator := rapid.SampledFrom([]string{"ip_equal", "ip_not_equal"}).Draw(t, "operator")
		condition = fmt.Sprintf(`,"condition":{%q:{"qcs:ip":[%q]}}`, operator, anyNet.Draw(t, "net"))
	}
	return fmt.Sprintf(`{"effect":%q,"action":[%q],"resource":"*"%s}`, effect, anyAction.Draw(t, "action"), condition)
}

func anyPolicy(t *rapid.T) string {
	return document(rapid.SliceOfN(rapid.Custom(anyStatement), 1, 4).Draw(t, "policy")...)
}

func anyRights(t *rapid.T) *Rights {
	var r *Rights
	if rapid.Bool().Draw(t, "sub-user") {
		r = NewRights(nil)
		for _, text := range rapid.SliceOfN(rapid.Custom(anyPolicy), 0, 2).Draw(t, "policies") {
			p, _ := Parse(text)
			r.layers[0] = append(r.layers[0], p)
		}
	}
	if rapid.Bool().Draw(t, "temporary") {
		p, _ := Parse(anyPolicy(t))
		r = r.And(p)
	}
	return r
}

// Deny wins: what one statement denies, no others allow.
func TestDenyWins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		statements := rapid.SliceOfN(rapid.Custom(anyStatement), 1, 5).Draw(t, "statements")
		operation, from := anyOperation.Draw(t, "operation"), netip.MustParseAddr(anyAddress.Draw(t, "from"))
		denied, allowed := false, false
		for _, s := range statements {
			one, err := Parse(document(s))
			if err != nil {
				t.Fatal(err)
			}
			applies := one.statements[0].applies(operation, from)
			denied = denied || applies && one.statements[0].deny
			allowed = allowed || applies && !one.statements[0].deny
		}
		all, _ := Parse(document(statements...))
		if got := NewRights([]*Policy{all}).Allows(operation, from); got != (allowed && !denied) {
			t.Fatalf("allowed %v, denied %v: %v", allowed, denied, got)
		}
	})
}

// Nobody gives more than it has: what a policy allows that somebody may give, is
// allowed to who gives it, from anywhere. What it denies that somebody may lift,
// too.
func TestNobodyGivesMoreThanItHas(t *testing.T) {
	t.Parallel()
	given, lifted := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		r := anyRights(t)
		p, _ := Parse(anyPolicy(t))
		mayGive, mayLift := r.MayGive(p), r.MayLift(p)
		for range 20 {
			operation, from := anyOperation.Draw(t, "operation"), netip.MustParseAddr(anyAddress.Draw(t, "from"))
			has := r.Allows(operation, from)
			if NewRights([]*Policy{p}).Allows(operation, from) && mayGive && !has {
				t.Fatalf("it gives %s from %s", operation, from)
			}
			for i := range p.statements {
				if s := &p.statements[i]; s.deny && s.applies(operation, from) && mayLift && !has {
					t.Fatalf("it lifts %s from %s", operation, from)
				}
			}
			if r.All() && !has {
				t.Fatalf("it has not all: %s from %s", operation, from)
			}
		}
		if r != nil && mayGive {
			given++
		}
		if r != nil && mayLift {
			lifted++
		}
	})
	if given == 0 || lifted == 0 {
		t.Errorf("sub-users gave %d policies and lifted %d: the test tested nothing", given, lifted)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(document(allowRead, denyPool))
	f.Add(Presets[ReadOnly])
	f.Add(document(`{"effect":"allow","action":"tael:*a*","resource":"*","condition":{"ip_equal":{"qcs:ip":"10.0.0.0/8"}}}`))
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		if err != nil {
			return
		}
		if len(text) > DocumentMax || len(p.statements) == 0 || len(p.statements) > statementsMax {
			t.Errorf("%q was taken", text)
		}
		// As one of several it says the same.
		all, err := ParseAll(text + "," + text)
		if err != nil || len(all) != 2 {
			t.Fatalf("twice %q: %v", text, err)
		}
		from := netip.MustParseAddr("10.0.0.1")
		for _, operation := range []string{"tael:createuser", "intlpartnersmgt:querypartnercredit", "sts:assumerole"} {
			if NewRights(all[1:]).Allows(operation, from) != NewRights([]*Policy{p}).Allows(operation, from) {
				t.Errorf("%q says something else", text)
			}
		}
	})
}
