package store

import (
	"context"

	"tael/internal/audit"
	"tael/internal/partner"
)

// Limits of a partner, by their names among its settings.
const (
	CustomerMax    = "CustomerMax"
	SubresellerMax = "SubresellerMax"
)

// ViewIndirectCustomers is the feature of a distributor to see the customers of
// its second-level resellers (domain.md §1.1, Q 1).
const ViewIndirectCustomers = "view_indirect_customers"

// ClaimPartnerSetting sets what a partner may do (a feature: 0 off, 1 on) or how
// much of it (a limit: 0 none). It is never refused.
func ClaimPartnerSetting(a Account, name string, value int64) Claim {
	return Claim{Do: Statement{
		SQL: `INSERT INTO partner_setting (root_uin, partner_uin, name, value) VALUES ($1, $2, $3, $4)
			ON CONFLICT (root_uin, partner_uin, name) DO UPDATE SET value = EXCLUDED.value RETURNING root_uin`,
		Args: []any{a.Root, a.Uin, name, value}, Columns: 1,
	}, Object: audit.Object("partner", a.Uin)}
}

// PartnerSettings reads what is set for a partner, by name; what is not there
// has its default: features are on, limits are none.
func (s *Store) PartnerSettings(ctx context.Context, a Account) (map[string]int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT name, value FROM partner_setting WHERE root_uin = $1 AND partner_uin = $2`,
		Args: []any{a.Root, a.Uin}, Columns: 2,
	})
	settings := make(map[string]int64, len(rows))
	for _, row := range rows {
		settings[row.Text(0)] = row.Int(1)
	}
	return settings, err
}

// FeatureOn reports whether a partner may use a feature: an action that the
// definition marks so, or one of the features that are none.
func (s *Store) FeatureOn(ctx context.Context, a Account, name string) (bool, error) {
	settings, err := s.PartnerSettings(ctx, a)
	value, set := settings[name]
	return !set || value != 0, err
}

// SubresellerCount counts the second-level resellers of the distributor at the top
// of a tree.
func (s *Store) SubresellerCount(ctx context.Context, root int64) (int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT COUNT(*) FROM identity WHERE root_uin = $1 AND role = $2`,
		Args: []any{root, string(partner.Subreseller)}, Columns: 1,
	})
	if err != nil {
		return 0, err
	}
	return rows[0].Int(0), nil
}
