package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// The whole credit changes the line it comes from; no figure of the customer
// changes, and neither partner sees what the other did.
func TestMoveCustomer(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1000 quota 100
		subreseller S of D pool 200
		subreseller T of D pool 20
		reseller R line 100
		customer C of S credit 50
		customer F of R credit 1
		call D AllocateVoucherPool {"SubAgentUin": S, "Quota": 40} → ok
		call S IssueVoucher {"ClientUin": C, "Amount": 10} → ok
		call S ModifyClientRemark {"ClientUin": "$C", "Remark": "ours"} → ok
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 14} → ok
		call OP RecordCharge {"ChargeId": "2", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 26} → ok
		call S IssueVoucher {"ClientUin": C, "Amount": 3} → ok
		call OP MoveCustomer {"ClientUin": C, "PartnerUin": T} → InvalidParameterValue.CreditAmountOutOfRange
		call OP MoveCustomer {"ClientUin": C, "PartnerUin": R} → UnauthorizedOperation.UinNoAuth
		call OP MoveCustomer {"ClientUin": C, "PartnerUin": C} → UnauthorizedOperation.UinNoAuth
		call OP MoveCustomer {"ClientUin": S, "PartnerUin": D} → UnauthorizedOperation.UinNoAuth
		call OP MoveCustomer {"ClientUin": 200000000999, "PartnerUin": D} → UnauthorizedOperation.UinNoAuth
		call D MoveCustomer {"ClientUin": C, "PartnerUin": D} → UnauthorizedOperation.UinNoAuth
		call OP MoveCustomer {"ClientUin": C, "PartnerUin": S} → {"TotalCredit": 50, "RemainingCredit": 20}
		call S DescribeCustomerInfo {"CustomerUin": [C]} → UnauthorizedOperation.UinNoAuth
		clock 2026-11-02 08:00:00
		call OP:k MoveCustomer {"ClientUin": C, "PartnerUin": D, "Remark": "from S"} → {"TotalCredit": 50, "RemainingCredit": 20}
		call OP:k MoveCustomer {"ClientUin": C, "PartnerUin": D, "Remark": "from S"} → {"TotalCredit": 50, "RemainingCredit": 20}
		call S QueryPartnerCredit {} → {"TotalCredit": 200, "AllocatedCredit": 0, "RemainingCredit": 200, "CustomerTotalCredit": 0, "CustomerRemainingCredit": 0}
		call D QueryPartnerCredit {} → {"TotalCredit": 1000, "AllocatedCredit": 270, "RemainingCredit": 730, "CustomerTotalCredit": 50, "CustomerRemainingCredit": 20}
		call S QueryCreditAllocationHistory {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call S DescribeTransfers {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call D QueryCreditAllocationHistory {"ClientUin": C} → {"Total": 1, "History": [{"AllocatedTime": "2026-11-02 08:00:00", "Operator": "Operator", "Credit": 50, "AllocatedCredit": 50, "ClientCreditAfter": 20, "Remark": "from S"}]}
		call D DescribeCustomerInfo {"CustomerUin": [C]} → {"Data": [{"CustomerUin": "$C", "Email": "", "Phone": "", "Mark": "", "Name": "C", "BindTime": "2026-11-02 08:00:00", "AccountStatus": "0", "AuthStatus": "-1", "AuthType": -1, "CidRegisterTime": "2026-11-01 00:00:00", "UinRegisterTime": "2026-11-01 00:00:00", "AuthPassTime": "", "HasExpense": 1}]}
		call S QueryCustomersCredit {} → {"Total": 0, "Data": []}
		# its vouchers go with it and stay with their issuer's quota
		call D QueryVoucherAmountByUin {"ClientUins": [C]} → {"Data": [{"ClientUin": C, "TotalAmount": 13, "RemainAmount": 3}]}
		call D DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": C, "VoucherId": 10000001} → {"CustomerUin": C, "VoucherId": 10000001, "TotalAmount": 10, "RemainAmount": 0, "TotalRecordsCount": 0, "Month": "", "RecordsCountByMonth": 0, "Data": []}
		call C DescribeCustomerOwnVoucherUsageDetails {"Page": 1, "PageSize": 10, "VoucherId": 10000001} → {"VoucherId": 10000001, "TotalAmount": 10, "RemainAmount": 0, "TotalRecordsCount": 1, "Month": "", "RecordsCountByMonth": 1, "Data": ["*"]}
		call D DescribeCustomerVoucherList {"Page": 1, "PageSize": 10} → {"TotalCount": 0, "Data": []}
		call D WithdrawVoucher {"VoucherId": 10000002} → ResourceNotFound
		call S DescribeCustomerVoucherList {"Page": 1, "PageSize": 10} → {"TotalCount": 2, "Data": ["*", "*"]}
		call OP RecordCharge {"ChargeId": "3", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 1} → {"BillLineId": "1000000000000003", "OriginalCost": 1, "VoucherDeduction": 1, "CreditDeduction": 0, "RemainingCredit": 20, "Vouchers": ["*"]}
		call D DescribeCustomerVoucherUsageDetails {"Page": 1, "PageSize": 10, "CustomerUin": C, "VoucherId": 10000002} → {"CustomerUin": C, "VoucherId": 10000002, "TotalAmount": 3, "RemainAmount": 2, "TotalRecordsCount": 1, "Month": "", "RecordsCountByMonth": 1, "Data": ["*"]}
		call S WithdrawVoucher {"VoucherId": 10000002} → {"ReturnedQuota": 2}
		call S QueryVoucherPool {} → {"AgentName": "S", "AccountType": 3, "TotalQuota": 40, "RemainingQuota": 29, "IssuedNum": 1}
		# what it paid before can be refunded, at its new partner's
		call OP RefundCharge {"ChargeId": "2", "ClientUin": C} → {"RefundedCredit": 26, "RemainingCredit": 46}
		call D QueryPartnerCredit {} → {"TotalCredit": 1000, "AllocatedCredit": 270, "RemainingCredit": 730, "CustomerTotalCredit": 50, "CustomerRemainingCredit": 46}
		call D AllocateCustomerCredit {"ClientUin": C, "AddedCredit": -46} → {"TotalCredit": 4, "RemainingCredit": 0}
		call D QueryCreditAllocationHistory {"ClientUin": C} → {"Total": 2, "History": ["*", "*"]}
		# an overdue customer takes its debt along
		call OP RecordCharge {"ChargeId": "4", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cvm", "OriginalCost": 5} → ok
		call OP MoveCustomer {"ClientUin": C, "PartnerUin": T} → {"TotalCredit": 4, "RemainingCredit": -5}
		call T QueryPartnerCredit {} → {"TotalCredit": 20, "AllocatedCredit": 4, "RemainingCredit": 16, "CustomerTotalCredit": 4, "CustomerRemainingCredit": -5}
		call T DescribeTransfers {"ClientUin": C} → {"Transfers": ["*"], "NextSequence": 0, "Hash": null}
		# and when it has left, a repeat is still answered
		call T AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 5} → ok
		call T UnbindCustomer {"ClientUin": C} → {"ReturnedCredit": 9, "ReturnedQuota": 0}
		call OP:k MoveCustomer {"ClientUin": C, "PartnerUin": D, "Remark": "from S"} → {"TotalCredit": 50, "RemainingCredit": 20}
		call T QueryPartnerCredit {} → {"TotalCredit": 20, "AllocatedCredit": 0, "RemainingCredit": 20, "CustomerTotalCredit": 0, "CustomerRemainingCredit": 0}`)
}
