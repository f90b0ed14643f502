package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// ErrNoCitus says that a database cannot be distributed.
var ErrNoCitus = errors.New("the database does not have the extension citus")

// How tables are kept on Citus. Tables of a tree lie beside each other by
// root_uin, so that a transaction on a tree meets one node; directory tables are
// small and read by every request, so that every node has them whole.
var (
	treeTables = []string{
		"tree", "batch", "idempotency", "partner", "customer", "customer_mark", "voucher", "transfer", "charge", "refund",
		"message", "due", "audit", "audit_head", "partner_setting", "invitation", "invitation_gate",
	}
	directoryTables = []string{
		"setting", "identity", "mail", "phone", "secret_key", "stranger", "invitation_token", "verify_code",
		"account_code", "policy", "role", "attachment",
	}
)

// citusStatements distribute the tables, in this order.
func citusStatements() []string {
	var all []string
	for _, table := range directoryTables {
		all = append(all, fmt.Sprintf(`SELECT create_reference_table('%s')`, table))
	}
	for _, table := range treeTables {
		beside := "none"
		if table != treeTables[0] {
			beside = treeTables[0]
		}
		all = append(all, fmt.Sprintf(
			`SELECT create_distributed_table('%s', 'root_uin', colocate_with => '%s')`, table, beside))
	}
	return all
}

// hasCitus reports whether the extension is there, so that trees may lie on
// different nodes.
func (d *postgres) hasCitus(ctx context.Context) (bool, error) {
	rows, err := d.read(ctx, Statement{
		SQL: `SELECT 1 FROM pg_extension WHERE extname = 'citus'`, Columns: 1,
	})
	return len(rows) > 0, err
}

// Distribute spreads the tables of a PostgreSQL database over the nodes of
// Citus; those that are spread stay as they are. ErrNoCitus where there is none.
func (s *Store) Distribute(ctx context.Context) error {
	d, ok := s.database.(*postgres)
	if !ok || !d.distributed {
		return ErrNoCitus
	}
	conn, err := pgx.ConnectConfig(ctx, d.patientConfig())
	if err != nil {
		return classifyPostgres(err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // all is done by then
	tables := slices.Concat(directoryTables, treeTables)
	for i, statement := range citusStatements() {
		table := tables[i]
		var spread int
		err := conn.QueryRow(ctx,
			`SELECT COUNT(*) FROM pg_dist_partition WHERE logicalrelid = CAST($1 AS regclass)`, table).Scan(&spread)
		if err == nil && spread == 0 {
			_, err = conn.Exec(ctx, statement)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", table, classifyPostgres(err))
		}
	}
	return nil
}
