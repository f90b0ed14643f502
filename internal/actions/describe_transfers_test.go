package actions_test

import (
	"encoding/json"
	"strings"
	"testing"

	"tael/api"
	"tael/internal/testkit"
)

// Who sees which transfers: design.md §1.4 and the table.
func TestDescribeTransfers(t *testing.T) {
	testkit.Scenario(t, `
		distributor D line 1000 quota 10
		subreseller S of D pool 200
		customer C of D credit 5
		customer E of S credit 7
		reseller R line 1
		call D DescribeTransfers {} → {"Transfers": [{"Sequence": 1, "Time": "2026-11-01 00:00:00", "Kind": "SetLine", "Debit": "outside:$D", "Credit": "line:$D", "Amount": 1000, "RequestId": "*", "Operator": "Operator", "Remark": ""}, {"Sequence": 2, "Time": "*", "Kind": "SetVoucherQuota", "Debit": "outside:$D", "Credit": "quota:$D", "Amount": 10, "RequestId": "*", "Operator": "Operator", "Remark": ""}, {"Sequence": 3, "Time": "*", "Kind": "AllocatePool", "Debit": "line:$D", "Credit": "line:$S", "Amount": 200, "RequestId": "*", "Operator": "D", "Remark": ""}, {"Sequence": 4, "Time": "*", "Kind": "Allocate", "Debit": "line:$D", "Credit": "credit:$C", "Amount": 5, "RequestId": "*", "Operator": "D", "Remark": ""}, {"Sequence": 5, "Time": "*", "Kind": "Allocate", "Debit": "line:$S", "Credit": "credit:$E", "Amount": 7, "RequestId": "*", "Operator": "S", "Remark": ""}], "NextSequence": 0, "Hash": "*"}
		call D DescribeTransfers {"Limit": 2} → {"Transfers": ["*", "*"], "NextSequence": 3, "Hash": "*"}
		call D DescribeTransfers {"FromSequence": 5, "Limit": 1} → {"Transfers": ["*"], "NextSequence": 0, "Hash": "*"}
		call D DescribeTransfers {"FromSequence": 6} → {"Transfers": [], "NextSequence": 0, "Hash": null}
		call D DescribeTransfers {"Uin": S} → {"Transfers": ["*", "*"], "NextSequence": 0, "Hash": null}
		call S DescribeTransfers {} → {"Transfers": ["*", "*"], "NextSequence": 0, "Hash": null}
		call S DescribeTransfers {"ClientUin": E} → {"Transfers": ["*"], "NextSequence": 0, "Hash": null}
		call S DescribeTransfers {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call S DescribeTransfers {"Uin": D} → UnauthorizedOperation.UinNoAuth
		call D DescribeTransfers {"ClientUin": E} → {"Transfers": ["*"], "NextSequence": 0, "Hash": "*"}
		call D DescribeTransfers {"Uin": R} → UnauthorizedOperation.UinNoAuth
		call R DescribeTransfers {"ClientUin": C} → UnauthorizedOperation.UinNoAuth
		call OP DescribeTransfers {} → MissingParameter
		call OP DescribeTransfers {"Uin": D, "Limit": 1} → {"Transfers": ["*"], "NextSequence": 2, "Hash": "*"}
		call OP DescribeTransfers {"Uin": C} → UnauthorizedOperation.UinNoAuth
		call D DescribeTransfers {"Limit": 201} → InvalidParameterValue
		call D DescribeTransfers {"FromSequence": 0} → InvalidParameterValue
		call C DescribeTransfers {} → UnauthorizedOperation.UinNoAuth`)
}

// What a caller in doubt looks up: the transfers of one request.
func TestDescribeTransfersByRequest(t *testing.T) {
	t.Parallel()
	w := testkit.New(t, testkit.Options{})
	r := w.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 100}`)
	made := w.Call(w.Operator, "CreatePartner", `{"Name": "Q", "Role": "Reseller", "TotalCredit": 50, "VoucherQuota": 1}`)
	var q api.CreatePartnerResponse
	if err := json.Unmarshal(made.Body, &q); err != nil {
		t.Fatal(err)
	}
	key := testkit.Key{Uin: q.Uin, ID: q.SecretId, Secret: q.SecretKey}
	found := w.Call(key, "DescribeTransfers", `{"RequestId": "`+made.RequestID+`"}`)
	if strings.Count(string(found.Body), made.RequestID) != 2 {
		t.Errorf("own request: %s", found.Body)
	}
	if foreign := w.Call(r, "DescribeTransfers", `{"RequestId": "`+made.RequestID+`"}`); strings.Contains(string(foreign.Body), made.RequestID) {
		t.Errorf("another tree's request: %s", foreign.Body)
	}
}
