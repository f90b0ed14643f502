package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"tael/internal/audit"
	"tael/internal/ledger"
)

// MessageKind says what a message is about. The kinds are stored and sent to
// webhooks: never change one.
type MessageKind string

// The kinds of messages with the fields they have.
const (
	Invitation       MessageKind = "Invitation"       // Link, Role, Partner, MaterialUrl where there is one
	VerificationCode MessageKind = "VerificationCode" // Code, Minutes
	CreditWarning    MessageKind = "CreditWarning"    // Threshold, Customer, Credit, Total
)

// Channel says how a message reaches its receiver.
type Channel string

// The channels. A message to the webhook has no address: it goes where the
// installation sends its events.
const (
	Mail    Channel = "Mail"
	SMS     Channel = "SMS" // its address is "+", country code and number
	Webhook Channel = "Webhook"
)

// Channels are all of them.
var Channels = []Channel{Mail, SMS, Webhook}

// Message is something to be told to somebody, whenever the batch that causes
// it is committed.
type Message struct {
	Kind     MessageKind
	Channel  Channel
	To       string
	Partner  int64  // UIN of the partner it is about; 0: none
	Language string // as in X-TC-Language
	Fields   map[string]string
	At       time.Time // of its cause; it is sent from then on
}

// retained is how long a message is kept, sent or not (domain.md §4.3).
const retained = 60 * 24 * time.Hour

// ClaimMessage puts a message into a tree's outbox. It is two claims: the
// message, and an entry that leads sweeps to the tree. Neither is ever refused.
func (s *Store) ClaimMessage(root int64, m Message) ([]Claim, error) {
	insert, id, err := s.insertMessage(root, m)
	if err != nil {
		return nil, err
	}
	return []Claim{
		{
			Do:     insert,
			Undo:   Statement{SQL: `DELETE FROM message WHERE root_uin = $1 AND id = $2`, Args: []any{root, id}},
			Object: audit.Object("message", id),
		},
		claimDue(root, due{DueKind(m.Channel), m.At}, due{DueRetention, m.At.Add(retained)}),
	}, nil
}

// insertMessage makes a message's id and its row.
func (s *Store) insertMessage(root int64, m Message) (insert Statement, id string, err error) {
	id, args, err := s.messageRow(root, m)
	if err != nil {
		return Statement{}, "", err
	}
	return Statement{
		SQL: `INSERT INTO message (root_uin, id, kind, channel, partner_uin, language, content, created_at, next_at,
				status, recipient)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8, 'Waiting', $9) RETURNING root_uin`,
		Args: append(args, m.To), Columns: 1,
	}, id, nil
}

// insertMailTo makes the row of a mail to a member of the tree, of the table
// partner or customer, whose address it takes from there. A member without one
// gets none.
func (s *Store) insertMailTo(root int64, table string, uin int64, m Message) (Statement, error) {
	_, args, err := s.messageRow(root, m)
	if err != nil {
		return Statement{}, err
	}
	return Statement{
		SQL: `INSERT INTO message (root_uin, id, kind, channel, partner_uin, language, content, created_at, next_at,
				status, recipient)
			SELECT root_uin, $2, $3, $4, $5, $6, $7, $8, $8, 'Waiting', mail
			FROM ` + table + ` WHERE root_uin = $1 AND uin = $9 AND mail <> ''`,
		Args: append(args, uin),
	}, nil
}

// messageRow are the first eight values of a message's row.
func (s *Store) messageRow(root int64, m Message) (id string, args []any, err error) {
	drawn, err := uuid.NewV7()
	if err != nil {
		return "", nil, err
	}
	id = drawn.String()
	if m.Fields == nil {
		m.Fields = map[string]string{} // none is not the same as lost: see messageOf
	}
	content, err := json.Marshal(m.Fields)
	if err != nil {
		return "", nil, err
	}
	sealed, err := s.vault.Seal(content, messagePlace(root, id))
	if err != nil {
		return "", nil, err
	}
	return id, []any{
		root, id, string(m.Kind), string(m.Channel), m.Partner, m.Language, sealed, m.At.UnixMilli(),
	}, nil
}

// warn writes the messages of a warning: a mail to the customer and one to its
// partner, where their addresses are known, and an event.
func (b *Batch) warn(w *ledger.Warning) ([]Statement, error) {
	at := time.UnixMilli(b.State.Now)
	m := Message{
		Kind: CreditWarning, Channel: Mail, Partner: w.Partner, At: at,
		Fields: map[string]string{
			"Threshold": strconv.FormatInt(w.Threshold, 10), "Customer": strconv.FormatInt(w.Customer, 10),
			"Credit": w.Credit.String(), "Total": w.Total.String(),
		},
	}
	toCustomer, err := b.store.insertMailTo(b.root, "customer", w.Customer, m)
	if err != nil {
		return nil, err
	}
	toPartner, err := b.store.insertMailTo(b.root, "partner", w.Partner, m)
	if err != nil {
		return nil, err
	}
	m.Channel = Webhook
	event, _, err := b.store.insertMessage(b.root, m)
	entry := claimDue(b.root, due{DueKind(Mail), at}, due{DueKind(Webhook), at}, due{DueRetention, at.Add(retained)})
	return []Statement{toCustomer, toPartner, event, entry.Do}, err
}

// messagePlace is what a message's content is encrypted for.
func messagePlace(root int64, id string) string { return fmt.Sprintf("message %d %s", root, id) }
