package store

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"tael/internal/audit"
	"tael/internal/partner"
	"tael/internal/vault"
)

// Refusals of claims about sub-users, policies and roles.
var (
	ErrUserTaken      = errors.New("the account has a sub-user of this name")
	ErrUserLimit      = errors.New("the account has as many sub-users as it may have")
	ErrPolicyTaken    = errors.New("the account has a policy of this name")
	ErrPolicyLimit    = errors.New("the account has as many policies as it may have")
	ErrPolicyAttached = errors.New("the policy is attached")
	ErrAttachedLimit  = errors.New("as many policies are attached as may be")
	ErrRoleTaken      = errors.New("the account has a role of this name")
	ErrRoleLimit      = errors.New("the account has as many roles as it may have")
)

// How many an account may have, and how many policies may be attached to one of
// its sub-users or roles.
const (
	usersMax    = 1000
	policiesMax = 200
	rolesMax    = 200
	attachedMax = 10
)

// require makes a command depend on a question's having an answer. It holds
// until the command's commit, as all that an account does to its users, policies
// and roles is done under the lock of its tree.
func require(refusal error, sql string, args ...any) Claim {
	return Claim{Do: Statement{SQL: sql, Args: args, Columns: 1}, Refusal: refusal}
}

// absent is a question that has an answer where another has none.
func absent(sql string) string { return `SELECT 1 WHERE NOT EXISTS (` + sql + `)` }

// fewer is a question that has an answer where a table has fewer rows of an
// account ($1) than $2.
func fewer(table string) string {
	return `SELECT 1 WHERE (SELECT COUNT(*) FROM ` + table + ` WHERE owner_uin = $1) < $2`
}

// policiesOf selects the policies attached to a principal.
func policiesOf(principal string) string {
	return `COALESCE((SELECT string_agg(d.document, ',') FROM attachment t
		JOIN policy d ON d.owner_uin = t.policy_owner AND d.name = t.policy WHERE t.principal = ` + principal + `), '')`
}

// namesOf selects the names of the policies attached to a principal.
func namesOf(principal string) string {
	return `COALESCE((SELECT string_agg(t.policy, ',' ORDER BY t.policy) FROM attachment t WHERE t.principal = ` +
		principal + `), '')`
}

// names are what namesOf selects; no name has a comma in it.
func names(text string) []string {
	if text == "" {
		return []string{}
	}
	return strings.Split(text, ",")
}

// User is a sub-user of an account.
type User struct {
	Uin       int64
	Name      string
	CreatedAt time.Time
	Policies  []string // names, sorted
}

// ClaimUser makes a sub-user. It may do nothing and has no key.
func ClaimUser(owner, uin int64, name string, now time.Time) []Claim {
	return []Claim{
		require(ErrUserTaken, absent(`SELECT 1 FROM identity WHERE owner_uin = $1 AND name = $2`), owner, name),
		require(ErrUserLimit, fewer("identity"), owner, usersMax),
		{
			Do: Statement{
				SQL: `INSERT INTO identity (uin, root_uin, role, name, created_at, owner_uin) VALUES ($1, 0, $2, $3, $4, $5)
					ON CONFLICT (uin) DO NOTHING RETURNING uin`,
				Args: []any{uin, string(partner.None), name, now.UnixMilli(), owner}, Columns: 1,
			},
			Undo:    Statement{SQL: `DELETE FROM identity WHERE uin = $1`, Args: []any{uin}},
			Refusal: ErrUinTaken, Object: audit.Object("user", uin),
		},
	}
}

// ClaimUserOf makes a command depend on an account's having a sub-user;
// ErrNotFound where it has not.
func ClaimUserOf(owner, uin int64) Claim {
	c := require(ErrNotFound, `SELECT 1 FROM identity WHERE uin = $1 AND owner_uin = $2`, uin, owner)
	c.Object = audit.Object("user", uin)
	return c
}

// ClaimUserDeletion deletes a sub-user with its keys; ErrNotFound where the
// account has no such sub-user. It is its command's only claim.
func ClaimUserDeletion(owner, uin int64) Claim {
	return Claim{
		Do: Statement{
			SQL:  `DELETE FROM identity WHERE uin = $1 AND owner_uin = $2 RETURNING uin`,
			Args: []any{uin, owner}, Columns: 1,
		},
		Then: []Statement{
			{SQL: `DELETE FROM secret_key WHERE uin = $1`, Args: []any{uin}},
			{SQL: `DELETE FROM attachment WHERE principal = $1`, Args: []any{uin}},
		},
		Refusal: ErrNotFound, Object: audit.Object("user", uin),
	}
}

