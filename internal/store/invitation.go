package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"tael/internal/audit"
	"tael/internal/partner"
)

// Refusals of invitations.
var (
	ErrInvitedLately = errors.New("the address was invited less than 180 seconds ago")
	ErrInvitation    = errors.New("no such invitation, or it is used or has expired")
)

// Times of an invitation (domain.md §4.3).
const (
	invitationLife  = 30 * 24 * time.Hour
	invitationKept  = retained // Forget counts on it
	invitationPause = 180 * time.Second
)

// invitationTries is how many attempts an invitation takes that prove neither its
// address nor an existing account.
const invitationTries = 5

// ApplicationStatus is what became of an invitation.
type ApplicationStatus string

// The states of an invitation. The values are stored.
const (
	Unused    ApplicationStatus = ""
	Reviewing ApplicationStatus = "Reviewing" // used: an open application
	Passed    ApplicationStatus = "Passed"
	Rejected  ApplicationStatus = "Rejected"
)

// Invited is an invitation of a partner, and the application made of it.
type Invited struct {
	Partner     Account
	Role        partner.Role // that it invites to
	Mail        string       // folded address it was sent to; empty: made by an earlier release
	MaterialURL string
	CreatedAt   time.Time
	Status      ApplicationStatus
	Uin         int64     // of the applicant, or 0
	UsedAt      time.Time // where it was used
	DecidedAt   time.Time // where it was decided on

	token []byte
	tries int64
}

const invitationColumns = `root_uin, partner_uin, role, material_url, created_at, status, uin, used_at, decided_at,
	token, tries, mail`

const invitationColumnCount = 12

func invitedOf(r Row) Invited {
	return Invited{
		Partner: Account{Root: r.Int(0), Uin: r.Int(1)}, Role: partner.Role(r.Text(2)), MaterialURL: r.Text(3),
		CreatedAt: time.UnixMilli(r.Int(4)), Status: ApplicationStatus(r.Text(5)), Uin: r.Int(6),
		UsedAt: time.UnixMilli(r.Int(7)), DecidedAt: time.UnixMilli(r.Int(8)), token: r.Bytes(9), tries: r.Int(10),
		Mail: r.Text(11),
	}
}

func tokenHash(token string) []byte {
	hash := sha256.Sum256([]byte(token)) // of 128 random bits: nothing to guess
	return hash[:]
}

// ClaimInvitation makes an invitation of an address; ErrInvitedLately where the
// partner invited it less than three minutes ago. Of its token only a hash is
// kept.
func ClaimInvitation(i Invited, token, mail string) []Claim {
	root, hash, at := i.Partner.Root, tokenHash(token), i.CreatedAt.UnixMilli()
	return []Claim{
		{
			Do: Statement{
				SQL: `INSERT INTO invitation_gate (root_uin, partner_uin, mail, sent_at) VALUES ($1, $2, $3, $4)
					ON CONFLICT (root_uin, partner_uin, mail) DO UPDATE SET sent_at = EXCLUDED.sent_at
					WHERE invitation_gate.sent_at <= $5 RETURNING root_uin`,
				Args: []any{root, i.Partner.Uin, Fold(mail), at, at - invitationPause.Milliseconds()}, Columns: 1,
			},
			// What is after it is never refused; an earlier time would not refuse either.
			Undo: Statement{
				SQL:  `DELETE FROM invitation_gate WHERE root_uin = $1 AND partner_uin = $2 AND mail = $3`,
				Args: []any{root, i.Partner.Uin, Fold(mail)},
			},
			Refusal: ErrInvitedLately,
		},
		{
			Do: Statement{
				SQL: `INSERT INTO invitation (root_uin, token, partner_uin, role, material_url, created_at, mail)
					VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING root_uin`,
				Args: []any{root, hash, i.Partner.Uin, string(i.Role), i.MaterialURL, at, Fold(mail)}, Columns: 1,
			},
			Undo: Statement{SQL: `DELETE FROM invitation WHERE root_uin = $1 AND token = $2`, Args: []any{root, hash}},
			// Its number is the beginning of the hash: the token itself lets one in.
			Object: audit.Object("invitation", hex.EncodeToString(hash[:8])),
		},
		{
			Do: Statement{
				SQL:  `INSERT INTO invitation_token (token, root_uin) VALUES ($1, $2) RETURNING root_uin`,
				Args: []any{hash, root}, Columns: 1,
			},
			Undo: Statement{SQL: `DELETE FROM invitation_token WHERE token = $1`, Args: []any{hash}},
		},
		ClaimDue(root, DueRetention, i.CreatedAt.Add(invitationKept)),
	}
}

