// Package access decides what sub-users, roles and temporary keys may do: it
// reads policies in CAM's JSON form and evaluates them (domain.md §8.4). It is
// pure: no wire, no database, no clock.
package access

import (
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// The preset policies.
const (
	FullAccess = "QcloudIntlpartnersmgtFullAccess"
	ReadOnly   = "QcloudIntlpartnersmgtReadOnlyaccess"
)

// Presets are the documents of the preset policies, by their names.
var Presets = map[string]string{
	FullAccess: `{"version":"2.0","statement":[{"effect":"allow","action":["intlpartnersmgt:*"],"resource":"*"}]}`,
	ReadOnly: `{"version":"2.0","statement":[{"effect":"allow","action":["intlpartnersmgt:Query*",` +
		`"intlpartnersmgt:Describe*","intlpartnersmgt:Get*"],"resource":"*"}]}`,
}

// services are those whose actions a policy may name.
var services = []string{"intlpartnersmgt", "tael", "sts"}

// assumeRole is the operation that a trust policy is about.
const assumeRole = "sts:assumerole"

// Operation is what policies call an action: "intlpartnersmgt:querypartnercredit".
// The case of letters does not matter in them.
func Operation(service, action string) string {
	return strings.ToLower(service + ":" + action)
}

// Policy says what is allowed and what is denied.
type Policy struct {
	statements []statement
}

type statement struct {
	deny       bool
	effective  bool // false: it names a resource, and so counts as no permission
	actions    []pattern
	addresses  []condition
	principals []principal // of a trust policy
}

// condition holds for an address that is in one of the nets or, with not, in
// none.
type condition struct {
	not  bool
	nets []netip.Prefix
}

// holds reports whether an address fulfils a condition. Of one that is not
// known, that is whatever makes the statement forbid more.
func (c *condition) holds(from netip.Addr, deny bool) bool {
	if !from.IsValid() {
		return deny
	}
	inside := slices.ContainsFunc(c.nets, func(net netip.Prefix) bool { return net.Contains(from) })
	return inside != c.not
}

// applies reports whether a statement is about an operation from an address.
func (s *statement) applies(operation string, from netip.Addr) bool {
	if !s.effective || !slices.ContainsFunc(s.actions, func(p pattern) bool { return p.matches(operation) }) {
		return false
	}
	for i := range s.addresses {
		if !s.addresses[i].holds(from, s.deny) {
			return false
		}
	}
	return true
}

// pattern is a text in which each * stands for any characters: the texts
// between its stars, in their order.
type pattern []string

// newPattern makes a pattern; neighbouring stars are one.
func newPattern(text string) pattern {
	parts := strings.Split(text, "*")
	kept := parts[:1]
	for i, part := range parts[1:] {
		if part != "" || i == len(parts)-2 {
			kept = append(kept, part)
		}
	}
	return kept
}

// matches takes time linear in the text: each part is looked for once, behind
// the part before it.
func (p pattern) matches(text string) bool {
	if len(p) == 1 {
		return text == p[0]
	}
	text, ok := strings.CutPrefix(text, p[0])
	if !ok {
		return false
	}
	last := len(p) - 1
	for _, part := range p[1:last] {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return strings.HasSuffix(text, p[last])
}

// text is the pattern as it is written.
func (p pattern) text() string { return strings.Join(p, "*") }

// covers reports whether a pattern matches all that another does: a star of the
// other is a character that only a star of this one matches.
func (p pattern) covers(other pattern) bool { return p.matches(other.text()) }

// meets reports whether some text is matched by both patterns. Of two that have a
// star only what stands before the first and behind the last can be at odds: what
// is between fits into each other's stars, one after the other.
func (p pattern) meets(other pattern) bool {
	if len(p) == 1 {
		return other.matches(p[0])
	}
	if len(other) == 1 {
		return p.matches(other[0])
	}
	a, b := p[0], other[0]
	if !strings.HasPrefix(a, b) && !strings.HasPrefix(b, a) {
		return false
	}
	a, b = p[len(p)-1], other[len(other)-1]
	return strings.HasSuffix(a, b) || strings.HasSuffix(b, a)
}

// Rights are what the policies of a key allow it. Each layer has to: a layer is
// the policies of a sub-user or role, or the one that a temporary key was asked
// for with. Nil are the rights of an account's own key, which may do everything
// that its role may.
type Rights struct {
	layers [][]*Policy
}

// NewRights are the rights that policies give; nothing where there are none.
func NewRights(policies []*Policy) *Rights {
	return &Rights{layers: [][]*Policy{policies}}
}

// And narrows rights to what a policy allows too.
func (r *Rights) And(p *Policy) *Rights {
	narrowed := &Rights{}
	if r != nil {
		narrowed.layers = slices.Clone(r.layers)
	}
	narrowed.layers = append(narrowed.layers, []*Policy{p})
	return narrowed
}

// Allows reports whether an operation is allowed from an address: in each layer
// some statement has to allow it, and none may deny it.
func (r *Rights) Allows(operation string, from netip.Addr) bool {
	if r == nil {
		return true
	}
	for _, policies := range r.layers {
		if !allows(policies, operation, from) {
			return false
		}
	}
	return true
}

func allows(policies []*Policy, operation string, from netip.Addr) bool {
	allowed := false
	for _, p := range policies {
		for i := range p.statements {
			s := &p.statements[i]
			if allowed && !s.deny || !s.applies(operation, from) {
				continue
			}
			if s.deny {
				return false
			}
			allowed = true
		}
	}
	return allowed
}

// All reports whether everything is allowed, whatever the address.
func (r *Rights) All() bool { return r.cover(pattern{"", ""}) }

// MayGive reports whether everything that a policy allows is allowed, whatever
// the address: who gives the policy to somebody then gives no more than it has.
func (r *Rights) MayGive(p *Policy) bool { return r.coverAll(p, false) }

// MayLift reports whether everything that a policy denies is allowed, whatever
// the address: who takes the policy from somebody then frees no more than it has.
func (r *Rights) MayLift(p *Policy) bool { return r.coverAll(p, true) }

func (r *Rights) coverAll(p *Policy, deny bool) bool {
	for i := range p.statements {
		s := &p.statements[i]
		if s.deny != deny || !s.effective {
			continue
		}
		for _, wanted := range s.actions {
			if !r.cover(wanted) {
				return false
			}
		}
	}
	return true
}

// cover reports whether all that a pattern matches is allowed for certain: by
// one statement without conditions, and with nothing of it denied.
func (r *Rights) cover(wanted pattern) bool {
	if r == nil {
		return true
	}
	for _, policies := range r.layers {
		covered := false
		for _, p := range policies {
			for i := range p.statements {
				s := &p.statements[i]
				switch {
				case !s.effective:
				case s.deny && slices.ContainsFunc(s.actions, wanted.meets):
					return false
				case !s.deny && len(s.addresses) == 0:
					covered = covered || slices.ContainsFunc(s.actions, func(p pattern) bool { return p.covers(wanted) })
				}
			}
		}
		if !covered {
			return false
		}
	}
	return true
}

// principal is who may assume a role: an account with its sub-users, or with
// user one of them alone. The account's own UIN as user is its own keys alone.
type principal struct {
	account, user int64
}

// Admits reports whether a trust policy lets somebody assume the role: an
// account's own key (user is 0) or a sub-user of it.
func (p *Policy) Admits(account, user int64) bool {
	if user == 0 {
		user = account
	}
	admitted := false
	for i := range p.statements {
		s := &p.statements[i]
		named := slices.Contains(s.principals, principal{account: account}) ||
			slices.Contains(s.principals, principal{account: account, user: user})
		if !named || !s.applies(assumeRole, netip.Addr{}) {
			continue
		}
		if s.deny {
			return false
		}
		admitted = true
	}
	return admitted
}

var principalForm = regexp.MustCompile(`^qcs::cam::uin/([0-9]{1,16}):(?:root|uin/([0-9]{1,16}))$`)

func parsePrincipal(text string) (principal, error) {
	parts := principalForm.FindStringSubmatch(text)
	if parts == nil {
		return principal{}, fmt.Errorf(
			"principal %q: write qcs::cam::uin/ACCOUNT:root or qcs::cam::uin/ACCOUNT:uin/USER", shortened(text))
	}
	account, err := strconv.ParseInt(parts[1], 10, 64)
	user := int64(0)
	if parts[2] != "" && err == nil {
		user, err = strconv.ParseInt(parts[2], 10, 64)
		if user == 0 {
			err = errors.New("principal: 0 is nobody's UIN")
		}
	}
	return principal{account, user}, err
}

// RoleArn names a role everywhere.
func RoleArn(account int64, name string) string {
	return fmt.Sprintf("qcs::cam::uin/%d:roleName/%s", account, name)
}

// ParseRoleArn finds the account and the name of a role; false for texts that
// RoleArn does not make.
func ParseRoleArn(arn string) (account int64, name string, ok bool) {
	rest, ok := strings.CutPrefix(arn, "qcs::cam::uin/")
	if !ok {
		return 0, "", false
	}
	uin, name, ok := strings.Cut(rest, ":roleName/")
	account, err := strconv.ParseInt(uin, 10, 64)
	return account, name, ok && err == nil && name != "" && RoleArn(account, name) == arn
}
