package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestSubmitVerification(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1
		reseller Q line 1
		customer C of R
		applicant A to R
		call OP SubmitVerification {"AuthType": 1} → MissingParameter
		call OP SubmitVerification {"Uin": A} → MissingParameter
		call OP SubmitVerification {"Uin": A, "AuthType": 2} → InvalidParameterValue
		call OP SubmitVerification {"Uin": 299999999999, "AuthType": 1} → ResourceNotFound
		call OP:k SubmitVerification {"Uin": A, "AuthType": 1} → {"AuthType": 1, "AuthStatus": 0}
		call OP:k SubmitVerification {"Uin": A, "AuthType": 1} → {"AuthType": 1, "AuthStatus": 0}
		call C SubmitVerification {"Uin": A, "AuthType": 1} → UnauthorizedOperation.UinNoAuth
		call R SubmitVerification {"Uin": C, "AuthType": 1} → UnauthorizedOperation.UinNoAuth
		call C SubmitVerification {"AuthType": 0} → {"AuthType": 0, "AuthStatus": 0}
		call C SubmitVerification {"Uin": C, "AuthType": 1} → {"AuthType": 1, "AuthStatus": 0}
		call OP SetAccountVerification {"Uin": C, "AuthType": 1, "AuthStatus": 1} → ok
		call C SubmitVerification {"AuthType": 1} → OperationDenied
		call OP SetAccountVerification {"Uin": C, "AuthType": 1, "AuthStatus": 2} → ok
		call C SubmitVerification {"AuthType": 1} → ok
		call OP SetAccountVerification {"Uin": C, "AuthType": 1, "AuthStatus": 3} → ok
		call C SubmitVerification {"AuthType": 1} → OperationDenied`)
}
