package actions_test

import (
	"strings"
	"testing"

	"tael/internal/testkit"
)

func TestQueryInvitationInfo(t *testing.T) {
	none := `{"InvitationInfo": []}`
	testkit.Scenario(t, `
		reseller R line 1
		distributor D line 1
		subreseller S of D
		invitation T of R
		invitation U of R
		invitation V of D SubAgent
		call R QueryInvitationInfo {"InvitationToken": []} → InvalidParameterValue
		call R QueryInvitationInfo {"InvitationToken": ["`+strings.Repeat("0", 32)+`", ""]} → InvalidParameterValue
		call R QueryInvitationInfo {"InvitationToken": ["`+strings.Repeat("0", 32)+`", "$V"]} → `+none+`
		call D QueryInvitationInfo {"InvitationToken": ["$T"]} → `+none+`
		call S QueryInvitationInfo {"InvitationToken": ["$V"]} → `+none+`
		call D QueryInvitationInfo {"InvitationToken": ["$V"]} → {"InvitationInfo": [{"InvitationToken": "$V", "CreateTime": "2026-11-01 00:00:00", "Status": 1, "UseTime": "", "ClientUin": 0, "ClientMail": "", "ClientType": 1, "BindTime": ""}]}
		clock 2026-11-02 00:00:00
		call NOBODY AcceptInvitation `+acceptance("$T")+` → ok
		call R QueryInvitationInfo {"InvitationToken": ["$U", "$T", "$U"]} → {"InvitationInfo": [`+
		`{"InvitationToken": "$U", "CreateTime": "2026-11-01 00:00:00", "Status": 1, "UseTime": "", "ClientUin": 0, "ClientMail": "", "ClientType": 2, "BindTime": ""}, `+
		`{"InvitationToken": "$T", "CreateTime": "2026-11-01 00:00:00", "Status": 2, "UseTime": "2026-11-02 00:00:00", "ClientUin": "*", "ClientMail": "*", "ClientType": 2, "BindTime": ""}]}
		# A link that has expired is still unused; after 60 days nothing is known of it.
		clock 2026-12-02 00:00:00
		call NOBODY AcceptInvitation `+acceptance("$U")+` → ResourceNotFound
		call R QueryInvitationInfo {"InvitationToken": ["$U"]} → {"InvitationInfo": ["*"]}
		clock 2026-12-30 23:59:59
		call R QueryInvitationInfo {"InvitationToken": ["$U"]} → {"InvitationInfo": ["*"]}
		clock 2026-12-31 00:00:00
		call R QueryInvitationInfo {"InvitationToken": ["$U", "$T"]} → `+none+`
		call D QueryInvitationInfo {"InvitationToken": ["`+strings.Join(tooManyTokens(), `", "`)+`"]} → InvalidParameterValue`)
}

func tooManyTokens() []string {
	tokens := make([]string, 101)
	for i := range tokens {
		tokens[i] = "x"
	}
	return tokens
}
