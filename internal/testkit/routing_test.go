package testkit

import (
	"testing"

	"tael/internal/store"
)

func TestCheckRoutingFindsStatementsWithoutATree(t *testing.T) {
	t.Parallel()
	for sql, routed := range map[string]bool{
		`SELECT 1`: true,
		`SELECT uin FROM identity WHERE uin = $1`:                                                                                  true,
		`SELECT uin FROM customer WHERE uin = $1`:                                                                                  false,
		`SELECT uin FROM customer WHERE root_uin = 1`:                                                                              false,
		`SELECT uin FROM customer WHERE root_uin = $1 AND uin = $2`:                                                                true,
		`UPDATE voucher SET balance = $2 WHERE id = $1`:                                                                            false,
		`DELETE FROM batch WHERE root_uin = $1 AND batch <= $2`:                                                                    true,
		`INSERT INTO charge (root_uin, charge_id) VALUES ($1, $2)`:                                                                 true,
		`INSERT INTO charge (charge_id, root_uin) VALUES ($1, $2)`:                                                                 false,
		`INSERT INTO message (root_uin, id) SELECT root_uin, $2 FROM customer WHERE root_uin = $1`:                                 true,
		`INSERT INTO message (root_uin, id) SELECT root_uin, $2 FROM customer WHERE uin = $1`:                                      false,
		`INSERT INTO message (root_uin, id) SELECT $1, $2 FROM customer WHERE root_uin = $1`:                                       false,
		`SELECT t.amount FROM transfer t JOIN charge c ON c.line = t.line WHERE t.root_uin = $1`:                                   false,
		`SELECT t.amount FROM transfer t JOIN charge c ON c.root_uin = t.root_uin AND c.line = t.line WHERE t.root_uin = $1`:       true,
		`SELECT uin FROM partner WHERE root_uin = $1 AND uin = (SELECT partner_uin FROM customer WHERE uin = $2)`:                  false,
		`SELECT uin FROM partner WHERE root_uin = $1 AND uin = (SELECT partner_uin FROM customer WHERE root_uin = $1 AND uin = 2)`: true,
	} {
		if err := CheckRouting(store.Statement{SQL: sql}); (err == nil) != routed {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if err := CheckRouting(store.Statement{SQL: `SELECT COUNT(*) FROM partner`, AllTrees: true}); err != nil {
		t.Error(err)
	}
}
