package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// Vouchers first, in the order of domain.md §3.5, then credit.
func TestRecordCharge(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000 quota 1000
		customer C of R credit 50
		call R IssueVoucher {"ClientUin": C, "Amount": 10, "ExpireTime": "2026-12-31 23:59:59"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 30, "ExpireTime": "2026-11-30 23:59:59", "PaymentMode": "Postpaid"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 7, "ExpireTime": "2026-11-20 23:59:59", "ProductScope": "SpecifyProducts", "Products": ["cbs", "cos"]} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 8, "ExpireTime": "2026-11-25 23:59:59", "ProductScope": "SpecifyProductsBlacklist", "Products": ["cvm"]} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 9, "EffectiveTime": "2026-11-02 00:00:00", "ExpireTime": "2026-11-03 00:00:00"} → ok
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 12.5} → {"BillLineId": "1000000000000001", "OriginalCost": 12.5, "VoucherDeduction": 10, "CreditDeduction": 2.5, "RemainingCredit": 47.5, "Vouchers": [{"VoucherId": 10000001, "Amount": 10}]}
		call OP RecordCharge {"ChargeId": "2", "ClientUin": C, "PayMode": "postPay", "ProductCode": "cos", "OriginalCost": 20} → {"BillLineId": "1000000000000002", "OriginalCost": 20, "VoucherDeduction": 20, "CreditDeduction": 0, "RemainingCredit": 47.5, "Vouchers": [{"VoucherId": 10000003, "Amount": 7}, {"VoucherId": 10000004, "Amount": 8}, {"VoucherId": 10000002, "Amount": 5}]}
		call R QueryPartnerCredit {} → {"TotalCredit": 1000, "AllocatedCredit": 50, "RemainingCredit": 950, "CustomerTotalCredit": 50, "CustomerRemainingCredit": 47.5}
		call R QueryCreditByUinList {"UinList": [C]} → {"Data": [{"Uin": C, "TotalCredit": 50, "RemainingCredit": 47.5}]}
		call C QueryCustomerBillingQuota {} → {"Data": {"TotalCredit": 50, "RemainingCredit": 47.5, "RemainingVoucher": 25, "PrepayFrozen": 0, "PostpayFrozen": 0, "Force": 0}}
		call R QueryVoucherAmountByUin {"ClientUins": [C]} → {"Data": [{"ClientUin": C, "TotalAmount": 64, "RemainAmount": 34}]}
		clock 2026-11-03 00:00:00
		call OP RecordCharge {"ChargeId": "3", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 9} → {"BillLineId": "1000000000000003", "OriginalCost": 9, "VoucherDeduction": 9, "CreditDeduction": 0, "RemainingCredit": 47.5, "Vouchers": [{"VoucherId": 10000005, "Amount": 9}]}
		call R RecordCharge {"ChargeId": "4", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 1} → UnauthorizedOperation.UinNoAuth
		call OP RecordCharge {"ChargeId": "4", "ClientUin": R, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 1} → UnauthorizedOperation.UinNoAuth
		call OP RecordCharge {"ChargeId": "4", "ClientUin": 5, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 1} → UnauthorizedOperation.UinNoAuth
		call OP RecordCharge {"ChargeId": "4", "ClientUin": C, "PayMode": "cash", "ProductCode": "cvm", "OriginalCost": 1} → InvalidParameterValue
		call OP RecordCharge {"ChargeId": "4", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": -1} → InvalidParameterValue
		call OP RecordCharge {"ChargeId": "a b", "ClientUin": C, "PayMode": "prePay", "ProductCode": "cvm", "OriginalCost": 1} → InvalidParameterValue`)
}

// Equal expiry: the larger deductible amount, measured against the whole
// charge, then the smaller balance, then the smaller id.
func TestRecordChargeOrderOfEqualExpiry(t *testing.T) {
	testkit.Scenario(t, `
		reseller R quota 1000
		customer C of R
		call R IssueVoucher {"ClientUin": C, "Amount": 5, "ExpireTime": "2026-11-30 00:00:00"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 40, "ExpireTime": "2026-11-30 00:00:00"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 30, "ExpireTime": "2026-11-30 00:00:00"} → ok
		call R IssueVoucher {"ClientUin": C, "Amount": 30, "ExpireTime": "2026-11-30 00:00:00"} → ok
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 20} → {"BillLineId": "*", "OriginalCost": 20, "VoucherDeduction": 20, "CreditDeduction": 0, "RemainingCredit": 0, "Vouchers": [{"VoucherId": 10000003, "Amount": 20}]}
		call OP RecordCharge {"ChargeId": "2", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 90} → {"BillLineId": "*", "OriginalCost": 90, "VoucherDeduction": 85, "CreditDeduction": 5, "RemainingCredit": -5, "Vouchers": [{"VoucherId": 10000002, "Amount": 40}, {"VoucherId": 10000004, "Amount": 30}, {"VoucherId": 10000003, "Amount": 10}, {"VoucherId": 10000001, "Amount": 5}]}`)
}

// What a prepaid purchase needs, level by level; pay-as-you-go is recorded in
// any case (domain.md §2.5).
func TestRecordChargePrepaidConditions(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 100 quota 10
		subreseller S of D pool 50
		customer C of D credit 40
		customer E of S credit 50
		call D IssueVoucher {"ClientUin": C, "Amount": 5} → ok
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "prePay", "ProductCode": "p", "OriginalCost": 45.01} → FailedOperation.BalanceInsufficient
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "prePay", "ProductCode": "p", "OriginalCost": 45} → {"BillLineId": "*", "OriginalCost": 45, "VoucherDeduction": 5, "CreditDeduction": 40, "RemainingCredit": 0, "Vouchers": ["*"]}
		call OP SetPartnerCredit {"Uin": D, "TotalCredit": 60} → ok
		call OP RecordCharge {"ChargeId": "2", "ClientUin": E, "PayMode": "prePay", "ProductCode": "p", "OriginalCost": 20.01} → FailedOperation
		call OP RecordCharge {"ChargeId": "2", "ClientUin": E, "PayMode": "prePay", "ProductCode": "p", "OriginalCost": 20} → ok
		call OP RecordCharge {"ChargeId": "3", "ClientUin": E, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 100} → {"BillLineId": "*", "OriginalCost": 100, "VoucherDeduction": 0, "CreditDeduction": 100, "RemainingCredit": -70, "Vouchers": []}
		call S AllocateCustomerCredit {"ClientUin": E, "AddedCredit": -1} → FailedOperation.BalanceInsufficient
		call S QueryPartnerCredit {} → {"TotalCredit": 50, "AllocatedCredit": 50, "RemainingCredit": 0, "CustomerTotalCredit": 50, "CustomerRemainingCredit": -70}`)
}

