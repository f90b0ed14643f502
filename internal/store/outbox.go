package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// MessageStatus says how far a message is.
type MessageStatus string

// The statuses of a message.
const (
	MessageWaiting MessageStatus = "Waiting"
	MessageSent    MessageStatus = "Sent"
	MessageGivenUp MessageStatus = "GivenUp"
)

// StoredMessage is a message of an outbox. It has no Fields where the master key
// they were encrypted with is gone.
type StoredMessage struct {
	Root int64
	ID   string
	Message
	Status MessageStatus
	// Attempts is how many were begun; each is counted before it is made, so that
	// whoever counts more than one may have been sent the message already.
	Attempts    int64
	NextAt      time.Time // of Waiting: no attempt before
	AttemptedAt time.Time // the last; zero: never
	EndedAt     time.Time // sent or given up; zero: neither
	Error       string    // of the last attempt
}

// Take says which messages to take out of an outbox.
type Take struct {
	Root    int64
	Channel Channel
	Now     time.Time
	// Lease is for how long nobody else takes them. Messages of whom nothing was
	// heard until then are taken again.
	Lease time.Duration
	Limit int64
}

const messageColumns = `root_uin, id, kind, channel, recipient, partner_uin, language, content, created_at,
	status, attempts, next_at, attempted_at, ended_at, error`

const messageColumnCount = 15

// messageOf leaves the fields out of a message that was encrypted with a key
// that is not there: others shall not suffer for it.
func (s *Store) messageOf(r Row) StoredMessage {
	m := StoredMessage{
		Root: r.Int(0), ID: r.Text(1), Status: MessageStatus(r.Text(9)), Attempts: r.Int(10),
		NextAt: time.UnixMilli(r.Int(11)), AttemptedAt: instant(r.Int(12)), EndedAt: instant(r.Int(13)), Error: r.Text(14),
		Message: Message{
			Kind: MessageKind(r.Text(2)), Channel: Channel(r.Text(3)), To: r.Text(4), Partner: r.Int(5),
			Language: r.Text(6), At: time.UnixMilli(r.Int(8)),
		},
	}
	content, err := s.vault.Open(r.Bytes(7), messagePlace(m.Root, m.ID))
	if err != nil || json.Unmarshal(content, &m.Fields) != nil {
		m.Fields = nil
	}
	return m
}

// instant is a stored time of which 0 means none.
func instant(milliseconds int64) time.Time {
	if milliseconds == 0 {
		return time.Time{}
	}
	return time.UnixMilli(milliseconds)
}

// TakeMessages takes messages whose time has come out of a tree's outbox, the
// oldest first, and counts an attempt of each before anything is sent. Of several
// who take at the same time each gets others.
func (s *Store) TakeMessages(ctx context.Context, t Take) ([]StoredMessage, error) {
	statements := append([]Statement{
		lockTree(t.Root),
		{
			SQL: `UPDATE message SET attempts = attempts + 1, attempted_at = $3, next_at = $4
				WHERE root_uin = $1 AND id IN (
					SELECT id FROM message WHERE root_uin = $1 AND channel = $2 AND status = 'Waiting' AND next_at <= $3
					ORDER BY next_at, id LIMIT $5)
				RETURNING ` + messageColumns,
			Args: []any{
				t.Root, string(t.Channel), t.Now.UnixMilli(), t.Now.Add(t.Lease).UnixMilli(), t.Limit,
			},
			Columns: messageColumnCount,
		},
	}, settleDue(t.Root, t.Channel)...)
	results, err := s.write(ctx, statements...)
	if err != nil {
		return nil, err
	}
	taken := make([]StoredMessage, 0, len(results[1]))
	for _, row := range results[1] {
		taken = append(taken, s.messageOf(row))
	}
	slices.SortFunc(taken, func(a, b StoredMessage) int { return strings.Compare(a.ID, b.ID) })
	return taken, nil
}

// settleDue sets a channel's entry of a tree to the next attempt in its outbox.
// Under the tree's lock nobody adds a message meanwhile.
func settleDue(root int64, channel Channel) []Statement {
	args := []any{root, string(channel)}
	return []Statement{
		{
			SQL: `DELETE FROM due WHERE root_uin = $1 AND kind = $2 AND NOT EXISTS (
				SELECT id FROM message WHERE root_uin = $1 AND channel = $2 AND status = 'Waiting')`,
			Args: args,
		},
		{
			SQL: `UPDATE due SET at = (
					SELECT MIN(next_at) FROM message WHERE root_uin = $1 AND channel = $2 AND status = 'Waiting')
				WHERE root_uin = $1 AND kind = $2`,
			Args: args,
		},
	}
}

