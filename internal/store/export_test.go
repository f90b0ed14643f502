package store

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"tael/internal/ledger"
)

// PostgresConfig is how an address is understood.
var PostgresConfig = postgresConfig

// RetryWait is how long is tried again what may work at once.
const RetryWait = retryWait

// Waiting is how many partners of a tree are asked for by reads that wait for the
// next query.
func (s *Store) Waiting(root int64) int {
	s.partners.mu.Lock()
	defer s.partners.mu.Unlock()
	waiting := 0
	if g := s.partners.groups[root]; g != nil {
		for _, query := range g.waiting {
			waiting += len(query.keys)
		}
	}
	return waiting
}

// Summary is what a span of a statement is named.
var Summary = summary

// Remembers compares what is remembered of a tree with its rows, and counts the
// rows; 0 where nothing is.
func (s *Store) Remembers(ctx context.Context, root int64) (rows int, err error) {
	m, _ := s.memory.take(root)
	defer s.memory.put(m)
	if m.batch == 0 {
		return 0, nil
	}
	found, err := s.read(ctx, Statement{
		SQL: `SELECT ` + treeColumns + ` FROM tree WHERE root_uin = $1`, Args: []any{root}, Columns: treeColumnCount,
	})
	if err != nil {
		return 0, err
	}
	if batch, tree := treeOf(found[0]); batch != m.batch || tree != m.tree || auditOf(found[0]) != m.audit {
		return 0, fmt.Errorf("the tree is %+v at batch %d, not %+v at %d", tree, batch, m.tree, m.batch)
	}
	partners, err := s.loadPartners(ctx, root, slices.Collect(maps.Keys(m.partners)))
	if err != nil {
		return 0, err
	}
	customers, err := s.loadCustomers(ctx, root, slices.Collect(maps.Keys(m.customers)))
	if err != nil {
		return 0, err
	}
	if !maps.Equal(partners, m.partners) || !maps.Equal(customers, m.customers) {
		return 0, fmt.Errorf("the rows are %+v, %+v,\nnot %+v, %+v", partners, customers, m.partners, m.customers)
	}
	return m.rows(), nil
}

// RememberedRows is how many rows are remembered at most while trees are put that
// have so many.
func RememberedRows(trees, rows int) (most int) {
	var m memory
	for root := range trees {
		left := &remembered{root: int64(root), customers: map[int64]ledger.Customer{}}
		for uin := range rows - rowsAlone {
			left.customers[int64(uin)] = ledger.Customer{}
		}
		m.put(left)
		counted := 0
		for _, one := range m.trees {
			counted += one.rows()
		}
		if counted != m.rows || m.trees[int64(root)] == nil {
			return -1
		}
		most = max(most, counted)
	}
	return most
}

// Trust is what is learned by batches that relied on what is remembered.
func Trust(inVain ...bool) int {
	var t trust
	for _, one := range inVain {
		t.learn(one)
	}
	return int(t)
}

// What is remembered at most.
const (
	RowsOfTree = rowsOfTree
	RowsOfAll  = rowsOfAll
)

// PretendCitus lets a PostgreSQL be taken for one that has Citus.
func (s *Store) PretendCitus() { s.database.(*postgres).distributed = true }
