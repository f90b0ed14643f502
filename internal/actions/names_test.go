package actions_test

import (
	"strings"
	"testing"

	"tael/internal/testkit"
)

// Names stand in mails, lists and logs: they have one line.
func TestNamesHaveOneLine(t *testing.T) {
	story := `
		reseller R line 1
		distributor D line 1
		code 852 91230005 364928 of R
		invitation T of R`
	for _, name := range []string{`\n`, `\r`, `\t`, `\u001b`, `\u007f`, `\u0085`, `\u2028`, `\u2029`} {
		for _, c := range [][3]string{
			{"OP", `CreatePartner {"Role": "Reseller", "Name": "A?B"}`, "InvalidParameterValue"},
			{"OP", `CreateSubAgent {"DistributorUin": D, "Name": "A?B"}`, "InvalidParameterValue"},
			{"OP", `CreateCustomer {"PartnerUin": R, "Name": "A?B"}`, "InvalidParameterValue"},
			{"D", `CreateUser {"Name": "A?B"}`, "InvalidParameterValue"},
			{"NOBODY", "AcceptInvitation " + acceptance("$T", "Applicant", "A?B"), "InvalidParameterValue"},
			{"NOBODY", "AcceptInvitation " + acceptance("$T", "Applicant", "?AB"), "InvalidParameterValue"},
			{"R", "CreateAccount " + account("kghy_0101", `kghy_0101", "CustomerName": "A?B`), "InvalidParameter"},
			{"D", `CreateAndSendClientInvitationMail {"Email": "a@a.example", "InvitationRole": "SubAgent", ` +
				`"MaterialUrl": "A?B"}`, "InvalidParameterValue"},
		} {
			story += "\n\t\tcall " + c[0] + " " + strings.Replace(c[1], "?", name, 1) + " → " + c[2]
		}
	}
	testkit.Scenario(t, story+`
		call OP CreateCustomer {"PartnerUin": R, "Name": "Søster & 李 · \u200d"} → ok
		call NOBODY AcceptInvitation `+acceptance("$T", "Applicant", "1 李 & Søn")+` → ok`)
}
