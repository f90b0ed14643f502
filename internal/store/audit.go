package store

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"tael/internal/audit"
)

// insertHead makes the row that a chain is locked by, where there is none.
func insertHead(c audit.Chain) Statement {
	zero := make([]byte, 32)
	return Statement{
		SQL: `INSERT INTO audit_head (root_uin, writer, locks, sequence, hash, cut_sequence, cut_hash, cut_seal)
			VALUES ($1, $2, 0, 0, $3, 0, $3, $3) ON CONFLICT (root_uin, writer) DO NOTHING`,
		Args: []any{c.Root, int64(c.Writer), zero},
	}
}

// lockHead takes a chain's lock and reads where it ends and begins. It has nothing
// to do with the lock of the tree, so that the audit of calls keeps no write waiting.
func lockHead(c audit.Chain) Statement {
	return Statement{
		SQL: `UPDATE audit_head SET locks = locks + 1 WHERE root_uin = $1 AND writer = $2
			RETURNING root_uin, sequence, hash, cut_sequence, cut_hash, cut_seal`,
		Args: []any{c.Root, int64(c.Writer)}, Columns: 6,
	}
}

// Where in lockHead's row the chain ends, and where it begins, with the seal behind.
const (
	headEnd = 1
	headCut = 3
)

// linkOf reads a page's sequence and hash from a column and the next.
func linkOf(r Row, column int) audit.Link {
	return audit.Link{Sequence: r.Int(column), Hash: [32]byte(r.Bytes(column + 1))}
}

// sealed puts pages into their chain, one behind the other.
func sealed(key []byte, w audit.Writer, pages []audit.Page, end audit.Link) ([]audit.Page, audit.Link) {
	for i := range pages {
		end = pages[i].Seal(key, w, end)
	}
	return pages, end
}

const pageColumns = `root_uin, writer, sequence, second, account_uin, user_uin, secret_id, address, events, hash`

const pageColumnCount = 10

