package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestCreateSubAgent(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 10
		reseller R line 10
		call OP CreateSubAgent {"DistributorUin": D, "Name": "S", "Mail": "s@s.example", "Phone": "1"} → {"Uin": "*", "SecretId": "*", "SecretKey": "*"}
		call OP CreateSubAgent {"DistributorUin": D, "Name": "T", "Mail": "s@s.example"} → FailedOperation.MailIsRegistered
		call OP CreateSubAgent {"DistributorUin": R, "Name": "T", "Mail": "t@t.example"} → UnauthorizedOperation.UinNoAuth
		call OP CreateSubAgent {"DistributorUin": 7, "Name": "T"} → UnauthorizedOperation.UinNoAuth
		call OP:k CreateSubAgent {"DistributorUin": D, "Name": "T", "Mail": "t@t.example"} → ok
		call OP:k CreateSubAgent {"DistributorUin": D, "Name": "T", "Mail": "t@t.example"} → ok
		call D CreateSubAgent {"DistributorUin": D, "Name": "T"} → UnauthorizedOperation.UinNoAuth
		call OP DescribePartners {"Page": 2, "PageSize": 3} → {"Total": 4, "Partners": ["*"]}`)
}
