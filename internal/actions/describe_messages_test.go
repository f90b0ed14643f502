package actions_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tael/api"
	"tael/internal/testkit"
)

// A charge that takes credit below a threshold leaves its warning in the same
// commit, and a refused one none.
func TestDescribeMessages(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		customer C of R credit 100
		call OP DescribeMessages {} → {"Total": 0, "Messages": [], "NextCursor": ""}
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 101} → FailedOperation.BalanceInsufficient
		call OP RecordCharge {"ChargeId": "2", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 75} → ok
		call OP DescribeMessages {} → {"Total": 0, "Messages": [], "NextCursor": ""}
		call OP RecordCharge {"ChargeId": "3", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 1.5} → ok
		call OP DescribeMessages {"Uin": C} → {"Total": 1, "Messages": [{"Id": "*", "Kind": "CreditWarning", "Channel": "Webhook", "To": "", "PartnerUin": R, "Language": "", "Fields": [{"Name": "Credit", "Value": "23.5"}, {"Name": "Customer", "Value": "$C"}, {"Name": "Threshold", "Value": "25"}, {"Name": "Total", "Value": "100"}], "CreateTime": "2026-11-01 00:00:00", "Status": "Waiting", "Attempts": 0, "LastAttemptTime": "", "NextAttemptTime": "2026-11-01 00:00:00", "Error": ""}], "NextCursor": ""}
		clock 2026-11-01 12:00:00
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 100} → ok
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -120} → ok
		call OP DescribeMessages {"Kind": "CreditWarning"} → {"Total": 2, "Messages": [{"Id": "*", "Kind": "CreditWarning", "Channel": "Webhook", "To": "", "PartnerUin": R, "Language": "", "Fields": [{"Name": "Credit", "Value": "3.5"}, {"Name": "Customer", "Value": "$C"}, {"Name": "Threshold", "Value": "10"}, {"Name": "Total", "Value": "80"}], "CreateTime": "2026-11-01 12:00:00", "Status": "Waiting", "Attempts": 0, "LastAttemptTime": "", "NextAttemptTime": "2026-11-01 12:00:00", "Error": ""}, "*"], "NextCursor": ""}
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 100} → ok
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -102} → ok
		call OP DescribeMessages {"Kind": "Invitation"} → {"Total": 0, "Messages": [], "NextCursor": ""}
		call OP DescribeMessages {"Channel": "Mail"} → {"Total": 0, "Messages": [], "NextCursor": ""}
		call OP DescribeMessages {"Status": "Sent"} → {"Total": 0, "Messages": [], "NextCursor": ""}
		call OP DescribeMessages {"To": "a@example.com"} → {"Total": 0, "Messages": [], "NextCursor": ""}
		call OP DescribeMessages {"PageSize": 1, "Status": "Waiting", "Channel": "Webhook"} → {"Total": 2, "Messages": ["*"], "NextCursor": "*"}
		call OP DescribeMessages {"Cursor": "5"} → InvalidParameterValue
		reseller Q line 1000
		call OP DescribeMessages {"Uin": Q} → {"Total": 0, "Messages": [], "NextCursor": ""}
		call OP DescribeMessages {"Uin": 5} → UnauthorizedOperation.UinNoAuth
		call OP DescribeMessages {"PageSize": 101} → InvalidParameterValue
		call R DescribeMessages {} → UnauthorizedOperation.UinNoAuth
		call C DescribeMessages {} → UnauthorizedOperation.UinNoAuth`)
}

// Pages that follow each other's cursors hold every message of all trees once,
// newest first, also while others are caused.
func TestPagesOfMessages(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Distributor"}`)
		sent := 0
		invite := func(count int) {
			for range count {
				key := []testkit.Key{r, q}[sent%2]
				if _, err := w.Invite(key, fmt.Sprintf("m%d@a.example", sent), "Client"); err != nil {
					t.Fatal(err)
				}
				if sent++; sent%3 == 0 { // several of one millisecond
					w.Clock.Set(testkit.Start.Add(time.Duration(sent) * time.Second))
				}
			}
		}
		list := func(filter string) (all []string) {
			for cursor := ""; ; {
				var page api.DescribeMessagesResponse
				answer := w.Call(w.Operator, "DescribeMessages", `{"PageSize": 4`+filter+cursor+`}`)
				if err := json.Unmarshal(answer.Body, &page); err != nil || answer.Code != "" {
					t.Fatal(answer.Code, answer.Message, err)
				}
				for i := range page.Messages {
					all = append(all, page.Messages[i].CreateTime+" "+page.Messages[i].Id)
				}
				if page.NextCursor == "" {
					return all
				}
				cursor = fmt.Sprintf(`, "Cursor": %q`, page.NextCursor)
				invite(1)
			}
		}
		invite(11)
		for filter, counted := range map[string]string{
			"": "1 = 1", w.JSON(`, "Uin": %d`, q.Uin): w.JSON("root_uin = %d", q.Uin), `, "Status": "Waiting"`: "1 = 1",
		} {
			want := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM message WHERE `+counted)
			all := list(filter)
			if len(all) != want || !slices.IsSortedFunc(all, func(x, y string) int { return strings.Compare(y, x) }) ||
				len(slices.Compact(slices.Clone(all))) != want {
				t.Errorf("%q: %d of %d messages: %q", filter, len(all), want, all)
			}
		}
	})
}

// An installation that warns by other means switches the warnings off.
func TestNoCreditWarnings(t *testing.T) {
	testkit.Scenario(t, `
		set credit_warnings=false
		reseller R line 1000
		customer C of R credit 100
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 130} → ok
		call OP DescribeMessages {} → {"Total": 0, "Messages": [], "NextCursor": ""}`)
}

// A warning goes to the customer and to its own partner, where they have mail
// addresses: not to the distributor above a second-level reseller (domain.md
// §2.9).
func TestWarningsGoToCustomerAndPartner(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		top := w.Create("CreatePartner", `{"Name": "D", "Role": "Distributor", "TotalCredit": 1000, "Mail": "d@example.com"}`)
		middle := w.Create("CreateSubAgent", w.JSON(`{"Name": "S", "DistributorUin": %d, "Mail": "s@example.com"}`, top.Uin))
		customer := w.Create("CreateCustomer", w.JSON(`{"PartnerUin": %d, "Name": "C", "Mail": "c@example.com"}`, middle.Uin))
		for _, call := range []struct {
			key          testkit.Key
			action, body string
		}{
			{top, "AllocateCreditPool", fmt.Sprintf(`{"SubAgentUin": %d, "Credit": 100}`, middle.Uin)},
			{middle, "AllocateCustomerCredit", fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 100}`, customer.Uin)},
			{w.Operator, "RecordCharge", fmt.Sprintf(
				`{"ChargeId": "1", "ClientUin": %d, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 130}`, customer.Uin)},
		} {
			if answer := w.Call(call.key, call.action, call.body); answer.Code != "" {
				t.Fatalf("%s: %s %s", call.action, answer.Code, answer.Message)
			}
		}
		answer := w.Call(w.Operator, "DescribeMessages", `{}`)
		var list api.DescribeMessagesResponse
		if err := json.Unmarshal(answer.Body, &list); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range list.Messages {
			var fields []string
			for _, f := range m.Fields {
				fields = append(fields, f.Name+"="+f.Value)
			}
			got = append(got, fmt.Sprintf("%s %s %d %s", m.Channel, m.To, m.PartnerUin, strings.Join(fields, " ")))
		}
		slices.Sort(got)
		content := fmt.Sprintf("%d Credit=-30 Customer=%d Threshold=0 Total=100", middle.Uin, customer.Uin)
		want := []string{"Mail c@example.com " + content, "Mail s@example.com " + content, "Webhook  " + content}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
		for kind, at := range map[string]time.Time{
			"Mail": testkit.Start, "Webhook": testkit.Start, "Retention": testkit.Start.AddDate(0, 0, 60),
		} {
			if got := testkit.Count(t, w.Address, "SELECT at FROM due WHERE kind = '"+kind+"'"); int64(got) != at.UnixMilli() {
				t.Errorf("%s is due at %d", kind, got)
			}
		}
		w.Verify()
	})
}
