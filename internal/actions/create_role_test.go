package actions_test

import (
	"fmt"
	"testing"

	"tael/internal/testkit"
)

func TestCreateRole(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		reseller Q line 10
		call R CreateRole {"RoleName": "x", "TrustPolicy": "{\"version\":\"2.0\",\"statement\":[{\"effect\":\"allow\",\"action\":\"sts:AssumeRole\",\"principal\":{\"qcs\":\"qcs::cam::uin/$Q:root\"}}]}"} → {"RoleId": "*", "RoleArn": "qcs::cam::uin/$R:roleName/x"}
		call R CreateRole {"RoleName": "x", "TrustPolicy": "{\"version\":\"2.0\",\"statement\":[{\"effect\":\"allow\",\"action\":\"sts:AssumeRole\",\"principal\":{\"qcs\":\"qcs::cam::uin/$Q:root\"}}]}"} → ResourceInUse
		call Q CreateRole {"RoleName": "x", "TrustPolicy": "{\"version\":\"2.0\",\"statement\":[{\"effect\":\"allow\",\"action\":\"sts:AssumeRole\",\"principal\":{\"qcs\":\"qcs::cam::uin/$Q:root\"}}]}"} → ok
		call R CreateRole {"RoleName": "y", "TrustPolicy": "{\"version\":\"2.0\",\"statement\":[{\"effect\":\"allow\",\"action\":\"sts:AssumeRole\",\"resource\":\"*\"}]}"} → InvalidParameterValue`)
}

func TestRolesAreLimited(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	fill(w, "role", "owner_uin, name, id, description, trust, created_at", 199, func(i int) string {
		return fmt.Sprintf(`%d, 'r%d', %d, '', '{}', 0`, r.Uin, i, 400_000_000_000+i)
	})
	arn := w.Role(r, "last", w.JSON("qcs::cam::uin/%d:root", r.Uin), everything)
	trust := w.JSON(`{"version":"2.0","statement":[{"effect":"allow","action":"*","principal":{"qcs":"qcs::cam::uin/%d:root"}}]}`, r.Uin)
	more := w.JSON(`{"RoleName": "more", "TrustPolicy": %q}`, trust)
	expectCode(t, "LimitExceeded", w.Call(r, "CreateRole", more))
	// A temporary key makes nothing that outlives it.
	expectCode(t, "AuthFailure.UnauthorizedOperation", w.Call(w.Assume(r, arn), "CreateRole", more))
}
