package actions_test

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
	"testing"

	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/testkit"
)

// bind makes an account that has no tree a customer of a partner.
func bind(t *testing.T, w *testkit.World, root, partner, uin int64) {
	t.Helper()
	w.Damage(`UPDATE identity SET root_uin = $1, role = 'customer' WHERE uin = $2 AND root_uin = 0 AND role = ''`, root, uin)
	_, err := w.Engine.Do(t.Context(), engine.Request{
		Root: root, Command: &ledger.AddCustomer{Uin: uin, Partner: partner, Profile: ledger.Profile{Name: "C"}},
		Answer: func(ledger.Outcome) any { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
}

// expect fails the test where a call is answered something else; want is JSON, a
// code or "ok".
func expect(t *testing.T, w *testkit.World, key testkit.Key, action, body, want string) {
	t.Helper()
	answer := w.Call(key, action, body)
	switch {
	case want == "ok" && answer.Code == "", want == answer.Code && want != "":
	case want[0] != '{' || answer.Code != "":
		t.Errorf("%s %s: %s %s, want %s", action, body, answer.Code, answer.Body, want)
	default:
		if err := testkit.Matches([]byte(want), answer.Body); err != nil {
			t.Errorf("%s %s: %v", action, body, err)
		}
	}
}

// An account that was a customer and becomes one again starts anew, at the same
// partner and at another of the same tree: nobody is shown what was before, no
// figure counts it, and what was paid then cannot be refunded now.
func TestBoundAgain(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		top := w.Create("CreatePartner", `{"Name": "D", "Role": "Distributor", "TotalCredit": 1000, "VoucherQuota": 100}`)
		second := w.Create("CreateSubAgent", fmt.Sprintf(`{"Name": "S", "DistributorUin": %d}`, top.Uin))
		c := w.Create("CreateCustomer", fmt.Sprintf(`{"Name": "C", "PartnerUin": %d}`, top.Uin))
		expect(t, w, top, "AllocateCreditPool", fmt.Sprintf(`{"SubAgentUin": %d, "Credit": 100}`, second.Uin), "ok")
		named := func(text string) string { return fmt.Sprintf(text, c.Uin) }
		for i, owner := range []testkit.Key{top, top, second} {
			if i > 0 {
				bind(t, w, top.Uin, owner.Uin, c.Uin)
			}
			charge := func(id string) string {
				const body = `{"ClientUin": %d, "ChargeId": "%s-%d", "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 8}`
				return fmt.Sprintf(body, c.Uin, id, i)
			}
			expect(t, w, owner, "QueryCreditByUinList", named(`{"UinList": [%d]}`), fmt.Sprintf(
				`{"Data": [{"Uin": %d, "TotalCredit": 0, "RemainingCredit": 0}]}`, c.Uin))
			expect(t, w, owner, "QueryCreditAllocationHistory", named(`{"ClientUin": %d}`), `{"Total": 0, "History": []}`)
			expect(t, w, owner, "QueryVoucherAmountByUin", named(`{"ClientUins": [%d]}`), fmt.Sprintf(
				`{"Data": [{"ClientUin": %d, "TotalAmount": 0, "RemainAmount": 0}]}`, c.Uin))
			expect(t, w, owner, "QueryVoucherListByUin", named(`{"ClientUins": [%d]}`), fmt.Sprintf(
				`{"Data": [{"ClientUin": %d, "TotalCount": 0, "Data": []}]}`, c.Uin))
			expect(t, w, owner, "DescribeCustomerVoucherList", `{"Page": 1, "PageSize": 10}`, `{"TotalCount": 0, "Data": []}`)
			expect(t, w, c, "DescribeCustomerOwnVoucherList", `{"Page": 1, "PageSize": 10}`, `{"TotalCount": 0, "Data": []}`)
			if owner == top { // the others have no such action
				answer := w.Call(owner, "DescribeCustomerInfo", named(`{"CustomerUin": [%d]}`))
				if want := `"HasExpense":0`; !bytes.Contains(answer.Body, []byte(want)) {
					t.Errorf("binding %d: %s", i, answer.Body)
				}
			}
			for before := range i {
				old := fmt.Sprintf(`{"ClientUin": %d, "ChargeId": "credit-%d"}`, c.Uin, before)
				expect(t, w, w.Operator, "RefundCharge", old, "ResourceNotFound")
				used := fmt.Sprintf(`{"VoucherId": %d, "Page": 1, "PageSize": 10}`, 10_000_001+before)
				expect(t, w, c, "DescribeCustomerOwnVoucherUsageDetails", used, "FailedOperation")
			}

			expect(t, w, owner, "AllocateCustomerCredit", named(`{"ClientUin": %d, "AddedCredit": 30}`), "ok")
			if owner == top {
				expect(t, w, owner, "IssueVoucher", named(`{"ClientUin": %d, "Amount": 8}`), "ok")
				expect(t, w, w.Operator, "RecordCharge", charge("voucher"), "ok")
			}
			expect(t, w, w.Operator, "RecordCharge", charge("credit"), "ok")
			expect(t, w, w.Operator, "RecordCharge", charge("credit"), "ok") // a repeat is none
			expect(t, w, owner, "QueryCreditByUinList", named(`{"UinList": [%d]}`), fmt.Sprintf(
				`{"Data": [{"Uin": %d, "TotalCredit": 30, "RemainingCredit": 22}]}`, c.Uin))
			expect(t, w, owner, "UnbindCustomer", named(`{"ClientUin": %d}`), `{"ReturnedCredit": 30, "ReturnedQuota": 0}`)
		}
		bind(t, w, top.Uin, top.Uin, c.Uin)
		expect(t, w, second, "QueryCreditAllocationHistory", named(`{"ClientUin": %d}`), "UnauthorizedOperation.UinNoAuth")
		expect(t, w, top, "QueryPartnerCredit", `{}`, `{"TotalCredit": 1000, "AllocatedCredit": 100, "RemainingCredit": 900,
			"CustomerTotalCredit": 0, "CustomerRemainingCredit": 0}`)
		expect(t, w, top, "QueryVoucherPool", `{}`,
			`{"AgentName": "D", "AccountType": 2, "TotalQuota": 100, "RemainingQuota": 84, "IssuedNum": 2}`)
		w.Verify()
	})
}

// While a customer is let go, others give it credit, charge it and issue
// vouchers to it: what is accepted was before that, what comes after is refused,
// and all of it adds up.
func TestUnbindingRacesWithEverybody(t *testing.T) {
	t.Parallel()
	const calls = 12
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		for before := range 5 { // calls that the others have made when it is let go, at least
			t.Run(fmt.Sprint(before), func(t *testing.T) {
				t.Parallel()
				w := testkit.New(t, testkit.Options{Database: d})
				r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 1000, "VoucherQuota": 100}`)
				c := w.Create("CreateCustomer", fmt.Sprintf(`{"Name": "C", "PartnerUin": %d}`, r.Uin))
				expect(t, w, r, "AllocateCustomerCredit", fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 100}`, c.Uin), "ok")
				var running, begun sync.WaitGroup
				accepted := make([]int, 3)
				for who := range accepted {
					begun.Add(1)
					running.Go(func() {
						for n := range calls {
							if n == before {
								begun.Done()
							}
							accepted[who] += racing(w, r, c.Uin, who, n)
						}
					})
				}
				begun.Wait()
				letGo := 0
				for _, by := range []testkit.Key{r, w.Operator, r} {
					letGo += accept(w, by, "UnbindCustomer", fmt.Sprintf(`{"ClientUin": %d}`, c.Uin))
				}
				running.Wait()
				t.Log(accepted)
				if letGo != 1 || slices.Min(accepted) < before {
					t.Errorf("the customer was let go %d times; accepted before: %v", letGo, accepted)
				}
				expect(t, w, r, "QueryPartnerCredit", `{}`, `{"TotalCredit": 1000, "AllocatedCredit": 0, "RemainingCredit": 1000,
					"CustomerTotalCredit": 0, "CustomerRemainingCredit": 0}`)
				w.Verify()
			})
		}
	})
}

