package actions_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"tael/internal/testkit"
)

// account is a body of CreateAccount that is right but for what is replaced:
// pairs of old and new text.
func account(replace ...string) string {
	return strings.NewReplacer(replace...).Replace(`{"AccountType": "company", "Mail": "a@a.example", ` +
		`"Password": "Quay5ide!Books", "ConfirmPassword": "Quay5ide!Books", "PhoneNum": "91230005", ` +
		`"CountryCode": "852", "Area": "HK", "VerifyCode": "364928", "TradeOne": "kghy_01", "TradeTwo": "kghy_0101"}`)
}

// Every documented refusal, in the documented order: each line is right but for
// one thing, and from line to line what was refused before stays mended.
func TestCreateAccount(t *testing.T) {
	story := `
		reseller R line 100
		distributor D line 100
		subreseller S of D
		customer C of R
		code 852 91230005 364928 of R
		call C CreateAccount ` + account() + ` → UnauthorizedOperation
		call OP CreateAccount ` + account() + ` → UnauthorizedOperation.UinNoAuth`
	for _, c := range [][3]string{
		{`"company"`, `""`, "InvalidParameterValue.AccountTypeEmpty"},
		{`"company"`, `"club"`, "InvalidParameter.AccountTypeContentIncorrect"},
		{`"a@a.example"`, `""`, "InvalidParameterValue.MailEmpty"},
		{`"a@a.example"`, `"a.example"`, "InvalidParameter.MailFormatIncorrect"},
		{`"Password": "Quay5ide!Books"`, `"Password": ""`, "InvalidParameterValue.PasswordEmpty"},
		{`"Password": "Quay5ide!Books"`, `"Password": "Short1!"`, "InvalidParameter.PasswordFormatIncorrect"},
		{`"Password": "Quay5ide!Books"`, `"Password": "With 1 space!"`, "InvalidParameter.PasswordFormatIncorrect"},
		{`"Password": "Quay5ide!Books"`, `"Password": "Twenty1characters!!!!"`, "InvalidParameter.PasswordFormatIncorrect"},
		{`"91230005"`, `""`, "InvalidParameterValue.PhoneNumEmpty"},
		{`"91230005"`, `"+9123"`, "InvalidParameter.PhoneNumFormatIncorrect"},
		{`"852"`, `""`, "InvalidParameterValue.CountryCodeEmpty"},
		{`"852"`, `"+852"`, "InvalidParameter.CountryCodeFormatIncorrect"},
		{`"HK"`, `""`, "InvalidParameterValue.AreaEmpty"},
		{`"HK"`, `"HKG"`, "InvalidParameter.AreaFormatIncorrect"},
		{`"kghy_01"`, `""`, "InvalidParameterValue.TradeInfoEmpty"},
		{`"kghy_0101"`, `""`, "InvalidParameterValue.TradeInfoEmpty"},
		{`"Quay5ide!Books"`, `"Quayside!Books"`, "InvalidParameter.PasswordContentIncorrect"},
		{`"ConfirmPassword": "Quay5ide!Books"`, `"ConfirmPassword": "Quay5ide!Book"`, "InvalidParameter.ConfirmPasswordContentIncorrect"},
		{`"852"`, `"86"`, "InvalidParameterValue.UnSupportArea"},
		{`"852"`, `"7"`, "InvalidParameterValue.UnSupportArea"},
		{`"852"`, `"380"`, "InvalidParameterValue.UnSupportArea"},
		{`"852"`, `"999"`, "InvalidParameter.CountryCodeContentIncorrect"},
		{`"HK"`, `"SG"`, "InvalidParameter.AreaContentIncorrect"},
		{`"kghy_0101"`, `"kghy_0201"`, "FailedOperation.TradeInfoIncorrect"},
		{`"364928"`, `"364929"`, "FailedOperation.VerificationCodeIllegal"},
		{`"kghy_0101"`, `"kghy_0101", "CustomerName": "12345"`, "InvalidParameter"},
		{`"kghy_0101"`, `"kghy_0101", "CustomerName": "A"`, "InvalidParameter"},
		{`, "TradeTwo": "kghy_0101"`, ``, "MissingParameter"},
	} {
		story += "\n\t\tcall R CreateAccount " + account(c[0], c[1]) + " → " + c[2]
	}
	testkit.Scenario(t, story+`
		call R:k CreateAccount `+account("HK", "hk", "company", "business")+` → {"Uin": "*", "Reason": "success"}
		call R:k CreateAccount `+account("HK", "hk", "company", "business")+` → {"Uin": "*", "Reason": "success"}
		call R:k CreateAccount `+account("Quay5ide!Books", "Quay5ide!Book5")+` → InvalidParameterValue
		call R CreateAccount `+account()+` → FailedOperation.VerificationCodeIllegal
		# The code survives what is wrong with the rest.
		code 852 91230005 364928 of S
		call S CreateAccount `+account("a@a", "A@A")+` → FailedOperation.MailIsRegistered
		call S CreateAccount `+account("a@a", "A@A")+` → FailedOperation.MailIsRegistered
		call S CreateAccount `+account("a@a", "A@A")+` → FailedOperation.MailIsRegistered
		call S CreateAccount `+account("a@a", "A@A")+` → FailedOperation.MailIsRegistered
		call S CreateAccount `+account("a@a", "A@A")+` → FailedOperation.MailIsRegistered
		call S CreateAccount `+account("a@a", "b@a", "kghy_0101", `kghy_0101", "CustomerName": "Quayside", "Extended": "x`)+` → ok
		call S QueryCustomersCredit {"FilterType": "Name", "Filter": "quayside"} → {"Total": 1, "Data": ["*"]}
		call R QueryCustomersCredit {"FilterType": "Email", "Filter": "a@a.example"} → ok
		code 852 91230005 111111 of R
		call OP SetPartnerFeature {"Uin": R, "CustomerMax": 2} → ok
		call R CreateAccount `+account("a@a", "c@a", "364928", "111111")+` → FailedOperation.ExceedMaxBindCount
		call OP SetPartnerFeature {"Uin": R, "CustomerMax": 3} → ok
		call R CreateAccount `+account("a@a", "c@a", "364928", "111111")+` → ok
		call OP SetPartnerFeature {"Uin": R, "Feature": "CreateAccount", "Enabled": false} → ok
		call R CreateAccount `+account("a@a", "", "852", "")+` → UnauthorizedOperation
		call D QueryPartnerCredit {} → ok`)
}

