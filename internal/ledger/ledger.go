// Package ledger is the money core: it applies commands to the state of one
// tree and says which transfers they make. It is pure: no SQL, no clock, no
// context, no I/O.
package ledger

import (
	"fmt"

	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/voucher"
)

// AccountKind says what the money on an account is.
type AccountKind int64

// The accounts of a tree. The numbers are stored: never change one.
const (
	Outside AccountKind = iota + 1 // the operator's side; its owner is the tree's root
	Line                           // what a partner may still allocate
	Quota                          // what a partner may still issue as vouchers
	Credit                         // what a customer may still spend
	Spent                          // what a customer has spent and not repaid
	Balance                        // what is left on a voucher
	Used                           // what a voucher has paid
)

var accountNames = [...]string{
	Outside: "outside", Line: "line", Quota: "quota", Credit: "credit", Spent: "spent", Balance: "balance", Used: "used",
}

// String is the kind's name as DescribeTransfers shows it.
func (k AccountKind) String() string { return accountNames[k] }

// Account is one account of a tree.
type Account struct {
	Kind  AccountKind
	Owner int64 // UIN of the root, partner or customer, or id of the voucher
}

// String is the account's name as DescribeTransfers shows it, "line:200000001000".
func (a Account) String() string { return fmt.Sprintf("%s:%d", a.Kind, a.Owner) }

// TransferKind says which rule moved the money. The numbers are stored: never
// change one.
type TransferKind int64

// The kinds of transfers.
const (
	SetLineTransfer             TransferKind = iota + 1 // operator sets a top partner's line
	AllocatePoolTransfer                                // distributor gives to a second-level reseller
	AllocateTransfer                                    // partner gives to a customer
	SetQuotaTransfer                                    // operator sets a top partner's voucher quota
	IssueVoucherTransfer                                // partner issues a voucher
	AllocateVoucherPoolTransfer                         // distributor gives quota to a second-level reseller
	WithdrawVoucherTransfer                             // issuer takes back what is left on a voucher
	VoucherChargeTransfer                               // a voucher pays for a charge
	CreditChargeTransfer                                // credit pays for a charge
	RefundTransfer                                      // credit paid for a charge comes back
	ExpireVoucherTransfer                               // what is left on an expired voucher returns to its issuer
	UnbindTransfer                                      // a customer leaves the tree; its partner has its credit again
	MoveTransfer                                        // a customer leaves its partner for another of the tree
)

var transferNames = [...]string{
	SetLineTransfer: "SetLine", AllocatePoolTransfer: "AllocatePool", AllocateTransfer: "Allocate",
	SetQuotaTransfer: "SetVoucherQuota", IssueVoucherTransfer: "IssueVoucher",
	AllocateVoucherPoolTransfer: "AllocateVoucherPool", WithdrawVoucherTransfer: "WithdrawVoucher",
	VoucherChargeTransfer: "VoucherCharge", CreditChargeTransfer: "CreditCharge", RefundTransfer: "Refund",
	ExpireVoucherTransfer: "ExpireVoucher", UnbindTransfer: "Unbind", MoveTransfer: "Move",
}

// String is the kind's name as DescribeTransfers shows it.
func (k TransferKind) String() string { return transferNames[k] }

// Known reports whether this release knows the kind.
func (k TransferKind) Known() bool { return k > 0 && int(k) < len(transferNames) }

// Transfer is one movement of money between two accounts of a tree. Transfers
// are only ever appended.
type Transfer struct {
	Sequence    int64 // 1, 2, 3 … in its tree
	At          int64 // Unix milliseconds; never before the transfer before it
	Kind        TransferKind
	Debit       Account      // where the money comes from
	Credit      Account      // where it goes
	Amount      money.Amount // more than 0
	DebitAfter  money.Amount // balance of Debit after this transfer
	CreditAfter money.Amount // balance of Credit after this transfer
	Partner     int64        // UIN of the partner concerned
	Customer    int64        // UIN of the customer concerned, or 0
	// CustomerTotal is the customer's Credit + Spent after this transfer, 0 where
	// no customer is concerned.
	CustomerTotal money.Amount
	Line          int64 // of a bill, where a charge is behind it, else 0
	Origin
	Remark string
	Hash   [32]byte // see Chain
}

