// Package voucher holds the life of a voucher: what state it is in at a given
// time and what of it can be spent (domain.md §3). It is pure: no wire, no
// database, no clock.
package voucher

import (
	"cmp"
	"slices"
	"strings"

	"tael/internal/money"
)

// State is where a voucher is in its life (domain.md §3.3).
type State string

// The states. Used, Expired and Invalidated are final.
const (
	Issued      State = "Issued"      // value left, not expired, not withdrawn
	Used        State = "Used"        // no value left
	Expired     State = "Expired"     // past its expiry with value left
	Invalidated State = "Invalidated" // withdrawn by its issuer
)

// Voucher is one voucher of a customer.
type Voucher struct {
	ID       int64  // unique in its tree
	Code     string // 22 capitals and digits
	Issuer   int64  // UIN of the partner whose quota it came from
	Customer int64  // UIN of its holder
	Face     money.Amount
	Balance  money.Amount // what is left and went back to no quota
	Used     money.Amount // what it has paid
	// Effective and Expire are Unix milliseconds, whole seconds. The voucher
	// works from Effective on and through the whole second Expire.
	Effective   int64
	Expire      int64
	Withdrawn   bool
	Settled     bool   // it expired, and what was left, if anything, went back to its issuer's quota
	Closed      bool   // its holder has left the tree since: it is nobody's, and has no value
	PaymentMode string // AllPayment, Prepaid or Postpaid
	Scope       string // AllProducts, SpecifyProducts or SpecifyProductsBlacklist
	Products    string // product codes, comma separated
	Usage       string // CustomerOffer or ProductTrial
	Reason      string
	IssuedAt    int64 // Unix milliseconds
}

// ends is the first instant at which the voucher has expired.
func (v *Voucher) ends() int64 { return v.Expire + 1000 }

// Remaining is what has not been paid with, also of a voucher that expired or
// was withdrawn since (domain.md §11, invariant 9).
func (v *Voucher) Remaining() money.Amount { return v.Face - v.Used }

// StateAt is the voucher's state at an instant in Unix milliseconds. Expiry
// is a matter of reading the clock; nothing has to run for it.
func (v *Voucher) StateAt(now int64) State {
	switch {
	case v.Withdrawn:
		return Invalidated
	case v.Settled && v.Used < v.Face:
		return Expired
	case v.Balance == 0:
		return Used
	case now >= v.ends():
		return Expired
	}
	return Issued
}

// UsableAt reports whether the voucher can pay at an instant in Unix
// milliseconds.
func (v *Voucher) UsableAt(now int64) bool {
	return v.StateAt(now) == Issued && now >= v.Effective
}

// Sums are the totals of one customer's vouchers.
type Sums struct {
	Remaining money.Amount // of vouchers in state Issued
	Usable    money.Amount // of vouchers that can pay now
	// ValidUntil is the instant (Unix milliseconds) at which Remaining or Usable
	// changes by the passing of time alone; 0 when it never does.
	ValidUntil int64
}

// Sum totals vouchers at an instant in Unix milliseconds. Vouchers that are
// used, expired or withdrawn add nothing and may be left out.
func Sum(vouchers []Voucher, now int64) Sums {
	var s Sums
	for i := range vouchers {
		s = s.With(&vouchers[i], now)
	}
	return s
}

// With returns the sums after one more voucher. The sums must be those of now.
func (s Sums) With(v *Voucher, now int64) Sums {
	if v.StateAt(now) != Issued {
		return s
	}
	s.Remaining += v.Balance
	next := v.ends()
	if v.UsableAt(now) {
		s.Usable += v.Balance
	} else {
		next = min(next, v.Effective)
	}
	if s.ValidUntil == 0 || next < s.ValidUntil {
		s.ValidUntil = next
	}
	return s
}

// StaleAt reports whether time alone has changed the sums by an instant.
func (s Sums) StaleAt(now int64) bool {
	return s.ValidUntil != 0 && now >= s.ValidUntil
}

// The ways to pay for a resource, as charges name them (domain.md §6.4).
const (
	PrePay  = "prePay"
	PostPay = "postPay"
)

// Purchase is what a charge asks of vouchers.
type Purchase struct {
	Amount      money.Amount // the whole charge, more than 0 for a voucher to pay
	PayMode     string       // PrePay or PostPay
	ProductCode string
}

// Covers reports whether the voucher's scope and payment mode admit a purchase
// (domain.md §3.2).
func (v *Voucher) Covers(p Purchase) bool {
	modes := map[string]string{PrePay: "Prepaid", PostPay: "Postpaid"}
	if v.PaymentMode != "AllPayment" && v.PaymentMode != modes[p.PayMode] {
		return false
	}
	listed := slices.Contains(strings.Split(v.Products, ","), p.ProductCode)
	switch v.Scope {
	case "SpecifyProducts":
		return listed
	case "SpecifyProductsBlacklist":
		return !listed
	}
	return true
}

// Payers are the vouchers that may pay for a purchase at an instant in Unix
// milliseconds, in the order in which they do: earliest expiry, then larger
// deductible amount, then smaller balance, then smaller id (domain.md §3.5).
// What is deductible is measured against the whole purchase.
func Payers(vouchers []*Voucher, p Purchase, now int64) []*Voucher {
	var payers []*Voucher
	for _, v := range vouchers {
		if v.UsableAt(now) && v.Covers(p) {
			payers = append(payers, v)
		}
	}
	slices.SortFunc(payers, func(a, b *Voucher) int {
		return cmp.Or(
			cmp.Compare(a.Expire, b.Expire),
			cmp.Compare(min(b.Balance, p.Amount), min(a.Balance, p.Amount)),
			cmp.Compare(a.Balance, b.Balance),
			cmp.Compare(a.ID, b.ID),
		)
	})
	return payers
}
