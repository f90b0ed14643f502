package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestDescribeUsers(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		reseller Q line 10
		call R DescribeUsers {} → {"Total": 0, "Users": []}
		user U of R policy QcloudIntlpartnersmgtReadOnlyaccess
		call R AttachPolicy {"PolicyName": "QcloudIntlpartnersmgtFullAccess", "UserUin": U} → ok
		user V of Q
		call R DescribeUsers {} → {"Total": 1, "Users": [{"Uin": U, "Name": "U", "Policies": ["QcloudIntlpartnersmgtFullAccess", "QcloudIntlpartnersmgtReadOnlyaccess"], "CreateTime": "2026-11-01 00:00:00"}]}
		call R DescribeUsers {"Page": 2} → {"Total": 1, "Users": []}
		call Q DescribeUsers {} → {"Total": 1, "Users": [{"Uin": V, "Name": "V", "Policies": [], "CreateTime": "2026-11-01 00:00:00"}]}`)
}
