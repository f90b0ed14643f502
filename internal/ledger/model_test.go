package ledger_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

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
	returns    bool // what is left on expired vouchers goes back to the quota
	role       map[int64]partner.Role
	parent     map[int64]int64
	frozen     map[int64]bool
	lineTotal  map[int64]*big.Int // by partner: TotalCredit
	quotaTotal map[int64]*big.Int
	owner      map[int64]int64    // by customer: its partner
	credit     map[int64]*big.Int // by customer: what it was granted
	vouchers   []paper            // in the order of their ids
	forced     map[int64]bool     // customers suspended by force
	charges    map[string]bill
	refunds    map[ledger.RefundKey]back
	warned     map[warnedOf]bool
	warnings   []ledger.Warning // of the current batch
}

// paper is a voucher of the model.
type paper struct {
	issuer, customer      int64
	face, used            money.Amount
	begins, ends          int64 // first millisecond in which it works, and the first in which it no longer does
	mode, scope, products string
	withdrawn             bool
	closed                bool // its customer has left
}

// balance is what is left on a voucher.
func (v *paper) balance() money.Amount {
	if v.withdrawn {
		return 0 // it went back to the quota
	}
	return v.face - v.used
}

// issued reports whether a voucher is in state Issued (§3.3).
func (v *paper) issued(now int64) bool { return v.balance() > 0 && now < v.ends }

// pays reports whether a voucher may pay for a charge (§3.2, §3.5).
func (v *paper) pays(c *ledger.Charge, now int64) bool {
	mode := v.mode == "AllPayment" ||
		v.mode == "Prepaid" && c.PayMode == "prePay" || v.mode == "Postpaid" && c.PayMode == "postPay"
	listed := strings.Contains(","+v.products+",", ","+c.ProductCode+",")
	scope := v.scope == "AllProducts" || listed == (v.scope == "SpecifyProducts")
	return mode && scope && v.issued(now) && now >= v.begins
}

// bill is a charge of the model.
type bill struct {
	line              int
	customer, partner int64
	content           [32]byte
	cost              money.Amount
	payments          []ledger.Payment
	vouchers          money.Amount // what they paid
	credit            money.Amount
	refunded          money.Amount
	after             *big.Int // the customer's remaining credit
	closed            bool     // its customer has left
}

// String has the figures in the order of those of a stored charge.
func (b bill) String() string {
	return fmt.Sprint(b.line, b.customer, b.partner, b.content[0], int64(b.cost), payments(b.payments),
		int64(b.vouchers), int64(b.credit), int64(b.refunded), b.after)
}

// back is a refund of the model.
type back struct {
	content [32]byte
	amount  money.Amount
	after   *big.Int
}

func newModel(settings ledger.Settings) *model {
	return &model{
		bounded: settings.PoolBounded, returns: settings.ExpiredReturn, role: map[int64]partner.Role{}, parent: map[int64]int64{}, frozen: map[int64]bool{},
		lineTotal: map[int64]*big.Int{}, quotaTotal: map[int64]*big.Int{}, owner: map[int64]int64{},
		credit: map[int64]*big.Int{}, charges: map[string]bill{}, forced: map[int64]bool{}, refunds: map[ledger.RefundKey]back{},
		warned: map[warnedOf]bool{},
	}
}

