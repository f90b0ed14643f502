package voucher_test

import (
	"testing"

	"pgregory.net/rapid"

	"tael/internal/money"
	"tael/internal/voucher"
)

// before reports whether a pays before b (domain.md §3.5), rule by rule.
func before(a, b *voucher.Voucher, amount money.Amount) bool {
	deductibleA, deductibleB := min(a.Balance, amount), min(b.Balance, amount)
	switch {
	case a.Expire != b.Expire:
		return a.Expire < b.Expire
	case deductibleA != deductibleB:
		return deductibleA > deductibleB
	case a.Balance != b.Balance:
		return a.Balance < b.Balance
	}
	return a.ID < b.ID
}

// Exactly the vouchers that may pay do, each pair of them in the order of the
// rules, whatever order they are read in, and none is changed by asking.
func TestPayersFollowTheRules(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		held := vouchers(t)
		var wallet []*voucher.Voucher
		for i := range held {
			held[i].ID = int64(i + 1)
			held[i].PaymentMode = rapid.SampledFrom([]string{"AllPayment", "Prepaid", "Postpaid"}).Draw(t, "mode")
			held[i].Scope = "AllProducts"
			wallet = append(wallet, &held[i])
		}
		kept := append([]voucher.Voucher{}, held...)
		wallet = rapid.Permutation(wallet).Draw(t, "order")
		p := voucher.Purchase{
			Amount:  money.Amount(rapid.Int64Range(0, 10).Draw(t, "amount")),
			PayMode: rapid.SampledFrom([]string{voucher.PrePay, voucher.PostPay}).Draw(t, "pay mode"),
		}
		now := rapid.SampledFrom(instants()).Draw(t, "now")
		payers := voucher.Payers(wallet, p, now)
		pays := map[int64]bool{}
		for i, v := range payers {
			pays[v.ID] = true
			for _, later := range payers[i+1:] {
				if !before(v, later, p.Amount) {
					t.Fatalf("%+v pays before %+v for %+v", v, later, p)
				}
			}
		}
		for i, v := range held {
			usable := !v.Withdrawn && v.Balance > 0 && now >= v.Effective && now < v.Expire+second
			admitted := v.PaymentMode != "Postpaid"
			if p.PayMode == voucher.PostPay {
				admitted = v.PaymentMode != "Prepaid"
			}
			if pays[v.ID] != (usable && admitted) || v != kept[i] {
				t.Fatalf("%+v at %d for %+v: pays %t", v, now, p, pays[v.ID])
			}
		}
	})
}

// A voucher covers what its scope and its payment mode admit, and a code is
// never part of another.
func TestCoversFollowsScopeAndMode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode, scope, products string
		payMode, product      string
		want                  bool
	}{
		{"AllPayment", "AllProducts", "", voucher.PrePay, "cvm", true},
		{"AllPayment", "AllProducts", "", voucher.PostPay, "cvm", true},
		{"Prepaid", "AllProducts", "", voucher.PrePay, "cvm", true},
		{"Prepaid", "AllProducts", "", voucher.PostPay, "cvm", false},
		{"Postpaid", "AllProducts", "", voucher.PrePay, "cvm", false},
		{"Postpaid", "AllProducts", "", voucher.PostPay, "cvm", true},
		{"AllPayment", "SpecifyProducts", "cvm,cbs", voucher.PrePay, "cbs", true},
		{"AllPayment", "SpecifyProducts", "cvm,cbs", voucher.PrePay, "cv", false},
		{"AllPayment", "SpecifyProducts", "cvm,cbs", voucher.PrePay, "cvm,cbs", false},
		{"AllPayment", "SpecifyProductsBlacklist", "cvm,cbs", voucher.PrePay, "cbs", false},
		{"AllPayment", "SpecifyProductsBlacklist", "cvm,cbs", voucher.PrePay, "cv", true},
		{"Prepaid", "SpecifyProductsBlacklist", "cvm,cbs", voucher.PostPay, "clb", false},
	} {
		v := voucher.Voucher{PaymentMode: c.mode, Scope: c.scope, Products: c.products}
		p := voucher.Purchase{Amount: 1, PayMode: c.payMode, ProductCode: c.product}
		if got := v.Covers(p); got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}
