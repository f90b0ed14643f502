package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestSetAccountVerification(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1
		applicant A to R
		call OP:k SetAccountVerification {"Uin": A, "AuthType": 1, "AuthStatus": 3} → {"AuthType": 1, "AuthStatus": 3}
		call R ApproveClientApply {"ClientUin": A, `+pass+` → ok
		call OP:k SetAccountVerification {"Uin": A, "AuthType": 1, "AuthStatus": 3} → {"AuthType": 1, "AuthStatus": 3}
		call OP SetAccountVerification {"Uin": A, "AuthType": 1, "AuthStatus": 4} → InvalidParameterValue
		call OP SetAccountVerification {"Uin": A, "AuthType": -2, "AuthStatus": 0} → InvalidParameterValue
		call OP SetAccountVerification {"Uin": 299999999999, "AuthType": 1, "AuthStatus": 3} → ResourceNotFound
		call R SetAccountVerification {"Uin": A, "AuthType": 1, "AuthStatus": 3} → UnauthorizedOperation.UinNoAuth`)
}
