package actions_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"tael/internal/testkit"
)

// acceptance is a body of AcceptInvitation for a new account, but for what is
// replaced: pairs of old and new text. Its address, where that is not replaced, is
// the one that a scenario's invitation was sent to.
func acceptance(token string, replace ...string) string {
	body := strings.NewReplacer(replace...).Replace(
		`{"Token": "` + token + `", "Mail": "a@a.example", "Name": "Applicant", "Password": "Harbour1!"}`)
	if name, of := strings.CutPrefix(token, "$"); of {
		body = strings.Replace(body, "a@a.example", strings.ToLower(name)+"@mail.example", 1)
	}
	return body
}

func TestAcceptInvitation(t *testing.T) {
	story := `
		reseller R line 100
		distributor D line 100
		invitation T of R
		invitation U of R
		invitation V of D`
	for _, c := range [][3]string{
		{`"a@a.example"`, `""`, "InvalidParameterValue.MailEmpty"},
		{`"a@a.example"`, `"a"`, "InvalidParameter.MailFormatIncorrect"},
		{`"Applicant"`, `"1"`, "InvalidParameterValue"},
		{`"Applicant"`, `"123"`, "InvalidParameterValue"},
		{`"Harbour1!"`, `""`, "InvalidParameterValue.PasswordEmpty"},
		{`"Harbour1!"`, `"Short1!"`, "InvalidParameter.PasswordFormatIncorrect"},
		{`"Harbour1!"`, `"Harbour1!", "PhoneNum": "x"`, "InvalidParameter.PhoneNumFormatIncorrect"},
		{`"Harbour1!"`, `"Harbour1!", "CountryCode": "x"`, "InvalidParameter.CountryCodeFormatIncorrect"},
		{`"Harbour1!"`, `"Harbour1!", "AccountType": "club"`, "InvalidParameter.AccountTypeContentIncorrect"},
		{`"Harbour1!"`, `"Harbours!"`, "InvalidParameter.PasswordContentIncorrect"},
		{`"Harbour1!"`, `"Harbour1!", "PhoneNum": "1"`, "MissingParameter"},
		{`"Harbour1!"`, `"Harbour1!", "CountryCode": "852"`, "MissingParameter"},
		{`"Harbour1!"`, `"Harbour1!", "CountryCode": "86", "PhoneNum": "1"`, "InvalidParameterValue.UnSupportArea"},
		{`"Harbour1!"`, `"Harbour1!", "CountryCode": "999", "PhoneNum": "1"`, "InvalidParameter.CountryCodeContentIncorrect"},
		{`, "Name": "Applicant"`, ``, "MissingParameter"},
	} {
		story += "\n\t\tcall NOBODY AcceptInvitation " + acceptance("$T", c[0], c[1]) + " → " + c[2]
	}
	testkit.Scenario(t, story+`
		call NOBODY AcceptInvitation `+acceptance(strings.Repeat("0", 32))+` → ResourceNotFound
		call NOBODY:k AcceptInvitation `+acceptance("$T")+` → {"Uin": "*"}
		call NOBODY:k AcceptInvitation `+acceptance("$T")+` → {"Uin": "*"}
		# Whoever knows the key and the token, but not the rest, learns nothing.
		call NOBODY:k AcceptInvitation `+acceptance("$T", "Harbour1!", "Harbour2!")+` → ResourceNotFound
		call NOBODY AcceptInvitation `+acceptance("$T", "a@a", "b@a")+` → ResourceNotFound
		# A key that somebody else uses too is no obstacle.
		call NOBODY:k AcceptInvitation `+acceptance("$V", "a@a", "V@MAIL")+` → {"Uin": "*"}
		# An account that exists applies by its password, whatever its address.
		call NOBODY AcceptInvitation `+acceptance("$U", "a@a", "V@Mail")+` → {"Uin": "*"}
		call R QueryPendingClientsV2 {"Page": 1, "PageSize": 10} → {"Data": ["*", "*"], "Total": 2}
		# An account signs nothing by itself: its key comes from the operator.
		call OP CreateSecretKey {"Uin": R} → ok`)
}