// Users lists a page of an account's sub-users, by UIN, and says how many there
// are in all.
func (s *Store) Users(ctx context.Context, owner int64, page Page) ([]User, int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT i.uin, i.name, i.created_at, ` + namesOf(`i.uin`) + `
			FROM identity i WHERE i.owner_uin = $1 ORDER BY i.uin LIMIT $2 OFFSET $3`,
		Args: []any{owner, page.Size, page.offset()}, Columns: 4,
	})
	if err != nil {
		return nil, 0, err
	}
	users := make([]User, len(rows))
	for i, row := range rows {
		users[i] = User{
			Uin: row.Int(0), Name: row.Text(1), CreatedAt: time.UnixMilli(row.Int(2)), Policies: names(row.Text(3)),
		}
	}
	total, err := s.countOf(ctx, "identity", owner)
	return users, total, err
}

func (s *Store) countOf(ctx context.Context, table string, owner int64) (int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT COUNT(*) FROM ` + table + ` WHERE owner_uin = $1`, Args: []any{owner}, Columns: 1,
	})
	if err != nil {
		return 0, err
	}
	return rows[0].Int(0), nil
}

// OwnerOf is the account that a sub-user belongs to; 0 for accounts, and for
// UINs of nobody.
func (s *Store) OwnerOf(ctx context.Context, uin int64) (int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT owner_uin FROM identity WHERE uin = $1`, Args: []any{uin}, Columns: 1,
	})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Int(0), nil
}

// Policy is a policy of an account, or a preset one.
type Policy struct {
	Owner       int64 // 0: preset
	Name        string
	Description string
	Document    string // JSON
	CreatedAt   time.Time
	Attached    int64 // how often, in this account
}

// ClaimPolicy makes a policy of an account.
func ClaimPolicy(p *Policy, now time.Time) []Claim {
	return []Claim{
		require(ErrPolicyTaken, absent(`SELECT 1 FROM policy WHERE (owner_uin = $1 OR owner_uin = 0) AND name = $2`),
			p.Owner, p.Name),
		require(ErrPolicyLimit, fewer("policy"), p.Owner, policiesMax),
		{
			Do: Statement{
				SQL: `INSERT INTO policy (owner_uin, name, description, document, created_at) VALUES ($1, $2, $3, $4, $5)
					ON CONFLICT (owner_uin, name) DO NOTHING RETURNING owner_uin`,
				Args: []any{p.Owner, p.Name, p.Description, p.Document, now.UnixMilli()}, Columns: 1,
			},
			Undo:    Statement{SQL: `DELETE FROM policy WHERE owner_uin = $1 AND name = $2`, Args: []any{p.Owner, p.Name}},
			Refusal: ErrPolicyTaken, Object: audit.Object("policy", p.Name),
		},
	}
}

// ClaimPolicyDeletion deletes a policy of an account that is attached to
// nothing; else ErrNotFound or ErrPolicyAttached.
func ClaimPolicyDeletion(owner int64, name string) []Claim {
	return []Claim{
		require(ErrNotFound, `SELECT 1 FROM policy WHERE owner_uin = $1 AND name = $2`, owner, name),
		require(ErrPolicyAttached, absent(`SELECT 1 FROM attachment WHERE policy_owner = $1 AND policy = $2`), owner, name),
		{
			Do: Statement{
				SQL:  `DELETE FROM policy WHERE owner_uin = $1 AND name = $2 RETURNING owner_uin`,
				Args: []any{owner, name}, Columns: 1,
			},
			Refusal: ErrNotFound, Object: audit.Object("policy", name),
		},
	}
}

// policyColumns count attachments in the account $1.
const policyColumns = `p.owner_uin, p.name, p.description, p.document, p.created_at,
	(SELECT COUNT(*) FROM attachment t WHERE t.policy_owner = p.owner_uin AND t.policy = p.name AND t.principal IN (
		SELECT uin FROM identity WHERE owner_uin = $1 UNION ALL SELECT id FROM role WHERE owner_uin = $1))`

func policyOf(row Row) Policy {
	return Policy{
		Owner: row.Int(0), Name: row.Text(1), Description: row.Text(2), Document: row.Text(3),
		CreatedAt: time.UnixMilli(row.Int(4)), Attached: row.Int(5),
	}
}

// Policies lists a page of the policies that an account can attach, the presets
// first, and says how many there are in all.
func (s *Store) Policies(ctx context.Context, owner int64, page Page) ([]Policy, int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT ` + policyColumns + ` FROM policy p WHERE p.owner_uin = $1 OR p.owner_uin = 0
			ORDER BY p.owner_uin, p.created_at, p.name LIMIT $2 OFFSET $3`,
		Args: []any{owner, page.Size, page.offset()}, Columns: 6,
	})
	if err != nil {
		return nil, 0, err
	}
	policies := make([]Policy, len(rows))
	for i, row := range rows {
		policies[i] = policyOf(row)
	}
	own, err := s.countOf(ctx, "policy", owner)
	if err != nil {
		return nil, 0, err
	}
	presets, err := s.countOf(ctx, "policy", 0)
	return policies, own + presets, err
}

