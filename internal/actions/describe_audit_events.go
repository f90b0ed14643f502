package actions

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"tael/api"
	"tael/internal/audit"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// DescribeAuditEvents lists calls: an account those of its own keys, the operator
// those of any tree. The top partner of a tree sees no more of it than others:
// whoever acts in it is another account (design.md §1.4).
func (a *Actions) DescribeAuditEvents(
	ctx context.Context, call *api.Call, r *api.DescribeAuditEventsRequest,
) (*api.DescribeAuditEventsResponse, error) {
	filter := store.AuditFilter{
		Root: call.Root, Account: value(r.AccountUin), User: value(r.UserUin), SecretID: value(r.SecretId),
		Action: value(r.Action), Code: value(r.Code), RequestID: value(r.RequestId),
		From: unixSecond(r.StartTime), To: unixSecond(r.EndTime), Before: placeOf(value(r.Cursor)), Limit: int(r.Limit),
	}
	if r.TreeUin != nil {
		filter.Root = *r.TreeUin
	}
	if call.Role != partner.Operator {
		if filter.Root != call.Root || filter.Account != 0 && filter.Account != call.Uin {
			return nil, ledger.ErrNotPartner
		}
		filter.Account = call.Uin
	}
	events, next, err := a.Store.AuditEvents(ctx, filter)
	if err != nil {
		return nil, err
	}
	// What different callers did in one second stands on different pages.
	slices.SortStableFunc(events, func(x, y audit.Event) int { return cmp.Compare(y.At, x.At) })
	response := &api.DescribeAuditEventsResponse{Events: make([]api.DescribedEvent, len(events))}
	for i := range events {
		response.Events[i] = describedEvent(&events[i])
	}
	if next != (store.AuditPlace{}) {
		response.NextCursor = fmt.Sprintf(cursorForm, next.Second, int64(next.Writer), next.Sequence, next.Index)
	}
	return response, nil
}

// cursorForm is how a place between events goes over the wire.
const cursorForm = "%d-%d-%d-%d"

// placeOf reads a cursor, whose form the definition has checked.
func placeOf(cursor string) store.AuditPlace {
	var p store.AuditPlace
	_, _ = fmt.Sscanf(cursor, cursorForm, &p.Second, &p.Writer, &p.Sequence, &p.Index)
	return p
}

func describedEvent(e *audit.Event) api.DescribedEvent {
	d := api.DescribedEvent{
		Time: api.FormatTime(time.UnixMilli(e.At)), Milliseconds: e.At,
		AccountUin: e.Account, UserUin: e.User, SecretId: e.SecretID, Address: e.AddressText(),
		Action: e.Action, Code: e.Code, RequestId: e.RequestID, Replayed: e.Replayed,
		Objects: e.Objects, Count: max(e.Count, 1),
	}
	if d.Objects == nil {
		d.Objects = []string{}
	}
	return d
}

// unixSecond reads an optional datetime, whose form the definition has checked;
// 0 where there is none.
func unixSecond(text *string) int64 {
	if text == nil {
		return 0
	}
	t, _ := api.ParseTime("datetime", *text)
	return t.Unix()
}
