package actions_test

import "testing"

func TestDeleteSecretKey(t *testing.T) {
	t.Parallel()
	w, r, second := twoKeys(t)
	q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
	expectCode(t, "ResourceNotFound", w.Call(q, "DeleteSecretKey", w.JSON(`{"SecretId": %q}`, second.ID)))
	expectCode(t, "UnauthorizedOperation.UinNoAuth",
		w.Call(q, "DeleteSecretKey", w.JSON(`{"Uin": %d, "SecretId": %q}`, r.Uin, second.ID)))
	expectCode(t, "", w.Call(r, "DeleteSecretKey", w.JSON(`{"SecretId": %q}`, second.ID)))
	expectCode(t, "ResourceNotFound", w.Call(r, "DeleteSecretKey", w.JSON(`{"SecretId": %q}`, second.ID)))
	expectCode(t, "AuthFailure.SecretIdNotFound", w.Call(second, "QueryPartnerCredit", `{}`))
}
