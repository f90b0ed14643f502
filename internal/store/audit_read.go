package store

import (
	"context"
	"fmt"
	"net/netip"
	"strings"

	"tael/internal/audit"
	"tael/internal/ledger"
)

// pageOf reads a page; an error, which is ledger.ErrBroken, says that Tael did
// not write it so.
func pageOf(r Row) (audit.Page, audit.Writer, error) {
	p := audit.Page{
		Root: r.Int(0), Sequence: r.Int(2), Second: r.Int(3),
		Caller: audit.Caller{Account: r.Int(4), User: r.Int(5), SecretID: r.Text(6)},
		Events: r.Text(8), Hash: [32]byte(r.Bytes(9)),
	}
	address, err := addressOf(r.Text(7))
	if err != nil {
		return p, 0, fmt.Errorf("%w: page %d of the audit: %w", ledger.ErrBroken, p.Sequence, err)
	}
	p.Address = address
	return p, audit.Writer(r.Int(1)), nil
}

// addressOf reads an address in the one form in which it is stored.
func addressOf(text string) (netip.Addr, error) {
	if text == "" {
		return netip.Addr{}, nil
	}
	address, err := netip.ParseAddr(text)
	if err == nil && address.String() != text {
		err = fmt.Errorf("%q is another form of an address", text)
	}
	return address, err
}

// AuditPlace is a place between the events of a tree: the first Index events of
// the page that it names are before it. The zero value is behind all events.
type AuditPlace struct {
	Second   int64
	Writer   audit.Writer
	Sequence int64
	Index    int
}

// AuditFilter selects events of one tree. What is zero selects all.
type AuditFilter struct {
	Root      int64
	Account   int64
	User      int64
	SecretID  string
	Action    string
	Code      string
	RequestID string
	From      int64 // first Unix second
	To        int64 // last Unix second
	Before    AuditPlace
	Limit     int
}

const (
	// pagesRead is how many pages a query reads.
	pagesRead = 50
	// pagesLooked is how many a look for events goes through at most: a filter may
	// fit hardly any of millions.
	pagesLooked = 1000
)

// AuditEvents lists events, the newest second first, and says where to go on;
// the zero place says that there are no more. There may be more behind a list
// that is shorter than the limit, even an empty one.
func (s *Store) AuditEvents(ctx context.Context, f AuditFilter) ([]audit.Event, AuditPlace, error) {
	var found []audit.Event
	place := f.Before
	for looked := 0; looked < pagesLooked; looked += pagesRead {
		rows, err := s.read(ctx, f.pages(place))
		if err != nil {
			return nil, AuditPlace{}, err
		}
		for _, row := range rows {
			page, writer, err := pageOf(row)
			if err != nil {
				return nil, AuditPlace{}, err
			}
			events, err := page.Open()
			if err != nil {
				return nil, AuditPlace{}, err
			}
			here := AuditPlace{page.Second, writer, page.Sequence, len(events)}
			if place.onPageOf(here) {
				here.Index = min(here.Index, place.Index)
			}
			for ; here.Index > 0; here.Index-- {
				event := &events[here.Index-1]
				if !f.fits(event) {
					continue
				}
				if len(found) == f.Limit {
					return found, here, nil
				}
				found = append(found, *event)
			}
			place = here
		}
		if len(rows) < pagesRead {
			return found, AuditPlace{}, nil
		}
	}
	return found, place, nil
}

func (p AuditPlace) onPageOf(other AuditPlace) bool {
	return p.Second == other.Second && p.Writer == other.Writer && p.Sequence == other.Sequence
}

