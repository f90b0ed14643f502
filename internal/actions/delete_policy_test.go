package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestDeletePolicy(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		reseller Q line 10
		user U of R policy {"version":"2.0","statement":[{"effect":"allow","action":"tael:*","resource":"*"}]}
		call R DeletePolicy {"PolicyName": "policy-of-U"} → ResourceInUse
		call Q DeletePolicy {"PolicyName": "policy-of-U"} → ResourceNotFound
		call R DetachPolicy {"PolicyName": "policy-of-U", "UserUin": U} → ok
		call R DeletePolicy {"PolicyName": "policy-of-U"} → {"PolicyName": "policy-of-U"}
		call R DeletePolicy {"PolicyName": "policy-of-U"} → ResourceNotFound
		call R DeletePolicy {"PolicyName": "QcloudIntlpartnersmgtFullAccess"} → ResourceNotFound`)
}