// racing makes the nth call of one of those who race and counts it where it is
// accepted.
func racing(w *testkit.World, r testkit.Key, c int64, who, n int) int {
	switch who {
	case 0:
		return accept(w, r, "AllocateCustomerCredit", fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 1}`, c))
	case 1:
		return accept(w, w.Operator, "RecordCharge", fmt.Sprintf(
			`{"ClientUin": %d, "ChargeId": "%d", "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 1}`, c, n))
	}
	return accept(w, r, "IssueVoucher", fmt.Sprintf(`{"ClientUin": %d, "Amount": 1}`, c))
}

// accept counts a call that is accepted; it may be refused because the customer
// is nobody's, and for no other reason.
func accept(w *testkit.World, key testkit.Key, action, body string) int {
	answer := w.Call(key, action, body)
	switch answer.Code {
	case "":
		return 1
	case "UnauthorizedOperation.UinNoAuth":
		return 0
	}
	w.T.Errorf("%s: %s: %s", action, answer.Code, answer.Message)
	return 0
}

// A repeat of what the operator did to a customer is answered from the tree in
// which it was done, though the customer is in another one by now.
func TestOperatorsRepeatGoesWhereTheFirstWent(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		first := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 100}`)
		next := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller", "TotalCredit": 100}`)
		c := w.Create("CreateCustomer", fmt.Sprintf(`{"Name": "C", "PartnerUin": %d}`, first.Uin))
		expect(t, w, first, "AllocateCustomerCredit", fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 30}`, c.Uin), "ok")
		body := fmt.Sprintf(`{"ClientUin": %d}`, c.Uin)
		for range 2 {
			answer := w.Call(w.Operator, "UnbindCustomer", body, "X-Tael-Idempotency-Key", "k")
			if err := testkit.Matches([]byte(`{"ReturnedCredit": 30, "ReturnedQuota": 0}`), answer.Body); err != nil {
				t.Fatal(err)
			}
			if answer.Header.Get("X-Tael-Idempotent-Replay") == "" {
				bind(t, w, next.Uin, next.Uin, c.Uin)
			}
		}
		expect(t, w, next, "QueryCreditByUinList", fmt.Sprintf(`{"UinList": [%d]}`, c.Uin), "ok")
		w.Verify()
	})
}
