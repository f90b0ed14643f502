package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tael/internal/ledger"
)

// ListedCustomer is a customer with its profile.
type ListedCustomer struct {
	ledger.Customer
	ledger.Profile
	AssociatedAt time.Time
}

// CustomerFilter selects customers of a partner. An empty By selects all.
type CustomerFilter struct {
	By    string // uin, mail, name or remark
	Uin   int64
	Text  string
	Older bool // oldest association first
}

const listedColumns = customerColumns + `, name, mail, country_code, phone, remark, associated_at`

const listedColumnCount = customerColumnCount + 6

func listedOf(r Row) ListedCustomer {
	profile := r[customerColumnCount:]
	return ListedCustomer{
		Customer: customerOf(r),
		Profile: ledger.Profile{
			Name: profile.Text(0), Mail: profile.Text(1), CountryCode: profile.Text(2), Phone: profile.Text(3),
			Remark: profile.Text(4),
		},
		AssociatedAt: time.UnixMilli(profile.Int(5)),
	}
}

// Customers lists a partner's direct customers by time of association, and
// counts all that match. UIN and mail match exactly, name and remark anywhere
// in the text, whatever the case (domain.md §2.3, Q 13); those two look at every
// customer of the partner.
func (s *Store) Customers(
	ctx context.Context, a Account, f CustomerFilter, page Page,
) ([]ListedCustomer, int64, error) {
	where, args := `root_uin = $1 AND partner_uin = $2`, []any{a.Root, a.Uin}
	switch f.By {
	case "":
		return s.allCustomers(ctx, a, f.Older, page)
	case "uin":
		where, args = where+` AND uin = $3`, append(args, f.Uin)
	case "mail":
		where, args = where+` AND mail_folded = $3`, append(args, Fold(f.Text))
	case "name":
		where, args = where+` AND name_folded LIKE $3 ESCAPE '\'`, append(args, containing(f.Text))
	case "remark":
		where, args = where+` AND remark_folded LIKE $3 ESCAPE '\'`, append(args, containing(f.Text))
	}
	total, err := s.read(ctx, Statement{SQL: `SELECT COUNT(*) FROM customer WHERE ` + where, Args: args, Columns: 1})
	if err != nil {
		return nil, 0, err
	}
	listed, err := s.listCustomers(ctx, where, args, f.Older, page.Size, page.offset())
	return listed, total[0].Int(0), err
}

// listCustomers reads some of the customers that a condition selects.
func (s *Store) listCustomers(
	ctx context.Context, where string, args []any, older bool, limit, offset int64,
) ([]ListedCustomer, error) {
	order := `associated_at DESC, uin DESC`
	if older {
		order = `associated_at, uin`
	}
	rows, err := s.read(ctx, Statement{
		SQL: fmt.Sprintf(`SELECT %s FROM customer WHERE %s ORDER BY %s LIMIT $%d OFFSET $%d`,
			listedColumns, where, order, len(args)+1, len(args)+2),
		Args: append(args, limit, offset), Columns: listedColumnCount,
	})
	listed := make([]ListedCustomer, len(rows))
	for i, row := range rows {
		listed[i] = listedOf(row)
	}
	return listed, err
}

// containing is the LIKE pattern of a text anywhere in a folded column.
func containing(text string) string {
	escaped := strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(Fold(text))
	return "%" + escaped + "%"
}

// markSpacing is how many customers of a partner lie between two marks, and so how
// many a page is counted from at most, or twice as many at the list's newer end. The
// migration that made the table has the number too.
const markSpacing = 500