// A new account has the address that was invited: what arrives there is its proof.
// Of others nothing can be learnt, not even whether they have accounts, and five
// attempts at them end the invitation.
func TestAddressesThatWereNotInvited(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	w.Create("CreateCustomer", w.JSON(`{"PartnerUin": %d, "Name": "K", "Mail": "known@a.example"}`, r.Uin))
	token, err := w.Invite(r, "known@a.example", "Client")
	if err != nil {
		t.Fatal(err)
	}
	// The address itself is told what it is: it is its owner who asks.
	expectCode(t, "FailedOperation.MailIsRegistered",
		w.Call(testkit.Nobody, "AcceptInvitation", acceptance(token, "a@a", "known@a")))
	if token, err = w.Invite(r, "Invited@A.Example", "Client"); err != nil {
		t.Fatal(err)
	}
	var first testkit.Answer
	var reads int64
	for i, mail := range []string{"known@a.example", "noone@a.example", "noone@a.example", "known@a.example", "invited@a.example.net"} {
		var counted atomic.Int64
		w.CountReads(&counted)
		answer := w.Call(testkit.Nobody, "AcceptInvitation", acceptance(token, "a@a.example", mail))
		w.CountReads(nil)
		answer.Message = strings.ReplaceAll(answer.Message, mail, "")
		if i == 0 {
			first, reads = answer, counted.Load()
		}
		if answer.Code != "InvalidParameterValue" || answer.Message != first.Message || counted.Load() != reads {
			t.Errorf("%s: %s %s after %d reads, not %d", mail, answer.Code, answer.Message, counted.Load(), reads)
		}
	}
	expectCode(t, "ResourceNotFound",
		w.Call(testkit.Nobody, "AcceptInvitation", acceptance(token, "a@a.example", "invited@a.example")))
	if n := testkit.Count(t, w.Address, "SELECT COUNT(*) FROM identity WHERE role = ''"); n != 0 {
		t.Errorf("%d accounts", n)
	}
}

// An invitation that an earlier release made knows no address, and so proves none:
// only an account that exists can take it up.
func TestInvitationsWithoutAnAddress(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100
		reseller Q line 100
		applicant A to Q
		invitation T of R
		damage UPDATE invitation SET mail = ''
		call NOBODY AcceptInvitation `+acceptance("$T")+` → InvalidParameterValue
		call NOBODY AcceptInvitation `+acceptance("$T", "a@a", "a@mail")+` → {"Uin": A}`)
}

// Accounts that have a role do not apply, and of a partner's customers the
// partner's key is no password.
func TestAcceptanceByAccountsWithARole(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100
		distributor D line 100
		invitation T of R
		invitation U of R
		applicant A to R
		applicant B to D company SubAgent
		call OP CreateCustomer {"PartnerUin": R, "Name": "K", "Mail": "k@a.example"} → ok
		call OP SetAccountVerification {"Uin": B, "AuthType": 1, "AuthStatus": 3} → ok
		call R ApproveClientApply {"ClientUin": A, `+pass+` → ok
		call D ApproveSubAgentApply {"SubAgentUin": B, `+pass+` → ok
		call NOBODY AcceptInvitation `+acceptance("$T", "a@a", "a@mail")+` → InvalidParameterValue.UinAlreadyClient
		call NOBODY AcceptInvitation `+acceptance("$T", "a@a", "b@mail")+` → InvalidParameterValue.UinAlreadyReseller
		call NOBODY AcceptInvitation `+acceptance("$T", "a@a", "k@a")+` → InvalidParameterValue
		call NOBODY AcceptInvitation `+acceptance("$U")+` → ok`)
}

