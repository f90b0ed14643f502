package actions_test

import (
	"strings"
	"testing"

	"tael/internal/access"
	"tael/internal/testkit"
)

func TestAssumeRole(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 100}`)
		q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller", "TotalCredit": 7}`)
		customer := w.Create("CreateCustomer", w.JSON(`{"Name": "C", "PartnerUin": %d}`, r.Uin))
		arn := w.Role(r, "credit", w.JSON("qcs::cam::uin/%d:root", q.Uin), testkit.Allow("intlpartnersmgt:*Credit*"))
		const no, unknown = "AuthFailure.UnauthorizedOperation", "ResourceNotFound.RoleNotFound"

		// It acts for the account of the role, whoever assumed it, and in its name.
		assumed := w.Assume(q, arn)
		if err := testkit.Matches([]byte(`{"TotalCredit": 100, "AllocatedCredit": 0, "RemainingCredit": 100,`+
			`"CustomerTotalCredit": 0, "CustomerRemainingCredit": 0}`), w.Call(assumed, "QueryPartnerCredit", `{}`).Body); err != nil {
			t.Error(err)
		}
		expectCode(t, no, w.Call(assumed, "QueryVoucherPool", `{}`))
		expectCode(t, "", w.Call(assumed, "AllocateCustomerCredit", w.JSON(`{"ClientUin": %d, "AddedCredit": 1}`, customer.Uin)))
		history := w.Call(r, "QueryCreditAllocationHistory", w.JSON(`{"ClientUin": %d, "Page": 1, "PageSize": 1}`, customer.Uin))
		if !strings.Contains(string(history.Body), `"R/credit"`) {
			t.Errorf("%s", history.Body)
		}
		narrowed := w.Temporary(q, "AssumeRole", w.JSON(`{"RoleArn": %q, "RoleSessionName": "xx", "Policy": %q}`,
			arn, testkit.Allow("intlpartnersmgt:Query*")))
		expectCode(t, "", w.Call(narrowed, "QueryPartnerCredit", `{}`))
		expectCode(t, no, w.Call(narrowed, "AllocateCustomerCredit", `{}`))
		expectCode(t, no, w.Call(narrowed, "QueryVoucherPool", `{}`))

		// Who is not trusted learns nothing.
		ask := func(key testkit.Key, arn string, more ...string) testkit.Answer {
			return w.Call(key, "AssumeRole", w.JSON(`{"RoleArn": %q, "RoleSessionName": "xx"%s}`, arn, strings.Join(more, "")))
		}
		expectCode(t, unknown, ask(r, arn))
		expectCode(t, unknown, ask(w.Operator, arn))
		expectCode(t, unknown, ask(q, arn+"x"))
		expectCode(t, unknown, ask(q, strings.Replace(arn, "uin/2", "uin/1", 1)))
		// A sub-user needs the trust and a policy.
		expectCode(t, no, ask(w.User(q, "u", access.FullAccess), arn))
		users := w.Assume(w.User(q, "v", testkit.Allow("sts:AssumeRole")), arn)
		expectCode(t, "", w.Call(users, "QueryPartnerCredit", `{}`))
		expectCode(t, unknown, ask(w.User(r, "w", testkit.Allow("sts:AssumeRole")), arn))

		expectCode(t, "InvalidParameter.ResouceError", ask(q, "qcs::cam::uin/1:role/1"))
		expectCode(t, "InvalidParameter.OverTimeError", ask(q, arn, `, "DurationSeconds": 43201`))
		expectCode(t, "", ask(q, arn, `, "DurationSeconds": 43200`))
		expectCode(t, "InvalidParameter.PolicyTooLong", ask(q, arn, w.JSON(`, "Policy": %q`, strings.Repeat("%20", 2049))))
		expectCode(t, "InvalidParameter.StrategyFormatError", ask(q, arn, `, "Policy": "{}"`))
		// No temporary key is the parent of another.
		own := w.Role(q, "own", w.JSON("qcs::cam::uin/%d:root", q.Uin), everything)
		expectCode(t, "InvalidParameter.AccessKeyNotSupport", ask(w.Assume(q, own), arn))

		// It ends with the key of who assumed it.
		expectCode(t, "", w.Call(r, "AttachPolicy", `{"PolicyName": "QcloudIntlpartnersmgtReadOnlyaccess", "RoleName": "credit"}`))
		expectCode(t, "", w.Call(assumed, "QueryVoucherPool", `{}`))
		expectCode(t, "", w.Call(w.Operator, "SetSecretKeyStatus", w.JSON(`{"Uin": %d, "SecretId": %q, "Status": "Disabled"}`, q.Uin, q.ID)))
		expectCode(t, "AuthFailure.TokenFailure", w.Call(assumed, "QueryPartnerCredit", `{}`))
		expectCode(t, "", w.Call(users, "QueryPartnerCredit", `{}`))
		w.Verify()
	})
}
