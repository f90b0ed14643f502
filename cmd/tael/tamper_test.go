package main_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	_ "modernc.org/sqlite" // tampering goes behind Tael's back

	"tael/internal/demo"
)

// A stopped server's database, and what verify printed of it.
type pristine struct {
	path    string
	anchors string
	last    int64  // sequence of the reseller's last transfer
	hash    []byte // of the third transfer from the end, which is the one that is changed
}

// allocations after the demo world, all to one customer of the reseller: the
// tail that can be cut.
const tail = 5

// newPristine makes a database with some history in the reseller's tree.
func newPristine(t *testing.T) *pristine {
	t.Helper()
	p := &pristine{path: filepath.Join(t.TempDir(), "pristine.db")}
	s := start(t, nil, "--db", p.path, "--demo")
	operator, reseller := account(demo.OperatorUin), account(demo.Reseller)
	// So that the customer's Credit is not the same as what it may still spend.
	s.must(t, operator, "SetPartnerCredit", fmt.Sprintf(`{"Uin": %d, "TotalCredit": 2000}`, demo.Reseller))
	s.must(t, reseller, "IssueVoucher", fmt.Sprintf(`{"ClientUin": %d, "Amount": 3}`, demo.FirstCustomer))
	for i := range tail {
		s.must(t, reseller, "AllocateCustomerCredit",
			fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": %d.5, "Remark": "remark"}`, demo.FirstCustomer, i+1))
	}
	if code := s.stop(t); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	p.anchors = verified(t, []string{"--db", p.path}, "")
	db := p.open(t, p.path)
	row := db.QueryRowContext(t.Context(), `SELECT last.sequence, changed.hash FROM tree AS last
JOIN transfer AS changed ON changed.root_uin = last.root_uin AND changed.sequence = last.sequence - 2
WHERE last.root_uin = $1`, demo.Reseller)
	if err := row.Scan(&p.last, &p.hash); err != nil {
		t.Fatal(err)
	}
	return p
}

// open opens a database until the test ends; all of it is in the one file then.
func (p *pristine) open(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// damaged copies the database and runs statements on the copy; each has to
// change rows, or the test would prove nothing.
func (p *pristine) damaged(t *testing.T, statements ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "damaged.db")
	for _, suffix := range []string{"", ".key"} {
		content, err := os.ReadFile(p.path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := p.open(t, path)
	for _, statement := range statements {
		result, err := db.ExecContext(t.Context(), statement)
		if err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
		if n, err := result.RowsAffected(); n == 0 || err != nil {
			t.Fatalf("%s changed nothing: %v", statement, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

// tampering is a change behind Tael's back and what verify says of it.
type tampering struct {
	name string
	sql  string
	says string
}

// transferTamperings change each column of the third transfer from the end.
func transferTamperings(p *pristine) []tampering {
	row := p.last - 2
	changed := fmt.Sprintf(
		"tree %d: broken: transfer %d was changed, or one before it: its hash does not fit",
		demo.Reseller,
		row,
	)
	missing := fmt.Sprintf("tree %d: broken: transfer %d is missing", demo.Reseller, row)
	where := fmt.Sprintf(" WHERE root_uin = %d AND sequence = %d", demo.Reseller, row)
	var all []tampering
	for _, column := range []string{
		"at", "kind", "debit_kind", "debit_owner", "credit_kind", "credit_owner", "amount", "debit_after",
		"credit_after", "partner_uin", "customer_uin", "customer_total",
	} {
		for _, bit := range []int64{1, 256} { // its last byte, and the one before
			set := fmt.Sprintf("UPDATE transfer SET %[1]s = (%[1]s | %[2]d) - (%[1]s & %[2]d)", column, bit)
			all = append(all, tampering{fmt.Sprintf("transfer.%s by %d", column, bit), set + where, changed})
		}
		all = append(all, tampering{
			"transfer." + column + " no number", "UPDATE transfer SET " + column + " = 'x'" + where,
			fmt.Sprintf("transfer %d", row),
		})
	}
	for _, column := range []string{"request_id", "operator", "remark"} {
		set := fmt.Sprintf("UPDATE transfer SET %[1]s = 'X' || substr(%[1]s, 2)", column)
		all = append(all, tampering{"transfer." + column, set + where, changed})
		all = append(
			all,
			tampering{"transfer." + column + " emptied", "UPDATE transfer SET " + column + " = ''" + where, changed},
		)
	}
	for _, i := range []int{0, len(p.hash) - 1} {
		hash := bytes.Clone(p.hash)
		hash[i] ^= 1
		all = append(all, tampering{
			fmt.Sprintf("transfer.hash byte %d", i), fmt.Sprintf("UPDATE transfer SET hash = x'%x'", hash) + where, changed,
		})
	}
	return append(
		all,
		tampering{
			"transfer.hash shortened",
			"UPDATE transfer SET hash = substr(hash, 1, 31)" + where,
			fmt.Sprintf("transfer %d", row),
		},
		tampering{"transfer.sequence", "UPDATE transfer SET sequence = sequence + 1024" + where, missing},
		tampering{
			"transfer.root_uin",
			fmt.Sprintf("UPDATE transfer SET root_uin = %d, sequence = 1024", demo.Distributor) + where,
			missing,
		},
		tampering{"transfer removed", "DELETE FROM transfer" + where, missing},
		tampering{
			"first transfer removed",
			fmt.Sprintf("DELETE FROM transfer WHERE root_uin = %d AND sequence = 1", demo.Reseller),
			"transfer 1 is missing",
		},
		tampering{
			"last transfer removed",
			fmt.Sprintf("DELETE FROM transfer WHERE root_uin = %d AND sequence = %d", demo.Reseller, p.last),
			fmt.Sprintf("account credit:%d: transfers make 42, its row says 47.5", demo.FirstCustomer),
		},
	)
}

// rowTamperings change what other tables say about money.
func rowTamperings() []tampering {
	const customer, reseller = demo.FirstCustomer, demo.Reseller
	var all []tampering
	add := func(table, column, where, says string) {
		all = append(all, tampering{
			table + "." + column, fmt.Sprintf("UPDATE %s SET %s = %s + 1 WHERE %s", table, column, column, where), says,
		})
	}
	partner := fmt.Sprintf("uin = %d", reseller)
	add("partner", "line", partner, fmt.Sprintf("account line:%d", reseller))
	add("partner", "quota", partner, fmt.Sprintf("account quota:%d", reseller))
	for _, column := range []string{
		"line_total", "quota_total", "customers", "customer_total",
		"customer_remaining", "issued",
	} {
		add("partner", column, partner, fmt.Sprintf("partner %d:", reseller))
	}
	holder := fmt.Sprintf("uin = %d", customer)
	add("customer", "credit", holder, fmt.Sprintf("account credit:%d", customer))
	add("customer", "spent", holder, fmt.Sprintf("account spent:%d", customer))
	for _, column := range []string{"voucher_total", "voucher_remaining", "voucher_usable", "voucher_until"} {
		add("customer", column, holder, fmt.Sprintf("customer %d:", customer))
	}
	add("customer", "partner_uin", holder, fmt.Sprintf("partner %d: 1 customers, its row says 2", reseller))
	voucher := fmt.Sprintf("id = 10000001 AND root_uin = %d", reseller)
	add("voucher", "face", voucher, "voucher 10000001:")
	add("voucher", "balance", voucher, "account balance:10000001")
	add("voucher", "withdrawn", voucher, "voucher 10000001: withdrawn is")
	add("voucher", "customer_uin", voucher, fmt.Sprintf("customer %d: vouchers of", customer))
	add("voucher", "expire_at", voucher, fmt.Sprintf("customer %d: voucher sums", customer))
	tree := fmt.Sprintf("root_uin = %d", reseller)
	add("tree", "outside", tree, fmt.Sprintf("account outside:%d", reseller))
	add("tree", "outstanding", tree, "customers have spent 0")
	add("tree", "sequence", tree, "the tree ends with transfer")
	for _, table := range []struct{ name, where, says string }{
		{"partner", partner, fmt.Sprintf(":%d holds", reseller)},
		{"customer", holder, fmt.Sprintf("partner %d: 1 customers, its row says 2", reseller)},
		{"voucher", voucher, fmt.Sprintf("customer %d: vouchers of", customer)},
	} {
		all = append(
			all,
			tampering{table.name + " removed", "DELETE FROM " + table.name + " WHERE " + table.where, table.says},
		)
	}
	return append(
		all,
		tampering{"tree.head", "UPDATE tree SET head = zeroblob(32) WHERE " + tree, "the tree ends with transfer"},
	)
}

// Whatever is changed in a transfer or in a figure, verify ends with code 1 and
// names the row (design.md §1.2, §4).
func TestVerifyNamesWhatWasChanged(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPristine(t)
	for _, c := range append(transferTamperings(p), rowTamperings()...) {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := tael(t, "verify", "--db", p.damaged(t, c.sql))
			if got.code != 1 || !strings.Contains(got.stderr, c.says) || strings.Contains(got.stderr, "panic") {
				t.Errorf("exit code %d, want 1 and %q; it says %.200s", got.code, c.says, got.stderr)
			}
		})
	}
}

// An untouched database is proved right, and its print serves as anchors.
func TestVerifyAcceptsAnUntouchedDatabase(t *testing.T) {
	t.Parallel()
	p := newPristine(t)
	verified(t, []string{"--db", p.path}, p.anchors)
	got := tael(t, "verify", "--db", p.path)
	want := fmt.Sprintf("tree %d sequence %d hash ", demo.Reseller, p.last)
	got.expect(t, 0, want, "")
}

// cutTail removes the reseller's last transfers and makes every figure agree
// with those that are left.
func (p *pristine) cutTail() []string {
	const reseller = "root_uin = 200000001000"
	kept := fmt.Sprintf("%s AND sequence = %d", reseller, p.last-tail)
	after := "(SELECT %s FROM transfer WHERE " + kept + ")"
	cut := fmt.Sprintf("(SELECT SUM(amount) FROM transfer WHERE %s AND sequence > %d)", reseller, p.last-tail)
	return []string{
		"UPDATE partner SET line = line + " + cut + ", customer_total = customer_total - " + cut +
			", customer_remaining = customer_remaining - " + cut + " WHERE uin = 200000001000",
		"UPDATE customer SET credit = credit - " + cut + " WHERE uin = 200000001001",
		fmt.Sprintf("UPDATE tree SET sequence = %d, head = "+after+", last_at = "+after+" WHERE "+reseller,
			p.last-tail, "hash", "at"),
		fmt.Sprintf("DELETE FROM transfer WHERE %s AND sequence > %d", reseller, p.last-tail),
	}
}

// A tail that was cut with every figure put right cannot be seen in the
// database itself; an earlier print of verify shows it, also when the tree has
// grown past it since.
func TestAnchorsFindACutTail(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPristine(t)
	path := p.damaged(t, p.cutTail()...)
	verified(t, []string{"--db", path}, "") // it all adds up: that is what the anchors are for
	got := tael(t, "verify", "--db", path, "--anchors", p.anchors)
	got.expect(
		t,
		1,
		"",
		fmt.Sprintf("tree %d: broken: the anchors name transfer %d, the tree ends with %d: its tail was cut",
			demo.Reseller, p.last, p.last-tail),
	)

	s := start(t, nil, "--db", path, "--rate-limits", "off")
	for range tail + 2 {
		s.must(t, account(demo.Reseller), "AllocateCustomerCredit", `{"ClientUin": 200000001001, "AddedCredit": 1}`)
	}
	s.stop(t)
	verified(t, []string{"--db", path}, "")
	got = tael(t, "verify", "--db", path, "--anchors", p.anchors)
	got.expect(
		t,
		1,
		"",
		fmt.Sprintf("tree %d: broken: transfer %d is not the one that the anchors name", demo.Reseller, p.last),
	)
}

// A tree that is gone with all its rows is missed by the anchors.
func TestAnchorsFindAMissingTree(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPristine(t)
	var statements []string
	for _, table := range []string{"tree", "partner", "customer", "voucher", "transfer", "audit"} {
		statements = append(statements, fmt.Sprintf("DELETE FROM %s WHERE root_uin = %d", table, demo.Reseller))
	}
	path := p.damaged(t, statements...)
	verified(t, []string{"--db", path}, "")
	got := tael(t, "verify", "--db", path, "--anchors", p.anchors)
	got.expect(
		t,
		1,
		"",
		fmt.Sprintf("tree %d: broken: the anchors name it, the database does not have it", demo.Reseller),
	)
}

// Rows of a tree without a row of its own must not go unnoticed.
func TestVerifyFindsRowsWithoutATree(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPristine(t)
	path := p.damaged(t, fmt.Sprintf("DELETE FROM tree WHERE root_uin = %d", demo.Reseller))
	got := tael(t, "verify", "--db", path)
	got.expect(t, 1, "", fmt.Sprintf("tree %d", demo.Reseller))
}

// Anchors that are none are a wrong command line, not a clean bill.
func TestVerifyRefusesAnchorsItCannotRead(t *testing.T) {
	notUnderRace(t)
	t.Parallel()
	p := newPristine(t)
	path := filepath.Join(t.TempDir(), "anchors")
	for _, text := range []string{"", "tree 1 sequence 2 hash 00\n", "tree x\n", "everything adds up\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		tael(t, "verify", "--db", p.path, "--anchors", path).expect(t, 2, "", path)
	}
	tael(t, "verify", "--db", p.path, "--anchors", path+".none").expect(t, 2, "", path+".none")
	tael(t, "verify", "--db", p.path+".none").expect(t, 4, "", "no such database")
}
