package ledger_test

import (
	"math/big"

	"tael/internal/ledger"
)

// unbind is §4.6: neither suspended nor in arrears. All that a customer was
// given is its partner's again; what it leaves behind is nobody's.
func (m *model) unbind(c *ledger.Unbind, now int64) ([]*big.Int, error) {
	owner := m.owner[c.Customer]
	switch {
	case owner == 0 || c.Partner != 0 && c.Partner != owner:
		return nil, ledger.ErrNotCustomer
	case c.Partner != 0 && m.frozen[owner]:
		return nil, ledger.ErrFrozen
	case m.forced[c.Customer]:
		return nil, ledger.ErrForced
	case m.remaining(c.Customer).Sign() < 0:
		return nil, ledger.ErrOverdue
	}
	moved := []*big.Int{m.remaining(c.Customer), m.spent(c.Customer)}
	for i := range m.vouchers {
		v := &m.vouchers[i]
		if v.customer != c.Customer || v.closed {
			continue
		}
		if v.closed = true; v.issued(now) {
			moved = append(moved, wide(v.balance()))
			v.withdrawn = true
		}
	}
	for id, b := range m.charges {
		if b.customer == c.Customer {
			b.closed = true
			m.charges[id] = b
		}
	}
	delete(m.owner, c.Customer)
	delete(m.credit, c.Customer)
	delete(m.forced, c.Customer)
	return moved, nil
}

// moveCustomer lets what a customer was given come from another line.
func (m *model) moveCustomer(c *ledger.Move) ([]*big.Int, error) {
	switch credit := m.credit[c.Customer]; {
	case m.owner[c.Customer] == 0:
		return nil, ledger.ErrNotCustomer
	case m.role[c.Partner] == "":
		return nil, ledger.ErrNotPartner
	case m.owner[c.Customer] == c.Partner:
		return nil, nil
	case credit.Sign() > 0 && credit.Cmp(m.line(c.Partner)) > 0:
		return nil, ledger.ErrLineExceeded
	}
	m.owner[c.Customer] = c.Partner
	return []*big.Int{m.credit[c.Customer]}, nil
}
