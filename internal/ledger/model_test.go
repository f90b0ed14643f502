package ledger_test

import (
	"maps"
	"math/big"
	"slices"

	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/voucher"
)

// model is what domain.md §2 and §3 say of one tree, in plain arithmetic and
// without a thought for how it is stored: nothing is kept that can be computed
// from what was given to whom. Figures are of any size, so that it also knows
// which command leads beyond what an amount can hold.
type model struct {
	bounded    bool // pools come out of the distributor's line (Q 8, Q 20)
	role       map[int64]partner.Role
	parent     map[int64]int64
	lineTotal  map[int64]*big.Int // by partner: TotalCredit
	quotaTotal map[int64]*big.Int
	owner      map[int64]int64 // by customer: its partner
	credit     map[int64]*big.Int
	vouchers   []voucher.Voucher
}

func newModel(bounded bool) *model {
	return &model{
		bounded: bounded, role: map[int64]partner.Role{}, parent: map[int64]int64{}, lineTotal: map[int64]*big.Int{},
		quotaTotal: map[int64]*big.Int{}, owner: map[int64]int64{}, credit: map[int64]*big.Int{},
	}
}

func wide(a money.Amount) *big.Int { return big.NewInt(int64(a)) }

func sum(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }

func less(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }

// customerTotal is CustomerTotalCredit: Σ Credit of the direct customers.
func (m *model) customerTotal(uin int64) *big.Int {
	total := new(big.Int)
	for customer, owner := range m.owner {
		if owner == uin {
			total = sum(total, m.credit[customer])
		}
	}
	return total
}

// line is RemainingCredit: what was given, less what the customers have and,
// where pools are bounded, what the second-level resellers were given.
func (m *model) line(uin int64) *big.Int {
	rest := less(m.lineTotal[uin], m.customerTotal(uin))
	for child, parent := range m.parent {
		if parent == uin && m.bounded {
			rest = less(rest, m.lineTotal[child])
		}
	}
	return rest
}

// quota is RemainingQuota: what was given, less what was issued.
func (m *model) quota(uin int64) *big.Int {
	rest := m.quotaTotal[uin]
	for _, v := range m.vouchers {
		if v.Issuer == uin {
			rest = less(rest, wide(v.Face))
		}
	}
	return rest
}

func (m *model) voucherTotal(customer int64) *big.Int {
	total := new(big.Int)
	for _, v := range m.vouchers {
		if v.Customer == customer {
			total = sum(total, wide(v.Face))
		}
	}
	return total
}

// outside is what the operator's side has given, as a negative figure.
func (m *model) outside() *big.Int {
	given := new(big.Int)
	for uin := range m.role {
		given = sum(given, m.quotaTotal[uin])
		if m.parent[uin] == 0 || !m.bounded {
			given = sum(given, m.lineTotal[uin])
		}
	}
	return new(big.Int).Neg(given)
}

// fits reports whether every figure of the tree is one that an amount holds.
func (m *model) fits() bool {
	ok := m.outside().IsInt64()
	for uin := range m.role {
		for _, figure := range []*big.Int{
			m.line(uin), m.quota(uin), m.customerTotal(uin), m.lineTotal[uin],
			m.quotaTotal[uin],
		} {
			ok = ok && figure.IsInt64()
		}
	}
	for uin := range m.owner {
		ok = ok && m.credit[uin].IsInt64() && m.voucherTotal(uin).IsInt64()
	}
	return ok
}

// apply runs a command, or says why it is refused and changes nothing.
func (m *model) apply(c ledger.Command, now int64) error {
	before := *m
	before.role, before.parent, before.owner = maps.Clone(m.role), maps.Clone(m.parent), maps.Clone(m.owner)
	before.lineTotal, before.quotaTotal = maps.Clone(m.lineTotal), maps.Clone(m.quotaTotal)
	before.credit = maps.Clone(m.credit)
	moved, err := m.execute(c, now)
	if err == nil && !m.fits() {
		err = ledger.ErrOverflow
	}
	for _, amount := range moved {
		if err == nil && !new(big.Int).Abs(amount).IsInt64() { // a transfer has to hold it
			err = ledger.ErrOverflow
		}
	}
	if err != nil {
		*m = before
	}
	return err
}