// OpenInvitation finds an invitation that can be used now, in the tree that
// InvitationRoot names; ErrInvitation for all others. It costs the same whether
// there is one or not.
func (s *Store) OpenInvitation(ctx context.Context, root int64, token string, now time.Time) (Invited, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT ` + invitationColumns + ` FROM invitation WHERE root_uin = $1 AND token = $2`,
		Args: []any{root, tokenHash(token)}, Columns: invitationColumnCount,
	})
	if err != nil {
		return Invited{}, err
	}
	if len(rows) == 0 {
		return Invited{}, ErrInvitation
	}
	i := invitedOf(rows[0])
	if i.Status != Unused || i.tries >= invitationTries || !i.CreatedAt.Add(invitationLife).After(now) {
		return Invited{}, ErrInvitation
	}
	return i, nil
}

// InvitationRoot is the tree that an invitation is in, or was; 0 where there is
// none.
func (s *Store) InvitationRoot(ctx context.Context, token string) (int64, error) {
	rows, err := s.read(ctx, Statement{
		SQL:  `SELECT root_uin FROM invitation_token WHERE token = $1`,
		Args: []any{tokenHash(token)}, Columns: 1,
	})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Int(0), nil
}

// ClaimUse makes an application of an account out of an open invitation;
// ErrInvitation where it is no longer open, or the account has an open
// application to the same partner.
func ClaimUse(i *Invited, uin int64, now time.Time) Claim {
	return Claim{
		Do: Statement{
			SQL: `UPDATE invitation SET status = 'Reviewing', uin = $3, used_at = $4
				WHERE root_uin = $1 AND token = $2 AND status = '' AND created_at > $5 AND tries < $6
					AND NOT EXISTS (SELECT 1 FROM invitation other WHERE other.root_uin = $1
						AND other.partner_uin = $7 AND other.uin = $3 AND other.status = 'Reviewing')
				RETURNING root_uin`,
			Args: []any{
				i.Partner.Root, i.token, uin, now.UnixMilli(), now.Add(-invitationLife).UnixMilli(), invitationTries,
				i.Partner.Uin,
			},
			Columns: 1,
		},
		Undo: Statement{
			SQL:  `UPDATE invitation SET status = '', uin = 0, used_at = 0 WHERE root_uin = $1 AND token = $2`,
			Args: []any{i.Partner.Root, i.token},
		},
		Refusal: ErrInvitation, Object: audit.Object("application", uin),
	}
}

// ClaimTry counts an attempt that proved nothing against an open invitation; ErrInvitation
// where it has had too many. It is its command's only claim.
func ClaimTry(i *Invited) Claim {
	return Claim{
		Do: Statement{
			SQL: `UPDATE invitation SET tries = tries + 1
				WHERE root_uin = $1 AND token = $2 AND status = '' AND tries < $3 RETURNING root_uin`,
			Args: []any{i.Partner.Root, i.token, invitationTries}, Columns: 1,
		},
		Refusal: ErrInvitation,
	}
}

// ClaimApplied notes an existing account's first open application; ErrChanged
// where it has one, or is no longer without a role.
func ClaimApplied(uin int64, to Account, role partner.Role) Claim {
	return Claim{
		Do: Statement{
			SQL: `UPDATE identity SET applied_root = $2, applied_partner = $3, applied_role = $4
				WHERE uin = $1 AND role = '' AND owner_uin = 0 AND applied_partner = 0 RETURNING uin`,
			Args: []any{uin, to.Root, to.Uin, string(role)}, Columns: 1,
		},
		Undo: Statement{
			SQL:  `UPDATE identity SET applied_root = 0, applied_partner = 0, applied_role = '' WHERE uin = $1`,
			Args: []any{uin},
		},
		Refusal: ErrChanged,
	}
}

// ClaimDecision closes an open application; ErrChanged where it is not open.
func ClaimDecision(i *Invited, status ApplicationStatus, reason string, now time.Time) Claim {
	return Claim{
		Do: Statement{
			SQL: `UPDATE invitation SET status = $3, decided_at = $4, reason = $5
				WHERE root_uin = $1 AND token = $2 AND status = 'Reviewing' RETURNING root_uin`,
			Args: []any{i.Partner.Root, i.token, string(status), now.UnixMilli(), reason}, Columns: 1,
		},
		Undo: Statement{
			SQL: `UPDATE invitation SET status = 'Reviewing', decided_at = 0, reason = ''
				WHERE root_uin = $1 AND token = $2`,
			Args: []any{i.Partner.Root, i.token},
		},
		Refusal: ErrChanged, Object: audit.Object("application", i.Uin),
	}
}

// ClaimWithdrawn forgets an account's first open application where that is to
// this partner; ErrChanged where it is not.
func ClaimWithdrawn(uin int64, to Account, role partner.Role) Claim {
	return Claim{
		Do: Statement{
			SQL: `UPDATE identity SET applied_root = 0, applied_partner = 0, applied_role = ''
				WHERE uin = $1 AND applied_partner = $2 AND applied_role = $3 RETURNING uin`,
			Args: []any{uin, to.Uin, string(role)}, Columns: 1,
		},
		Undo: Statement{
			SQL:  `UPDATE identity SET applied_root = $2, applied_partner = $3, applied_role = $4 WHERE uin = $1`,
			Args: []any{uin, to.Root, to.Uin, string(role)},
		},
		Refusal: ErrChanged,
	}
}

// ClaimMembership makes an account without a role a member of a tree;
// ErrChanged where it has a role by now or is otherwise not what was decided
// on. With a subresellerMax above 0 the tree shall have no more second-level
// resellers than that.
func ClaimMembership(a *DirectoryAccount, root int64, role partner.Role, subresellerMax int64) Claim {
	return Claim{
		Do: Statement{
			SQL: `UPDATE identity SET root_uin = $2, role = $3, applied_root = 0, applied_partner = 0, applied_role = ''
				WHERE uin = $1 AND role = '' AND owner_uin = 0 AND root_uin = 0
					AND account_type = $4 AND auth_type = $5 AND auth_status = $6 AND key_account = $7 AND organisation = $8
					AND savings_plan = $9 AND share_unit = $10 AND balance = $11 AND applied_partner = $12
					AND applied_role = $13 AND (CAST($14 AS BIGINT) = 0 OR CAST($14 AS BIGINT) >
						(SELECT COUNT(*) FROM identity s WHERE s.root_uin = $2 AND s.role = 'subreseller'))
				RETURNING uin`,
			Args: []any{
				a.Uin, root, string(role), a.AccountType, a.AuthType, a.AuthStatus, bit(a.KeyAccount),
				bit(a.Organisation), bit(a.SavingsPlan), a.ShareUnit, int64(a.Balance), a.Applied.Uin,
				string(a.AppliedRole), subresellerMax,
			},
			Columns: 1,
		},
		Undo: Statement{
			SQL: `UPDATE identity SET root_uin = 0, role = '', applied_root = $2, applied_partner = $3, applied_role = $4
				WHERE uin = $1`,
			Args: []any{a.Uin, a.Applied.Root, a.Applied.Uin, string(a.AppliedRole)},
		},
		Refusal: ErrChanged,
	}
}

// Application finds an account's open application to a partner for a role;
// ErrNotFound where there is none.
func (s *Store) Application(ctx context.Context, to Account, uin int64, role partner.Role) (Invited, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT ` + invitationColumns + ` FROM invitation
			WHERE root_uin = $1 AND partner_uin = $2 AND role = $3 AND uin = $4 AND status = 'Reviewing'`,
		Args: []any{to.Root, to.Uin, string(role), uin}, Columns: invitationColumnCount,
	})
	if err != nil {
		return Invited{}, err
	}
	if len(rows) == 0 {
		return Invited{}, fmt.Errorf("application of %d: %w", uin, ErrNotFound)
	}
	return invitedOf(rows[0]), nil
}

