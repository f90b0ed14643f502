package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"

	"tael/internal/ledger"
)

// batchesKept is for how many batches of a tree one that made no transfer can
// still be looked up by a caller whose commit is in doubt: minutes of full load.
const batchesKept = 1 << 16

// Ticket finds a batch again whose commit is in doubt: by the hash of its last
// transfer, which holds all of its request and of the history before it; or,
// where it made none, by a row of its own.
type Ticket struct {
	root     int64
	sequence int64 // 0: no transfer
	hash     [32]byte
	number   int64
	token    int64
	late     bool // it was sent without the tree's lock, and may still come
}

// Ticket is the batch's own; it has one after Commit.
func (b *Batch) Ticket() Ticket { return b.ticket }

// sign makes a batch's ticket and the statements that it needs.
func (b *Batch) sign(changes *ledger.Changes) []Statement {
	b.ticket = Ticket{root: b.root, number: b.number}
	if n := len(changes.Transfers); n > 0 {
		b.ticket.sequence, b.ticket.hash = changes.Transfers[n-1].Sequence, changes.Transfers[n-1].Hash
		return nil
	}
	var id [8]byte
	rand.Read(id[:]) // never fails
	b.ticket.token = int64(binary.BigEndian.Uint64(id[:]) >> 1)
	return []Statement{
		{
			SQL:  `INSERT INTO batch (root_uin, batch, token) VALUES ($1, $2, $3)`,
			Args: []any{b.root, b.number, b.ticket.token},
		},
		{SQL: `DELETE FROM batch WHERE root_uin = $1 AND batch <= $2`, Args: []any{b.root, b.number - batchesKept}},
	}
}

// Committed tells whether a batch in doubt was committed. It takes the tree's
// lock to ask: whoever holds the lock knows that a batch that had it no longer does,
// so that what is not there cannot come any more. One that was sent without the lock,
// and not answered, may still be on its way: the question is committed, so that it
// finds another tree than it remembers. Where the batch is there, the question is
// committed too: then both are durable, on a standby as well.
func (s *Store) Committed(ctx context.Context, t Ticket) (bool, error) {
	tx, err := s.beginTransaction(ctx)
	if err != nil {
		return false, err
	}
	results, err := tx.run(lockTree(t.root), t.find())
	done := err == nil && len(results[1]) > 0 && t.made(results[1][0])
	if err != nil || !done && !t.late {
		tx.rollback()
		return false, err
	}
	return done, tx.commit()
}

func (t *Ticket) find() Statement {
	if t.sequence > 0 {
		return Statement{
			SQL:  `SELECT hash FROM transfer WHERE root_uin = $1 AND sequence = $2`,
			Args: []any{t.root, t.sequence}, Columns: 1,
		}
	}
	return Statement{
		SQL:  `SELECT token FROM batch WHERE root_uin = $1 AND batch = $2`,
		Args: []any{t.root, t.number}, Columns: 1,
	}
}

// made reports whether a row that find found is of this batch.
func (t *Ticket) made(found Row) bool {
	if t.sequence > 0 {
		return [32]byte(found.Bytes(0)) == t.hash
	}
	return found.Int(0) == t.token
}
