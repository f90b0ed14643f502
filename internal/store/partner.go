package store

import (
	"context"
	"fmt"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
)

const partnerColumns = `uin, parent_uin, role, line, line_total, quota, quota_total,
	customers, customer_total, customer_remaining, issued, status`

const partnerColumnCount = 12

func partnerOf(r Row) ledger.Partner {
	return ledger.Partner{
		Uin: r.Int(0), Parent: r.Int(1), Role: partner.Role(r.Text(2)),
		Line: amount(r, 3), LineTotal: amount(r, 4), Quota: amount(r, 5), QuotaTotal: amount(r, 6),
		Customers: r.Int(7), CustomerTotal: amount(r, 8), CustomerRemaining: amount(r, 9), Issued: r.Int(10),
		Frozen: r.Text(11) == PartnerFrozen,
	}
}

func amount(r Row, column int) money.Amount { return money.Amount(r.Int(column)) }

func updatePartner(root int64, p *ledger.Partner) Statement {
	return Statement{
		SQL: `UPDATE partner SET line = $3, line_total = $4, quota = $5, quota_total = $6,
			customers = $7, customer_total = $8, customer_remaining = $9, issued = $10, status = $11
			WHERE root_uin = $1 AND uin = $2`,
		Args: []any{
			root, p.Uin, int64(p.Line), int64(p.LineTotal), int64(p.Quota), int64(p.QuotaTotal),
			p.Customers, int64(p.CustomerTotal), int64(p.CustomerRemaining), p.Issued, statusOf(p),
		},
	}
}

// Statuses of a partner.
const (
	PartnerActive = "Active" // may do business
	PartnerFrozen = "Frozen" // may read
)

func statusOf(p *ledger.Partner) string {
	if p.Frozen {
		return PartnerFrozen
	}
	return PartnerActive
}

func insertPartner(root int64, p *ledger.NewPartner, now int64) Statement {
	return Statement{
		SQL: `INSERT INTO partner (root_uin, uin, parent_uin, role, name, mail, phone, remark, status, created_at,
				line, line_total, quota, quota_total, customers, customer_total, customer_remaining, issued)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		Args: []any{
			root, p.Uin, p.Parent, string(p.Role), p.Name, p.Mail, p.Phone, p.Remark, statusOf(&p.Partner), now,
			int64(p.Line), int64(p.LineTotal), int64(p.Quota), int64(p.QuotaTotal),
			p.Customers, int64(p.CustomerTotal), int64(p.CustomerRemaining), p.Issued,
		},
	}
}

// PartnerCredit reads a partner's own figures. Callers who ask at the same
// time share a query that starts after they asked.
func (s *Store) PartnerCredit(ctx context.Context, a Account) (ledger.Partner, error) {
	partners, err := s.partners.get(ctx, a.Root, a.Uin)
	if err != nil {
		return ledger.Partner{}, err
	}
	p, ok := partners[a.Uin]
	if !ok {
		return ledger.Partner{}, fmt.Errorf("partner %d: %w", a.Uin, ErrNotFound)
	}
	return p, nil
}

func (s *Store) loadPartners(ctx context.Context, root int64, uins []int64) (map[int64]ledger.Partner, error) {
	return rowsByUin(ctx, s, root, uins, partnerColumns, "partner", partnerColumnCount, partnerOf)
}

// PartnerQuota reads a partner's own figures like PartnerCredit, with the
// voucher quota of now (Unix milliseconds): what expired vouchers return counts
// from the moment of their expiry, not from the batch that books it.
func (s *Store) PartnerQuota(ctx context.Context, a Account, now int64) (ledger.Partner, error) {
	if !s.settings.ExpiredReturn {
		return s.PartnerCredit(ctx, a)
	}
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT ` + partnerColumns + `, ` + expiredSum + ` FROM partner p WHERE root_uin = $2 AND uin = $3`,
		Args: []any{now - 1000, a.Root, a.Uin}, Columns: partnerColumnCount + 1,
	})
	if err != nil {
		return ledger.Partner{}, err
	}
	if len(rows) == 0 {
		return ledger.Partner{}, fmt.Errorf("partner %d: %w", a.Uin, ErrNotFound)
	}
	p := partnerOf(rows[0])
	p.Quota += amount(rows[0], partnerColumnCount)
	return p, nil
}

// expiredSum is what a partner p has on vouchers that expired by the second
// that is argument $1 and that are not settled yet.
const expiredSum = `(SELECT CAST(COALESCE(SUM(v.balance), 0) AS BIGINT) FROM voucher v
	WHERE v.root_uin = p.root_uin AND v.issuer_uin = p.uin AND v.settled = 0 AND v.withdrawn = 0 AND v.expire_at <= $1)`

// ListedPartner is a partner as DescribePartners shows it.
type ListedPartner struct {
	ledger.Partner
	Name        string
	Status      string
	Outstanding money.Amount // Σ Spent of the tree; of a top partner only
}

// Partners lists the partners of all trees, oldest first, with the voucher
// quotas of now (Unix milliseconds). It is the operator's view; nothing on a
// partner's path enumerates trees.
func (s *Store) Partners(ctx context.Context, page Page, now int64) ([]ListedPartner, int64, error) {
	total, err := s.read(ctx, Statement{SQL: `SELECT COUNT(*) FROM partner`, Columns: 1, AllTrees: true})
	if err != nil {
		return nil, 0, err
	}
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT p.uin, p.parent_uin, p.role, p.line, p.line_total, p.quota, p.quota_total,
				p.customers, p.customer_total, p.customer_remaining, p.issued, p.status,
				p.name, t.outstanding, ` + expiredSum + `
			FROM partner p JOIN tree t ON t.root_uin = p.root_uin
			ORDER BY p.created_at, p.root_uin, p.uin LIMIT $2 OFFSET $3`,
		Args: []any{now - 1000, page.Size, page.offset()}, Columns: 15, AllTrees: true,
	})
	if err != nil {
		return nil, 0, err
	}
	partners := make([]ListedPartner, len(rows))
	for i, r := range rows {
		partners[i] = ListedPartner{Partner: partnerOf(r), Name: r.Text(12), Status: r.Text(11)}
		if s.settings.ExpiredReturn {
			partners[i].Quota += amount(r, 14)
		}
		if partners[i].Parent == 0 {
			partners[i].Outstanding = amount(r, 13)
		}
	}
	return partners, total[0].Int(0), nil
}

// Page selects part of a list; Number counts from 1 and may be any, Size is at most
// 10,000.
type Page struct {
	Number int64
	Size   int64
}

// numberMax keeps offsets within what the databases count: beyond, SQLite begins at
// the first row and PostgreSQL refuses.
const numberMax = 1_000_000_000

func (p Page) offset() int64 { return (min(p.Number, numberMax) - 1) * p.Size }
