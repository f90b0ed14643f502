package actions_test

import (
	"fmt"
	"testing"

	"tael/internal/testkit"
)

func TestCreatePolicy(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 10
		reseller Q line 10
		call R CreatePolicy {"PolicyName": "p", "Document": "{\"version\":\"2.0\",\"statement\":[{\"effect\":\"allow\",\"action\":\"tael:*\",\"resource\":\"*\"}]}"} → {"PolicyName": "p"}
		call R CreatePolicy {"PolicyName": "p", "Document": "{\"version\":\"2.0\",\"statement\":[{\"effect\":\"allow\",\"action\":\"tael:*\",\"resource\":\"*\"}]}"} → ResourceInUse
		call Q CreatePolicy {"PolicyName": "p", "Document": "{\"version\":\"2.0\",\"statement\":[{\"effect\":\"allow\",\"action\":\"tael:*\",\"resource\":\"*\"}]}"} → ok
		call R CreatePolicy {"PolicyName": "QcloudIntlpartnersmgtFullAccess", "Document": "{\"version\":\"2.0\",\"statement\":[{\"effect\":\"allow\",\"action\":\"tael:*\",\"resource\":\"*\"}]}"} → ResourceInUse
		call R CreatePolicy {"PolicyName": "q", "Document": "{}"} → InvalidParameterValue
		call R CreatePolicy {"PolicyName": "q,r", "Document": "{}"} → InvalidParameterValue`)
}

func TestPoliciesAreLimited(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	fill(w, "policy", "owner_uin, name, description, document, created_at", 200, func(i int) string {
		return fmt.Sprintf(`%d, 'p%d', '', '{}', 0`, r.Uin, i)
	})
	answer := w.Call(r, "CreatePolicy", w.JSON(`{"PolicyName": "more", "Document": %q}`, everything))
	expectCode(t, "LimitExceeded", answer)
	answer = w.Call(r, "CreatePolicy", `{"PolicyName": "q", "Document": "{\"version\": \"1.0\"}"}`)
	if want := "The policy in `Document` is not valid: version must be \"2.0\"."; answer.Message != want {
		t.Error(answer.Message)
	}
}
