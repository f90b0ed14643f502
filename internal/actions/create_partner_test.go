package actions_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tael/api"
	"tael/internal/testkit"
)

func TestCreatePartner(t *testing.T) {
	testkit.Scenario(t, `
		call OP CreatePartner {"Name": "A", "Role": "Reseller", "TotalCredit": 10.5, "VoucherQuota": 2, "Mail": "a@a.example", "Phone": "1"} → {"Uin": "*", "SecretId": "*", "SecretKey": "*"}
		call OP CreatePartner {"Name": "B", "Role": "Distributor", "Mail": "A@a.EXAMPLE"} → FailedOperation.MailIsRegistered
		call OP CreatePartner {"Name": "B", "Role": "SubAgent"} → InvalidParameterValue
		call OP CreatePartner {"Name": "", "Role": "Reseller"} → InvalidParameterValue
		call OP CreatePartner {"Name": "B", "Role": "Reseller", "TotalCredit": -1} → InvalidParameterValue
		call OP CreatePartner {"Name": "B", "Role": "Reseller", "Mail": "nobody"} → InvalidParameterValue
		call OP CreatePartner {"Role": "Reseller"} → MissingParameter
		clock 2026-11-01 00:00:01
		reseller R
		call R CreatePartner {"Name": "B", "Role": "Reseller"} → UnauthorizedOperation.UinNoAuth
		call OP DescribePartners {} → {"Total": 2, "Partners": [{"Uin": "*", "Name": "A", "Role": "Reseller", "ParentUin": 0, "Status": "Active", "TotalCredit": 10.5, "AllocatedCredit": 0, "RemainingCredit": 10.5, "Outstanding": 0, "TotalQuota": 2, "RemainingQuota": 2}, "*"]}`)
}

// A repeated creation answers with the same account and the same secret, and
// creates nothing (design.md §4).
func TestCreatePartnerIdempotency(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	const body = `{"Name": "A", "Role": "Reseller", "TotalCredit": 10, "Mail": "a@a.example"}`
	first := w.Call(w.Operator, "CreatePartner", body, "X-Tael-Idempotency-Key", "k")
	again := w.Call(w.Operator, "CreatePartner", body, "X-Tael-Idempotency-Key", "k")
	if first.Code != "" || string(first.Body) != string(again.Body) {
		t.Fatalf("first %s %s, again %s %s", first.Code, first.Body, again.Code, again.Body)
	}
	if first.RequestID == again.RequestID || again.Header.Get("X-Tael-Idempotent-Replay") != "true" ||
		first.Header.Get("X-Tael-Idempotent-Replay") != "" {
		t.Fatalf("headers: %v, %v", first.Header, again.Header)
	}
	other := w.Call(w.Operator, "CreatePartner", `{"Name": "B", "Role": "Reseller"}`, "X-Tael-Idempotency-Key", "k")
	if other.Code != "InvalidParameterValue" {
		t.Fatalf("other parameters: %s", other.Code)
	}
	refused := w.Call(w.Operator, "CreatePartner", body, "X-Tael-Idempotency-Key", "l")
	if refused.Code != "FailedOperation.MailIsRegistered" {
		t.Fatalf("second registration: %s", refused.Code)
	}
	// A refusal leaves the key free for other parameters.
	free := w.Call(w.Operator, "CreatePartner", `{"Name": "B", "Role": "Reseller"}`, "X-Tael-Idempotency-Key", "l")
	if free.Code != "" {
		t.Fatalf("after a refusal: %s %s", free.Code, free.Message)
	}
	w.Verify()
}

// Equal creations at once, and one that goes on where another broke off, make
// one partner that works.
func TestCreatePartnerAtOnce(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	const body = `{"Name": "A", "Role": "Reseller", "TotalCredit": 10, "Mail": "a@a.example"}`
	answers := make(chan testkit.Answer, 8)
	for range cap(answers) {
		go func() { answers <- w.Call(w.Operator, "CreatePartner", body, "X-Tael-Idempotency-Key", "k") }()
	}
	first := <-answers
	for range cap(answers) - 1 {
		if other := <-answers; other.Code != "" || string(other.Body) != string(first.Body) {
			t.Errorf("%s %s, and %s %s", first.Code, first.Body, other.Code, other.Body)
		}
	}
	var made api.CreatePartnerResponse
	if err := json.Unmarshal(first.Body, &made); err != nil {
		t.Fatal(err)
	}
	key := testkit.Key{Uin: made.Uin, ID: made.SecretId, Secret: made.SecretKey}
	if answer := w.Call(key, "QueryPartnerCredit", `{}`); answer.Code != "" {
		t.Errorf("the new partner: %s", answer.Code)
	}
	if list := w.Call(w.Operator, "DescribePartners", `{}`); !strings.Contains(string(list.Body), `"Total":1`) {
		t.Errorf("partners: %s", list.Body)
	}
	w.Verify()
}