// A number serves five accounts, however it is written.
func TestSixthAccountOfANumber(t *testing.T) {
	story := "\n\t\treseller R line 1\n"
	for i := range 6 {
		code := []string{"ok", "FailedOperation.PhoneBindUpper"}[i/5]
		number := []string{"07400123456", "7400123456"}[i%2]
		story += fmt.Sprintf("\t\tcode 44 7400123456 36492%d of R\n\t\tcall R CreateAccount %s → %s\n", i,
			account("a@a", fmt.Sprintf("a%d@a", i), "364928", fmt.Sprintf("36492%d", i), "852", "44", "HK", "GB", "91230005", number), code)
	}
	testkit.Scenario(t, story+`
		call R SendVerifyCode {"CountryCode": "44", "PhoneNum": "07400123456"} → FailedOperation.PhoneBindUpper`)
}

// A code that was guessed wrong five times is worth nothing, nor is one that is
// ten minutes old.
func TestCodesEnd(t *testing.T) {
	wrong := "\n\t\tcall R CreateAccount " + account("364928", "000000") + " → FailedOperation.VerificationCodeIllegal"
	testkit.Scenario(t, `
		reseller R line 1
		code 852 91230005 364928 of R`+strings.Repeat(wrong, 5)+`
		call R CreateAccount `+account()+` → FailedOperation.VerificationCodeIllegal
		code 852 91230005 364928 of R`+strings.Repeat(wrong, 4)+`
		call R CreateAccount `+account()+` → ok
		code 852 91230005 364928 of R
		clock 2026-11-01 00:09:59
		call R CreateAccount `+account("a@a", "b@a")+` → ok
		code 852 91230005 364928 of R
		clock 2026-11-01 00:20:00
		call R CreateAccount `+account("a@a", "c@a")+` → FailedOperation.VerificationCodeIllegal`)
}