// An invitation is no way to guess passwords: the fifth wrong one ends it.
func TestWrongPasswordsEndAnInvitation(t *testing.T) {
	wrong := "\n\t\tcall NOBODY AcceptInvitation " + acceptance("$T", "a@a", "a@mail", "Harbour1!", "Harbour2!") +
		" → InvalidParameterValue"
	testkit.Scenario(t, `
		reseller R line 100
		reseller Q line 100
		applicant A to Q
		invitation T of R`+strings.Repeat(wrong, 5)+`
		call NOBODY AcceptInvitation `+acceptance("$T", "a@a", "a@mail")+` → ResourceNotFound
		call NOBODY AcceptInvitation `+acceptance("$T")+` → ResourceNotFound`)
}

// However many invitations somebody has made, to whomever: an account's password is
// tried ten times an hour, and then not even the right one passes.
func TestPasswordsAreNotGuessedWithManyInvitations(t *testing.T) {
	guess := func(token, password string) string {
		return "\n\t\tcall NOBODY AcceptInvitation " + acceptance("$"+token, "a@a", "a@mail", "Harbour1!", password)
	}
	wrong := func(token string) string {
		return strings.Repeat(guess(token, "Harbour2!")+" → InvalidParameterValue", 4)
	}
	testkit.Scenario(t, `
		reseller R line 100
		reseller Q line 100
		applicant A to Q
		invitation S of R
		invitation T of R
		invitation U of R`+wrong("S")+wrong("T")+wrong("U")+guess("U", "Harbour1!")+` → InvalidParameterValue
		clock 2026-11-01 01:00:00`+guess("S", "Harbour1!")+` → ok`)
}

// Applicants take no place of a number that they only say is theirs; one that five
// accounts have proved is refused.
func TestFullNumberOfAnApplicant(t *testing.T) {
	story := "\n\t\treseller R line 1"
	apply := func(name, code string) string {
		return "\n\t\tinvitation " + name + " of R\n\t\tcall NOBODY AcceptInvitation " +
			acceptance("$"+name, "}", `, "CountryCode": "852", "PhoneNum": "91230005"}`) + " → " + code
	}
	for _, name := range []string{"A", "B", "C", "D", "E", "F"} {
		story += apply(name, "ok")
	}
	for _, name := range []string{"g", "h", "i", "j", "k"} {
		story += "\n\t\tcode 852 91230005 364928 of R\n\t\tcall R CreateAccount " + account("a@a", name+"@a") + " → ok"
	}
	testkit.Scenario(t, story+apply("L", "FailedOperation.PhoneBindUpper"))
}

// One token taken up twice at once makes one account and one application.
func TestOneTokenAtOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		token, err := w.Invite(r, "t@a.example", "Client")
		if err != nil {
			t.Fatal(err)
		}
		var calls []func() testkit.Answer
		for range 4 {
			calls = append(calls, func() testkit.Answer {
				return w.Call(testkit.Nobody, "AcceptInvitation", acceptance(token, "a@a", "t@a"))
			})
		}
		if got := atOnce(calls); got[""] != 1 || got["ResourceNotFound"] != 3 {
			t.Error(got)
		}
		if n := testkit.Count(t, w.Address, "SELECT COUNT(*) FROM identity WHERE role = ''"); n != 1 {
			t.Errorf("%d accounts", n)
		}
		// Nobody has called, but what was changed is in the audit of the tree.
		const events = "SELECT COUNT(*) FROM audit WHERE writer = 0 AND account_uin = 0 AND root_uin = $1"
		if n := testkit.Count(t, w.Address, events, r.Uin); n != 1 {
			t.Errorf("%d events", n)
		}
	})
}

