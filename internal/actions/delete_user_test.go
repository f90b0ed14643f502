package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestDeleteUser(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		reseller Q line 10
		user U of R policy QcloudIntlpartnersmgtReadOnlyaccess
		call Q DeleteUser {"UserUin": U} → ResourceNotFound
		call R DeleteUser {"UserUin": R} → ResourceNotFound
		call U QueryPartnerCredit {} → ok
		call R DeleteUser {"UserUin": U} → {"UserUin": U}
		call U QueryPartnerCredit {} → AuthFailure.SecretIdNotFound
		call R DeleteUser {"UserUin": U} → ResourceNotFound
		call R CreateSecretKey {"UserUin": U} → ResourceNotFound
		call R CreateUser {"Name": "U"} → ok`)
}
