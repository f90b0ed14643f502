package store_test

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"tael/internal/ledger"
	"tael/internal/store"
	"tael/internal/testkit"
)

// skew makes many small trees and a large one, of what the statements below read.
// Only its rows matter: nothing in it adds up.
const skew = `
	INSERT INTO customer SELECT root, root + i, root, '', '', '', '', '', '', '', '', 0, 0, 0, 0, 0, 0, 0
		FROM generate_series(300000000000, 300005000000, 1000) root, generate_series(1, 4) i;
	INSERT INTO customer SELECT root, root + i, root, '', '', '', '', '', '', '', '', 0, 0, 0, 0, 0, 0, 0
		FROM generate_series(400000000000, 400000000000) root, generate_series(1, 10000) i;
	INSERT INTO voucher SELECT root_uin, uin, '', root_uin, uin, 1, 1, 0, 9000000000000, 0, '', '', '', '', '', 0 FROM customer;
	INSERT INTO charge SELECT root_uin, CAST(uin AS TEXT), '', uin, uin, root_uin, 0, 0, '', '', '', '', '', '', 0, 0, 0, 0, 0, ''
		FROM customer;
	ANALYZE`

// readsAll finds a part of a plan that goes through a whole tree or table. Of
// partners a tree has few.
var readsAll = regexp.MustCompile(
	` on (customer|voucher|charge)\b.*\n\s+(Filter|Index Cond|Recheck Cond): \(root_uin = \$1\)`)

// PostgreSQL plans a statement once for all trees, for one of average size. Where
// most are small and one is large, rows of the large one are still looked up by
// their keys, however many are asked for.
func TestRowsOfALargeTreeAreFoundByTheirKeys(t *testing.T) {
	t.Parallel()
	path := testkit.Postgres.New(t)
	var mu sync.Mutex
	seen := map[string]int{} // texts of statements with many keys, by their arguments
	s, err := store.Open(t.Context(), store.Options{
		Address: path, Postgres: testkit.PostgresOptions(), Vault: vaultOf(t, "a"), Migrate: true,
		Watch: func(statement store.Statement, _ bool) error {
			mu.Lock()
			defer mu.Unlock()
			if len(statement.Args) > 50 {
				seen[statement.SQL] = len(statement.Args)
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, s)
	execute(t, path, skew)
	const large = int64(400_000_000_000)
	r := store.BatchRequest{Root: large, Create: true, Now: func() int64 { return start.UnixMilli() }}
	uins := make([]int64, 100)
	for i := range uins {
		uins[i] = large + 1 + int64(i)
		r.Needs.Need(&ledger.Allocate{Partner: large, Customer: uins[i]})
		r.Needs.Need(&ledger.RecordCharge{Charge: ledger.Charge{ID: fmt.Sprint(i), Customer: uins[i]}})
	}
	b, err := s.Begin(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	b.Rollback()
	account := store.Account{Root: large, Uin: large}
	for _, read := range []func(context.Context, store.Account, []int64, int64) ([]ledger.Customer, error){
		s.CustomersByUin, s.VoucherAmountsByUin,
	} {
		if found, err := read(t.Context(), account, uins, 0); err != nil || len(found) != len(uins) {
			t.Errorf("%d customers: %v", len(found), err)
		}
	}
	if len(seen) < 5 { // customers, their partners, vouchers, charges; amounts
		t.Errorf("only %d statements have many keys", len(seen))
	}
	for text, args := range seen {
		if plan := genericPlan(t, path, text, args); readsAll.MatchString(plan) {
			t.Errorf("%.200s …\n%s", text, plan)
		}
	}
}

// The operator lists messages of all trees page by page, by any one filter, without
// PostgreSQL reading or sorting all of them, also where none matches.
func TestPagesOfMessagesComeFromIndexes(t *testing.T) {
	t.Parallel()
	path := testkit.Postgres.New(t)
	var mu sync.Mutex
	seen := map[string]int{}
	s, err := store.Open(t.Context(), store.Options{
		Address: path, Postgres: testkit.PostgresOptions(), Vault: vaultOf(t, "a"), Migrate: true,
		Watch: func(statement store.Statement, _ bool) error {
			mu.Lock()
			defer mu.Unlock()
			if strings.Contains(statement.SQL, "FROM message") {
				seen[statement.SQL] = len(statement.Args)
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, s)
	execute(t, path, `INSERT INTO message (root_uin, id, kind, channel, recipient, partner_uin, language, content,
			created_at, status, next_at)
		SELECT i % 100, 'm' || i, 'CreditWarning', 'Mail', 'u' || i % 2000, 0, '', '', i, 'Sent', 0
		FROM generate_series(1, 100000) i`)
	execute(t, path, `ANALYZE`)
	for _, filter := range []store.MessageFilter{
		{}, {Status: store.MessageGivenUp}, {Kind: store.Invitation}, {Channel: store.SMS}, {To: "u5"},
	} {
		for _, from := range []store.MessagePlace{{}, {At: 50_000, ID: "m"}} {
			if _, err := s.Messages(t.Context(), filter, from, 10); err != nil {
				t.Fatal(err)
			}
		}
	}
	if len(seen) != 15 {
		t.Errorf("%d statements, not a count and two pages of each of five filters", len(seen))
	}
	for text, args := range seen {
		plan := genericPlan(t, path, text, args)
		few := strings.Contains(plan, "message_recipient") // the messages of one receiver may be sorted
		if strings.Contains(plan, "Seq Scan") || strings.Contains(plan, "Sort") && !few {
			t.Errorf("%s\n%s", text, plan)
		}
	}
}

// genericPlan is how PostgreSQL runs a statement whose arguments it does not know.
func genericPlan(t *testing.T, address, text string, args int) string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	for _, statement := range []string{`SET plan_cache_mode = force_generic_plan`, `PREPARE it AS ` + text} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	explain := `EXPLAIN EXECUTE it`
	if args > 0 {
		explain += `(NULL` + strings.Repeat(", NULL", args-1) + `)`
	}
	rows, err := conn.Query(t.Context(), explain)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}