func TestRecordChargeOfForcedCustomer(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100
		customer C of R credit 40
		damage UPDATE customer SET forced = 1
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "prePay", "ProductCode": "p", "OriginalCost": 1} → OperationDenied
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 1} → ok`)
}

// A ChargeId is kept for ever: with equal content it has its first answer.
func TestRecordChargeRepeated(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100 quota 10
		customer C of R credit 40
		call R IssueVoucher {"ClientUin": C, "Amount": 5} → ok
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 6} → {"BillLineId": "1000000000000001", "OriginalCost": 6, "VoucherDeduction": 5, "CreditDeduction": 1, "RemainingCredit": 39, "Vouchers": [{"VoucherId": 10000001, "Amount": 5}]}
		call OP RecordCharge {"ChargeId": "2", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 0} → {"BillLineId": "1000000000000002", "OriginalCost": 0, "VoucherDeduction": 0, "CreditDeduction": 0, "RemainingCredit": 39, "Vouchers": []}
		clock 2027-11-01 00:00:00
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 6.0} → {"BillLineId": "1000000000000001", "OriginalCost": 6, "VoucherDeduction": 5, "CreditDeduction": 1, "RemainingCredit": 39, "Vouchers": [{"VoucherId": 10000001, "Amount": 5}]}
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 7} → InvalidParameterValue
		call OP RecordCharge {"ChargeId": "1", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 6, "TransactionTime": "2027-01-01 00:00:00"} → InvalidParameterValue
		call OP:k RecordCharge {"ChargeId": "3", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 1} → ok
		call OP:k RecordCharge {"ChargeId": "3", "ClientUin": C, "PayMode": "postPay", "ProductCode": "p", "OriginalCost": 1} → ok
		call R QueryCreditByUinList {"UinList": [C]} → {"Data": [{"Uin": C, "TotalCredit": 40, "RemainingCredit": 38}]}`)
}
