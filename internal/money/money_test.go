package money_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"tael/internal/money"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text string
		want money.Amount
		err  error
	}{
		{"0", 0, nil},
		{"-0", 0, nil},
		{"1050.1", 105_010_000_000, nil},
		{"1.23456792E8", 12_345_679_200_000_000, nil},
		{"1e-07", 10, nil},
		{"0.000000005", 1, nil},
		{"-0.000000005", -1, nil},
		{"0.0000000049999999999", 0, nil},
		{"0.1234567849999", 12_345_678, nil},
		{"1e21", 0, money.ErrRange},
		{"1e-21", 0, money.ErrRange},
		{"1e99999999999999999999", 0, money.ErrRange},
		{"92233720368.54775807", math.MaxInt64, nil},
		{"92233720368.54775808", 0, money.ErrRange},
		{"-92233720368.54775808", math.MinInt64, nil},
		{"", 0, money.ErrSyntax},
		{"-", 0, money.ErrSyntax},
		{".5", 0, money.ErrSyntax},
		{"5.", 0, money.ErrSyntax},
		{"01", 0, money.ErrSyntax},
		{"+1", 0, money.ErrSyntax},
		{"1e", 0, money.ErrSyntax},
		{"1e1.5", 0, money.ErrSyntax},
		{"0x10", 0, money.ErrSyntax},
		{"1_000", 0, money.ErrSyntax},
		{"NaN", 0, money.ErrSyntax},
		{"Infinity", 0, money.ErrSyntax},
		{"1.00000000000000000000000000000000000000000000000000000000000000000", 0, money.ErrRange},
	} {
		got, err := money.Parse(c.text)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("Parse(%q) = %d, %v; want %d, %v", c.text, got, err, c.want, c.err)
		}
	}
}

func TestCents(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1.005": "1.01", "1.00499999": "1", "-1.005": "-1.01", "-1.00499999": "-1", "0.5": "0.5", "-0.004": "0",
	} {
		amount, err := money.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := amount.Cents().String(); got != want {
			t.Errorf("Cents of %s = %s; want %s", text, got, want)
		}
	}
}

// What is printed is read back as the same amount.
func TestTextRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		amount := money.Amount(rapid.Int64().Draw(t, "amount"))
		got, err := money.Parse(amount.String())
		if err != nil || got != amount {
			t.Fatalf("Parse(%s) = %d, %v; want %d", amount, got, err, amount)
		}
	})
}

func TestAddNeverWraps(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := rapid.Int64().Draw(t, "a"), rapid.Int64().Draw(t, "b")
		exact := new(big.Int).Add(big.NewInt(a), big.NewInt(b))
		sum, ok := money.Amount(a).Add(money.Amount(b))
		if ok != exact.IsInt64() || ok && int64(sum) != exact.Int64() {
			t.Fatalf("%d + %d = %d, %v", a, b, sum, ok)
		}
	})
}

// FuzzParse compares with exact rational arithmetic.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"10.5", "-3", "1.23456792E8", "0.000000005", "1e-07", "9e20"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		amount, err := money.Parse(text)
		if err != nil {
			return
		}
		exact, ok := new(big.Rat).SetString(text)
		if !ok {
			t.Fatalf("Parse accepted %q", text)
		}
		exact.Mul(exact, new(big.Rat).SetInt64(int64(money.Dollar)))
		off := new(big.Rat).Sub(new(big.Rat).SetInt64(int64(amount)), exact)
		if off.Abs(off).Cmp(big.NewRat(1, 2)) > 0 {
			t.Fatalf("Parse(%q) = %d is off by %s units", text, amount, off)
		}
	})
}