// HasApplied reports whether an account has an open application to a partner,
// for any role.
func (s *Store) HasApplied(ctx context.Context, to Account, uin int64) (bool, error) {
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT COUNT(*) FROM invitation
			WHERE root_uin = $1 AND partner_uin = $2 AND uin = $3 AND status = 'Reviewing'`,
		Args: []any{to.Root, to.Uin, uin}, Columns: 1,
	})
	if err != nil {
		return false, err
	}
	return rows[0].Int(0) > 0, nil
}

// Applications lists the open applications to a partner for a role, oldest
// first, so that pages hold still while others apply, and counts all.
func (s *Store) Applications(ctx context.Context, to Account, role partner.Role, page Page) ([]Invited, int64, error) {
	total, err := s.read(ctx, Statement{
		SQL: `SELECT COUNT(*) FROM invitation
			WHERE root_uin = $1 AND partner_uin = $2 AND role = $3 AND status = 'Reviewing'`,
		Args: []any{to.Root, to.Uin, string(role)}, Columns: 1,
	})
	if err != nil {
		return nil, 0, err
	}
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT ` + invitationColumns + ` FROM invitation
			WHERE root_uin = $1 AND partner_uin = $2 AND role = $3 AND status = 'Reviewing'
			ORDER BY used_at, token LIMIT $4 OFFSET $5`,
		Args: []any{to.Root, to.Uin, string(role), page.Size, page.offset()}, Columns: invitationColumnCount,
	})
	if err != nil {
		return nil, 0, err
	}
	return invitationsOf(rows), total[0].Int(0), nil
}

