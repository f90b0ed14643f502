// Package partner holds who is whose: the roles and the shape of a tree
// (domain.md §1). It is pure: no wire, no database, no clock.
package partner

// Role is what an account is in a partner programme. The values are those of
// the definition's roles.
type Role string

// The roles. An account has one of them, or none (domain.md §1.1, §1.2).
const (
	None        Role = ""
	Operator    Role = "operator"    // runs the programme
	Distributor Role = "distributor" // has customers and second-level resellers
	Subreseller Role = "subreseller" // second-level reseller, appointed by one distributor
	Reseller    Role = "reseller"    // has customers, buys directly
	Customer    Role = "customer"    // consumes; bound to one partner
)

// IsPartner reports whether the role allocates credit to customers.
func (r Role) IsPartner() bool {
	return r == Distributor || r == Subreseller || r == Reseller
}

// AccountType is the number that QueryVoucherPool gives a partner's role
// (domain.md §1.1); 0 for the others.
func (r Role) AccountType() int64 {
	switch r {
	case Reseller:
		return 1
	case Distributor:
		return 2
	case Subreseller:
		return 3
	}
	return 0
}
