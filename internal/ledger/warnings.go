package ledger

import "tael/internal/money"

// Warning says that a command took a customer's credit below a threshold
// (domain.md §2.9).
type Warning struct {
	Customer  int64
	Partner   int64
	Threshold int64        // percent of Total: 25, 10 or 0
	Credit    money.Amount // what is left
	Total     money.Amount
}

// thresholds are the percentages, each below the one before it.
var thresholds = [...]int64{25, 10, 0}

// Warned is which thresholds a customer was warned of on a day: one warning a
// day for each.
type Warned struct {
	Day        int64 // of UTC+8, since 1970-01-01
	Thresholds int64 // bit n: thresholds[n], or one further down in the same step
}

// Days change at midnight in UTC+8.
const (
	dayLength = 24 * 60 * 60 * 1000
	dayShift  = 8 * 60 * 60 * 1000
)

// depth is how many thresholds a customer's credit is below.
func (c *Customer) depth() int {
	total := c.Total()
	switch {
	case c.Credit < 0:
		return 3
	case below(c.Credit, total, 10):
		return 2
	case below(c.Credit, total, 4):
		return 1
	}
	return 0
}

// below reports whether an amount is less than one part of a total that is cut
// into so many.
func below(amount, total money.Amount, parts money.Amount) bool {
	part, rest := total/parts, total%parts
	return amount < part || amount == part && rest > 0
}

// depthBefore is how deep a customer was before the command that runs.
type depthBefore struct {
	customer int64
	depth    int
}

// watch remembers how deep a customer is whose credit a command is about to
// change.
func (s *State) watch(account side) {
	if account.kind != Credit {
		return
	}
	for _, b := range s.watched {
		if b.customer == account.owner {
			return
		}
	}
	s.watched = append(s.watched, depthBefore{account.owner, s.customers[account.owner].depth()})
}

// warn makes the warnings of a command that was accepted: of the thresholds that
// a customer fell below the last one, unless it was warned of that today.
func (s *State) warn() {
	if s.Settings.NoWarnings {
		return
	}
	for _, before := range s.watched {
		c := s.customers[before.customer]
		if c == nil {
			continue // it is a customer no longer
		}
		after := c.depth()
		if after <= before.depth {
			continue
		}
		if today := (s.Now + dayShift) / dayLength; c.Warned.Day != today {
			c.Warned = Warned{Day: today}
		}
		last := after - 1
		for last >= before.depth && c.Warned.Thresholds>>last&1 != 0 {
			last--
		}
		for passed := before.depth; passed < after; passed++ {
			c.Warned.Thresholds |= 1 << passed
		}
		if last < before.depth {
			continue
		}
		s.warnings = append(s.warnings, Warning{
			Customer: c.Uin, Partner: c.Partner, Threshold: thresholds[last], Credit: c.Credit, Total: c.Total(),
		})
	}
}