// allCustomers lists a page of all customers of a partner and counts them as they
// come, so that a large partner's list costs no more. A page far into the list is
// counted from a mark, always from the oldest on: those who come meanwhile do not
// move it.
func (s *Store) allCustomers(ctx context.Context, a Account, older bool, page Page) ([]ListedCustomer, int64, error) {
	first, sql := page.offset(), `$3` // place of the page's oldest customer, and how to say it
	if !older {
		first, sql = first+page.Size, `p.customers - $3`
	}
	// Three look-ups in an index: a join might read all marks of the partner.
	mark := ` FROM customer_mark WHERE root_uin = $1 AND partner_uin = $2 AND place <= ` + sql + `
		ORDER BY place DESC, associated_at DESC, uin DESC LIMIT 1), 0)`
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT p.customers, COALESCE((SELECT place` + mark + `, COALESCE((SELECT associated_at` + mark + `,
				COALESCE((SELECT uin` + mark + `
			FROM partner p WHERE p.root_uin = $1 AND p.uin = $2`,
		Args: []any{a.Root, a.Uin, first}, Columns: 4,
	})
	if err != nil || len(rows) == 0 {
		return nil, 0, err
	}
	total, place := rows[0].Int(0), rows[0].Int(1)
	where, args := `root_uin = $1 AND partner_uin = $2`, []any{a.Root, a.Uin}
	if page.offset() < markSpacing {
		listed, err := s.listCustomers(ctx, where, args, older, page.Size, page.offset())
		return listed, total, err
	}
	size := min(page.Size, total-page.offset())
	if size <= 0 {
		return nil, total, nil
	}
	if !older {
		first = total - page.offset() - size
	}
	where, args = where+` AND (associated_at, uin) >= ($3, $4)`, append(args, rows[0].Int(2), rows[0].Int(3))
	listed, err := s.listCustomers(ctx, where, args, true, size, first-place)
	if !older {
		slices.Reverse(listed)
	}
	return listed, total, err
}

// marks sets marks in the lists of partners whose customers pass another multiple of
// markSpacing with this batch, as many as are due among those who came before it. In
// its own millisecond others may come who are listed before.
func (b *Batch) marks(c *ledger.Changes) ([]Statement, error) {
	added := map[int64]int64{}
	for i := range c.NewCustomers {
		added[c.NewCustomers[i].Partner]++
	}
	for i := range c.Customers {
		if c.Customers[i].Moved {
			added[c.Customers[i].Partner]++
		}
	}
	var marks []Statement
	for i := range c.Partners {
		p := &c.Partners[i]
		if (p.Customers-added[p.Uin])/markSpacing == p.Customers/markSpacing {
			continue
		}
		results, err := b.tx.run(selectDueMarks(b.root, p.Uin, b.State.Now))
		if err != nil {
			return nil, err
		}
		for _, r := range results[0] {
			marks = append(marks, Statement{
				SQL: `INSERT INTO customer_mark (root_uin, partner_uin, associated_at, uin, place)
					VALUES ($1, $2, $3, $4, $5)`,
				Args: []any{b.root, p.Uin, r.Int(0), r.Int(1), r.Int(2)},
			})
		}
	}
	return marks, nil
}

// selectDueMarks counts on from a partner's last mark.
func selectDueMarks(root, partner, now int64) Statement {
	const ofLast = ` FROM customer_mark WHERE root_uin = $1 AND partner_uin = $2
		ORDER BY associated_at DESC, uin DESC LIMIT 1), 0)`
	return Statement{
		SQL: `SELECT associated_at, uin, further + COALESCE((SELECT place` + ofLast + ` FROM (
				SELECT associated_at, uin, ROW_NUMBER() OVER (ORDER BY associated_at, uin) - 1 AS further
				FROM customer
				WHERE root_uin = $1 AND partner_uin = $2 AND associated_at < $3 AND (associated_at, uin) >=
					(COALESCE((SELECT associated_at` + ofLast + `, COALESCE((SELECT uin` + ofLast + `)
			) AS listed
			WHERE further > 0 AND further % $4 = 0 ORDER BY associated_at, uin`,
		Args: []any{root, partner, now, int64(markSpacing)}, Columns: 3,
	}
}

// unmark takes a customer out of the marks of its partner's list, while it is still
// in it: those behind it move up by one place.
func unmark(root, uin int64) []Statement {
	const ofCustomer = ` FROM customer WHERE root_uin = $1 AND uin = $2)`
	return []Statement{
		{
			SQL: `UPDATE customer_mark SET place = place - 1
				WHERE root_uin = $1 AND partner_uin = (SELECT partner_uin` + ofCustomer + `
				AND (associated_at, uin) > (SELECT associated_at, uin` + ofCustomer,
			Args: []any{root, uin},
		},
		{
			SQL: `DELETE FROM customer_mark
				WHERE root_uin = $1 AND uin = $2 AND partner_uin = (SELECT partner_uin` + ofCustomer,
			Args: []any{root, uin},
		},
	}
}
