package partner_test

import (
	"errors"
	"testing"

	"tael/internal/partner"
)

func TestPasswordsHaveThreeKindsOfCharacters(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]error{
		"ABCabc123!": nil, "a1)aaaaa": nil, "12345678!": partner.ErrPassword, "abcdefgh!": partner.ErrPassword,
		"abcdefg1": partner.ErrPassword, "abcdefg1-": partner.ErrPassword, "ééééééé1!": partner.ErrPassword,
		"٣abcdef!": partner.ErrPassword,
	} {
		if err := partner.CheckPassword(password); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", password, err, want)
		}
	}
}

func TestCountriesAndAreas(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]error{
		"852": nil, "1": nil, "65": nil, "7": partner.ErrCountryRefused, "86": partner.ErrCountryRefused,
		"380": partner.ErrCountryRefused, "0852": partner.ErrCountryUnknown, "999": partner.ErrCountryUnknown,
		"800": partner.ErrCountryUnknown, "0": partner.ErrCountryUnknown, "99999999999999999999": partner.ErrCountryUnknown,
	} {
		if err := partner.CheckCountry(code); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", code, err, want)
		}
	}
	for _, pair := range []struct {
		area, code string
		want       error
	}{
		{"HK", "852", nil},
		{"US", "1", nil},
		{"CA", "1", nil},
		{"HK", "65", partner.ErrAreaUnknown},
		{"ZZ", "852", partner.ErrAreaUnknown},
		{"", "852", partner.ErrAreaUnknown},
	} {
		if err := partner.CheckArea(pair.area, pair.code); !errors.Is(err, pair.want) {
			t.Errorf("%s %s: %v, want %v", pair.area, pair.code, err, pair.want)
		}
	}
}

// One number is one key however it is written, and what is no number of its
// country is itself.
func TestPhoneKeys(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ country, digits, want string }{
		{"852", "91230005", "852 91230005"},
		{"852", "18888888888", "852 18888888888"}, // the published example
		{"44", "7400123456", "44 7400123456"},
		{"44", "07400123456", "44 7400123456"},
		{"39", "0236618300", "39 0236618300"}, // its zero belongs to it
		{"852", "1", "852 1"},
		{"852", "12345678901234567890123456789012", "852 12345678901234567890123456789012"},
		{"1", "2125550123", "1 2125550123"},
	} {
		if got := partner.PhoneKey(c.country, c.digits); got != c.want {
			t.Errorf("%s %s: %q, want %q", c.country, c.digits, got, c.want)
		}
	}
}

func TestMasks(t *testing.T) {
	t.Parallel()
	for phone, want := range map[string]string{
		"18812341234": "188****1234", "91230007": "912****7", "12345": "1****", "1234": "****", "1": "*", "": "",
	} {
		if got := partner.MaskPhone(phone); got != want {
			t.Errorf("%s: %s, want %s", phone, got, want)
		}
	}
	for mail, want := range map[string]string{
		"1234567890a9@gmail.com": "1**********9@gmail.com", "hello@x.example": "h***o@x.example",
		"ab@x.example": "a*@x.example", "a@x.example": "*@x.example", "": "",
	} {
		if got := partner.MaskMail(mail); got != want {
			t.Errorf("%s: %s, want %s", mail, got, want)
		}
	}
}