// Delivery is what came of an attempt.
type Delivery struct {
	ID      string
	Attempt int64 // StoredMessage.Attempts as it was taken
	Status  MessageStatus
	At      time.Time
	NextAt  time.Time // where it goes on waiting
	Error   string
}

// SettleMessages records what came of attempts at messages of one channel. A
// failure is not recorded where the message was taken again meanwhile.
func (s *Store) SettleMessages(ctx context.Context, root int64, channel Channel, deliveries []Delivery) error {
	statements := []Statement{lockTree(root)}
	for _, d := range deliveries {
		if d.Status == MessageWaiting {
			statements = append(statements, Statement{
				SQL: `UPDATE message SET next_at = $4, error = $5
					WHERE root_uin = $1 AND id = $2 AND attempts = $3 AND status = 'Waiting'`,
				Args: []any{root, d.ID, d.Attempt, d.NextAt.UnixMilli(), d.Error},
			})
			continue
		}
		condition := ` AND status = 'Waiting' AND attempts = $6`
		if d.Status == MessageSent {
			condition = ` AND attempts >= $6` // whoever has it now sends it with the mark
		}
		statements = append(statements, Statement{
			SQL:  `UPDATE message SET status = $3, ended_at = $4, error = $5 WHERE root_uin = $1 AND id = $2` + condition,
			Args: []any{root, d.ID, string(d.Status), d.At.UnixMilli(), d.Error, d.Attempt},
		})
	}
	_, err := s.write(ctx, append(statements, settleDue(root, channel)...)...)
	return err
}

// MessageFilter selects messages; zero values select all.
type MessageFilter struct {
	Root    int64
	Kind    MessageKind
	Channel Channel
	Status  MessageStatus
	To      string
}

// MessagePlace is a place between messages, newest first: after one of them. The
// zero value is before all.
type MessagePlace struct {
	At int64 // Unix milliseconds
	ID string
}

// MessagePage is a page of messages, newest first.
type MessagePage struct {
	Messages []StoredMessage
	Total    int64        // that match, on whatever page; no more than MessagesCounted are counted
	Next     MessagePlace // where the next page begins; zero: there is none
}

// A page has at most MessagesMax messages; there may be millions, of which
// MessagesCounted are counted.
const (
	MessagesMax     = 100
	MessagesCounted = 10_000
)

// Messages lists at most size messages from a place on. However many there are, it
// reads little more than these.
func (s *Store) Messages(ctx context.Context, f MessageFilter, from MessagePlace, size int) (MessagePage, error) {
	where, args := "1 = 1", []any{}
	add := func(column string, value any, given bool) {
		if given {
			args = append(args, value)
			where += fmt.Sprintf(" AND %s = $%d", column, len(args))
		}
	}
	add("root_uin", f.Root, f.Root != 0)
	add("kind", string(f.Kind), f.Kind != "")
	add("channel", string(f.Channel), f.Channel != "")
	add("status", string(f.Status), f.Status != "")
	add("recipient", f.To, f.To != "")
	all := f.Root == 0
	// The limits stand in the texts, and what is counted has an order: of a limit that
	// it does not know PostgreSQL expects a tenth of the table, and of a status that
	// it does not know that it is frequent. It then reads all of it.
	count, err := s.read(ctx, Statement{
		SQL: fmt.Sprintf(`SELECT COUNT(*) FROM (SELECT 1 FROM message WHERE %s
			ORDER BY created_at DESC, id DESC LIMIT %d) counted`, where, MessagesCounted),
		Args: args, Columns: 1, AllTrees: all,
	})
	if err != nil {
		return MessagePage{}, err
	}
	if from != (MessagePlace{}) {
		args = append(args, from.At, from.ID)
		where += fmt.Sprintf(" AND (created_at, id) < ($%d, $%d)", len(args)-1, len(args))
	}
	rows, err := s.read(ctx, Statement{
		SQL: fmt.Sprintf(`SELECT %s FROM message WHERE %s ORDER BY created_at DESC, id DESC LIMIT %d`,
			messageColumns, where, MessagesMax+1),
		Args: args, Columns: messageColumnCount, AllTrees: all,
	})
	if err != nil {
		return MessagePage{}, err
	}
	page := MessagePage{Total: count[0].Int(0)}
	for _, row := range rows[:min(len(rows), size, MessagesMax)] {
		page.Messages = append(page.Messages, s.messageOf(row))
	}
	if n := len(page.Messages); n > 0 && n < len(rows) {
		last := &page.Messages[n-1]
		page.Next = MessagePlace{last.At.UnixMilli(), last.ID}
	}
	return page, nil
}
