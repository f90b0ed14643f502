package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// What a customer had returns to where it came from, and its partner reads
// nothing more of it.
func TestUnbindCustomer(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000 quota 100
		reseller Q line 1000
		customer C of R credit 50
		customer B of R credit 7
		customer F of Q credit 5
		call R IssueVoucher {"ClientUin": C, "Amount": 10} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 4} → ok
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 16} → ok
		call R QueryPartnerCredit {} → {"TotalCredit": 1000, "AllocatedCredit": 57, "RemainingCredit": 943, "CustomerTotalCredit": 57, "CustomerRemainingCredit": 55}
		call R UnbindCustomer {"ClientUin": F} → UnauthorizedOperation.UinNoAuth
		call R UnbindCustomer {"ClientUin": 200000000999} → UnauthorizedOperation.UinNoAuth
		call C UnbindCustomer {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call OP UnbindCustomer {"ClientUin": R} → UnauthorizedOperation.UinNoAuth
		call OP UnbindCustomer {"ClientUin": 200000000999} → UnauthorizedOperation.UinNoAuth
		call OP:none UnbindCustomer {"ClientUin": 200000000999} → UnauthorizedOperation.UinNoAuth
		call R ForceQN {"ClientUin": C, "Type": 2} → ok
		call R UnbindCustomer {"ClientUin": C} → OperationDenied
		call OP UnbindCustomer {"ClientUin": C} → OperationDenied
		call R ForceQN {"ClientUin": C, "Type": 0} → ok
		call OP RecordCharge {"ChargeId": "2", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 48.00000001} → ok
		call R UnbindCustomer {"ClientUin": C} → FailedOperation.BalanceInsufficient
		call OP RefundCharge {"ChargeId": "2", "ClientUin": C} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 3, "ExpireTime": "2026-11-01 00:00:10"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 2.5, "EffectiveTime": "2026-11-20 00:00:00", "ExpireTime": "2026-11-30 00:00:00"} → ok
		clock 2026-11-01 00:00:11
		call OP SetPartnerStatus {"Uin": R, "Status": "Frozen"} → ok
		call R UnbindCustomer {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call OP SetPartnerStatus {"Uin": R, "Status": "Active"} → ok
		call R:k UnbindCustomer {"ClientUin": C} → {"ReturnedCredit": 50, "ReturnedQuota": 2.5}
		call R:k UnbindCustomer {"ClientUin": C} → {"ReturnedCredit": 50, "ReturnedQuota": 2.5}
		call R:k UnbindCustomer {"ClientUin": B} → InvalidParameterValue
		call R UnbindCustomer {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call R QueryPartnerCredit {} → {"TotalCredit": 1000, "AllocatedCredit": 7, "RemainingCredit": 993, "CustomerTotalCredit": 7, "CustomerRemainingCredit": 7}
		call R QueryVoucherPool {} → {"AgentName": "R", "AccountType": 1, "TotalQuota": 100, "RemainingQuota": 83, "IssuedNum": 3}
		# nothing of it is left to read
		call R QueryCreditAllocationHistory {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call R QueryCreditByUinList {"UinList": [C]} → UnauthorizedOperation.NotCustomerUin
		call R QueryVoucherAmountByUin {"ClientUins": [C]} → UnauthorizedOperation.UinNoAuth
		call R QueryVoucherListByUin {"ClientUins": [C]} → UnauthorizedOperation.UinNoAuth
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10} → {"TotalCount": 0, "Data": []}
		call R DescribeCustomerVoucherList {"Page": 1, "PageSize": 10, "VoucherId": 10000001} → {"TotalCount": 0, "Data": []}
		call R DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": C, "VoucherId": 10000001} → UnauthorizedOperation.UinNoAuth
		call R WithdrawVoucher {"VoucherId": 10000004} → ResourceNotFound
		call R DescribeCustomerInfo {"CustomerUin": [C]} → UnauthorizedOperation.UinNoAuth
		call R DescribeCustomerUin {"Page": 1, "PageSize": 10} → {"Total": "1", "Data": [{"CustomerUin": "$B"}]}
		call R QueryDirectCustomersCredit {} → {"Data": [{"Uin": B, "TotalCredit": 7, "RemainingCredit": 7}]}
		call R DescribeTransfers {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call R ModifyClientRemark {"ClientUin": "$C", "Remark": "x"} → UnauthorizedOperation.UinNoAuth
		call R ForceQN {"ClientUin": C, "Type": 2} → InvalidParameterValue
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → UnauthorizedOperation.UinNoAuth
		call OP RecordCharge {"ChargeId": "3", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 1} → UnauthorizedOperation.UinNoAuth
		call OP RefundCharge {"ChargeId": "1", "ClientUin": C} → UnauthorizedOperation.UinNoAuth
		# nor may the account do what customers may
		call C QueryCustomerBillingQuota {} → UnauthorizedOperation.UinNoAuth`)
}

// The operator's repeat is found in the tree that the customer has left.
func TestUnbindCustomerByTheOperatorIsRepeatable(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		customer C of R credit 50
		call OP:charge RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 20} → ok
		call OP:refund RefundCharge {"ChargeId": "1", "ClientUin": C, "Amount": 5} → ok
		call OP:k UnbindCustomer {"ClientUin": C} → {"ReturnedCredit": 50, "ReturnedQuota": 0}
		call OP:k UnbindCustomer {"ClientUin": C} → {"ReturnedCredit": 50, "ReturnedQuota": 0}
		call OP:charge RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 20} → {"BillLineId": "1000000000000001", "OriginalCost": 20, "VoucherDeduction": 0, "CreditDeduction": 20, "RemainingCredit": 30, "Vouchers": []}
		call OP:refund RefundCharge {"ChargeId": "1", "ClientUin": C, "Amount": 5} → {"RefundedCredit": 5, "RemainingCredit": 35}
		call OP:other UnbindCustomer {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call OP:charge2 RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 20} → UnauthorizedOperation.UinNoAuth
		call R QueryPartnerCredit {} → {"TotalCredit": 1000, "AllocatedCredit": 0, "RemainingCredit": 1000, "CustomerTotalCredit": 0, "CustomerRemainingCredit": 0}`)
}

// Of a customer with many vouchers all return, in several batches; a repeat with the
// same key is answered the same, and a refusal withdraws none.
func TestUnbindCustomerWithManyVouchers(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := testkit.New(t, testkit.Options{Database: d})
		r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 10, "VoucherQuota": 5000}`)
		q := w.Create("CreatePartner", `{"Name": "Q", "Role": "Reseller"}`)
		for _, by := range []testkit.Key{r, w.Operator} {
			c := w.Create("CreateCustomer", w.JSON(`{"PartnerUin": %d, "Name": "C"}`, r.Uin))
			var calls []func() testkit.Answer
			for range 1201 {
				calls = append(calls, func() testkit.Answer {
					return w.Call(r, "IssueVoucher", w.JSON(`{"ClientUin": %d, "Amount": 1}`, c.Uin))
				})
			}
			if got := atOnce(calls); got[""] != 1201 {
				t.Fatal(got)
			}
			const batches = "SELECT batch FROM tree WHERE root_uin = $1"
			withdrawn := func() int {
				return testkit.Count(t, w.Address, "SELECT COUNT(*) FROM voucher WHERE customer_uin = $1 AND withdrawn = 1", c.Uin)
			}
			unbind := w.JSON(`{"ClientUin": %d}`, c.Uin)
			expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(q, "UnbindCustomer", unbind))
			force := `{"ClientUin": %d, "Type": %d}`
			expectCode(t, "", w.Call(r, "ForceQN", w.JSON(force, c.Uin, 2)))
			expectCode(t, "OperationDenied", w.Call(by, "UnbindCustomer", unbind, "X-Tael-Idempotency-Key", "k"))
			if n := withdrawn(); n != 0 {
				t.Errorf("a refusal withdrew %d vouchers", n)
			}
			expectCode(t, "", w.Call(r, "ForceQN", w.JSON(force, c.Uin, 0)))
			before := testkit.Count(t, w.Address, batches, r.Uin)
			for range 2 {
				answer := w.Call(by, "UnbindCustomer", unbind, "X-Tael-Idempotency-Key", "k")
				if string(answer.Body) != `{"ReturnedCredit":0,"ReturnedQuota":1201}` {
					t.Errorf("%s %s", answer.Code, answer.Body)
				}
			}
			if n := testkit.Count(t, w.Address, batches, r.Uin) - before; n < 4 {
				t.Errorf("%d batches", n)
			}
			if n := withdrawn(); n != 1201 {
				t.Errorf("%d vouchers are withdrawn", n)
			}
		}
		expectCode(t, "", w.Call(r, "QueryVoucherPool", `{}`))
		w.Verify()
	})
}

// A customer that the operator names wrongly costs no write, and leaves nothing that
// the same key could stumble over.
func TestCustomersThatAreNoneLeaveNothing(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	batches := func() int {
		return testkit.Count(t, w.Address, "SELECT COALESCE(MAX(batch), 0) FROM tree WHERE root_uin = $1", w.Operator.Uin)
	}
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller"}`)
	before := batches()
	for action, body := range map[string]string{
		"UnbindCustomer": `{"ClientUin": 200000000999}`,
		"MoveCustomer":   w.JSON(`{"ClientUin": 200000000999, "PartnerUin": %d}`, r.Uin),
	} {
		expectCode(t, "UnauthorizedOperation.UinNoAuth", w.Call(w.Operator, action, body, "X-Tael-Idempotency-Key", "k"))
	}
	if after := batches(); after != before {
		t.Errorf("%d batches in the operator's tree", after-before)
	}
}
