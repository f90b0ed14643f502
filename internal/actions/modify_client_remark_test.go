package actions_test

import (
	"strings"
	"testing"

	"tael/internal/testkit"
)

func TestModifyClientRemark(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 1000
		reseller Q line 1000
		customer C of R
		customer F of Q
		call R ModifyClientRemark {"ClientUin": "$C", "Remark": "Ölfirma 100%"} → {"ClientRemark": "Ölfirma 100%"}
		call R QueryCustomersCredit {"FilterType": "Remark", "Filter": "öLFIRMA"} → {"Total": 1, "Data": ["*"]}
		call R:k ModifyClientRemark {"ClientUin": "$C", "Remark": ""} → {"ClientRemark": ""}
		call R QueryCustomersCredit {"FilterType": "Remark", "Filter": "ölfirma"} → {"Total": 0, "Data": []}
		call R ModifyClientRemark {"ClientUin": "$C", "Remark": "again"} → ok
		call R:k ModifyClientRemark {"ClientUin": "$C", "Remark": ""} → {"ClientRemark": ""}
		call R QueryCustomersCredit {"FilterType": "Remark", "Filter": "again"} → {"Total": 1, "Data": ["*"]}
		call R ModifyClientRemark {"ClientUin": "$C", "Remark": "`+strings.Repeat("ü", 255)+`"} → ok
		call R ModifyClientRemark {"ClientUin": "$C", "Remark": "`+strings.Repeat("ü", 256)+`"} → InvalidParameter
		call R ModifyClientRemark {"ClientUin": "$F", "Remark": "x"} → UnauthorizedOperation.UinNoAuth
		call R ModifyClientRemark {"ClientUin": "200000000999", "Remark": "x"} → UnauthorizedOperation.UinNoAuth
		call R ModifyClientRemark {"ClientUin": "C", "Remark": "x"} → InvalidParameterValue.InvalidUin
		call R ModifyClientRemark {"ClientUin": "-1", "Remark": "x"} → InvalidParameterValue.InvalidUin
		call R ModifyClientRemark {"ClientUin": "$C"} → MissingParameter
		call Q QueryCustomersCredit {} → {"Total": 1, "Data": [{"Name": "F", "Type": "new", "Mobile": "", "Email": "", "Arrears": "-", "AssociationTime": "2026-11-01 00:00:00", "RecentExpiry": "", "ClientUin": F, "Credit": 0, "RemainingCredit": 0, "IdentifyType": 0, "Remark": "", "Force": 0}]}
		call C ModifyClientRemark {"ClientUin": "$C", "Remark": "x"} → UnauthorizedOperation.UinNoAuth`)
}

func TestModifyClientRemarkOnABrokenDatabase(t *testing.T) {
	testkit.Scenario(t, `
		only sqlite
		reseller R line 1000
		customer C of R
		damage UPDATE tree SET head = 'abc' WHERE root_uin = (SELECT uin FROM partner WHERE name = 'R')
		call R ModifyClientRemark {"ClientUin": "$C", "Remark": "x"} → InternalError`)
}
