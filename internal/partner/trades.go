package partner

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"sync"
)

// Trade is an industry with those below it (domain.md §4.7, Q 41).
type Trade struct {
	ID       string
	Name     string
	Children []Trade `json:",omitempty"`
}

//go:embed trades.json
var tradesFile []byte

// Trades are the industries of an installation that names none of its own.
var Trades = sync.OnceValue(func() []Trade {
	trades, err := ParseTrades(tradesFile)
	if err != nil {
		panic("partner: trades.json: " + err.Error()) // it is part of the program
	}
	return trades
})

var tradeID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// ParseTrades reads industries on two levels, whose ids are all different.
func ParseTrades(file []byte) ([]Trade, error) {
	var trades []Trade
	if err := json.Unmarshal(file, &trades); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	check := func(t *Trade) error {
		if !tradeID.MatchString(t.ID) || t.Name == "" || seen[t.ID] {
			return fmt.Errorf("industry %q needs a name and an id of its own, of letters, digits, _ and -", t.ID)
		}
		seen[t.ID] = true
		return nil
	}
	for i := range trades {
		if err := check(&trades[i]); err != nil {
			return nil, err
		}
		for j := range trades[i].Children {
			child := &trades[i].Children[j]
			if err := check(child); err != nil {
				return nil, err
			}
			if len(child.Children) > 0 {
				return nil, fmt.Errorf("industry %q is on a third level", child.Children[0].ID)
			}
		}
	}
	if len(trades) == 0 {
		return nil, fmt.Errorf("no industries")
	}
	return trades, nil
}

// CheckTrade asks for two industries of which the second is below the first.
func CheckTrade(trades []Trade, one, two string) error {
	for i := range trades {
		if trades[i].ID != one {
			continue
		}
		for j := range trades[i].Children {
			if trades[i].Children[j].ID == two {
				return nil
			}
		}
	}
	return ErrTrade
}
