package store

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"tael/internal/audit"
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
	drawn, err := uuid.NewV7()
	if err != nil {
		return Statement{}, "", err
	}
	id = drawn.String()
	content, err := json.Marshal(m.Fields)
	if err != nil {
		return Statement{}, "", err
	}
	sealed, err := s.vault.Seal(content, messagePlace(root, id))
	if err != nil {
		return Statement{}, "", err
	}
	return Statement{
		SQL: `INSERT INTO message (root_uin, id, kind, channel, recipient, partner_uin, language, content,
				created_at, next_at, status)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, 'Waiting') RETURNING root_uin`,
		Args: []any{
			root, id, string(m.Kind), string(m.Channel), m.To, m.Partner, m.Language, sealed, m.At.UnixMilli(),
		},
		Columns: 1,
	}, id, nil
}

// messagePlace is what a message's content is encrypted for.
func messagePlace(root int64, id string) string { return fmt.Sprintf("message %d %s", root, id) }