// Where the database is damaged, nothing is made and nobody is told why.
func TestCreateAccountInDamage(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1
		code 852 91230005 364928 of R
		damage ALTER TABLE customer RENAME TO gone
		call R CreateAccount `+account()+` → InternalError
		damage ALTER TABLE gone RENAME TO customer
		call R CreateAccount `+account()+` → ok`)
}

// atOnce runs calls at the same time and counts what they were answered. Who is
// told to come back does.
func atOnce(calls []func() testkit.Answer) map[string]int {
	codes := map[string]int{}
	var mu sync.Mutex
	var running sync.WaitGroup
	for _, call := range calls {
		running.Go(func() {
			answer := call()
			for answer.Code == "OperationDenied.ServiceBusy" {
				answer = call()
			}
			mu.Lock()
			defer mu.Unlock()
			codes[answer.Code]++
		})
	}
	running.Wait()
	return codes
}

// Accounts made at once by partners of different trees: of one mail address
// there is one, and of a number there are five.
func TestAccountsAtOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		var partners []testkit.Key
		for i := range 3 {
			partners = append(partners, w.Create("CreatePartner", w.JSON(`{"Name": "R%d", "Role": "Reseller"}`, i)))
		}
		var same, sixth []func() testkit.Answer
		for i := range 4 {
			number := fmt.Sprintf("9123100%d", i)
			w.PlantCode(partners[i%3], "852", number, "364928")
			same = append(same, func() testkit.Answer {
				return w.Call(partners[i%3], "CreateAccount", account("91230005", number))
			})
		}
		if got := atOnce(same); got[""] != 1 || got["FailedOperation.MailIsRegistered"] != 3 {
			t.Errorf("one mail address at once: %v", got)
		}
		// Each has a code of its own for the number, whose last place one gets.
		for i := range 4 {
			w.PlantCode(partners[0], "852", "91239999", "364928")
			expectCode(t, "", w.Call(partners[0], "CreateAccount",
				account("a@a", fmt.Sprintf("p%d@a", i), "91230005", "91239999")))
		}
		for i := range 3 {
			w.PlantCode(partners[i], "852", "91239999", "364928")
			sixth = append(sixth, func() testkit.Answer {
				return w.Call(partners[i], "CreateAccount", account("a@a", fmt.Sprintf("s%d@a", i), "91230005", "91239999"))
			})
		}
		if got := atOnce(sixth); got[""] != 1 || got["FailedOperation.PhoneBindUpper"] != 2 {
			t.Errorf("sixth account of a number at once: %v", got)
		}
		w.Verify()
	})
}

// A code is used once, also by two at once, and guessing in parallel gets no
// more than five tries.
func TestOneCodeAtOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		w.PlantCode(r, "852", "91230005", "364928")
		var calls []func() testkit.Answer
		for i := range 4 {
			calls = append(calls, func() testkit.Answer {
				return w.Call(r, "CreateAccount", account("a@a", fmt.Sprintf("c%d@a", i)))
			})
		}
		if got := atOnce(calls); got[""] != 1 || got["FailedOperation.VerificationCodeIllegal"] != 3 {
			t.Errorf("one code at once: %v", got)
		}
		w.PlantCode(r, "852", "91230006", "364928")
		calls = nil
		for i := range 20 {
			calls = append(calls, func() testkit.Answer {
				return w.Call(r, "CreateAccount", account("91230005", "91230006", "364928", fmt.Sprintf("%06d", i)))
			})
		}
		atOnce(calls)
		if n := testkit.Count(t, w.Address, "SELECT tries FROM account_code WHERE phone = '852 91230006'"); n != 5 {
			t.Errorf("%d tries", n)
		}
		expectCode(t, "FailedOperation.VerificationCodeIllegal",
			w.Call(r, "CreateAccount", account("91230005", "91230006", "a@a", "z@a")))
	})
}
