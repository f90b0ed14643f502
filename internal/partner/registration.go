package partner

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Refusals of what is said of a new account (domain.md §4.2).
var (
	ErrPassword       = errors.New("the password lacks a digit, a letter or a symbol")
	ErrPasswordRepeat = errors.New("the two passwords differ")
	ErrCountryRefused = errors.New("no accounts in this country")
	ErrCountryUnknown = errors.New("not a dialling code")
	ErrAreaUnknown    = errors.New("not a region of this dialling code")
	ErrTrade          = errors.New("not an industry below the other")
	ErrPhoneLimit     = errors.New("the phone number has as many accounts as it may have")
)

const passwordSymbols = "!@#$%^&*()"

// refusedCountries are dialling codes under which no accounts are made.
var refusedCountries = []string{"7", "380", "86"}

// PhoneAccountsMax is how many accounts may share a phone number.
const PhoneAccountsMax = 5

// CheckPassword asks for a digit, a letter and a symbol. Length and spaces are
// limits of the definition.
func CheckPassword(password string) error {
	digit := strings.ContainsFunc(password, func(r rune) bool { return r >= '0' && r <= '9' })
	letter := strings.ContainsFunc(password, func(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' })
	if !digit || !letter || !strings.ContainsAny(password, passwordSymbols) {
		return ErrPassword
	}
	return nil
}

// CheckCountry asks for a dialling code, of digits, under which accounts are
// made.
func CheckCountry(code string) error {
	if slices.Contains(refusedCountries, code) {
		return ErrCountryRefused
	}
	number, err := strconv.Atoi(code)
	if err != nil || strconv.Itoa(number) != code || len(regionsOf(number)) == 0 {
		return ErrCountryUnknown
	}
	return nil
}

// CheckArea asks for one of the regions that have a dialling code, by its two
// letters in upper case.
func CheckArea(area, code string) error {
	number, err := strconv.Atoi(code)
	if err != nil || !slices.Contains(regionsOf(number), area) {
		return ErrAreaUnknown
	}
	return nil
}

func regionsOf(code int) []string {
	// 001 stands for codes that are no region's, such as those of satellites.
	return slices.DeleteFunc(slices.Clone(phonenumbers.GetRegionCodesForCountryCode(code)), func(region string) bool {
		return region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY
	})
}

// PhoneKey is what makes a phone number one: its country code, a space and its
// digits, however they were written. The documented rule, 1 to 32 digits, is
// wider than the numbering plans (the published example is no number of its
// country), so that the library only finds the one form of a number that has
// several, such as one with its national prefix; what it does not take for a
// number is itself.
func PhoneKey(country, digits string) string {
	number, err := phonenumbers.Parse("+"+country+digits, "")
	if err != nil || !phonenumbers.IsValidNumber(number) || strconv.Itoa(int(number.GetCountryCode())) != country {
		return country + " " + digits
	}
	return country + " " + phonenumbers.GetNationalSignificantNumber(number)
}

// MaskPhone hides four digits of a phone number behind the first three.
func MaskPhone(phone string) string {
	const before, hidden = 3, 4
	runes := []rune(phone)
	if len(runes) <= hidden {
		return strings.Repeat("*", len(runes))
	}
	shown := min(before, len(runes)-hidden)
	return string(runes[:shown]) + strings.Repeat("*", hidden) + string(runes[shown+hidden:])
}

// MaskMail hides all of a mail address before the @ but its first and last
// character (domain.md §4.3).
func MaskMail(mail string) string {
	at := strings.LastIndexByte(mail, '@')
	if at < 0 {
		return ""
	}
	name := []rune(mail[:at])
	switch len(name) {
	case 0, 1:
		return "*" + mail[at:]
	case 2:
		return string(name[:1]) + "*" + mail[at:]
	}
	return string(name[:1]) + strings.Repeat("*", len(name)-2) + string(name[len(name)-1:]) + mail[at:]
}
