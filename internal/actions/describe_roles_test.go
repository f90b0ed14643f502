package actions_test

import (
	"testing"

	"tael/internal/access"
	"tael/internal/testkit"
)

func TestDescribeRoles(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
		arn := w.Role(r, "a", w.JSON("qcs::cam::uin/%d:root", q.Uin), access.ReadOnly)
		w.Role(q, "b", w.JSON("qcs::cam::uin/%d:root", r.Uin), "")
		want := w.JSON(`{"Total": 1, "Roles": [{"RoleName": "a", "RoleId": "*", "RoleArn": %q, "TrustPolicy": "*",`+
			`"Description": "", "Policies": ["QcloudIntlpartnersmgtReadOnlyaccess"], "CreateTime": "2026-11-01 00:00:00"}]}`, arn)
		if err := testkit.Matches([]byte(want), w.Call(r, "DescribeRoles", `{}`).Body); err != nil {
			t.Error(err)
		}
		want = `{"Total": 1, "Roles": []}`
		if err := testkit.Matches([]byte(want), w.Call(q, "DescribeRoles", `{"Page": 2}`).Body); err != nil {
			t.Error(err)
		}
	})
}
