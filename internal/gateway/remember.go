package gateway

import (
	"strings"

	"tael/api"
	"tael/internal/failures"
)

// remember keeps a refused request for the owner of the key that it named. Whoever
// sent it has its answer already, so a look at who that is delays nobody else.
func (g *Gateway) remember(q *request, call *api.Call, refusal *api.Error) {
	id := q.secretID()
	if id == "" || refusal.Code == api.OperationDeniedServiceBusy && q.key == nil {
		return // the database has just not answered
	}
	r := &failures.Request{
		At: q.arrived, RequestID: call.RequestID, SecretID: strings.Clone(id), Address: call.Address,
		Code: string(refusal.Code), Signed: call.Uin != 0, Withheld: call.Action == nil || call.Action.TakesSecret(),
	}
	if r.Signed {
		r.Owner = ownerOf(&call.Caller)
	} else {
		owner, err := g.Keys.owner(q.http.Context(), id, q.common.Token)
		if err != nil || owner == nil {
			return
		}
		r.Owner = *owner
	}
	if call.Action != nil {
		r.Action = call.Action.Name
	}
	r.Request = failures.Keep(q.http, q.body, r.Withheld)
	g.Failures.Add(r)
}

func ownerOf(caller *api.Caller) failures.Owner {
	return failures.Owner{Account: caller.Uin, User: caller.User, Temporary: caller.Temporary}
}