// Unknown, used, expired and spent tokens are answered alike to the letter, and
// with the same number of statements: how long they take follows from that.
func TestTokensAreNoOracle(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	tokens := map[string]string{"unknown": strings.Repeat("0", 32), "no token": "x"}
	for _, what := range []string{"used", "expired"} {
		token, err := w.Invite(r, what+"@a.example", "Client")
		if err != nil {
			t.Fatal(err)
		}
		tokens[what] = token
	}
	if _, err := w.Apply(tokens["used"], "used@a.example", "personal"); err != nil {
		t.Fatal(err)
	}
	w.Clock.Set(testkit.Start.AddDate(0, 0, 30))
	for _, header := range []string{"", "k"} {
		var first testkit.Answer
		var reads int64
		for what, token := range tokens {
			var counted atomic.Int64
			w.CountReads(&counted)
			answer := w.Call(testkit.Nobody, "AcceptInvitation", acceptance(token), "X-Tael-Idempotency-Key", header+"k")
			w.CountReads(nil)
			if first.Code == "" {
				first, reads = answer, counted.Load()
			}
			if answer.Code != "ResourceNotFound" || answer.Message != first.Message || counted.Load() != reads {
				t.Errorf("%s: %s %s after %d reads, not %d", what, answer.Code, answer.Message, counted.Load(), reads)
			}
		}
	}
}

// No password, code or token can be read in the log or the database.
func TestSecretsOfAccountsAreNowhere(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	token, err := w.Invite(r, "t@a.example", "Client")
	if err != nil {
		t.Fatal(err)
	}
	const code = "V3rify!code" // six digits would be found by chance, in ids and times
	w.PlantCode(r, "852", "91230005", code)
	expectCode(t, "", w.Call(testkit.Nobody, "AcceptInvitation", acceptance(token, "a@a", "t@a"), "X-Tael-Idempotency-Key", "k"))
	expectCode(t, "", w.Call(r, "CreateAccount", account("a@a", "b@a", "364928", code), "X-Tael-Idempotency-Key", "k"))
	expectCode(t, "FailedOperation.VerificationCodeIllegal", w.Call(r, "CreateAccount", account("a@a", "c@a", "Quay5ide!Books", "W0rd!wrong")))
	open, err := w.Invite(r, "o@a.example", "Client")
	if err != nil {
		t.Fatal(err)
	}
	w.Damage(`ALTER TABLE identity RENAME TO gone`)
	expectCode(t, "InternalError", w.Call(testkit.Nobody, "AcceptInvitation", acceptance(open, "a@a", "o@a", "Harbour1!", "F@iled1secret")))
	w.Close()
	expectNowhere(t, w, token, open, "Harbour1!", "Quay5ide!Books", "W0rd!wrong", code, "F@iled1secret")
}

// Parameters that hold a password are recorded by a digest that depends on the
// installation: with a plain one, passwords could be guessed at leisure.
func TestRecordedParametersDoNotGivePasswordsAway(t *testing.T) {
	t.Parallel()
	digests := map[string][]byte{}
	for range 2 {
		w := testkit.New(t, testkit.Options{})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		w.PlantCode(r, "852", "91230005", "364928")
		expectCode(t, "", w.Call(r, "CreateAccount", account(), "X-Tael-Idempotency-Key", "k"))
		var digest []byte
		testkit.QueryRow(t, w.Address, `SELECT parameters FROM idempotency WHERE action = 'CreateAccount'`, nil, &digest)
		if digests[string(digest)] != nil {
			t.Error("two installations record the same digest")
		}
		digests[string(digest)] = digest
	}
}

// expectNowhere looks for texts in a closed world's database files and log.
func expectNowhere(t *testing.T, w *testkit.World, texts ...string) {
	t.Helper()
	files, err := filepath.Glob(w.Address + "*")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if strings.Contains(string(content), text) {
				t.Errorf("%s holds %s", filepath.Base(path), text)
			}
		}
	}
	for _, text := range texts {
		if strings.Contains(w.Log.String(), text) {
			t.Errorf("the log holds %s", text)
		}
	}
}
