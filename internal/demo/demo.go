// Package demo fills an empty database with a small world: fixed UINs, fixed
// keys that everybody knows, and figures that the documentation uses.
package demo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"tael/internal/clock"
	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/money"
	"tael/internal/partner"
	"tael/internal/store"
	"tael/internal/voucher"
)

// OperatorUin is the UIN of every installation's operator.
const OperatorUin = 200_000_000_001

// Accounts of the demo world.
const (
	Reseller      = 200_000_001_000
	Distributor   = 200_000_002_000
	Subreseller   = 200_000_003_000
	Subreseller2  = 200_000_004_000
	FirstCustomer = Reseller + 1 // of the reseller
)

// Account is one account of the demo world with its key.
type Account struct {
	Uin       int64
	Role      partner.Role
	Name      string
	SecretID  string
	SecretKey string
}

// Accounts lists the accounts of the demo world, the operator first.
func Accounts() []Account {
	accounts := []Account{account(OperatorUin, partner.Operator, "Operator", "Operator")}
	for i := range partners {
		p := &partners[i]
		accounts = append(accounts, account(p.uin, p.role, p.name, p.key))
		for j := range p.customers {
			c := &p.customers[j]
			key := fmt.Sprintf("%sCustomer%d", p.key, j+1)
			accounts = append(accounts, account(c.uin, partner.Customer, c.Name, key))
		}
	}
	return accounts
}

// Key lengths are those of real keys.
const (
	secretIDLength  = 36
	secretKeyLength = 32
	padding         = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
)

func account(uin int64, role partner.Role, name, key string) Account {
	return Account{
		Uin: uin, Role: role, Name: name,
		SecretID:  ("AKIDdemo" + key + padding)[:secretIDLength],
		SecretKey: ("demo" + key + padding)[:secretKeyLength],
	}
}

// demoPartner describes a partner and what is allocated to its customers.
type demoPartner struct {
	uin       int64
	parent    int64
	role      partner.Role
	name      string
	contact   ledger.Profile
	key       string // middle of its key's name
	line      money.Amount
	quota     money.Amount
	customers []demoCustomer
}

type demoCustomer struct {
	uin int64
	ledger.Profile
	credit   []grant
	vouchers []demoVoucher
	charges  []demoCharge
}

type grant struct {
	amount money.Amount
	remark string
}

type demoVoucher struct {
	face     money.Amount
	mode     string
	scope    string
	products string
	days     int // from its issue to its expiry
	withdraw bool
}

// demoCharge is recorded when the vouchers are there.
type demoCharge struct {
	mode    string
	product string
	cost    money.Amount
}

const dollar = money.Dollar

func profile(name, mail, countryCode, phone, remark string) ledger.Profile {
	return ledger.Profile{Name: name, Mail: mail, CountryCode: countryCode, Phone: phone, Remark: remark}
}

// historyDays is how long ago the distributor's tree began: long enough for a
// voucher in it to have expired.
const historyDays = 60

