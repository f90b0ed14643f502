package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryDirectCustomersCredit(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1000
		subreseller S of D pool 100
		call D QueryDirectCustomersCredit {} → {"Data": []}
		customer C of D credit 30
		clock 2026-11-01 00:00:01
		customer B of D credit 0.5
		customer E of S credit 7
		call D QueryDirectCustomersCredit {} → {"Data": [{"Uin": B, "TotalCredit": 0.5, "RemainingCredit": 0.5}, {"Uin": C, "TotalCredit": 30, "RemainingCredit": 30}]}
		call S QueryDirectCustomersCredit {} → {"Data": [{"Uin": E, "TotalCredit": 7, "RemainingCredit": 7}]}
		call C QueryDirectCustomersCredit {} → UnauthorizedOperation.UinNoAuth
		call D QueryDirectCustomersCredit {"Page": 1} → UnknownParameter`)
}

func TestQueryDirectCustomersCreditOnDamagedDatabase(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		call R QueryDirectCustomersCredit {} → ok
		damage ALTER TABLE customer RENAME TO gone
		call R QueryDirectCustomersCredit {} → InternalError
		call R QueryCreditByUinList {"UinList": [1]} → InternalError`)
}

// An answer without pages is bounded; the message names the one with pages.
func TestQueryDirectCustomersCreditIsBounded(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	w.Damage(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000)
		INSERT INTO customer (root_uin, uin, partner_uin, name, name_folded, remark, remark_folded, mail, mail_folded,
			country_code, phone, associated_at, credit, spent, voucher_total, voucher_remaining, voucher_usable,
			voucher_until, forced)
		SELECT $1, i, $1, '', '', '', '', '', '', '', '', i, 0, 0, 0, 0, 0, 0, 0 FROM n`, r.Uin)
	w.Damage(`UPDATE partner SET customers = 10000`)
	if answer := w.Call(r, "QueryDirectCustomersCredit", `{}`); answer.Code != "" {
		t.Fatalf("10,000 customers: %s", answer.Message)
	}
	w.Damage(`UPDATE partner SET customers = 10001`)
	answer := w.Call(r, "QueryDirectCustomersCredit", `{}`)
	const want = "The response is larger than the limit. Use `QueryCustomersCredit`, which answers in pages."
	if answer.Code != "ResponseSizeLimitExceeded" || answer.Message != want {
		t.Fatalf("10,001 customers: %s: %s", answer.Code, answer.Message)
	}
}
