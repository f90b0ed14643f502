package actions_test

import (
	"fmt"
	"testing"

	"tael/internal/testkit"
)

func TestAttachPolicy(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		reseller Q line 10
		user U of R
		user V of R policy {"version":"2.0","statement":[{"effect":"allow","action":"tael:*","resource":"*"}]}
		user W of Q
		call R AttachPolicy {"PolicyName": "policy-of-V"} → InvalidParameterValue
		call R AttachPolicy {"PolicyName": "policy-of-V", "UserUin": U, "RoleName": "r"} → InvalidParameterValue
		call R AttachPolicy {"PolicyName": "policy-of-V", "RoleName": "r"} → ResourceNotFound
		call R AttachPolicy {"PolicyName": "policy-of-V", "UserUin": W} → ResourceNotFound
		call R AttachPolicy {"PolicyName": "policy-of-V", "UserUin": R} → ResourceNotFound
		call R AttachPolicy {"PolicyName": "nothing", "UserUin": U} → ResourceNotFound
		call Q AttachPolicy {"PolicyName": "policy-of-V", "UserUin": W} → ResourceNotFound
		call V AttachPolicy {"PolicyName": "QcloudIntlpartnersmgtReadOnlyaccess", "UserUin": U} → AuthFailure.UnauthorizedOperation
		call V AttachPolicy {"PolicyName": "policy-of-V", "UserUin": U} → {"PolicyName": "policy-of-V"}
		call U DescribePolicies {"PageSize": 1} → ok`)
}

func TestAttachedPoliciesAreLimited(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	u := w.User(r, "u", "")
	for i := range 10 {
		w.Attach(r, w.JSON(`"UserUin": %d`, u.Uin), fmt.Sprint("p", i), testkit.Allow(fmt.Sprintf("tael:Describe%d", i)))
	}
	more := w.JSON(`{"PolicyName": "QcloudIntlpartnersmgtReadOnlyaccess", "UserUin": %d}`, u.Uin)
	expectCode(t, "LimitExceeded", w.Call(r, "AttachPolicy", more))
	expectCode(t, "", w.Call(r, "AttachPolicy", w.JSON(`{"PolicyName": "p9", "UserUin": %d}`, u.Uin)))
	expectCode(t, "", w.Call(r, "DetachPolicy", w.JSON(`{"PolicyName": "p9", "UserUin": %d}`, u.Uin)))
	expectCode(t, "", w.Call(r, "AttachPolicy", more))
}
