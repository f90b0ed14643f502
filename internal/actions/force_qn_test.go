package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// A state is set, not toggled; everybody who may see it sees it; no figure
// changes, and nothing new is bought.
func TestForceQN(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		reseller Q line 1000
		customer C of R credit 50
		customer F of Q
		call R ForceQN {"ClientUin": C, "Type": 2} → {}
		call R ForceQN {"ClientUin": C, "Type": 2} → {}
		call R QueryCustomersCredit {} → {"Total": 1, "Data": [{"Name": "C", "Type": "new", "Mobile": "", "Email": "", "Arrears": "-", "AssociationTime": "2026-11-01 00:00:00", "RecentExpiry": "", "ClientUin": C, "Credit": 50, "RemainingCredit": 50, "IdentifyType": 0, "Remark": "", "Force": 2}]}
		call C QueryCustomerBillingQuota {} → {"Data": {"TotalCredit": 50, "RemainingCredit": 50, "RemainingVoucher": 0, "Force": 2, "PrepayFrozen": 0, "PostpayFrozen": 0}}
		call R DescribeCustomerInfo {"CustomerUin": [C]} → {"Data": [{"CustomerUin": "$C", "Email": "", "Phone": "", "Mark": "", "Name": "C", "BindTime": "2026-11-01 00:00:00", "AccountStatus": "2", "AuthStatus": "-1", "AuthType": -1, "CidRegisterTime": "2026-11-01 00:00:00", "UinRegisterTime": "2026-11-01 00:00:00", "AuthPassTime": "", "HasExpense": 0}]}
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 1} → OperationDenied
		call R:k ForceQN {"ClientUin": C, "Type": 0} → {}
		call R ForceQN {"ClientUin": C, "Type": 2} → {}
		call R:k ForceQN {"ClientUin": C, "Type": 0} → {}
		call C QueryCustomerBillingQuota {} → {"Data": {"TotalCredit": 50, "RemainingCredit": 50, "RemainingVoucher": 0, "Force": 2, "PrepayFrozen": 0, "PostpayFrozen": 0}}
		call R ForceQN {"ClientUin": C, "Type": 0} → {}
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 1} → ok
		call R ForceQN {"ClientUin": C, "Type": 1} → InvalidParameterValue
		call R ForceQN {"ClientUin": C, "Type": 3} → InvalidParameterValue
		call R ForceQN {"ClientUin": F, "Type": 2} → InvalidParameterValue
		call R ForceQN {"ClientUin": 200000000999, "Type": 2} → InvalidParameterValue
		call C ForceQN {"ClientUin": C, "Type": 2} → UnauthorizedOperation.UinNoAuth`)
}