func insertPage(w audit.Writer, p *audit.Page) Statement {
	return Statement{
		SQL: `INSERT INTO audit (` + pageColumns + `)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		Args: []any{
			p.Root, int64(w), p.Sequence, p.Second, p.Account, p.User, p.SecretID, p.AddressText(), p.Events, p.Hash[:],
		},
	}
}

// One transaction appends no more than this: some milliseconds, for which writes
// of an SQLite database wait.
const (
	pagesMax = 64
	callsMax = 4096
)

// AuditChunks arranges pages as AppendCalls takes them: by their trees, and
// where trees may lie on different nodes, one tree at a time.
func (s *Store) AuditChunks(pages []audit.Page) [][]audit.Page {
	slices.SortStableFunc(pages, func(x, y audit.Page) int { return cmp.Compare(x.Root, y.Root) })
	var chunks [][]audit.Page
	from, calls := 0, 0
	for i := range pages {
		other := s.database.oneTree() && pages[i].Root != pages[from].Root
		if other || i-from == pagesMax || calls+pages[i].Count > callsMax {
			chunks = append(chunks, pages[from:i:i])
			from, calls = i, 0
		}
		calls += pages[i].Count
	}
	if len(pages) > 0 {
		chunks = append(chunks, pages[from:])
	}
	return chunks
}

// CallsTicket finds pages again whose commit is in doubt: by the first of them.
type CallsTicket struct {
	chain audit.Chain
	first audit.Link
}

// AppendCalls writes one of AuditChunks behind the chains of its trees. After
// ErrInDoubt, CallsAppended tells with the ticket what happened; ErrRefused is for
// one of the pages, or the chain of one, and the others can be written without it.
func (s *Store) AppendCalls(ctx context.Context, pages []audit.Page) (CallsTicket, error) {
	return Retried(ctx, func() (CallsTicket, error) {
		tx, err := s.database.begin(ctx)
		if err != nil {
			return CallsTicket{}, err
		}
		return s.appendCalls(tx, pages)
	})
}

func (s *Store) appendCalls(tx transaction, pages []audit.Page) (CallsTicket, error) {
	var locks, writes []Statement
	var trees [][]audit.Page
	for from := 0; from < len(pages); {
		chain, to := audit.Chain{Root: pages[from].Root, Writer: audit.Calls}, from
		for to < len(pages) && pages[to].Root == chain.Root {
			to++
		}
		trees = append(trees, pages[from:to])
		locks = append(locks, insertHead(chain), lockHead(chain))
		from = to
	}
	results, err := tx.run(locks...)
	if err != nil {
		tx.rollback()
		return CallsTicket{}, err
	}
	for i, tree := range trees {
		var end audit.Link
		err := guarded("audit_head", func(head Row) error {
			_, end = sealed(s.auditKey, audit.Calls, tree, linkOf(head, headEnd))
			return nil
		})(results[2*i+1][0])
		if err != nil {
			tx.rollback()
			return CallsTicket{}, fmt.Errorf("%w: %w", ErrRefused, err)
		}
		for n := range tree {
			writes = append(writes, insertPage(audit.Calls, &tree[n]))
		}
		writes = append(writes, Statement{
			SQL:  `UPDATE audit_head SET sequence = $3, hash = $4 WHERE root_uin = $1 AND writer = $2`,
			Args: []any{tree[0].Root, int64(audit.Calls), end.Sequence, end.Hash[:]},
		})
	}
	ticket := CallsTicket{
		chain: audit.Chain{Root: pages[0].Root, Writer: audit.Calls},
		first: audit.Link{Sequence: pages[0].Sequence, Hash: pages[0].Hash},
	}
	return ticket, tx.commit(writes...)
}

// CallsAppended tells whether pages in doubt were written. Like Committed it
// takes the lock to ask, so that what is not there cannot come any more.
func (s *Store) CallsAppended(ctx context.Context, t CallsTicket) (bool, error) {
	results, err := s.write(ctx, insertHead(t.chain), lockHead(t.chain), Statement{
		SQL:  `SELECT hash FROM audit WHERE root_uin = $1 AND writer = $2 AND sequence = $3`,
		Args: []any{t.chain.Root, int64(t.chain.Writer), t.first.Sequence}, Columns: 1,
	})
	if err != nil {
		return false, err
	}
	found := results[2]
	return len(found) > 0 && bytes.Equal(found[0].Bytes(0), t.first.Hash[:]), nil
}

// CountStrangers adds to the counts of calls of nobody that is known. Where the
// commit is in doubt they are not counted again: they may lack a second.
func (s *Store) CountStrangers(ctx context.Context, counts []audit.Strangers) error {
	// Servers that count the same add in the same order, and so do not deadlock.
	slices.SortFunc(counts, func(x, y audit.Strangers) int {
		return cmp.Or(cmp.Compare(x.Minute, y.Minute), cmp.Compare(x.SecretID, y.SecretID),
			x.Address.Compare(y.Address), cmp.Compare(x.Code, y.Code))
	})
	statements := make([]Statement, len(counts))
	for i := range counts {
		c := &counts[i]
		statements[i] = Statement{
			SQL: `INSERT INTO stranger (minute, secret_id, address, code, calls) VALUES ($1, $2, $3, $4, $5)
				ON CONFLICT (minute, secret_id, address, code) DO UPDATE SET calls = stranger.calls + EXCLUDED.calls`,
			Args: []any{c.Minute, c.SecretID, c.AddressText(), c.Code, c.Calls},
		}
	}
	_, err := s.write(ctx, statements...)
	return err
}

// PurgeAudit removes pages of a tree that are older than a Unix second, the
// oldest first and at most limit of each chain, and records with a seal where the
// chains begin from then on. It returns how many it removed: repeat it until
// that is 0. A page that is older than one before it in its chain waits for that.
// Of a chain that was tampered with, the rest stays: its error is ledger.ErrBroken.
func (s *Store) PurgeAudit(ctx context.Context, root, before int64, limit int) (int, error) {
	removed := 0
	for _, w := range audit.Writers {
		n, err := Retried(ctx, func() (int, error) { return s.purge(ctx, audit.Chain{Root: root, Writer: w}, before, limit) })
		removed += n
		if err != nil {
			return removed, fmt.Errorf("tree %d: %w", root, err)
		}
	}
	return removed, nil
}

func (s *Store) purge(ctx context.Context, c audit.Chain, before int64, limit int) (int, error) {
	// A look first: most trees have nothing to remove, and need no lock to say so.
	first, err := s.read(ctx, Statement{
		SQL: `SELECT sequence FROM audit WHERE root_uin = $1 AND writer = $2 AND second < $3 AND sequence = (
			SELECT MIN(sequence) FROM audit WHERE root_uin = $1 AND writer = $2)`,
		Args: []any{c.Root, int64(c.Writer), before}, Columns: 1,
	})
	if err != nil || len(first) == 0 {
		return 0, err
	}
	tx, err := s.database.begin(ctx)
	if err != nil {
		return 0, err
	}
	results, err := tx.run(insertHead(c), lockHead(c), Statement{
		SQL:  `SELECT ` + pageColumns + ` FROM audit WHERE root_uin = $1 AND writer = $2 ORDER BY sequence LIMIT $3`,
		Args: []any{c.Root, int64(c.Writer), int64(limit)}, Columns: pageColumnCount,
	})
	if err != nil {
		tx.rollback()
		return 0, err
	}
	n, cut, err := s.old(c, results[1][0], results[2], before)
	if n == 0 || err != nil {
		tx.rollback()
		return 0, err
	}
	seal := audit.SealCut(s.auditKey, c, cut)
	return n, tx.commit(
		Statement{
			SQL:  `DELETE FROM audit WHERE root_uin = $1 AND writer = $2 AND sequence <= $3`,
			Args: []any{c.Root, int64(c.Writer), cut.Sequence},
		},
		Statement{
			SQL: `UPDATE audit_head SET cut_sequence = $3, cut_hash = $4, cut_seal = $5
				WHERE root_uin = $1 AND writer = $2`,
			Args: []any{c.Root, int64(c.Writer), cut.Sequence, cut.Hash[:], seal[:]},
		},
	)
}

// old counts the first of a chain's pages that are older than a Unix second, and
// returns the last of them. It proves each: a seal on what somebody changed, its
// time perhaps, would say that Tael had removed what it wrote.
func (s *Store) old(c audit.Chain, head Row, pages []Row, before int64) (n int, cut audit.Link, err error) {
	var proof *audit.Proof
	err = guarded("audit_head", func(head Row) (err error) {
		proof, err = audit.Prove(s.auditKey, c, linkOf(head, headCut), head.Bytes(headCut+2))
		return err
	})(head)
	for ; err == nil && n < len(pages); n++ {
		young := false
		err = guarded("audit", func(r Row) error {
			page, _, err := pageOf(r)
			if young = err == nil && page.Second >= before; young || err != nil {
				return err
			}
			return proof.Page(&page)
		})(pages[n])
		if young {
			break
		}
	}
	if err != nil {
		return 0, audit.Link{}, err
	}
	return n, proof.Link, nil
}

// PurgeStrangers removes counts of minutes before one, the oldest first and at
// most limit, and returns how many it removed.
func (s *Store) PurgeStrangers(ctx context.Context, before int64, limit int) (int, error) {
	results, err := s.write(ctx, Statement{
		SQL: `DELETE FROM stranger WHERE (minute, secret_id, address, code) IN (
				SELECT minute, secret_id, address, code FROM stranger WHERE minute < $1
				ORDER BY minute, secret_id, address, code LIMIT $2)
			RETURNING minute`,
		Args: []any{before, int64(limit)}, Columns: 1,
	})
	if err != nil {
		return 0, err
	}
	return len(results[0]), nil
}
