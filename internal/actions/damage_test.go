package actions_test

import (
	"testing"

	"tael/internal/testkit"
)

// A row that holds what its column cannot fails those who need it, and nobody
// else: the process lives on, and the database stays free for others. The tree is at
// another batch then, for the row to be read at all.
func TestDamagedCell(t *testing.T) {
	testkit.Scenario(t, `
		only sqlite
		reseller R line 100
		customer C of R
		reseller Q line 100
		customer F of Q
		damage UPDATE partner SET line = 'abc' WHERE name = 'R'
		damage UPDATE tree SET batch = batch + 1 WHERE root_uin = (SELECT uin FROM partner WHERE name = 'R')
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → InternalError
		call R QueryPartnerCredit {} → InternalError
		call Q AllocateCustomerCredit {"ClientUin": F, "AddedCredit": 1} → ok
		call Q QueryPartnerCredit {} → ok`)
}

// The same where the database holds a value to its type, but not to its length.
func TestDamagedTree(t *testing.T) {
	testkit.Scenario(t, `
		reseller R line 100
		customer C of R
		reseller Q line 100
		customer F of Q
		damage UPDATE tree SET head = 'abc' WHERE root_uin = (SELECT uin FROM partner WHERE name = 'R')
		call R AllocateCustomerCredit {"ClientUin": C, "AddedCredit": 1} → InternalError
		call R QueryPartnerCredit {} → ok
		call Q AllocateCustomerCredit {"ClientUin": F, "AddedCredit": 1} → ok`)
}
