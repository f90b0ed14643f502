package actions_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tael/api"
	"tael/internal/testkit"
)

// Every call is there once, whatever came of it, and only its own account and the
// operator see it.
func TestDescribeAuditEvents(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 100
		subreseller S of D pool 50
		customer C of S credit 0
		reseller R line 100
		call S AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 5} → ok
		call S:k AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → ok
		call S:k AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → ok
		call S AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -31} → FailedOperation.BalanceInsufficient
		call S QueryPartnerCredit {} → ok
		call S QueryPartnerCredit {"X": 1} → UnknownParameter
		call C QueryPartnerCredit {} → UnauthorizedOperation.UinNoAuth
		recorded
		call S DescribeAuditEvents {"Action": "AllocateCustomerCredit", "Code": "FailedOperation.BalanceInsufficient"} → {"Events": [{"Time": "*", "Milliseconds": "*", "AccountUin": S, "UserUin": 0, "SecretId": "*", "Address": "192.0.2.1", "Action": "AllocateCustomerCredit", "Code": "FailedOperation.BalanceInsufficient", "RequestId": "*", "Replayed": false, "Objects": [], "Count": 1}], "NextCursor": ""}
		call S DescribeAuditEvents {"Action": "AllocateCustomerCredit", "Code": "OK"} → {"Events": ["*", "*", "*"], "NextCursor": ""}
		call S DescribeAuditEvents {"Action": "QueryPartnerCredit", "Code": "OK"} → {"Events": [{"Time": "*", "Milliseconds": "*", "AccountUin": S, "UserUin": 0, "SecretId": "*", "Address": "192.0.2.1", "Action": "QueryPartnerCredit", "Code": "OK", "RequestId": "*", "Replayed": false, "Objects": [], "Count": 1}], "NextCursor": ""}
		call S DescribeAuditEvents {"Action": "QueryPartnerCredit", "Code": "UnknownParameter", "AccountUin": S, "TreeUin": D} → {"Events": ["*"], "NextCursor": ""}
		call S DescribeAuditEvents {"SecretId": "AKIDother"} → {"Events": [], "NextCursor": ""}
		call S DescribeAuditEvents {"UserUin": C} → {"Events": [], "NextCursor": ""}
		call S DescribeAuditEvents {"RequestId": "x"} → {"Events": [], "NextCursor": ""}
		call S DescribeAuditEvents {"StartTime": "2100-01-01 00:00:00"} → {"Events": [], "NextCursor": ""}
		call S DescribeAuditEvents {"EndTime": "2020-01-01 00:00:00"} → {"Events": [], "NextCursor": ""}
		call S DescribeAuditEvents {"Action": "QueryPartnerCredit", "StartTime": "2020-01-01 00:00:00", "EndTime": "2100-01-01 00:00:00"} → {"Events": ["*", "*"], "NextCursor": ""}
		call S DescribeAuditEvents {"Cursor": "x"} → InvalidParameterValue
		call C DescribeAuditEvents {"Action": "QueryPartnerCredit"} → {"Events": ["*"], "NextCursor": ""}
		# Whoever acts in a tree is no business of others in it, its top partner's neither.
		call D DescribeAuditEvents {"AccountUin": S} → UnauthorizedOperation.UinNoAuth
		call D DescribeAuditEvents {"AccountUin": 200000000009} → UnauthorizedOperation.UinNoAuth
		call D DescribeAuditEvents {"Action": "AllocateCustomerCredit"} → {"Events": [], "NextCursor": ""}
		call D DescribeAuditEvents {"Action": "CreateCustomer"} → {"Events": [], "NextCursor": ""}
		call R DescribeAuditEvents {} → {"Events": [], "NextCursor": ""}
		call R DescribeAuditEvents {"TreeUin": D} → UnauthorizedOperation.UinNoAuth
		# What the operator does is kept where it changes something.
		call OP DescribeAuditEvents {"TreeUin": D, "AccountUin": S, "Action": "AllocateCustomerCredit"} → {"Events": ["*", "*", "*", "*"], "NextCursor": ""}
		call OP DescribeAuditEvents {"TreeUin": D, "Action": "CreateCustomer"} → {"Events": [{"Time": "*", "Milliseconds": "*", "AccountUin": OP, "UserUin": 0, "SecretId": "AKIDtestOperator", "Address": "192.0.2.1", "Action": "CreateCustomer", "Code": "OK", "RequestId": "*", "Replayed": false, "Objects": "*", "Count": 1}], "NextCursor": ""}
		call OP DescribeAuditEvents {"Action": "CreateCustomer"} → {"Events": [], "NextCursor": ""}
		call OP DescribeAuditEvents {"TreeUin": 0} → {"Events": [], "NextCursor": ""}`)
}

// event is an event of an answer.
type event = api.DescribedEvent

func auditEvents(t *testing.T, w *testkit.World, key testkit.Key, body string) ([]event, string) {
	t.Helper()
	answer := w.Call(key, "DescribeAuditEvents", body)
	var response api.DescribeAuditEventsResponse
	if err := json.Unmarshal(answer.Body, &response); err != nil || answer.Code != "" {
		t.Fatalf("%s %s: %v", body, answer.Code, err)
	}
	return response.Events, response.NextCursor
}

// What a write changed, and that it repeated another, stands in its event.
func TestAuditNamesWhatChanged(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 100, "VoucherQuota": 10}`)
		c := w.Create("CreateCustomer", w.JSON(`{"Name": "C", "PartnerUin": %d}`, r.Uin))
		allocate := w.JSON(`{"ClientUin": %d, "AddedCredit": 1}`, c.Uin)
		var requests []string
		for range 2 {
			requests = append(requests, w.Call(r, "AllocateCustomerCredit", allocate, "X-Tael-Idempotency-Key", "k").RequestID)
		}
		w.Call(r, "IssueVoucher", w.JSON(`{"ClientUin": %d, "Amount": 1}`, c.Uin))
		charge := w.JSON(`{"ChargeId": "charge-1", "ClientUin": %d, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 3}`, c.Uin)
		w.Call(w.Operator, "RecordCharge", charge, "X-Tael-Idempotency-Key", "elsewhere")
		made := w.Call(r, "CreateSecretKey", `{}`)
		var key api.CreateSecretKeyResponse
		if err := json.Unmarshal(made.Body, &key); err != nil {
			t.Fatal(err)
		}
		flush(t, w)
		customer, reseller := fmt.Sprintf("customer:%d", c.Uin), fmt.Sprintf("partner:%d", r.Uin)
		for action, want := range map[string][]string{
			"IssueVoucher":    {reseller, customer, "voucher:10000001"},
			"CreateSecretKey": {"key:" + key.SecretId},
			"RecordCharge":    {customer, "charge:charge-1"},
		} {
			events, _ := auditEvents(t, w, w.Operator, w.JSON(`{"TreeUin": %d, "Action": %q}`, r.Uin, action))
			if len(events) != 1 || !slices.Equal(events[0].Objects, want) {
				t.Errorf("%s: %+v, want one that changed %v", action, events, want)
			}
		}
		for i, request := range requests {
			events, _ := auditEvents(t, w, r, w.JSON(`{"RequestId": %q}`, request))
			if len(events) != 1 || events[0].Replayed != (i == 1) || (len(events[0].Objects) == 0) != (i == 1) {
				t.Errorf("call %d with a key: %+v", i+1, events)
			}
		}
		own, _ := auditEvents(t, w, w.Operator, `{"Action": "RecordCharge"}`)
		if len(own) != 0 {
			t.Errorf("a write elsewhere is in the operator's tree too: %+v", own)
		}
		w.Verify()
	})
}

