// Package audit is what is remembered of calls: events, the pages that hold
// them, and the chain that seals pages. It is pure: no SQL, no clock, no wire.
package audit

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
)

// OK is the code of a call that succeeded.
const OK = "OK"

// NotRecorded is the code of an event, without an action, that stands for Count
// calls of which nothing else is known: there was no room to remember them.
const NotRecorded = "NotRecorded"

// Limited is the code of a call above the rate of its action. It costs the caller
// next to nothing and nothing bounds how many there are, so that those of one
// second are one event; see Pages.
const Limited = "RequestLimitExceeded"

// Caller is who made a call, from where.
type Caller struct {
	Account  int64 // 0: nobody that is known
	User     int64 // the sub-user whose key it was; 0: the account's own
	SecretID string
	Address  netip.Addr
}

// Event is one call and what came of it.
type Event struct {
	Root int64 // the tree that it is kept with; 0: none
	Caller
	At        int64 // of its arrival by the machine's clock, Unix milliseconds
	Action    string
	Code      string // that it was answered; OK for success
	RequestID string
	Objects   []string // that it changed, "customer:200000000001"; see Object
	Replayed  bool     // it was answered what an earlier call had been
	Count     int64    // of the calls it stands for, where not one
}

// Bounds of what an event remembers of what it changed.
const (
	objectsMax = 8
	objectMax  = 96 // bytes
)

// Object names what a call changed, "customer:200000000001".
func Object[ID int64 | string](kind string, id ID) string { return fmt.Sprint(kind, ":", id) }

// Change adds an object to those that a call changed. More than an event may
// hold are left out, and what is too long is cut.
func (e *Event) Change(object string) {
	if len(e.Objects) == objectsMax {
		return
	}
	if len(object) > objectMax {
		object = strings.ToValidUTF8(object[:objectMax], "")
	}
	e.Objects = append(e.Objects, object)
}

// Page is what a tree's audit consists of: the events of one caller in one
// second. Most hold one; where calls come by the thousand, a page costs little
// more than a single event would.
type Page struct {
	Root int64
	Caller
	Second   int64  // Unix time
	Count    int    // of its events
	Made     int    // of the events that Pages made them of
	Events   string // JSON, see record
	Sequence int64
	Hash     [32]byte // see Seal
}

const (
	// pageMax is how many events a page holds at most, some twenty kilobytes.
	pageMax = 256
	// limitedMax is how many of an account's events of one second that were Limited
	// tell their key and address: it can have many of both.
	limitedMax = 20
)

// record is an event in a page. What the page says of all its events is left
// out, and so is what is as usual.
type record struct {
	At        int64    `json:"t"`
	Action    string   `json:"a,omitempty"`
	Code      string   `json:"c,omitempty"` // none: OK
	RequestID string   `json:"r,omitempty"`
	Objects   []string `json:"o,omitempty"`
	Replayed  bool     `json:"p,omitempty"`
	Count     int64    `json:"n,omitempty"`
}

// Pages arranges events in pages, in the order in which callers come first. Calls
// of one action that were Limited in one second become one event, the first, which
// counts them; beyond limitedMax of an account those of an action become one of the
// account. The pages have no place in a chain yet.
func Pages(events []Event) []Page {
	type kind struct {
		root, second int64
		Caller
	}
	type limited struct {
		kind
		action string
	}
	type place struct{ page, record int }
	var pages []Page
	var records [][]record
	open := map[kind]int{} // the page that takes more of a kind
	counting := map[limited]place{}
	told := map[kind]int{} // by account: events of Limited with key and address
	for i := range events {
		e := &events[i]
		k := kind{e.Root, secondOf(e.At), e.Caller}
		account := kind{k.root, k.second, Caller{Account: e.Account}}
		if _, ok := counting[limited{k, e.Action}]; !ok && e.Code == Limited && told[account] == limitedMax {
			k = account
		}
		if at, ok := counting[limited{k, e.Action}]; ok && e.Code == Limited {
			first := &records[at.page][at.record]
			first.Count = max(first.Count, 1) + max(e.Count, 1)
			pages[at.page].Made++
			continue
		}
		n, ok := open[k]
		if !ok || len(records[n]) == pageMax {
			n = len(pages)
			open[k] = n
			pages = append(pages, Page{Root: k.root, Second: k.second, Caller: k.Caller})
			records = append(records, nil)
		}
		r := record{e.At, e.Action, e.Code, e.RequestID, e.Objects, e.Replayed, e.Count}
		if r.Code == OK {
			r.Code = ""
		}
		if r.Code == Limited {
			if k != account {
				told[account]++
			}
			counting[limited{k, e.Action}] = place{n, len(records[n])}
		}
		records[n] = append(records[n], r)
		pages[n].Made++
	}
	for i := range pages {
		text, err := json.Marshal(records[i])
		if err != nil {
			panic(fmt.Sprintf("audit: %v", err)) // numbers and texts always encode
		}
		pages[i].Count, pages[i].Events = len(records[i]), string(text)
	}
	return pages
}

// secondOf is the Unix second of Unix milliseconds, before 1970 too.
func secondOf(milliseconds int64) int64 {
	second := milliseconds / 1000
	if milliseconds%1000 < 0 {
		second--
	}
	return second
}

// Open is what a page holds.
func (p *Page) Open() ([]Event, error) {
	var records []record
	if err := json.Unmarshal([]byte(p.Events), &records); err != nil {
		return nil, fmt.Errorf("page %d of the audit: %w", p.Sequence, err)
	}
	events := make([]Event, len(records))
	for i, r := range records {
		if r.Code == "" {
			r.Code = OK
		}
		events[i] = Event{
			p.Root, p.Caller, r.At, r.Action, r.Code, r.RequestID, r.Objects, r.Replayed, r.Count,
		}
	}
	return events, nil
}

// Stranger is where a call came from that could not be told whose it is.
type Stranger struct {
	SecretID string // that the call named; empty where it named none, or none of ours
	Address  netip.Addr
	Code     string // that it was answered
}

// AddressText is the stranger's address as it is stored; empty where unknown.
func (s *Stranger) AddressText() string { return addressText(s.Address) }

// Strangers counts the calls of one stranger in one minute.
type Strangers struct {
	Minute int64 // Unix time by 60
	Stranger
	Calls int64
}

// Bounds of an id that LooksLikeKey takes, in bytes.
const (
	keyMin = 12
	keyMax = 64
)

// LooksLikeKey reports whether a text is an id of a key as they are given out. A
// secret that was sent in its place does not look like one.
func LooksLikeKey(id string) bool {
	if len(id) < keyMin || len(id) > keyMax || !strings.HasPrefix(id, "AKID") {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