// partners is the demo world. The reseller has the figures of the published
// example of QueryPartnerCredit: 1050.1 in all, 50 allocated, 1000.1 left.
var partners = []demoPartner{
	{
		uin: Reseller, role: partner.Reseller, name: "Harbour Cloud", key: "Harbour",
		line: 105_010_000_000, quota: 500 * dollar,
		customers: []demoCustomer{
			{
				uin:      FirstCustomer,
				Profile:  profile("Pier Nine Studio", "ops@piernine.example", "852", "91230001", "Game studio"),
				credit:   []grant{{20 * dollar, "First month"}, {10 * dollar, "Second month"}},
				vouchers: []demoVoucher{{100 * dollar, "AllPayment", "AllProducts", "", 90, false}},
			},
			{
				uin:      Reseller + 2,
				Profile:  profile("Lantern Foods", "it@lantern.example", "852", "91230002", "Chain of bakeries"),
				credit:   []grant{{20 * dollar, ""}},
				vouchers: []demoVoucher{{25 * dollar, "Prepaid", "SpecifyProducts", "cvm,cbs", 30, false}},
			},
		},
	},
	{
		uin: Distributor, role: partner.Distributor, name: "Meridian Distribution", key: "Meridian",
		line: 100_000 * dollar, quota: 10_000 * dollar,
		customers: []demoCustomer{
			{
				uin:     Distributor + 1,
				Profile: profile("Atlas Freight", "cloud@atlasfreight.example", "65", "81230001", ""),
				credit:  []grant{{500 * dollar, "Contract 2026"}},
				vouchers: []demoVoucher{
					{50 * dollar, "Postpaid", "AllProducts", "", 120, false}, // partly used
					{5 * dollar, "Postpaid", "AllProducts", "", 90, false},   // used up
					{15 * dollar, "Prepaid", "SpecifyProducts", "cos", historyDays / 2, false},
					{8 * dollar, "AllPayment", "AllProducts", "", 90, true},
				},
				charges: []demoCharge{
					{voucher.PrePay, "cvm", 20 * dollar},
					{voucher.PostPay, "cdn", 5 * dollar},
					{voucher.PostPay, "cdn", 1_250_000_000},
				},
			},
			{
				uin:     Distributor + 2,
				Profile: profile("Bluebird Travel", "admin@bluebird.example", "65", "81230002", "Seasonal"),
				credit:  []grant{{25_050_000_000, ""}},
			},
		},
	},
	{
		uin: Subreseller, parent: Distributor, role: partner.Subreseller, name: "Northwind Reselling", key: "Northwind",
		contact: profile("", "desk@northwind.example", "", "81230001", "North region"), line: 2_000 * dollar,
		customers: []demoCustomer{
			{
				uin:     Subreseller + 1,
				Profile: profile("Cedar Clinic", "it@cedarclinic.example", "66", "812300001", ""),
				credit:  []grant{{500 * dollar, ""}},
			},
			{
				uin:     Subreseller + 2,
				Profile: profile("Dune Robotics", "ops@dunerobotics.example", "66", "812300002", ""),
				credit:  []grant{{300 * dollar, "Pilot"}},
			},
		},
	},
	{
		uin: Subreseller2, parent: Distributor, role: partner.Subreseller, name: "Southbay Systems", key: "Southbay",
		line: 1_500 * dollar,
		customers: []demoCustomer{
			{
				uin:     Subreseller2 + 1,
				Profile: profile("Ember Media", "hello@embermedia.example", "62", "8123000001", ""),
				credit:  []grant{{100 * dollar, ""}},
			},
		},
	},
}

// ErrNotEmpty says that a database holds something else than the demo world.
var ErrNotEmpty = errors.New("the database is not empty: the demo world is made in one of its own")

// Fill makes the demo world in an empty database, or completes it where an
// earlier Fill was interrupted. A complete one is left as it has become.
func Fill(ctx context.Context, s *store.Store, e *engine.Engine, c *clock.Clock) error {
	state, err := s.Demo(ctx)
	if err != nil || state.Filled {
		return err
	}
	if !state.Marked {
		_, count, err := s.Partners(ctx, store.Page{Number: 1, Size: 1}, c.Real().UnixMilli())
		if err != nil {
			return err
		}
		if count > 0 {
			return ErrNotEmpty
		}
	}
	if err := s.MarkDemo(ctx, false); err != nil {
		return err
	}
	accounts := map[int64]Account{}
	for _, a := range Accounts() {
		accounts[a.Uin] = a
	}
	operator := accounts[OperatorUin]
	now := c.Now(OperatorUin)
	identity := store.Identity{Uin: OperatorUin, Root: OperatorUin, Role: partner.Operator, Name: operator.Name}
	if err := s.PutOperator(ctx, identity, operator.SecretID, operator.SecretKey, now); err != nil {
		return err
	}
	past := &clock.Clock{}
	past.Set(now.AddDate(0, 0, -historyDays))
	history := engine.New(s, past, slog.New(slog.DiscardHandler), 0)
	defer history.Close()
	for i := range partners {
		f := filler{s, e, accounts, now}
		if partners[i].uin != Reseller {
			f.engine, f.now = history, past.Now(partners[i].uin)
		}
		if err := f.partner(ctx, &partners[i]); err != nil {
			return fmt.Errorf("demo world: %s: %w", partners[i].name, err)
		}
	}
	present := &filler{s, e, accounts, now}
	if err := errors.Join(present.access(ctx), present.invitesNow(ctx)); err != nil {
		return fmt.Errorf("demo world: %w", err)
	}
	return s.MarkDemo(ctx, true)
}

type filler struct {
	store    *store.Store
	engine   *engine.Engine
	accounts map[int64]Account
	now      time.Time
}

// run executes one step under an idempotency key of its own, so that filling
// may be interrupted and repeated within a day.
func (f *filler) run(
	ctx context.Context, root, uin int64, command ledger.Command, step string, claims ...store.Claim,
) error {
	name := f.accounts[uin].Name
	if uin == root && step == "create" {
		name = "Demo world"
	}
	_, err := f.engine.Do(ctx, engine.Request{
		Root: root, Create: true, Command: command, Claims: claims,
		Origin: ledger.Origin{RequestID: fmt.Sprintf("demo-%d-%s", uin, step), Operator: name},
		Key:    &store.IdempotencyKey{Account: uin, Action: "demo", Key: step},
		Answer: func(ledger.Outcome) any { return nil },
	})
	return err
}