// Origin says who caused a transfer.
type Origin struct {
	RequestID string
	Operator  string // shown as Operator in histories (domain.md §2.3, Q 11)
}

// Tree is the state of a tree itself.
type Tree struct {
	Root        int64
	Sequence    int64 // of the last transfer
	Head        [32]byte
	LastAt      int64        // time of the last transfer, Unix milliseconds
	LastVoucher int64        // id of the last voucher
	LastLine    int64        // id of the last bill line
	Outside     money.Amount // balance of the outside account
	Outstanding money.Amount // Σ Spent of the tree's customers
}

// Partner is the money side of a partner of the tree.
type Partner struct {
	Uin    int64
	Parent int64 // UIN of the distributor of a second-level reseller, else 0
	Role   partner.Role
	Frozen bool         // may read, but neither give nor take back
	Line   money.Amount // balance of its line: RemainingCredit
	Quota  money.Amount // balance of its quota: RemainingQuota
	// LineTotal and QuotaTotal are what it was given: TotalCredit, TotalQuota.
	LineTotal  money.Amount
	QuotaTotal money.Amount
	// CustomerTotal and CustomerRemaining are Σ Credit + Spent and Σ Credit of
	// its direct customers (domain.md §2.2, invariant B).
	CustomerTotal     money.Amount
	CustomerRemaining money.Amount
	Customers         int64 // how many are bound to it
	Issued            int64 // vouchers issued and not withdrawn
}

// Allocated is AllocatedCredit (domain.md §2.2, invariant A).
func (p *Partner) Allocated() money.Amount { return p.LineTotal - p.Line }

// Customer is the money side of a customer of the tree.
type Customer struct {
	Uin     int64
	Partner int64        // UIN of the partner it is bound to
	Credit  money.Amount // balance of its credit: RemainingCredit
	Spent   money.Amount
	Forced  bool // suspended by force (domain.md §2.7)
	// Since is the tree's last transfer at the time it came to its partner, and
	// SinceLine the tree's last bill line when it came to the tree: what is older
	// is of another time, and not for who has it now.
	Since     int64
	SinceLine int64
	// VoucherTotal is the face value of its vouchers that were not withdrawn.
	VoucherTotal money.Amount
	Vouchers     voucher.Sums
	Warned       Warned
}

// Total is TotalCredit (domain.md §2.3).
func (c *Customer) Total() money.Amount { return c.Credit + c.Spent }

// Profile is what is known of an account beside its money.
type Profile struct {
	Name        string
	Mail        string
	CountryCode string
	Phone       string
	Remark      string
}

// Charge is something a customer consumed, and how it was paid for.
type Charge struct {
	ID             string   // the operator's own, unique in the tree
	Content        [32]byte // digest of what was recorded: a repeat must be equal
	Line           int64    // id of its bill line
	Customer       int64
	Partner        int64 // of the customer at the time
	At             int64 // of recording, Unix milliseconds
	TransactionAt  int64 // decides the month of the bill; Unix milliseconds
	PayMode        string
	ActionType     string
	ProductCode    string
	ProductName    string
	SubProductCode string
	SubProductName string
	Cost           money.Amount // at list price
	VoucherPaid    money.Amount
	CreditPaid     money.Amount
	Refunded       money.Amount // of CreditPaid
	RemainingAfter money.Amount // the customer's credit after the charge
	Payments       []Payment    // by vouchers, in their order
}

// Payment is what one voucher paid for a charge.
type Payment struct {
	Voucher int64
	Amount  money.Amount
}

// RefundKey names a refund of a charge.
type RefundKey struct {
	Charge string
	ID     string
}

// Refund is credit given back for a charge.
type Refund struct {
	RefundKey
	Content        [32]byte // digest of what was recorded: a repeat must be equal
	At             int64    // Unix milliseconds
	Amount         money.Amount
	RemainingAfter money.Amount // the customer's credit after the refund
}
