package actions_test

import (
	"regexp"
	"strings"
	"testing"

	"tael/internal/config"
	"tael/internal/testkit"
)

func TestCreateAndSendClientInvitationMail(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1
		reseller Q line 1
		distributor D line 1
		subreseller S of D
		customer C of R
		call R:k CreateAndSendClientInvitationMail {"Email": "a@a.example"} → {"InvitationLink": "*"}
		call R:k CreateAndSendClientInvitationMail {"Email": "a@a.example"} → {"InvitationLink": "*"}
		call R CreateAndSendClientInvitationMail {"Email": "A@A.example"} → FailedOperation.SendMailLimit180
		call R CreateAndSendClientInvitationMail {"Email": "b@a.example"} → ok
		call Q CreateAndSendClientInvitationMail {"Email": "a@a.example"} → ok
		clock 2026-11-01 00:02:59
		call R CreateAndSendClientInvitationMail {"Email": "a@a.example"} → FailedOperation.SendMailLimit180
		clock 2026-11-01 00:03:00
		call R CreateAndSendClientInvitationMail {"Email": "a@a.example"} → ok
		call R CreateAndSendClientInvitationMail {"Email": "c@a.example", "InvitationRole": "SubAgent"} → UnauthorizedOperation.UinNoAuth
		call S CreateAndSendClientInvitationMail {"Email": "c@a.example", "InvitationRole": "SubAgent"} → UnauthorizedOperation.UinNoAuth
		call S CreateAndSendClientInvitationMail {"Email": "c@a.example"} → ok
		call D CreateAndSendClientInvitationMail {"Email": "c@a.example", "InvitationRole": "SubAgent", "MaterialUrl": "https://a.example/x"} → ok
		call D CreateAndSendClientInvitationMail {"Email": "c@a.example", "InvitationRole": "Agent"} → InvalidParameterValue
		call D CreateAndSendClientInvitationMail {"Email": "c"} → InvalidParameterValue
		call C CreateAndSendClientInvitationMail {"Email": "d@a.example"} → UnauthorizedOperation.UinNoAuth
		call OP SetPartnerFeature {"Uin": R, "Feature": "CreateAndSendClientInvitationMail", "Enabled": false} → ok
		call R CreateAndSendClientInvitationMail {"Email": "d@a.example"} → UnauthorizedOperation.UinNoAuth`)
}

// The link has the documented shape, on whatever page the installation names, and
// its token is nowhere in the database but in the message that carries it.
func TestInvitationLinks(t *testing.T) {
	t.Parallel()
	settings := config.Default()
	for _, bad := range []string{"x", "ftp://a.example/", "https://", "https://a.example/?x=1", "https://a.example/#x"} {
		if err := settings.Set("invitation_url=" + bad); err == nil {
			t.Errorf("%s is taken", bad)
		}
	}
	if err := settings.Set("invitation_url=https://join.a.example/here"); err != nil {
		t.Fatal(err)
	}
	for want, settings := range map[string]*config.Settings{
		`https://www\.tencentcloud\.com/reseller-customer/invitation`: nil, `https://join\.a\.example/here`: &settings,
	} {
		w := testkit.New(t, testkit.Options{Settings: settings})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		answer := w.Call(r, "CreateAndSendClientInvitationMail", `{"Email": "a@a.example"}`, "X-Tael-Idempotency-Key", "k")
		link := regexp.MustCompile(`^\{"InvitationLink":"` + want + `\?RegisterToken=([0-9a-f]{32})"\}$`)
		parts := link.FindSubmatch(answer.Body)
		if parts == nil {
			t.Fatalf("%s", answer.Body)
		}
		sent := w.Sent("a@a.example")
		if !strings.Contains(string(answer.Body), sent["Link"]) || sent["Role"] != "Client" || sent["Partner"] != "R" {
			t.Errorf("sent: %v", sent)
		}
		w.Close() // so that all is in the file
		expectNowhere(t, w, string(parts[1]))
	}
}
