package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestQueryCreditByUinList(t *testing.T) {
	const fifty = `1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1`
	testkit.Scenario(t, `
		reseller R line 1000
		reseller Q line 1000
		customer B of R credit 20
		customer C of R credit 30
		customer F of Q credit 1
		call R QueryCreditByUinList {"UinList": [C, B, C]} → {"Data": [{"Uin": C, "TotalCredit": 30, "RemainingCredit": 30}, {"Uin": B, "TotalCredit": 20, "RemainingCredit": 20}]}
		call R QueryCreditByUinList {"UinList": [C, F]} → UnauthorizedOperation.NotCustomerUin
		call R QueryCreditByUinList {"UinList": [R]} → UnauthorizedOperation.NotCustomerUin
		call R QueryCreditByUinList {"UinList": [`+fifty+`, 1]} → UnauthorizedOperation.NotCustomerUin
		call R QueryCreditByUinList {"UinList": [`+fifty+`, 1, 1]} → InvalidParameterValue.UinList
		call R QueryCreditByUinList {"UinList": []} → InvalidParameterValue.UinList
		call R QueryCreditByUinList {"UinList": [0]} → InvalidParameterValue
		call R QueryCreditByUinList {"UinList": C} → InvalidParameter
		call R QueryCreditByUinList {"UinList": ["x"]} → InvalidParameter
		call R QueryCreditByUinList {} → MissingParameter
		call C QueryCreditByUinList {"UinList": [C]} → FailedOperation.UinNotAgent
		call OP QueryCreditByUinList {"UinList": [C]} → UnauthorizedOperation.UinNoAuth`)
}
