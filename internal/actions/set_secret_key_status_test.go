package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestSetSecretKeyStatus(t *testing.T) {
	t.Parallel()
	w, r, second := twoKeys(t)
	q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
	disable := w.JSON(`{"SecretId": %q, "Status": "Disabled"}`, second.ID)
	expectCode(t, "", w.Call(second, "QueryPartnerCredit", `{}`))
	expectCode(t, "ResourceNotFound", w.Call(q, "SetSecretKeyStatus", disable))
	expectCode(t, "UnauthorizedOperation.UinNoAuth",
		w.Call(q, "SetSecretKeyStatus", w.JSON(`{"Uin": %d, "SecretId": %q, "Status": "Disabled"}`, r.Uin, second.ID)))
	expectCode(t, "", w.Call(r, "SetSecretKeyStatus", disable))
	expectCode(t, "AuthFailure.SecretIdNotFound", w.Call(second, "QueryPartnerCredit", `{}`))
	expectCode(t, "", w.Call(w.Operator, "SetSecretKeyStatus",
		w.JSON(`{"Uin": %d, "SecretId": %q, "Status": "Active"}`, r.Uin, second.ID)))
	expectCode(t, "", w.Call(second, "QueryPartnerCredit", `{}`))
	expectCode(t, "InvalidParameterValue",
		w.Call(r, "SetSecretKeyStatus", w.JSON(`{"SecretId": %q, "Status": "Gone"}`, second.ID)))
}

// Who may not make a key of somebody's does not bring one back that was disabled:
// it may have kept the secret.
func TestADisabledKeyIsNotBroughtBackByOthers(t *testing.T) {
	t.Parallel()
	w, r, second := twoKeys(t)
	clerk := w.User(r, "clerk", testkit.Allow("tael:*SecretKey*"))
	admin := w.User(r, "admin", everything)
	status := func(uin int64, id, status string) string {
		return w.JSON(`{"Uin": %d, "SecretId": %q, "Status": %q}`, uin, id, status)
	}
	const no = "AuthFailure.UnauthorizedOperation"
	expectCode(t, "", w.Call(clerk, "SetSecretKeyStatus", status(r.Uin, second.ID, "Disabled")))
	expectCode(t, no, w.Call(clerk, "SetSecretKeyStatus", status(r.Uin, second.ID, "Active")))
	expectCode(t, no, w.Call(w.Federate(r, everything), "SetSecretKeyStatus", status(r.Uin, second.ID, "Active")))
	expectCode(t, "AuthFailure.SecretIdNotFound", w.Call(second, "QueryPartnerCredit", `{}`))
	expectCode(t, "", w.Call(admin, "SetSecretKeyStatus", status(r.Uin, second.ID, "Active")))
	expectCode(t, "", w.Call(second, "QueryPartnerCredit", `{}`))
	// Its own it brings back.
	other := w.UserKey(r, clerk.Uin)
	for _, now := range []string{"Disabled", "Active"} {
		expectCode(t, "", w.Call(clerk, "SetSecretKeyStatus", w.JSON(`{"SecretId": %q, "Status": %q}`, other.ID, now)))
	}
}
