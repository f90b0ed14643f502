// Package money holds exact amounts of US dollars. It knows no other package
// of Tael and uses no floating point anywhere.
package money

import (
	"errors"
	"math/big"
	"strconv"
	"strings"
)

// Amount is a sum of money in units of 10⁻⁸ USD.
type Amount int64

// Places is the number of decimal places an Amount carries.
const Places = 8

// Dollar is one US dollar.
const Dollar Amount = 100_000_000

// Cent is one hundredth of a US dollar.
const Cent Amount = 1_000_000

// Limits of the text that Parse accepts. They bound the work an absurd number
// can cause; no amount that anyone could mean comes near them.
const (
	textMax     = 64
	exponentMax = 20
)

// Errors of Parse.
var (
	ErrSyntax = errors.New("not a decimal number")
	ErrRange  = errors.New("amount out of range")
)

// Parse reads decimal text, with or without an exponent ("10.5", "-3",
// "1.23456792E8"), and rounds it half away from zero to eight places
// (domain.md §2.10). It returns ErrSyntax for anything that is not a JSON
// number, and ErrRange where the text is longer than 64 characters, the
// exponent is beyond ±20 or the amount does not fit.
func Parse(text string) (Amount, error) {
	if len(text) > textMax {
		return 0, ErrRange
	}
	mantissa, exponent, err := split(text)
	if err != nil {
		return 0, err
	}
	if exponent < -exponentMax || exponent > exponentMax {
		return 0, ErrRange
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return 0, ErrSyntax
	}
	shift := Places + exponent - len(fraction)
	if shift >= 0 {
		digits.Mul(digits, power(shift))
	} else {
		digits = divideRounded(digits, power(-shift))
	}
	if !digits.IsInt64() {
		return 0, ErrRange
	}
	return Amount(digits.Int64()), nil
}

// split checks the grammar of a JSON number and takes its exponent off.
func split(text string) (mantissa string, exponent int, err error) {
	mantissa = text
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa = text[:i]
		exponent, err = strconv.Atoi(text[i+1:])
		if errors.Is(err, strconv.ErrRange) {
			return "", 0, ErrRange
		}
		if err != nil {
			return "", 0, ErrSyntax
		}
	}
	whole, fraction, point := strings.Cut(strings.TrimPrefix(mantissa, "-"), ".")
	switch {
	case !isDigits(whole), point && !isDigits(fraction):
		return "", 0, ErrSyntax
	case len(whole) > 1 && whole[0] == '0':
		return "", 0, ErrSyntax
	}
	return mantissa, exponent, nil
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func power(n int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil)
}

// divideRounded divides and rounds half away from zero.
func divideRounded(n, d *big.Int) *big.Int {
	quotient, rest := new(big.Int).QuoRem(n, d, new(big.Int))
	if rest.Abs(rest).Lsh(rest, 1).Cmp(d) >= 0 {
		return quotient.Add(quotient, big.NewInt(int64(n.Sign())))
	}
	return quotient
}

// Add returns a + b, and false where that does not fit.
func (a Amount) Add(b Amount) (Amount, bool) {
	sum := a + b
	return sum, (sum > a) == (b > 0)
}

// Cents rounds half away from zero to two places (QueryCustomerBillingQuota,
// domain.md §2.10).
func (a Amount) Cents() Amount {
	rest := a % Cent
	a -= rest
	switch {
	case rest >= Cent/2:
		return a + Cent
	case rest <= -Cent/2:
		return a - Cent
	}
	return a
}

// AppendText appends the amount as the shortest exact decimal number in USD.
func (a Amount) AppendText(b []byte) ([]byte, error) {
	units := uint64(a)
	if a < 0 {
		b = append(b, '-')
		units = -units
	}
	b = strconv.AppendUint(b, units/uint64(Dollar), 10)
	fraction := units % uint64(Dollar)
	if fraction == 0 {
		return b, nil
	}
	b = append(b, '.')
	for place := uint64(Dollar) / 10; fraction > 0; place /= 10 {
		b = append(b, '0'+byte(fraction/place))
		fraction %= place
	}
	return b, nil
}

// String returns the amount as the shortest exact decimal number in USD.
func (a Amount) String() string {
	b, _ := a.AppendText(nil)
	return string(b)
}

// MarshalJSON writes the amount as a JSON number in USD.
func (a Amount) MarshalJSON() ([]byte, error) {
	return a.AppendText(nil)
}

// UnmarshalJSON reads a JSON number in USD; see Parse.
func (a *Amount) UnmarshalJSON(b []byte) error {
	parsed, err := Parse(string(b))
	if err != nil {
		return err
	}
	*a = parsed
	return nil
}
