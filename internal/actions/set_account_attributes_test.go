package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestSetAccountAttributes(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1
		applicant A to R
		call OP SetAccountAttributes {"Uin": A} → MissingParameter
		call OP SetAccountAttributes {"Uin": A, "SharingUnit": "Left"} → InvalidParameterValue
		call OP SetAccountAttributes {"Uin": 299999999999, "KeyAccount": true} → ResourceNotFound
		call OP:k SetAccountAttributes {"Uin": A, "KeyAccount": true, "Balance": -12.5} → {}
		call OP:k SetAccountAttributes {"Uin": A, "KeyAccount": true, "Balance": -12.50} → {}
		call OP:k SetAccountAttributes {"Uin": A, "KeyAccount": false} → InvalidParameterValue
		call R SetAccountAttributes {"Uin": A, "KeyAccount": false} → UnauthorizedOperation.UinNoAuth
		call R ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.UinAlreadyKA`)
}
