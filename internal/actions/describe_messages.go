package actions

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tael/api"
	"tael/internal/ledger"
	"tael/internal/store"
)

// DescribeMessages lists the outboxes for the operator.
func (a *Actions) DescribeMessages(
	ctx context.Context, _ *api.Call, r *api.DescribeMessagesRequest,
) (*api.DescribeMessagesResponse, error) {
	filter := store.MessageFilter{
		Kind: store.MessageKind(value(r.Kind)), Channel: store.Channel(value(r.Channel)),
		Status: store.MessageStatus(value(r.Status)), To: value(r.To),
	}
	if r.Uin != nil {
		identity, err := a.Store.Identity(ctx, *r.Uin)
		if errors.Is(err, store.ErrNotFound) || err == nil && identity.Root == 0 {
			return nil, ledger.ErrNotPartner
		}
		if err != nil {
			return nil, err
		}
		filter.Root = identity.Root
	}
	page, err := a.Store.Messages(ctx, filter, messagePlaceOf(value(r.Cursor)), int(r.PageSize))
	if err != nil {
		return nil, err
	}
	response := &api.DescribeMessagesResponse{
		Total: page.Total, Messages: make([]api.DescribedMessage, len(page.Messages)),
	}
	for i := range page.Messages {
		response.Messages[i] = describeMessage(&page.Messages[i])
	}
	if next := page.Next; next != (store.MessagePlace{}) {
		response.NextCursor = fmt.Sprintf(messageCursor, next.At, next.ID)
	}
	return response, nil
}

// messageCursor is how a place between messages goes over the wire.
const messageCursor = "%d-%s"

// messagePlaceOf reads a cursor, whose form the definition has checked.
func messagePlaceOf(cursor string) store.MessagePlace {
	var p store.MessagePlace
	_, _ = fmt.Sscanf(cursor, messageCursor, &p.At, &p.ID)
	return p
}

func describeMessage(m *store.StoredMessage) api.DescribedMessage {
	described := api.DescribedMessage{
		Id: m.ID, Kind: string(m.Kind), Channel: string(m.Channel), To: m.To, PartnerUin: m.Partner,
		Language: m.Language, Fields: make([]api.MessageField, 0, len(m.Fields)), CreateTime: api.FormatTime(m.At),
		Status: string(m.Status), Attempts: m.Attempts, LastAttemptTime: optionalTime(m.AttemptedAt), Error: m.Error,
	}
	if m.Status == store.MessageWaiting {
		described.NextAttemptTime = api.FormatTime(m.NextAt)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Fields)) {
		described.Fields = append(described.Fields, api.MessageField{Name: name, Value: m.Fields[name]})
	}
	return described
}

// optionalTime is empty for no time.
func optionalTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return api.FormatTime(t)
}
