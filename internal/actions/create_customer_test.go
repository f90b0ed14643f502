package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestCreateCustomer(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		customer C of R
		call OP CreateCustomer {"PartnerUin": R, "Name": "A", "Mail": "a@a.example", "CountryCode": "65", "Phone": "812", "Remark": "r"} → {"Uin": "*", "SecretId": "*", "SecretKey": "*"}
		call OP CreateCustomer {"PartnerUin": R, "Name": "B", "Mail": "A@A.example"} → FailedOperation.MailIsRegistered
		call OP CreateCustomer {"PartnerUin": C, "Name": "B", "Mail": "b@b.example"} → UnauthorizedOperation.UinNoAuth
		call OP CreateCustomer {"PartnerUin": 5, "Name": "B"} → UnauthorizedOperation.UinNoAuth
		call OP CreateCustomer {"PartnerUin": R, "Name": "B", "CountryCode": "x"} → InvalidParameterValue
		call OP CreateCustomer {"PartnerUin": R} → MissingParameter
		call OP:k CreateCustomer {"PartnerUin": R, "Name": "B", "Mail": "b@b.example"} → ok
		call OP:k CreateCustomer {"PartnerUin": R, "Name": "B", "Mail": "b@b.example"} → ok
		call R CreateCustomer {"PartnerUin": R, "Name": "B"} → UnauthorizedOperation.UinNoAuth
		call R QueryCustomersCredit {} → {"Total": 3, "Data": ["*", "*", "*"]}`)
}