// pages are those before a place that may hold what the filter selects.
func (f *AuditFilter) pages(place AuditPlace) Statement {
	where, args := `root_uin = $1`, []any{f.Root}
	and := func(condition string, values ...any) {
		numbers := make([]any, len(values))
		for i := range values {
			numbers[i] = len(args) + 1 + i
		}
		where += fmt.Sprintf(` AND `+condition, numbers...)
		args = append(args, values...)
	}
	if f.Account != 0 {
		and(`account_uin = $%d`, f.Account)
	}
	if f.User != 0 {
		and(`user_uin = $%d`, f.User)
	}
	if f.SecretID != "" {
		and(`secret_id = $%d`, f.SecretID)
	}
	if f.From != 0 {
		and(`second >= $%d`, f.From)
	}
	if f.To != 0 {
		and(`second <= $%d`, f.To)
	}
	switch {
	case place == AuditPlace{}:
	case place.Index > 0: // part of its page is still to come
		and(`(second, writer, sequence) <= ($%d, $%d, $%d)`, place.Second, int64(place.Writer), place.Sequence)
	default:
		and(`(second, writer, sequence) < ($%d, $%d, $%d)`, place.Second, int64(place.Writer), place.Sequence)
	}
	args = append(args, pagesRead)
	return Statement{
		SQL: fmt.Sprintf(`SELECT %s FROM audit WHERE %s ORDER BY second DESC, writer DESC, sequence DESC LIMIT $%d`,
			pageColumns, where, len(args)),
		Args: args, Columns: pageColumnCount,
	}
}

// fits holds an event against what its page does not say.
func (f *AuditFilter) fits(e *audit.Event) bool {
	return (f.Action == "" || e.Action == f.Action) && (f.Code == "" || e.Code == f.Code) &&
		(f.RequestID == "" || e.RequestID == f.RequestID)
}

// StrangerFilter selects counts of calls of nobody that is known. What is zero
// selects all.
type StrangerFilter struct {
	Account  int64 // the keys of an account and its users
	SecretID string
	Address  netip.Addr
	From     int64 // first minute
	To       int64 // last minute
	Before   audit.Strangers
	Limit    int64
}

// Strangers lists counts, the newest minute first.
func (s *Store) Strangers(ctx context.Context, f StrangerFilter) ([]audit.Strangers, error) {
	where, args := []string{`minute >= $1`}, []any{f.From}
	and := func(condition string, values ...any) {
		numbers := make([]any, len(values))
		for i := range values {
			numbers[i] = len(args) + 1 + i
		}
		where = append(where, fmt.Sprintf(condition, numbers...))
		args = append(args, values...)
	}
	if f.Account != 0 {
		and(`secret_id IN (SELECT k.secret_id FROM secret_key k JOIN identity i ON i.uin = k.uin
			WHERE i.uin = $%[1]d OR i.owner_uin = $%[1]d)`, f.Account)
	}
	if f.SecretID != "" {
		and(`secret_id = $%d`, f.SecretID)
	}
	if f.Address.IsValid() {
		and(`address = $%d`, f.Address.String())
	}
	if f.To != 0 {
		and(`minute <= $%d`, f.To)
	}
	if b := &f.Before; *b != (audit.Strangers{}) {
		and(`(minute, secret_id, address, code) < ($%d, $%d, $%d, $%d)`, b.Minute, b.SecretID, b.AddressText(), b.Code)
	}
	args = append(args, f.Limit)
	rows, err := s.read(ctx, Statement{
		SQL: fmt.Sprintf(`SELECT minute, secret_id, address, code, calls FROM stranger WHERE %s
			ORDER BY minute DESC, secret_id DESC, address DESC, code DESC LIMIT $%d`,
			strings.Join(where, ` AND `), len(args)),
		Args: args, Columns: 5,
	})
	if err != nil {
		return nil, err
	}
	counts := make([]audit.Strangers, len(rows))
	for i, row := range rows {
		address, err := addressOf(row.Text(2))
		if err != nil {
			return nil, err
		}
		counts[i] = audit.Strangers{
			Minute: row.Int(0), Calls: row.Int(4),
			Stranger: audit.Stranger{SecretID: row.Text(1), Address: address, Code: row.Text(3)},
		}
	}
	return counts, nil
}
