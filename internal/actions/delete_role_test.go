package actions_test

import (
	"testing"

	"tael/internal/access"
	"tael/internal/testkit"
)

// A role ends with its temporary keys, and one of the same name is another one.
func TestDeleteRole(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		trusted := w.JSON("qcs::cam::uin/%d:root", r.Uin)
		ended := w.Assume(r, w.Role(r, "ended", trusted, ""))
		before := w.Assume(r, w.Role(r, "x", trusted, access.FullAccess))
		expectCode(t, "AuthFailure.UnauthorizedOperation", w.Call(ended, "QueryPartnerCredit", `{}`))
		expectCode(t, "", w.Call(before, "QueryPartnerCredit", `{}`))
		expectCode(t, "ResourceNotFound", w.Call(r, "DeleteRole", `{"RoleName": "y"}`))
		expectCode(t, "", w.Call(r, "DeleteRole", `{"RoleName": "ended"}`))
		expectCode(t, "AuthFailure.TokenFailure", w.Call(ended, "QueryPartnerCredit", `{}`))
		expectCode(t, "", w.Call(r, "DeleteRole", `{"RoleName": "x"}`))
		after := w.Assume(r, w.Role(r, "x", trusted, ""))
		expectCode(t, "AuthFailure.TokenFailure", w.Call(before, "QueryPartnerCredit", `{}`))
		expectCode(t, "AuthFailure.UnauthorizedOperation", w.Call(after, "QueryPartnerCredit", `{}`))
		if n := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM attachment`); n != 0 {
			t.Errorf("%d policies are still attached", n)
		}
		w.Verify()
	})
}
