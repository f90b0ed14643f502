package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// Verified is what has passed, of direct customers alone; whether another
// account exists is not told.
func TestQueryAccountVerificationStatus(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1000
		subreseller S of D
		customer C of D
		customer I of S
		call D QueryAccountVerificationStatus {"ClientUin": C} → {"AccountStatus": false}
		call D QueryAccountVerificationStatus {"ClientUin": I} → UnauthorizedOperation.NotCustomerUin
		call D QueryAccountVerificationStatus {"ClientUin": S} → UnauthorizedOperation.NotCustomerUin
		call D QueryAccountVerificationStatus {"ClientUin": 200000000999} → UnauthorizedOperation.NotCustomerUin
		call D QueryAccountVerificationStatus {"ClientUin": 100000000999} → FailedOperation.UinInvalid
		call D QueryAccountVerificationStatus {"ClientUin": 5} → FailedOperation.UinInvalid
		call D QueryAccountVerificationStatus {"ClientUin": 0} → InvalidParameterValue
		call D QueryAccountVerificationStatus {"ClientUin": "x"} → InvalidParameter
		call D QueryAccountVerificationStatus {"ClientUin": C, "X": 1} → UnknownParameter
		call D QueryAccountVerificationStatus {} → MissingParameter
		call S QueryAccountVerificationStatus {"ClientUin": I} → UnauthorizedOperation.UinNoAuth`)
}

// The numbers of what was passed differ from action to action.
func TestVerifiedCustomers(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		customer C of R
		customer B of R
		damage UPDATE identity SET auth_status = 3, auth_type = 1, verified_at = 1793520000000 WHERE name = 'C'
		damage UPDATE identity SET auth_status = 1, auth_type = 0 WHERE name = 'B'
		call R QueryAccountVerificationStatus {"ClientUin": C} → {"AccountStatus": true}
		call R QueryAccountVerificationStatus {"ClientUin": B} → {"AccountStatus": false}
		call R QueryCustomersCredit {"FilterType": "Name", "Filter": "C"} → {"Total": 1, "Data": [{"Name": "C", "Type": "new", "Mobile": "", "Email": "", "Arrears": "-", "AssociationTime": "2026-11-01 00:00:00", "RecentExpiry": "", "ClientUin": C, "Credit": 0, "RemainingCredit": 0, "IdentifyType": 2, "Remark": "", "Force": 0}]}
		call R QueryCustomersCredit {"FilterType": "Name", "Filter": "B"} → {"Total": 1, "Data": [{"Name": "B", "Type": "new", "Mobile": "", "Email": "", "Arrears": "-", "AssociationTime": "2026-11-01 00:00:00", "RecentExpiry": "", "ClientUin": B, "Credit": 0, "RemainingCredit": 0, "IdentifyType": 0, "Remark": "", "Force": 0}]}
		call R DescribeCustomerInfo {"CustomerUin": [B, C, B]} → {"Data": [{"CustomerUin": "$B", "Email": "", "Phone": "", "Mark": "", "Name": "B", "BindTime": "2026-11-01 00:00:00", "AccountStatus": "0", "AuthStatus": "1", "AuthType": 0, "CidRegisterTime": "2026-11-01 00:00:00", "UinRegisterTime": "2026-11-01 00:00:00", "AuthPassTime": "", "HasExpense": 0}, {"CustomerUin": "$C", "Email": "", "Phone": "", "Mark": "", "Name": "C", "BindTime": "2026-11-01 00:00:00", "AccountStatus": "0", "AuthStatus": "3", "AuthType": 1, "CidRegisterTime": "2026-11-01 00:00:00", "UinRegisterTime": "2026-11-01 00:00:00", "AuthPassTime": "2026-11-01 16:00:00", "HasExpense": 0}]}`)
}

func TestQueryAccountVerificationStatusOnABrokenDatabase(t *testing.T) {
	testkit.Scenario(t, `
		only sqlite
		reseller R line 1000
		customer C of R
		damage UPDATE customer SET credit = 'abc' WHERE name = 'C'
		call R QueryAccountVerificationStatus {"ClientUin": C} → InternalError`)
}
