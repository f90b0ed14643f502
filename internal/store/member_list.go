package store

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tael/internal/ledger"
	"tael/internal/partner"
)

// Registration is what the directory says of a member beside its tree.
type Registration struct {
	partner.Verification
	RegisteredAt time.Time
	VerifiedAt   time.Time // zero: never
}

// Registrations reads what the directory says of some members, in one query. Who
// is not in the directory is left out.
func (s *Store) Registrations(ctx context.Context, uins []int64) (map[int64]Registration, error) {
	found := make(map[int64]Registration, len(uins))
	for chunk := range slices.Chunk(uins, gatheredMax) {
		list, args := listOf(chunk)
		rows, err := s.read(ctx, Statement{
			SQL: `SELECT uin, auth_type, auth_status, created_at, verified_at
				FROM ` + list + ` CROSS JOIN identity WHERE uin = wanted`,
			Args: args, Columns: 5,
		})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			registration := Registration{
				Verification: partner.Verification{Type: r.Int(1), Status: r.Int(2)}, RegisteredAt: time.UnixMilli(r.Int(3)),
			}
			if r.Int(4) != 0 {
				registration.VerifiedAt = time.UnixMilli(r.Int(4))
			}
			found[r.Int(0)] = registration
		}
	}
	return found, nil
}

// DescribedCustomer is a customer with what is known of it.
type DescribedCustomer struct {
	ListedCustomer
	Charged bool // for anything that costs, since it came to the tree
}