func flush(t *testing.T, w *testkit.World) {
	t.Helper()
	if err := w.Trail.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Pages do not overlap and leave nothing out, while calls are added.
func TestAuditPagesAreStable(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 100}`)
		const calls = 700 // more than a page of the database holds
		want := map[string]bool{}
		for i := range calls {
			action := "QueryPartnerCredit"
			if i%7 == 0 {
				action = "QueryVoucherPool"
			}
			want[w.Call(r, action, `{}`).RequestID] = i%7 == 0
			if i == calls/2 {
				flush(t, w)
			}
		}
		flush(t, w)
		for _, filter := range []string{`{"Limit": 33%s}`, `{"Action": "QueryVoucherPool", "Limit": 10%s}`} {
			seen := map[string]bool{}
			last := int64(1) << 62
			cursor := ""
			for pages := 0; ; pages++ {
				events, next := auditEvents(t, w, r, fmt.Sprintf(filter, cursor))
				for _, e := range events {
					if e.Action == "DescribeAuditEvents" {
						continue
					}
					if seen[e.RequestId] {
						t.Fatalf("%s is there twice", e.RequestId)
					}
					if _, ok := want[e.RequestId]; !ok || e.Milliseconds/1000 > last/1000 {
						t.Fatalf("%+v is not of the calls, or too late", e)
					}
					seen[e.RequestId], last = true, e.Milliseconds
				}
				if next == "" {
					break
				}
				if pages > calls {
					t.Fatal("the pages do not end")
				}
				cursor = fmt.Sprintf(`, "Cursor": %q`, next)
				flush(t, w) // the call before is one of them now, but newer than the cursor
			}
			missing := 0
			for request, pool := range want {
				if !seen[request] && (pool || !strings.Contains(filter, "Pool")) {
					missing++
				}
			}
			if missing > 0 {
				t.Errorf("%s: %d of %d calls are missing", filter, missing, calls)
			}
		}
		w.Verify()
	})
}

// With the database away reads are still answered from what is remembered, or
// refused, and wait for nothing; what they were is recorded when it is back.
func TestAuditWaitsForNothing(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 100}`)
	flush(t, w)
	w.Damage(`ALTER TABLE audit RENAME TO gone`)
	began := time.Now()
	answer := w.Call(r, "QueryPartnerCredit", `{}`)
	if answer.Code != "" || time.Since(began) > 5*time.Second {
		t.Fatalf("%s after %s", answer.Code, time.Since(began))
	}
	if err := w.Trail.Flush(t.Context()); err == nil {
		t.Fatal("it was written to a table that is gone")
	}
	if waiting := w.Trail.Stats().Waiting; waiting < 1 {
		t.Errorf("%d calls wait", waiting)
	}
	w.Damage(`ALTER TABLE gone RENAME TO audit`)
	flush(t, w)
	if events, _ := auditEvents(t, w, r, w.JSON(`{"RequestId": %q}`, answer.RequestID)); len(events) != 1 {
		t.Errorf("the read is there %d times", len(events))
	}
	w.Verify()
}

// Every write says what it changed.
func TestWritesNameWhatTheyChange(t *testing.T) {
	t.Parallel()
	for _, a := range implemented() {
		if a.Kind != "write" {
			continue
		}
		t.Run(a.Name, func(t *testing.T) {
			t.Parallel()
			w, keys := demoWorld(t, testkit.Options{})
			answer := w.Call(keys[a.Example.As], a.Name, string(a.Example.Request))
			if answer.Code != "" {
				t.Fatalf("%s: %s", answer.Code, answer.Message)
			}
			if n := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM audit WHERE writer = 0
				AND events LIKE $1 AND events LIKE '%"o":["%'`, `%`+answer.RequestID+`%`); n != 1 {
				t.Errorf("%d events with what it changed", n)
			}
		})
	}
}
