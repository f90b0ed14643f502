package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

func TestDescribeSecretKeys(t *testing.T) {
	t.Parallel()
	w, r, second := twoKeys(t)
	customer := w.Create("CreateCustomer", w.JSON(`{"Name": "C", "PartnerUin": %d}`, r.Uin))
	want := w.JSON(`{"Keys": [
		{"SecretId": "*", "Status": "Active", "CreateTime": "2026-11-01 00:00:00"},
		{"SecretId": "*", "Status": "Active", "CreateTime": "2026-11-01 00:00:00"}]}`)
	for _, answer := range []testkit.Answer{
		w.Call(r, "DescribeSecretKeys", `{}`),
		w.Call(second, "DescribeSecretKeys", w.JSON(`{"Uin": %d}`, r.Uin)),
		w.Call(w.Operator, "DescribeSecretKeys", w.JSON(`{"Uin": %d}`, r.Uin)),
	} {
		if err := testkit.Matches([]byte(want), answer.Body); err != nil {
			t.Error(err)
		}
	}
	expectCode(t, "", w.Call(customer, "DescribeSecretKeys", `{}`))
	// Neither a customer's partner nor the partner's customer sees the other's keys.
	expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(customer, "DescribeSecretKeys", w.JSON(`{"Uin": %d}`, r.Uin)))
	expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(r, "DescribeSecretKeys", w.JSON(`{"Uin": %d}`, customer.Uin)))
	expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(r, "DescribeSecretKeys", `{"Uin": 3}`))
}