// execute changes the figures and returns the amounts that move.
func (m *model) execute(c ledger.Command, now int64) ([]*big.Int, error) {
	switch c := c.(type) {
	case *ledger.AddPartner:
		return m.addPartner(c)
	case *ledger.AddCustomer:
		if m.role[c.Partner] == "" {
			return nil, ledger.ErrNotPartner
		}
		if m.owner[c.Uin] != 0 {
			return nil, ledger.ErrExists
		}
		m.owner[c.Uin], m.credit[c.Uin] = c.Partner, new(big.Int)
		return nil, nil
	case *ledger.SetLine:
		return m.set(m.lineTotal, c.Partner, c.Total)
	case *ledger.SetVoucherQuota:
		return m.set(m.quotaTotal, c.Partner, c.Total)
	case *ledger.AllocatePool:
		return m.allocatePool(c)
	case *ledger.Allocate:
		return m.allocate(c)
	case *ledger.IssueVoucher:
		return m.issue(&c.Voucher, now)
	}
	panic("a command that the model does not know")
}

func (m *model) addPartner(c *ledger.AddPartner) ([]*big.Int, error) {
	switch {
	case m.role[c.Uin] != "":
		return nil, ledger.ErrExists
	case c.Parent != 0 && m.role[c.Parent] != partner.Distributor: // §1.2: a second level has one distributor
		return nil, ledger.ErrNotPartner
	}
	m.role[c.Uin], m.parent[c.Uin] = c.Role, c.Parent
	m.lineTotal[c.Uin], m.quotaTotal[c.Uin] = wide(c.LineTotal), wide(c.QuotaTotal)
	return []*big.Int{m.lineTotal[c.Uin], m.quotaTotal[c.Uin]}, nil
}

// set is what the operator does to a top partner (§2.2): any total, also one
// below what is given out.
func (m *model) set(totals map[int64]*big.Int, uin int64, total money.Amount) ([]*big.Int, error) {
	if m.role[uin] == "" || m.parent[uin] != 0 {
		return nil, ledger.ErrNotPartner
	}
	change := less(wide(total), totals[uin])
	totals[uin] = wide(total)
	return []*big.Int{change}, nil
}

// allocatePool is §2.4.
func (m *model) allocatePool(c *ledger.AllocatePool) ([]*big.Int, error) {
	if m.role[c.Distributor] == "" || m.role[c.Subreseller] == "" || m.parent[c.Subreseller] != c.Distributor {
		return nil, ledger.ErrNotSubreseller
	}
	increment := wide(c.Amount)
	if c.Absolute {
		increment = less(increment, m.lineTotal[c.Subreseller])
	}
	total := sum(m.lineTotal[c.Subreseller], increment)
	million := wide(1_000_000 * money.Dollar)
	switch {
	case total.Sign() < 0, total.Cmp(million) > 0:
		return nil, ledger.ErrPoolRange
	case increment.Sign() < 0 && sum(m.line(c.Subreseller), increment).Sign() < 0:
		return nil, ledger.ErrPoolRange
	case increment.Sign() > 0 && m.bounded && increment.Cmp(m.line(c.Distributor)) > 0:
		return nil, ledger.ErrPoolRange
	}
	m.lineTotal[c.Subreseller] = total
	return []*big.Int{increment}, nil
}

// allocate is §2.3, in the order of its preconditions.
func (m *model) allocate(c *ledger.Allocate) ([]*big.Int, error) {
	if m.role[c.Partner] == "" || m.owner[c.Customer] != c.Partner {
		return nil, ledger.ErrNotCustomer
	}
	increment := wide(c.Amount)
	after := sum(m.credit[c.Customer], increment)
	switch {
	case increment.Sign() > 0 && increment.Cmp(m.line(c.Partner)) > 0:
		return nil, ledger.ErrLineExceeded
	case increment.Sign() < 0 && after.Sign() < 0:
		return nil, ledger.ErrCreditInsufficient
	}
	m.credit[c.Customer] = after
	return []*big.Int{increment}, nil
}

// issue is §3.2: a voucher has a value, does not end before it begins nor in
// the past, and its face does not exceed the issuer's remaining quota.
func (m *model) issue(v *voucher.Voucher, now int64) ([]*big.Int, error) {
	switch {
	case m.role[v.Issuer] == "" || m.owner[v.Customer] != v.Issuer:
		return nil, ledger.ErrNotCustomer
	case v.Effective > v.Expire, v.Expire+1000 <= now:
		return nil, ledger.ErrValidity
	case v.Face <= 0, wide(v.Face).Cmp(m.quota(v.Issuer)) > 0:
		return nil, ledger.ErrQuotaExceeded
	}
	issued := *v
	issued.Balance = v.Face
	m.vouchers = append(slices.Clip(m.vouchers), issued)
	return []*big.Int{wide(v.Face)}, nil
}