// Invitations finds a partner's invitations of the last 60 days by their tokens,
// in the order of the tokens; those that are not the partner's are left out.
func (s *Store) Invitations(
	ctx context.Context, of Account, tokens []string, now time.Time,
) (found map[string]Invited, err error) {
	hashes := make([][]byte, len(tokens))
	byHash := make(map[string]string, len(tokens))
	for i, token := range tokens {
		hashes[i] = tokenHash(token)
		byHash[string(hashes[i])] = token
	}
	args := []any{of.Root, of.Uin, now.Add(-invitationKept).UnixMilli()}
	var places []string
	for i := range listSize(len(hashes)) { // so that few texts are prepared
		args = append(args, hashes[min(i, len(hashes)-1)])
		places = append(places, "$"+strconv.Itoa(len(args)))
	}
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT ` + invitationColumns + ` FROM invitation
			WHERE root_uin = $1 AND partner_uin = $2 AND created_at > $3 AND token IN (` + strings.Join(places, ", ") + `)`,
		Args: args, Columns: invitationColumnCount,
	})
	found = make(map[string]Invited, len(rows))
	for _, i := range invitationsOf(rows) {
		found[byHash[string(i.token)]] = i
	}
	return found, err
}

func invitationsOf(rows []Row) []Invited {
	invitations := make([]Invited, len(rows))
	for i, row := range rows {
		invitations[i] = invitedOf(row)
	}
	return invitations
}

// PurgeInvitations deletes at most limit of a tree's invitations that have been
// kept for 60 days, but never an open application, and returns how many.
func (s *Store) PurgeInvitations(ctx context.Context, root int64, now time.Time, limit int) (int, error) {
	before := now.Add(-invitationKept).UnixMilli()
	rows, err := s.read(ctx, Statement{
		SQL: `SELECT token FROM invitation WHERE root_uin = $1 AND created_at <= $2 AND status <> 'Reviewing'
			ORDER BY created_at, token LIMIT $3`,
		Args: []any{root, before, limit}, Columns: 1,
	})
	if err != nil {
		return 0, err
	}
	statements := []Statement{lockTree(root), {
		SQL: `DELETE FROM invitation_gate WHERE root_uin = $1 AND sent_at <= $2`, Args: []any{root, before},
	}}
	for _, row := range rows { // they are past use and change no more
		statements = append(statements,
			Statement{
				SQL:  `DELETE FROM invitation WHERE root_uin = $1 AND token = $2`,
				Args: []any{root, row.Bytes(0)},
			},
			Statement{SQL: `DELETE FROM invitation_token WHERE token = $1`, Args: []any{row.Bytes(0)}})
	}
	_, err = s.write(ctx, statements...)
	return len(rows), err
}
