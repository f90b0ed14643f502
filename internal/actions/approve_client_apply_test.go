package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

const pass = `"ApproveType": "pass"}`

func TestApproveClientApply(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100
		reseller Q line 100
		distributor D line 100
		subreseller S of D
		customer C of R
		applicant A to R
		call C ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.UinNotReseller
		call OP ApproveClientApply {"ClientUin": A, `+pass+` → UnauthorizedOperation.UinNoAuth
		call R ApproveClientApply {"ClientUin": A, "ApproveType": "maybe"} → InvalidParameterValue
		call R ApproveClientApply {"ClientUin": A, "ApproveType": "reject"} → MissingParameter
		call R ApproveClientApply {"ClientUin": A, "ApproveType": "reject", "RejectReason": ""} → MissingParameter
		call R ApproveClientApply {"ClientUin": 0, `+pass+` → InvalidParameterValue.InvalidUin
		call R ApproveClientApply {"ClientUin": 1000000000, `+pass+` → InvalidParameterValue.InvalidUin
		# Who has not applied to the caller is the same, whoever it is.
		call R ApproveClientApply {"ClientUin": 299999999999, `+pass+` → FailedOperation.ClientNotApply
		call R ApproveClientApply {"ClientUin": C, `+pass+` → FailedOperation.ClientNotApply
		call R ApproveClientApply {"ClientUin": Q, `+pass+` → FailedOperation.ClientNotApply
		call Q ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.ClientNotApply
		call Q ApproveClientApply {"ClientUin": A, "ApproveType": "reject", "RejectReason": "x"} → FailedOperation.ClientNotApply
		call OP SetAccountAttributes {"Uin": A, "KeyAccount": true} → ok
		call R ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.UinAlreadyKA
		call OP SetAccountAttributes {"Uin": A, "KeyAccount": false, "OrganisationAccount": true, "Balance": -0.01} → ok
		call R ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.BindOrganizationAccount
		call OP SetAccountAttributes {"Uin": A, "OrganisationAccount": false} → ok
		call R ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.ClientBalanceIsLessOrEqualZero
		call OP SetAccountAttributes {"Uin": A, "SavingsPlan": true, "Balance": 0} → ok
		call R ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.ClientBuySP
		call OP SetAccountAttributes {"Uin": A, "SavingsPlan": false, "SharingUnit": "Created"} → ok
		call R ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.ClientCreateShareUnit
		call OP SetAccountAttributes {"Uin": A, "SharingUnit": "Joined"} → ok
		call R ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.ClientJoinShareUnit
		call OP SetAccountAttributes {"Uin": A, "SharingUnit": "None"} → ok
		call OP SetPartnerFeature {"Uin": R, "CustomerMax": 1} → ok
		call R ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.ExceedMaxBindCount
		call OP SetPartnerFeature {"Uin": R, "CustomerMax": 2} → ok
		clock 2026-11-02 00:00:00
		call R:k ApproveClientApply {"ClientUin": "$A", `+pass+` → {}
		call R:k ApproveClientApply {"ClientUin": A, `+pass+` → {}
		call R ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.ClientNotApply
		call R QueryCustomersCredit {"FilterType": "Email", "Filter": "a@mail.example"} → ok
		call R AllocateCustomerCredit {"ClientUin": A, "AddedCredit": 10} → {"TotalCredit": 10, "RemainingCredit": 10}
		applicant B to S
		call S:r ApproveClientApply {"ClientUin": B, "ApproveType": "reject", "RejectReason": "x"} → {}
		call S:r ApproveClientApply {"ClientUin": B, "ApproveType": "reject", "RejectReason": "x"} → {}
		call S ApproveClientApply {"ClientUin": B, `+pass+` → FailedOperation.ClientNotApply
		call S QueryPartnerCredit {} → ok
		call OP SetPartnerFeature {"Uin": S, "Feature": "ApproveClientApply", "Enabled": false} → ok
		call S ApproveClientApply {"ClientUin": B, "ApproveType": "x"} → UnauthorizedOperation.UinNoAuth`)
}

// An account that applied to two partners is the first one's that accepts it;
// one whose application was rejected may apply again.
func TestApplicationsToSeveralPartners(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1
		reseller Q line 1
		distributor D line 1
		applicant A to R
		invitation T of Q
		invitation U of D SubAgent
		invitation V of R
		call NOBODY AcceptInvitation `+acceptance("$V", "a@a", "a@mail")+` → InvalidParameterValue.UinAlreadyAppliedClient
		call NOBODY AcceptInvitation `+acceptance("$T", "a@a", "a@mail")+` → {"Uin": A}
		call NOBODY AcceptInvitation `+acceptance("$U", "a@a", "a@mail")+` → {"Uin": A}
		call R ApproveClientApply {"ClientUin": A, "ApproveType": "reject", "RejectReason": "x"} → ok
		call NOBODY AcceptInvitation `+acceptance("$V", "a@a", "a@mail")+` → {"Uin": A}
		call Q ApproveClientApply {"ClientUin": A, `+pass+` → ok
		call R ApproveClientApply {"ClientUin": A, `+pass+` → InvalidParameterValue.UinAlreadyClient
		call R ApproveClientApply {"ClientUin": A, "ApproveType": "reject", "RejectReason": "too late"} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, "ApproveType": "reject", "RejectReason": "too late"} → ok
		call R QueryPendingClientsV2 {"Page": 1, "PageSize": 10} → {"Data": [], "Total": 0}
		call Q QueryDirectCustomersCredit {} → {"Data": [{"Uin": A, "TotalCredit": 0, "RemainingCredit": 0}]}`)
}

// Who was let go applies again, to the same partner or another, with the password
// it has.
func TestFormerCustomersApplyAgain(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		reseller Q line 10
		applicant A to R
		invitation T of Q
		invitation U of R
		call R ApproveClientApply {"ClientUin": A, `+pass+` → ok
		call R AllocateCustomerCredit {"ClientUin": A, "AddedCredit": 1} → ok
		call OP UnbindCustomer {"ClientUin": A} → ok
		call NOBODY AcceptInvitation `+acceptance("$T", "a@a", "a@mail", "Harbour1!", "Harbour2!")+` → InvalidParameterValue
		call NOBODY AcceptInvitation `+acceptance("$T", "a@a", "a@mail")+` → {"Uin": A}
		call Q ApproveClientApply {"ClientUin": A, `+pass+` → ok
		call R AllocateCustomerCredit {"ClientUin": A, "AddedCredit": 1} → UnauthorizedOperation.UinNoAuth
		call OP UnbindCustomer {"ClientUin": A} → ok
		call NOBODY AcceptInvitation `+acceptance("$U", "a@a", "a@mail")+` → {"Uin": A}
		call R ApproveClientApply {"ClientUin": A, `+pass+` → ok
		call R AllocateCustomerCredit {"ClientUin": A, "AddedCredit": 2} → {"TotalCredit": 2, "RemainingCredit": 2}`)
}

// A partner's own sub-user is told apart; anybody else's is nobody.
func TestSubUsersAreNoApplicants(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		one := w.Create("CreatePartner", `{"Name": "D", "Role": "Distributor"}`)
		other := w.Create("CreatePartner", `{"Name": "E", "Role": "Distributor"}`)
		w.Damage(`INSERT INTO identity (uin, root_uin, role, name, created_at, owner_uin)
			VALUES ($1, $2, '', 'u', 0, $2)`, 200_000_000_777, one.Uin)
		client, agent := `{"ClientUin": 200000000777, `+pass, `{"SubAgentUin": 200000000777, `+pass
		expectCode(t, "InvalidParameterValue.UinIsSubAccount", w.Call(one, "ApproveClientApply", client))
		expectCode(t, "InvalidParameterValue.UinIsSubAccount", w.Call(one, "ApproveSubAgentApply", agent))
		expectCode(t, "FailedOperation.ClientNotApply", w.Call(other, "ApproveClientApply", client))
		expectCode(t, "FailedOperation.ResellerNotApply", w.Call(other, "ApproveSubAgentApply", agent))
		expectCode(t, "ResourceNotFound", w.Call(w.Operator, "SetAccountAttributes", `{"Uin": 200000000777, "KeyAccount": true}`))
	})
}

// Two partners that accept one applicant at once: it becomes the customer of one
// of them, and of one partner at its limit the last place is given once.
func TestApplicantsAtOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
		q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Distributor"}`)
		apply := func(to testkit.Key, mail string) int64 {
			t.Helper()
			token, err := w.Invite(to, mail, "Client")
			if err != nil {
				t.Fatal(err)
			}
			uin, err := w.Apply(token, mail, "personal")
			if err != nil {
				t.Fatal(err)
			}
			return uin
		}
		accept := func(by testkit.Key, uin int64) func() testkit.Answer {
			return func() testkit.Answer { return w.Call(by, "ApproveClientApply", w.JSON(`{"ClientUin": %d, `+pass, uin)) }
		}
		for _, mail := range []string{"a@a.example", "b@a.example", "c@a.example"} {
			uin := apply(r, mail)
			if apply(q, mail) != uin {
				t.Fatal("two accounts of one mail address")
			}
			if got := atOnce([]func() testkit.Answer{accept(r, uin), accept(q, uin)}); got[""] != 1 ||
				got["InvalidParameterValue.UinAlreadyClient"] != 1 {
				t.Errorf("two partners at once: %v", got)
			}
		}
		full := w.Create("CreatePartner", `{"Name": "F", "Role": "Reseller"}`)
		expectCode(t, "", w.Call(w.Operator, "SetPartnerFeature", w.JSON(`{"Uin": %d, "CustomerMax": 1}`, full.Uin)))
		calls := []func() testkit.Answer{
			accept(full, apply(full, "x@a.example")), accept(full, apply(full, "y@a.example")), accept(full, apply(full, "z@a.example")),
		}
		if got := atOnce(calls); got[""] != 1 || got["FailedOperation.ExceedMaxBindCount"] != 2 {
			t.Errorf("last place at once: %v", got)
		}
		w.Verify()
	})
}
