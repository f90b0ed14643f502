package trail

import (
	"strings"

	"tael/internal/audit"
)

// missed counts the calls that there was no room for, by whose they are.
type missed map[owner]int64

type owner struct{ root, account int64 }

// missedMax bounds how many owners are told apart; those of the others are
// counted together.
const missedMax = 4096

func (m *missed) add(root, account int64) {
	if *m == nil {
		*m = missed{}
	}
	key := owner{root, account}
	if _, known := (*m)[key]; !known && len(*m) >= missedMax {
		key = owner{}
	}
	(*m)[key]++
}

// take makes events of the counts and forgets them.
func (m *missed) take(now int64) []audit.Event {
	events := make([]audit.Event, 0, len(*m))
	for owner, count := range *m {
		events = append(events, audit.Event{
			Root: owner.root, Caller: audit.Caller{Account: owner.account}, At: now, Code: audit.NotRecorded, Count: count,
		})
	}
	*m = nil
	return events
}

// strangers counts the calls of nobody that is known, so that a flood of them is
// a few rows.
type strangers struct {
	minute int64 // the newest
	known  map[audit.Stranger]bool
	counts map[strangerMinute]int64
}

type strangerMinute struct {
	minute int64
	audit.Stranger
}

const (
	// strangersMax bounds how many are told apart in a minute; the calls of the
	// others are counted by their codes alone.
	strangersMax = 100
	// strangersKept bounds how many counts wait for a database that is away.
	strangersKept = 10_000
	// lateMax is how many minutes after the newest a call may still come that was
	// slow; what is older says that the clock was put back.
	lateMax = 5
)

// add counts a call, and reports whether it is the first since take.
func (s *strangers) add(of audit.Stranger, minute int64) bool {
	if s.counts == nil {
		s.counts = map[strangerMinute]int64{}
	}
	if minute > s.minute || minute < s.minute-lateMax || s.known == nil {
		s.minute, s.known = minute, map[audit.Stranger]bool{}
	}
	if !s.known[of] {
		if len(s.known) < strangersMax {
			of = own(of)
			s.known[of] = true
		} else {
			of = audit.Stranger{Code: of.Code}
		}
	}
	s.count(of, s.minute, 1)
	return len(s.counts) == 1
}

func (s *strangers) count(of audit.Stranger, minute, calls int64) {
	key := strangerMinute{minute, of}
	if _, counted := s.counts[key]; !counted {
		key.Stranger = own(of)
		if len(s.counts) >= strangersKept {
			key.Stranger = audit.Stranger{Code: of.Code}
		}
	}
	s.counts[key] += calls
}

// own is a copy of a stranger to keep: its id is part of a request, and would keep
// all of it.
func own(of audit.Stranger) audit.Stranger {
	of.SecretID = strings.Clone(of.SecretID)
	return of
}

// take returns the counts and forgets them, but not who is known.
func (s *strangers) take() []audit.Strangers {
	counts := make([]audit.Strangers, 0, len(s.counts))
	for key, calls := range s.counts {
		counts = append(counts, audit.Strangers{Minute: key.minute, Stranger: key.Stranger, Calls: calls})
	}
	s.counts = nil
	return counts
}

// keep takes counts back.
func (s *strangers) keep(counts []audit.Strangers) {
	if s.counts == nil {
		s.counts = map[strangerMinute]int64{}
	}
	for i := range counts {
		s.count(counts[i].Stranger, counts[i].Minute, counts[i].Calls)
	}
}