// Policy reads a policy that an account can attach; ErrNotFound where there is
// none.
func (s *Store) Policy(ctx context.Context, owner int64, name string) (Policy, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT ` + policyColumns + ` FROM policy p WHERE (p.owner_uin = $1 OR p.owner_uin = 0) AND p.name = $2`,
		Args: []any{owner, name}, Columns: 6,
	})
	if err != nil {
		return Policy{}, err
	}
	if len(rows) == 0 {
		return Policy{}, fmt.Errorf("policy %s: %w", name, ErrNotFound)
	}
	return policyOf(rows[0]), nil
}

// ClaimAttachment attaches a policy, as it was read, to a sub-user or role of an
// account; to attach it again is no error.
func ClaimAttachment(owner, principal int64, p *Policy, now time.Time) []Claim {
	return []Claim{
		claimPrincipal(owner, principal),
		require(ErrNotFound, `SELECT 1 FROM policy WHERE owner_uin = $1 AND name = $2 AND document = $3`,
			p.Owner, p.Name, p.Document),
		require(ErrAttachedLimit, `SELECT 1 WHERE
			(SELECT COUNT(*) FROM attachment WHERE principal = $1 AND policy <> $2) < $3`, principal, p.Name, attachedMax),
		{
			Do: Statement{
				SQL: `INSERT INTO attachment (principal, policy, policy_owner, created_at) VALUES ($1, $2, $3, $4)
					ON CONFLICT (principal, policy) DO UPDATE SET policy_owner = EXCLUDED.policy_owner
					RETURNING principal`,
				Args: []any{principal, p.Name, p.Owner, now.UnixMilli()}, Columns: 1,
			},
			Refusal: ErrNotFound, Object: audit.Object("policy", p.Name),
		},
	}
}

// ClaimDetachment detaches a policy, as it was read, from a sub-user or role of
// an account; ErrNotFound where it is not attached.
func ClaimDetachment(owner, principal int64, p *Policy) []Claim {
	return []Claim{
		claimPrincipal(owner, principal),
		require(ErrNotFound, `SELECT 1 FROM policy WHERE owner_uin = $1 AND name = $2 AND document = $3`,
			p.Owner, p.Name, p.Document),
		{
			Do: Statement{
				SQL: `DELETE FROM attachment WHERE principal = $1 AND policy = $2 AND policy_owner = $3
					RETURNING principal`,
				Args: []any{principal, p.Name, p.Owner}, Columns: 1,
			},
			Refusal: ErrNotFound, Object: audit.Object("policy", p.Name),
		},
	}
}

// claimPrincipal makes a command depend on a sub-user's or role's being of an
// account.
func claimPrincipal(owner, principal int64) Claim {
	c := require(ErrNotFound, `SELECT 1 FROM identity WHERE uin = $2 AND owner_uin = $1
		UNION ALL SELECT 1 FROM role WHERE id = $2 AND owner_uin = $1`, owner, principal)
	c.Object = audit.Object("user", principal)
	if principal >= FirstRole {
		c.Object = audit.Object("role", principal)
	}
	return c
}

// FirstRole is the least id of a role. UINs are below it, so that a policy that
// is attached to a role can never be a sub-user's.
const FirstRole = 300_000_000_000

// Role is a role of an account, which others may assume.
type Role struct {
	Owner       int64
	Name        string
	ID          int64
	Description string
	Trust       string // JSON
	CreatedAt   time.Time
	Policies    []string // names, sorted
}

// ClaimRole makes a role, without policies.
func ClaimRole(r *Role, now time.Time) []Claim {
	return []Claim{
		require(ErrRoleTaken, absent(`SELECT 1 FROM role WHERE owner_uin = $1 AND name = $2`), r.Owner, r.Name),
		require(ErrRoleLimit, fewer("role"), r.Owner, rolesMax),
		{
			Do: Statement{
				SQL: `INSERT INTO role (owner_uin, name, id, description, trust, created_at) VALUES ($1, $2, $3, $4, $5, $6)
					ON CONFLICT DO NOTHING RETURNING id`,
				Args: []any{r.Owner, r.Name, r.ID, r.Description, r.Trust, now.UnixMilli()}, Columns: 1,
			},
			Undo:    Statement{SQL: `DELETE FROM role WHERE id = $1`, Args: []any{r.ID}},
			Refusal: ErrUinTaken, Object: audit.Object("role", r.ID),
		},
	}
}

// ClaimRoleDeletion deletes a role of an account; ErrNotFound where there is
// none with this id. It is its command's only claim.
func ClaimRoleDeletion(owner, id int64) Claim {
	return Claim{
		Do: Statement{
			SQL:  `DELETE FROM role WHERE id = $1 AND owner_uin = $2 RETURNING id`,
			Args: []any{id, owner}, Columns: 1,
		},
		Then:    []Statement{{SQL: `DELETE FROM attachment WHERE principal = $1`, Args: []any{id}}},
		Refusal: ErrNotFound, Object: audit.Object("role", id),
	}
}

const roleColumns = `r.owner_uin, r.name, r.id, r.description, r.trust, r.created_at, `

func roleOf(row Row) Role {
	return Role{
		Owner: row.Int(0), Name: row.Text(1), ID: row.Int(2), Description: row.Text(3), Trust: row.Text(4),
		CreatedAt: time.UnixMilli(row.Int(5)), Policies: names(row.Text(6)),
	}
}

// Roles lists a page of an account's roles, oldest first, and says how many there
// are in all.
func (s *Store) Roles(ctx context.Context, owner int64, page Page) ([]Role, int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT ` + roleColumns + namesOf(`r.id`) + ` FROM role r WHERE r.owner_uin = $1
			ORDER BY r.created_at, r.id LIMIT $2 OFFSET $3`,
		Args: []any{owner, page.Size, page.offset()}, Columns: 7,
	})
	if err != nil {
		return nil, 0, err
	}
	roles := make([]Role, len(rows))
	for i, row := range rows {
		roles[i] = roleOf(row)
	}
	total, err := s.countOf(ctx, "role", owner)
	return roles, total, err
}

