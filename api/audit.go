package api

import "tael/internal/audit"

// Event is what the audit remembers of a call, without what came of it.
func (c *Call) Event() audit.Event {
	return audit.Event{
		Root: c.Root, At: c.Arrived.UnixMilli(), Action: c.Action.Name, RequestID: c.RequestID,
		Caller: audit.Caller{Account: c.Uin, User: c.User, SecretID: c.SecretID, Address: c.Address},
	}
}