func (m *model) clone() model {
	c := *m
	c.role, c.parent, c.owner = maps.Clone(m.role), maps.Clone(m.parent), maps.Clone(m.owner)
	c.lineTotal, c.quotaTotal, c.frozen = maps.Clone(m.lineTotal), maps.Clone(m.quotaTotal), maps.Clone(m.frozen)
	c.credit, c.vouchers = maps.Clone(m.credit), slices.Clone(m.vouchers)
	c.charges, c.refunds, c.forced = maps.Clone(m.charges), maps.Clone(m.refunds), maps.Clone(m.forced)
	return c
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

// customerRemaining is CustomerRemainingCredit: Σ RemainingCredit of the same.
func (m *model) customerRemaining(uin int64) *big.Int {
	total := new(big.Int)
	for customer, owner := range m.owner {
		if owner == uin {
			total = sum(total, m.remaining(customer))
		}
	}
	return total
}

// spent is what a customer's charges took from its credit and no refund gave
// back.
func (m *model) spent(customer int64) *big.Int {
	total := new(big.Int)
	for _, c := range m.charges {
		if c.customer == customer && !c.closed {
			total = sum(total, less(wide(c.credit), wide(c.refunded)))
		}
	}
	return total
}

// remaining is RemainingCredit of a customer (§2.3, invariant E).
func (m *model) remaining(customer int64) *big.Int {
	return less(m.credit[customer], m.spent(customer))
}

// outstanding is what all customers of the tree have spent.
func (m *model) outstanding() *big.Int {
	total := new(big.Int)
	for customer := range m.owner {
		total = sum(total, m.spent(customer))
	}
	return total
}

func (m *model) customers(uin int64) int {
	count := 0
	for _, owner := range m.owner {
		if owner == uin {
			count++
		}
	}
	return count
}

// issued is IssuedNum: vouchers of all states but Invalidated.
func (m *model) issued(uin int64) int {
	count := 0
	for _, v := range m.vouchers {
		if v.issuer == uin && !v.withdrawn {
			count++
		}
	}
	return count
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

// quota is RemainingQuota: what was given, less what was issued and not
// returned by a withdrawal or, where that is so, by expiry, and less what the
// second-level resellers were given.
func (m *model) quota(uin, now int64) *big.Int {
	rest := m.quotaTotal[uin]
	for _, v := range m.vouchers {
		switch {
		case v.issuer == uin && (v.withdrawn || m.returns && now >= v.ends):
			rest = less(rest, wide(v.used))
		case v.issuer == uin:
			rest = less(rest, wide(v.face))
		}
	}
	for child, parent := range m.parent {
		if parent == uin {
			rest = less(rest, m.quotaTotal[child])
		}
	}
	return rest
}

// voucherTotal is TotalAmount of QueryVoucherAmountByUin (Q 29).
func (m *model) voucherTotal(customer int64) *big.Int {
	total := new(big.Int)
	for _, v := range m.vouchers {
		if v.customer == customer && !v.withdrawn && !v.closed {
			total = sum(total, wide(v.face))
		}
	}
	return total
}

// voucherSums are a customer's vouchers in state Issued, and those of them that
// can pay now.
func (m *model) voucherSums(customer, now int64) (remaining, usable *big.Int) {
	remaining, usable = new(big.Int), new(big.Int)
	for _, v := range m.vouchers {
		if v.customer != customer || v.closed || !v.issued(now) {
			continue
		}
		remaining = sum(remaining, wide(v.balance()))
		if now >= v.begins {
			usable = sum(usable, wide(v.balance()))
		}
	}
	return remaining, usable
}

// outside is what the operator's side has given, as a negative figure.
func (m *model) outside() *big.Int {
	given := new(big.Int)
	for uin := range m.role {
		if m.parent[uin] == 0 {
			given = sum(given, m.quotaTotal[uin])
		}
		if m.parent[uin] == 0 || !m.bounded {
			given = sum(given, m.lineTotal[uin])
		}
	}
	return new(big.Int).Neg(given)
}

// fits reports whether every figure of the tree is one that an amount holds.
func (m *model) fits(now int64) bool {
	ok := m.outside().IsInt64() && m.outstanding().IsInt64()
	for uin := range m.role {
		for _, figure := range []*big.Int{
			m.line(uin), m.quota(uin, now), m.customerTotal(uin), m.customerRemaining(uin), m.lineTotal[uin],
			m.quotaTotal[uin],
		} {
			ok = ok && figure.IsInt64()
		}
	}
	for uin := range m.owner {
		ok = ok && m.credit[uin].IsInt64() && m.spent(uin).IsInt64() && m.remaining(uin).IsInt64() &&
			m.voucherTotal(uin).IsInt64()
	}
	return ok
}

// apply runs a command, or says why it is refused and changes nothing.
func (m *model) apply(c ledger.Command, now int64) error {
	before, passed := m.clone(), m.passed()
	moved, err := m.execute(c, now)
	if err == nil && !m.fits(now) {
		err = ledger.ErrOverflow
	}
	for _, amount := range moved {
		if err == nil && !new(big.Int).Abs(amount).IsInt64() { // a transfer has to hold it
			err = ledger.ErrOverflow
		}
	}
	if err != nil {
		*m = before
		return err
	}
	m.warn(passed, now)
	return nil
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
	case *ledger.AllocateVoucherPool:
		return m.allocateVoucherPool(c, now)
	case *ledger.WithdrawVoucher:
		return m.withdraw(c, now)
	case *ledger.SetStatus:
		if m.role[c.Partner] == "" {
			return nil, ledger.ErrNotPartner
		}
		m.frozen[c.Partner] = c.Frozen
		return nil, nil
	case *ledger.RecordCharge:
		return m.charge(&c.Charge, now)
	case *ledger.RefundCharge:
		return m.refund(c)
	case *ledger.Unbind:
		return m.unbind(c, now)
	case *ledger.Move:
		return m.moveCustomer(c)
	case *ledger.SetForced:
		if c.Partner == 0 || m.owner[c.Customer] != c.Partner {
			return nil, ledger.ErrNotCustomer
		}
		m.forced[c.Customer] = c.Forced
		return nil, nil
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
	if m.frozen[c.Distributor] {
		return nil, ledger.ErrFrozen
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
	if m.frozen[c.Partner] {
		return nil, ledger.ErrFrozen
	}
	increment := wide(c.Amount)
	switch {
	case increment.Sign() > 0 && increment.Cmp(m.line(c.Partner)) > 0:
		return nil, ledger.ErrLineExceeded
	case increment.Sign() < 0 && sum(m.remaining(c.Customer), increment).Sign() < 0:
		return nil, ledger.ErrCreditInsufficient
	}
	m.credit[c.Customer] = sum(m.credit[c.Customer], increment)
	return []*big.Int{increment}, nil
}

// issue is §3.2: a voucher has a value, does not end before it begins nor in
// the past, and its face does not exceed the issuer's remaining quota.
func (m *model) issue(v *voucher.Voucher, now int64) ([]*big.Int, error) {
	switch {
	case m.role[v.Issuer] == "" || m.owner[v.Customer] != v.Issuer:
		return nil, ledger.ErrNotCustomer
	case m.frozen[v.Issuer]:
		return nil, ledger.ErrFrozen
	case v.Effective > v.Expire, v.Expire+1000 <= now:
		return nil, ledger.ErrValidity
	case v.Face <= 0, wide(v.Face).Cmp(m.quota(v.Issuer, now)) > 0:
		return nil, ledger.ErrQuotaExceeded
	}
	m.vouchers = append(m.vouchers, paper{
		issuer: v.Issuer, customer: v.Customer, face: v.Face, begins: v.Effective, ends: v.Expire + 1000,
		mode: v.PaymentMode, scope: v.Scope, products: v.Products,
	})
	return []*big.Int{wide(v.Face)}, nil
}

// allocateVoucherPool is §3.2: it comes out of the distributor's quota, and
// what was issued cannot be taken back.
func (m *model) allocateVoucherPool(c *ledger.AllocateVoucherPool, now int64) ([]*big.Int, error) {
	if m.role[c.Distributor] == "" || m.role[c.Subreseller] == "" || m.parent[c.Subreseller] != c.Distributor {
		return nil, ledger.ErrNotSubreseller
	}
	if m.frozen[c.Distributor] {
		return nil, ledger.ErrFrozen
	}
	increment := wide(c.Amount)
	total := sum(m.quotaTotal[c.Subreseller], increment)
	switch {
	case total.Sign() < 0, total.Cmp(wide(1_000_000*money.Dollar)) > 0:
		return nil, ledger.ErrQuotaExceeded
	case increment.Sign() > 0 && increment.Cmp(m.quota(c.Distributor, now)) > 0:
		return nil, ledger.ErrQuotaExceeded
	case increment.Sign() < 0 && sum(m.quota(c.Subreseller, now), increment).Sign() < 0:
		return nil, ledger.ErrQuotaExceeded
	}
	m.quotaTotal[c.Subreseller] = total
	return []*big.Int{increment}, nil
}

// withdraw is §3.3 and Q 28: only from state Issued; the rest returns.
func (m *model) withdraw(c *ledger.WithdrawVoucher, now int64) ([]*big.Int, error) {
	at := c.Voucher - firstVoucher - 1
	if m.role[c.Issuer] == "" || at < 0 || at >= int64(len(m.vouchers)) || m.vouchers[at].issuer != c.Issuer ||
		m.vouchers[at].closed {
		return nil, ledger.ErrNotVoucher
	}
	v := &m.vouchers[at]
	switch {
	case m.frozen[c.Issuer]:
		return nil, ledger.ErrFrozen
	case !v.issued(now):
		return nil, ledger.ErrNotIssued
	}
	returned := v.balance()
	v.withdrawn = true
	return []*big.Int{wide(returned)}, nil
}

// next is the voucher that pays next for a charge (§3.5), or -1: of those that
// may pay and have not yet, one that no other comes before.
func (m *model) next(c *ledger.Charge, done map[int]bool, now int64) int {
	best := -1
	for i := range m.vouchers {
		v := &m.vouchers[i]
		if done[i] || v.customer != c.Customer || v.closed || !v.pays(c, now) {
			continue
		}
		if best < 0 {
			best = i
			continue
		}
		b := &m.vouchers[best]
		deductible, deductibleBest := min(v.balance(), c.Cost), min(b.balance(), c.Cost)
		switch {
		case v.ends != b.ends:
			if v.ends < b.ends {
				best = i
			}
		case deductible != deductibleBest:
			if deductible > deductibleBest {
				best = i
			}
		case v.balance() < b.balance():
			best = i
		}
	}
	return best
}

// charge is §2.5 and §3.5. The order of vouchers is fixed before any has paid.
func (m *model) charge(c *ledger.Charge, now int64) ([]*big.Int, error) {
	if m.owner[c.Customer] == 0 {
		return nil, ledger.ErrNotCustomer
	}
	if earlier, ok := m.charges[c.ID]; ok {
		if earlier.content != c.Content {
			return nil, ledger.ErrContent
		}
		return nil, nil
	}
	var order []int
	applicable := new(big.Int)
	for done := map[int]bool{}; ; done[order[len(order)-1]] = true {
		i := m.next(c, done, now)
		if i < 0 {
			break
		}
		order = append(order, i)
		applicable = sum(applicable, wide(m.vouchers[i].balance()))
	}
	if c.PayMode == "prePay" {
		byCredit := less(wide(c.Cost), applicable)
		switch {
		case m.forced[c.Customer]:
			return nil, ledger.ErrForced
		case m.remaining(c.Customer).Cmp(byCredit) < 0:
			return nil, ledger.ErrBalance
		case byCredit.Sign() > 0 && less(m.lineTotal[1000], m.outstanding()).Cmp(byCredit) < 0:
			return nil, ledger.ErrTopLine
		}
	}
	b := bill{
		line: len(m.charges) + 1, customer: c.Customer, partner: m.owner[c.Customer], content: c.Content, cost: c.Cost,
	}
	moved := []*big.Int{}
	for _, i := range order {
		v := &m.vouchers[i]
		paid := min(v.balance(), b.cost-b.vouchers)
		if paid == 0 {
			break
		}
		v.used += paid
		b.vouchers += paid
		b.payments = append(b.payments, ledger.Payment{Voucher: int64(firstVoucher + i + 1), Amount: paid})
		moved = append(moved, wide(paid))
	}
	b.credit = b.cost - b.vouchers
	m.charges[c.ID] = b
	b.after = m.remaining(c.Customer)
	m.charges[c.ID] = b
	return append(moved, wide(b.credit)), nil
}

// refund is §3.3: credit alone, and no more than was paid and not refunded.
func (m *model) refund(c *ledger.RefundCharge) ([]*big.Int, error) {
	if m.owner[c.Customer] == 0 {
		return nil, ledger.ErrNotCustomer
	}
	b, ok := m.charges[c.Charge]
	if !ok || b.customer != c.Customer {
		return nil, ledger.ErrNotCharge
	}
	if earlier, ok := m.refunds[c.RefundKey]; ok {
		if earlier.content != c.Content {
			return nil, ledger.ErrContent
		}
		return nil, nil
	}
	if b.closed {
		return nil, ledger.ErrNotCharge
	}
	amount := b.credit - b.refunded
	if c.Amount != nil {
		if *c.Amount < 0 || *c.Amount > amount {
			return nil, ledger.ErrRefundable
		}
		amount = *c.Amount
	}
	b.refunded += amount
	m.charges[c.Charge] = b
	m.refunds[c.RefundKey] = back{c.Content, amount, m.remaining(c.Customer)}
	return []*big.Int{wide(amount)}, nil
}
