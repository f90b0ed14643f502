package partner_test

import (
	"errors"
	"testing"

	"tael/internal/partner"
)

func TestTradesBelongTogether(t *testing.T) {
	t.Parallel()
	trades := partner.Trades()
	if len(trades) != 20 {
		t.Errorf("%d industries on the first level", len(trades))
	}
	for _, c := range []struct {
		one, two string
		want     error
	}{
		{"kghy_01", "kghy_0101", nil},
		{"kghy_20", "kghy_2001", nil},
		{"kghy_01", "kghy_0201", partner.ErrTrade},
		{"kghy_0101", "kghy_0101", partner.ErrTrade},
		{"kghy_01", "kghy_01", partner.ErrTrade},
		{"", "", partner.ErrTrade},
	} {
		if err := partner.CheckTrade(trades, c.one, c.two); !errors.Is(err, c.want) {
			t.Errorf("%s %s: %v, want %v", c.one, c.two, err, c.want)
		}
	}
}

func TestBrokenTradesAreRefused(t *testing.T) {
	t.Parallel()
	for _, file := range []string{
		``, `[]`, `{}`, `[{"ID": "a"}]`, `[{"Name": "A"}]`, `[{"ID": "a b", "Name": "A"}]`,
		`[{"ID": "a", "Name": "A"}, {"ID": "a", "Name": "B"}]`,
		`[{"ID": "a", "Name": "A", "Children": [{"ID": "a", "Name": "B"}]}]`,
		`[{"ID": "a", "Name": "A", "Children": [{"ID": "b", "Name": "B", "Children": [{"ID": "c", "Name": "C"}]}]}]`,
	} {
		if _, err := partner.ParseTrades([]byte(file)); err == nil {
			t.Errorf("%s is taken", file)
		}
	}
}
