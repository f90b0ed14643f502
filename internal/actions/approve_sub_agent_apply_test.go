package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestApproveSubAgentApply(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 100
		distributor E line 100
		reseller R line 100
		subreseller S of D
		applicant P to D SubAgent
		applicant A to D company SubAgent
		call R ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.UinNotReseller
		call S ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.UinNotReseller
		call OP ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → UnauthorizedOperation.UinNoAuth
		call D ApproveSubAgentApply {"SubAgentUin": A, "ApproveType": "reject"} → MissingParameter
		call D ApproveSubAgentApply {"SubAgentUin": 5, `+pass+` → FailedOperation.ResellerNotApply
		call D ApproveSubAgentApply {"SubAgentUin": S, `+pass+` → FailedOperation.ResellerNotApply
		call E ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.ResellerNotApply
		call D ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.ClientNotApply
		call D ApproveSubAgentApply {"SubAgentUin": P, `+pass+` → FailedOperation.AccountTypeNotCompany
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.RealNameNotCompleted
		call OP SubmitVerification {"Uin": A, "AuthType": 0} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.RealNameNotCompleted
		call OP SetAccountVerification {"Uin": A, "AuthType": 0, "AuthStatus": 1} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.RealNameInApproval
		call OP SetAccountVerification {"Uin": A, "AuthType": 0, "AuthStatus": 2} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.RealNameReject
		call OP SetAccountVerification {"Uin": A, "AuthType": 0, "AuthStatus": 3} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.RealNameTypeIllegal
		call OP SetAccountVerification {"Uin": A, "AuthType": 1, "AuthStatus": 3} → ok
		call OP SetAccountAttributes {"Uin": A, "KeyAccount": true} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.UinAlreadyKA
		call OP SetAccountAttributes {"Uin": A, "KeyAccount": false, "OrganisationAccount": true} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.BindOrganizationAccount
		call OP SetAccountAttributes {"Uin": A, "OrganisationAccount": false, "Balance": -1} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.ClientBalanceIsLessOrEqualZero
		call OP SetAccountAttributes {"Uin": A, "Balance": 1, "SavingsPlan": true} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.ClientBuySP
		call OP SetAccountAttributes {"Uin": A, "SavingsPlan": false, "SharingUnit": "Created"} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.ClientCreateShareUnit
		call OP SetAccountAttributes {"Uin": A, "SharingUnit": "Joined"} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.ClientJoinShareUnit
		call OP SetAccountAttributes {"Uin": A, "SharingUnit": "None"} → ok
		call OP SetPartnerFeature {"Uin": D, "SubAgentMax": 1} → ok
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.ExceedMaxBindCount
		call OP SetPartnerFeature {"Uin": D, "SubAgentMax": 2} → ok
		call D:k ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → {}
		call D:k ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → {}
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.ResellerNotApply
		call D AllocateCreditPool {"SubAgentUin": A, "Credit": 10} → ok
		call D ApproveSubAgentApply {"SubAgentUin": P, "ApproveType": "reject", "RejectReason": "a person"} → ok
		call D QueryPendingSubAgentsV2 {"Page": 1, "PageSize": 10} → {"Data": [], "Total": 0}`)
}

// What an account has applied for first counts, until that is decided; then it is
// what it has become.
func TestSubAgentsElsewhere(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 100
		distributor E line 100
		reseller R line 100
		applicant A to D company SubAgent
		applicant B to R company
		invitation T of E SubAgent
		invitation U of E SubAgent
		invitation V of R
		call OP SetAccountVerification {"Uin": A, "AuthType": 1, "AuthStatus": 3} → ok
		call OP SetAccountVerification {"Uin": B, "AuthType": 1, "AuthStatus": 3} → ok
		call NOBODY AcceptInvitation `+acceptance("$T", "a@a", "a@mail")+` → {"Uin": A}
		call NOBODY AcceptInvitation `+acceptance("$V", "a@a", "a@mail")+` → {"Uin": A}
		call NOBODY AcceptInvitation `+acceptance("$U", "a@a", "b@mail")+` → {"Uin": B}
		call E ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → FailedOperation.UinAppliedAgent
		call E ApproveSubAgentApply {"SubAgentUin": B, `+pass+` → InvalidParameterValue.UinAlreadyAppliedClient
		call D ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → ok
		call R ApproveClientApply {"ClientUin": B, `+pass+` → ok
		call E ApproveSubAgentApply {"SubAgentUin": A, `+pass+` → InvalidParameterValue.UinAlreadyReseller
		call E ApproveSubAgentApply {"SubAgentUin": B, `+pass+` → InvalidParameterValue.UinAlreadyClient
		call R ApproveClientApply {"ClientUin": A, `+pass+` → FailedOperation.ClientNotApply
		# What was rejected is in nobody's way.
		applicant C to D company SubAgent
		invitation W of E SubAgent
		call OP SetAccountVerification {"Uin": C, "AuthType": 1, "AuthStatus": 3} → ok
		call NOBODY AcceptInvitation `+acceptance("$W", "a@a", "c@mail")+` → {"Uin": C}
		call D ApproveSubAgentApply {"SubAgentUin": C, "ApproveType": "reject", "RejectReason": "x"} → ok
		call E ApproveSubAgentApply {"SubAgentUin": C, `+pass+` → ok`)
}

// Of the last place among a distributor's second-level resellers there is one.
func TestLastSubAgentAtOnce(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		key := w.Create("CreatePartner", `{"Name": "D", "Role": "Distributor"}`)
		expectCode(t, "", w.Call(w.Operator, "SetPartnerFeature", w.JSON(`{"Uin": %d, "SubAgentMax": 1}`, key.Uin)))
		var calls []func() testkit.Answer
		for _, mail := range []string{"a@a.example", "b@a.example", "c@a.example"} {
			token, err := w.Invite(key, mail, "SubAgent")
			if err != nil {
				t.Fatal(err)
			}
			uin, err := w.Apply(token, mail, "company")
			if err != nil {
				t.Fatal(err)
			}
			expectCode(t, "", w.Call(w.Operator, "SetAccountVerification", w.JSON(`{"Uin": %d, "AuthType": 1, "AuthStatus": 3}`, uin)))
			calls = append(calls, func() testkit.Answer {
				return w.Call(key, "ApproveSubAgentApply", w.JSON(`{"SubAgentUin": %d, `+pass, uin))
			})
		}
		if got := atOnce(calls); got[""] != 1 || got["FailedOperation.ExceedMaxBindCount"] != 2 {
			t.Error(got)
		}
		w.Verify()
	})
}