// DescribedCustomers reads direct customers of a partner by their UINs, each
// named once and at most 200, in their order; the list ends before the first who
// is not one.
func (s *Store) DescribedCustomers(ctx context.Context, a Account, uins []int64) ([]DescribedCustomer, error) {
	list, args := listOf(uins, a.Root, a.Uin)
	// 8 and 9 are the kinds of what vouchers and credit pay for a charge.
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT ` + listedColumns + `, CAST(CASE WHEN EXISTS (
				SELECT 1 FROM transfer t WHERE t.root_uin = $1 AND t.customer_uin <> 0 AND t.customer_uin = customer.uin
				AND t.kind IN (8, 9) AND t.line > customer.since_line) THEN 1 ELSE 0 END AS BIGINT)
			FROM ` + list + ` CROSS JOIN customer WHERE root_uin = $1 AND partner_uin = $2 AND uin = wanted`,
		Args: args, Columns: listedColumnCount + 1,
	})
	if err != nil {
		return nil, err
	}
	found := make(map[int64]DescribedCustomer, len(rows))
	for _, r := range rows {
		found[r.Int(0)] = DescribedCustomer{listedOf(r), r.Int(listedColumnCount) != 0}
	}
	customers := make([]DescribedCustomer, 0, len(uins))
	for _, uin := range uins {
		c, ok := found[uin]
		if !ok {
			break
		}
		customers = append(customers, c)
	}
	return customers, nil
}

// ListedSubreseller is a second-level reseller as its distributor sees it.
type ListedSubreseller struct {
	ledger.Partner
	ledger.Profile
	BoundAt time.Time
}

// SubresellerFilter selects second-level resellers of a distributor. An empty By
// selects all.
type SubresellerFilter struct {
	By    string // uin, customer, mail, name, remark or phone
	Uin   int64  // of the reseller, or of one of its customers
	Text  string
	Older bool // bound first, listed first
}

const subresellerColumnCount = partnerColumnCount + 6

// subresellers is the beginning of every query for second-level resellers p of
// the distributor that is argument $3; $1 is as in expiredSum, $2 the tree.
const subresellers = `SELECT ` + partnerColumns + `, name, mail, phone, remark, created_at, ` + expiredSum + `
	FROM partner p WHERE p.root_uin = $2 AND p.parent_uin = $3 AND p.parent_uin <> 0`

func (s *Store) subresellerOf(r Row) ListedSubreseller {
	l := ListedSubreseller{
		Partner: partnerOf(r),
		Profile: ledger.Profile{
			Name: r.Text(partnerColumnCount), Mail: r.Text(partnerColumnCount + 1), Phone: r.Text(partnerColumnCount + 2),
			Remark: r.Text(partnerColumnCount + 3),
		},
		BoundAt: time.UnixMilli(r.Int(partnerColumnCount + 4)),
	}
	if s.settings.ExpiredReturn {
		l.Quota += amount(r, partnerColumnCount+5)
	}
	return l
}

// Subreseller reads a second-level reseller of a distributor; ErrNotFound where
// it is not one.
func (s *Store) Subreseller(ctx context.Context, distributor Account, uin, now int64) (ListedSubreseller, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  subresellers + ` AND p.uin = $4`,
		Args: []any{now - 1000, distributor.Root, distributor.Uin, uin}, Columns: subresellerColumnCount,
	})
	if err != nil {
		return ListedSubreseller{}, err
	}
	if len(rows) == 0 {
		return ListedSubreseller{}, fmt.Errorf("second-level reseller %d: %w", uin, ErrNotFound)
	}
	return s.subresellerOf(rows[0]), nil
}

// Subresellers lists a distributor's second-level resellers by when they were
// bound, with the voucher quotas of now (Unix milliseconds), and counts all that
// match. UINs and mail match exactly, the other texts anywhere, whatever the
// case (domain.md §5.4).
//
// Texts are compared here, not by the database, whose own idea of letters' case
// is not Fold: a distributor's resellers are few, each was appointed by hand.
func (s *Store) Subresellers(
	ctx context.Context, distributor Account, f SubresellerFilter, page Page, now int64,
) ([]ListedSubreseller, int64, error) {
	query, args := subresellers, []any{now - 1000, distributor.Root, distributor.Uin}
	switch f.By {
	case "uin":
		query, args = query+` AND p.uin = $4`, append(args, f.Uin)
	case "customer":
		query += ` AND p.uin IN (SELECT partner_uin FROM customer WHERE root_uin = $2 AND uin = $4)`
		args = append(args, f.Uin)
	}
	order := ` ORDER BY p.created_at DESC, p.uin DESC`
	if f.Older {
		order = ` ORDER BY p.created_at, p.uin`
	}
	if f.By == "" {
		return s.pageOfSubresellers(ctx, query+order+` LIMIT $4 OFFSET $5`, args, page)
	}
	rows, err := s.read(ctx, Statement{SQL: query + order, Args: args, Columns: subresellerColumnCount})
	if err != nil {
		return nil, 0, err
	}
	matching := make([]ListedSubreseller, 0, len(rows))
	for _, r := range rows {
		if l := s.subresellerOf(r); f.matches(&l) {
			matching = append(matching, l)
		}
	}
	from := min(page.offset(), int64(len(matching)))
	to := min(from+page.Size, int64(len(matching)))
	return matching[from:to], int64(len(matching)), nil
}

func (s *Store) pageOfSubresellers(
	ctx context.Context, query string, args []any, page Page,
) ([]ListedSubreseller, int64, error) {
	total, err := s.read(ctx, Statement{
		SQL:  `SELECT COUNT(*) FROM partner WHERE root_uin = $1 AND parent_uin = $2 AND parent_uin <> 0`,
		Args: args[1:], Columns: 1,
	})
	if err != nil {
		return nil, 0, err
	}
	rows, err := s.read(ctx, Statement{
		SQL: query, Args: append(args, page.Size, page.offset()), Columns: subresellerColumnCount,
	})
	if err != nil {
		return nil, 0, err
	}
	listed := make([]ListedSubreseller, len(rows))
	for i, r := range rows {
		listed[i] = s.subresellerOf(r)
	}
	return listed, total[0].Int(0), nil
}

// matches reports whether a reseller has the text that is looked for.
func (f *SubresellerFilter) matches(l *ListedSubreseller) bool {
	text := Fold(f.Text)
	switch f.By {
	case "mail":
		return Fold(l.Mail) == text
	case "name":
		return strings.Contains(Fold(l.Name), text)
	case "remark":
		return strings.Contains(Fold(l.Remark), text)
	case "phone":
		return strings.Contains(Fold(l.Phone), text)
	}
	return true
}
