package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestDetachPolicy(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		reseller Q line 10
		user U of R policy QcloudIntlpartnersmgtReadOnlyaccess
		user V of R policy {"version":"2.0","statement":[{"effect":"allow","action":"tael:*","resource":"*"}]}
		user W of R policy {"version":"2.0","statement":[{"effect":"deny","action":"intlpartnersmgt:*","resource":"*"}]}
		call R DetachPolicy {"PolicyName": "QcloudIntlpartnersmgtReadOnlyaccess"} → InvalidParameterValue
		call R DetachPolicy {"PolicyName": "QcloudIntlpartnersmgtReadOnlyaccess", "UserUin": Q} → ResourceNotFound
		call R DetachPolicy {"PolicyName": "QcloudIntlpartnersmgtFullAccess", "UserUin": U} → ResourceNotFound
		call V DetachPolicy {"PolicyName": "policy-of-W", "UserUin": W} → AuthFailure.UnauthorizedOperation
		call V DetachPolicy {"PolicyName": "QcloudIntlpartnersmgtReadOnlyaccess", "UserUin": U} → {"PolicyName": "QcloudIntlpartnersmgtReadOnlyaccess"}
		call U QueryPartnerCredit {} → AuthFailure.UnauthorizedOperation
		call R DetachPolicy {"PolicyName": "policy-of-W", "UserUin": W} → ok`)
}
