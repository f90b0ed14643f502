package testkit

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"tael/internal/store"
)

// Tables that belong to a tree; see internal/store/citus.go.
var (
	treeTable = regexp.MustCompile(`(?i)\b(?:FROM|JOIN|INTO|UPDATE)\s+` +
		`(tree|batch|idempotency|partner|customer|customer_mark|voucher|transfer|charge|refund|` +
		`message|due|audit_head|audit|partner_setting|invitation|invitation_gate)\b`)
	names      = regexp.MustCompile(`root_uin = `)
	insertsOne = regexp.MustCompile(`(?is)^\s*INSERT INTO \w+ \(root_uin,.*VALUES \(\$1,`)
	// What is inserted has the tree of the row it is made of.
	insertsSelected = regexp.MustCompile(`(?is)^\s*INSERT INTO \w+ \(root_uin,.*SELECT root_uin,`)
)

// CheckRouting says what keeps a statement from being about one tree: on a
// distributed database it would then reach every node. Each table of a tree that
// it names has to be held to its root_uin.
func CheckRouting(statement store.Statement) error {
	known := checked{statement.SQL, statement.AllTrees}
	if err, ok := verdicts.Load(known); ok {
		return err.(verdict).error
	}
	err := checkRouting(statement)
	verdicts.Store(known, verdict{err})
	return err
}

// checked is all of a statement that CheckRouting looks at.
type checked struct {
	text     string
	allTrees bool
}

type verdict struct{ error }

// verdicts are those on statements that were checked before: there are few, and
// each is run thousands of times.
var verdicts sync.Map

func checkRouting(statement store.Statement) error {
	tables := treeTable.FindAllStringSubmatch(statement.SQL, -1)
	if len(tables) == 0 || statement.AllTrees || insertsOne.MatchString(statement.SQL) {
		return nil
	}
	held := len(names.FindAllString(statement.SQL, -1))
	if insertsSelected.MatchString(statement.SQL) {
		held++
	}
	if held < len(tables) || !strings.Contains(statement.SQL, "root_uin = $") {
		return fmt.Errorf("a statement names tables of trees but not their tree: %s", statement.SQL)
	}
	return nil
}
