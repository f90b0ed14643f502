package actions_test

import (
	"testing"

	"tael/internal/access"
	"tael/internal/testkit"
)

func TestDescribePolicies(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
		for _, owner := range []testkit.Key{r, q} { // what another account attaches is not counted
			w.User(owner, "u", access.FullAccess)
			w.User(owner, "v", access.FullAccess)
		}
		w.Role(r, "role", w.JSON("qcs::cam::uin/%d:root", r.Uin), everything)
		preset := func(name, about string, attached int) string {
			return w.JSON(`{"PolicyName": %q, "Type": "Preset", "Description": %q, "Document": %q, "Attachments": %d, "CreateTime": ""}`,
				name, about, access.Presets[name], attached)
		}
		full := preset(access.FullAccess, "All published actions", 2)
		read := preset(access.ReadOnly, "All published actions that only read", 0)
		custom := w.JSON(`{"PolicyName": "policy-of-role", "Type": "Custom", "Description": "", "Document": %q, "Attachments": 1, `+
			`"CreateTime": "2026-11-01 00:00:00"}`, everything)
		for body, want := range map[string]string{
			`{}`:                         `{"Total": 3, "Policies": [` + full + `,` + read + `,` + custom + `]}`,
			`{"Page": 2, "PageSize": 2}`: `{"Total": 3, "Policies": [` + custom + `]}`,
			`{"Page": 3, "PageSize": 2}`: `{"Total": 3, "Policies": []}`,
		} {
			if err := testkit.Matches([]byte(want), w.Call(r, "DescribePolicies", body).Body); err != nil {
				t.Error(err)
			}
		}
	})
}
