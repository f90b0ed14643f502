package store_test

import (
	"tael/internal/ledger"
	"tael/internal/voucher"
)

// membership draws a command about whose a customer is.
func (s *simulation) membership(p, c int64) ledger.Command {
	switch s.random.IntN(5) {
	case 0:
		return &ledger.Unbind{Customer: c, Partner: pick(s, []int64{0, p})}
	case 1:
		return &ledger.SetForced{Partner: p, Customer: c, Forced: s.random.IntN(3) == 0}
	case 2:
		return &ledger.AddCustomer{Uin: c, Partner: p}
	}
	return &ledger.Move{Customer: c, Partner: pick(s, simulatedPartners), Remark: "moved"}
}

// bookMembership enters what such a command was answered.
func (s *simulation) bookMembership(c ledger.Command, o ledger.Outcome) {
	switch c := c.(type) {
	case *ledger.AddCustomer:
		s.owner[c.Uin] = c.Partner
	case *ledger.SetForced:
		s.forced[c.Customer] = c.Forced
	case *ledger.Move:
		if s.owner[c.Customer] != c.Partner {
			s.moved++
		}
		s.allocated[s.owner[c.Customer]] -= s.granted[c.Customer]
		s.allocated[c.Partner] += s.granted[c.Customer]
		s.owner[c.Customer] = c.Partner
	case *ledger.Unbind:
		s.left++
		returned := o.Returned
		for _, v := range s.vouchers {
			if v.Customer != c.Customer || v.Closed {
				continue
			}
			if v.Closed = true; v.StateAt(s.now.UnixMilli()) == voucher.Issued {
				s.given[v.Issuer] -= v.Balance
				returned -= v.Balance
				v.Balance, v.Withdrawn = 0, true
			}
		}
		if returned != 0 || o.Customer.Total() != s.granted[c.Customer] || o.Customer.Spent != s.spent[c.Customer] {
			s.t.Fatalf("%+v returned %s too much, and left of %+v: granted %s, spent %s", c, returned, o.Customer,
				s.granted[c.Customer], s.spent[c.Customer])
		}
		s.allocated[s.owner[c.Customer]] -= s.granted[c.Customer]
		s.granted[c.Customer], s.spent[c.Customer], s.forced[c.Customer], s.owner[c.Customer] = 0, 0, false, 0
	}
}