func (f *filler) partner(ctx context.Context, p *demoPartner) error {
	root := p.uin
	if p.parent != 0 {
		root = p.parent
	}
	add := &ledger.AddPartner{Uin: p.uin, Parent: p.parent, Role: p.role, Profile: p.contact}
	add.Name = p.name
	if p.parent == 0 {
		add.LineTotal, add.QuotaTotal = p.line, p.quota
	}
	claims, err := f.claims(root, p.uin, p.role, p.contact.Mail)
	if err != nil {
		return err
	}
	if err := f.run(ctx, root, p.uin, add, "create", claims...); err != nil {
		return err
	}
	if p.parent != 0 {
		pool := &ledger.AllocatePool{Distributor: p.parent, Subreseller: p.uin, Amount: p.line}
		if err := f.run(ctx, root, p.parent, pool, fmt.Sprintf("pool-%d", p.uin)); err != nil {
			return err
		}
	}
	for i := range p.customers {
		if err := f.customer(ctx, root, p.uin, &p.customers[i]); err != nil {
			return err
		}
	}
	return f.invitations(ctx, p.uin)
}

func (f *filler) customer(ctx context.Context, root, owner int64, c *demoCustomer) error {
	claims, err := f.claims(root, c.uin, partner.Customer, c.Mail)
	if err != nil {
		return err
	}
	add := &ledger.AddCustomer{Uin: c.uin, Partner: owner, Profile: c.Profile}
	if err := f.run(ctx, root, c.uin, add, "create", claims...); err != nil {
		return err
	}
	for i, g := range c.credit {
		give := &ledger.Allocate{Partner: owner, Customer: c.uin, Amount: g.amount, Remark: g.remark}
		if err := f.run(ctx, root, owner, give, fmt.Sprintf("credit-%d-%d", c.uin, i)); err != nil {
			return err
		}
	}
	return f.spending(ctx, root, owner, c)
}

// spending issues a customer's vouchers, records its charges and withdraws the
// vouchers that are to be withdrawn.
func (f *filler) spending(ctx context.Context, root, owner int64, c *demoCustomer) error {
	effective := f.now.Truncate(time.Second)
	for i, v := range c.vouchers {
		issue := &ledger.IssueVoucher{Voucher: voucher.Voucher{
			Code: fmt.Sprintf("DEMO%d%06d", c.uin, i+1), Issuer: owner, Customer: c.uin, Face: v.face,
			Effective: effective.UnixMilli(), Expire: effective.AddDate(0, 0, v.days).UnixMilli(),
			PaymentMode: v.mode, Scope: v.scope, Products: v.products, Usage: "CustomerOffer", Reason: "Demo world",
		}}
		if err := f.run(ctx, root, owner, issue, fmt.Sprintf("voucher-%d-%d", c.uin, i)); err != nil {
			return err
		}
		if !v.withdraw {
			continue
		}
		// Ids count from the first in the tree, and only this tree withdraws.
		withdraw := &ledger.WithdrawVoucher{Issuer: owner, Voucher: store.FirstVoucher + int64(i) + 1}
		if err := f.run(ctx, root, owner, withdraw, fmt.Sprintf("withdraw-%d-%d", c.uin, i)); err != nil {
			return err
		}
	}
	for i, charge := range c.charges {
		id := fmt.Sprintf("demo-charge-%d", i+1)
		record := &ledger.RecordCharge{Charge: ledger.Charge{
			ID: id, Content: sha256.Sum256([]byte(id)), Customer: c.uin, TransactionAt: f.now.UnixMilli(),
			PayMode: charge.mode, ProductCode: charge.product, ProductName: strings.ToUpper(charge.product), Cost: charge.cost,
		}}
		if err := f.run(ctx, root, OperatorUin, record, id); err != nil {
			return err
		}
	}
	return nil
}

func (f *filler) claims(root, uin int64, role partner.Role, mail string) ([]store.Claim, error) {
	a := f.accounts[uin]
	claims := []store.Claim{
		store.ClaimIdentity(store.Identity{Uin: uin, Root: root, Role: role, Name: a.Name}, f.now),
	}
	if mail != "" {
		claims = append(claims, store.ClaimMail(mail, uin))
	}
	key, err := f.store.ClaimKey(uin, a.SecretID, a.SecretKey, f.now)
	return append(claims, key), err
}
