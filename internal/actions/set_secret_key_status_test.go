package actions_test

import "testing"

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