// AssumedRole is a role with what is needed to act as it.
type AssumedRole struct {
	ID       int64
	Name     string
	Trust    string   // JSON
	Identity Identity // the account whose role it is
	Policies string   // JSON documents, separated by commas
}

// AssumedRole reads a role with its policies; ErrNotFound where there is none.
func (s *Store) AssumedRole(ctx context.Context, owner int64, name string) (AssumedRole, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT r.id, r.name, r.trust, ` + policiesOf(`r.id`) + `, a.uin, a.root_uin, a.role, a.name
			FROM role r JOIN identity a ON a.uin = r.owner_uin WHERE r.owner_uin = $1 AND r.name = $2`,
		Args: []any{owner, name}, Columns: 8,
	})
	if err != nil {
		return AssumedRole{}, err
	}
	if len(rows) == 0 {
		return AssumedRole{}, fmt.Errorf("role %s: %w", name, ErrNotFound)
	}
	row := rows[0]
	return AssumedRole{
		ID: row.Int(0), Name: row.Text(1), Trust: row.Text(2), Policies: row.Text(3), Identity: identityOf(row[4:]),
	}, nil
}

// SealToken encrypts what a temporary key is, bound to the key's id. Nothing is
// stored.
func (s *Store) SealToken(plain []byte, secretID string) (string, error) {
	sealed, err := s.vault.Seal(plain, tokenPlace(secretID))
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// OpenToken decrypts what SealToken encrypted for the same id; else it returns
// vault.ErrKey.
func (s *Store) OpenToken(token, secretID string) ([]byte, error) {
	sealed, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return nil, vault.ErrKey
	}
	return s.vault.Open(sealed, tokenPlace(secretID))
}

func tokenPlace(secretID string) string { return "token " + secretID }
