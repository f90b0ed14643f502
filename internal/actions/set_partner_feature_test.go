package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestSetPartnerFeature(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1
		subreseller S of D
		customer C of D
		call OP SetPartnerFeature {"Uin": D} → MissingParameter
		call OP SetPartnerFeature {"Uin": D, "Feature": "CreateAccount"} → MissingParameter
		call OP SetPartnerFeature {"Uin": D, "Enabled": true} → MissingParameter
		call OP SetPartnerFeature {"Uin": D, "Feature": "Everything", "Enabled": true} → InvalidParameterValue
		call OP SetPartnerFeature {"Uin": C, "CustomerMax": 1} → UnauthorizedOperation.UinNoAuth
		call OP SetPartnerFeature {"Uin": 299999999999, "CustomerMax": 1} → UnauthorizedOperation.UinNoAuth
		call D SetPartnerFeature {"Uin": D, "CustomerMax": 0} → UnauthorizedOperation.UinNoAuth
		call OP SetPartnerFeature {"Uin": D, "CustomerMax": -1} → InvalidParameterValue
		call OP:k SetPartnerFeature {"Uin": D, "Feature": "ForceQN", "Enabled": false, "CustomerMax": 7, "SubAgentMax": 9} → {"Disabled": ["ForceQN"], "CustomerMax": 7, "SubAgentMax": 9}
		call OP:k SetPartnerFeature {"Uin": D, "Feature": "ForceQN", "Enabled": false, "CustomerMax": 7, "SubAgentMax": 9} → {"Disabled": ["ForceQN"], "CustomerMax": 7, "SubAgentMax": 9}
		call OP SetPartnerFeature {"Uin": D, "Feature": "CreateAccount", "Enabled": false} → {"Disabled": ["CreateAccount", "ForceQN"], "CustomerMax": 7, "SubAgentMax": 9}
		call OP SetPartnerFeature {"Uin": D, "Feature": "ForceQN", "Enabled": true, "CustomerMax": 0} → {"Disabled": ["CreateAccount"], "CustomerMax": 0, "SubAgentMax": 9}
		# It is the partner's own, not its tree's.
		call D CreateAccount `+account()+` → UnauthorizedOperation
		call S CreateAccount `+account()+` → FailedOperation.VerificationCodeIllegal
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": S, "Page": 1, "PageSize": 1} → ok
		call OP SetPartnerFeature {"Uin": D, "Feature": "view_indirect_customers", "Enabled": false} → ok
		call D QueryT1IndirectCustomersDetail {"SubAgentUin": S, "Page": 1, "PageSize": 1} → UnauthorizedOperation.UinNoAuth
		call OP SetPartnerFeature {"Uin": S, "Feature": "view_indirect_customers", "Enabled": false} → {"Disabled": ["view_indirect_customers"], "CustomerMax": 0, "SubAgentMax": 0}`)
}
