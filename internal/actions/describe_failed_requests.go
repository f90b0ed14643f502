package actions

import (
	"context"
	"encoding/hex"

	"tael/api"
	"tael/internal/failures"
)

// DescribeFailedRequests lists what this process remembers of refused requests that
// named a key of the caller's.
func (a *Actions) DescribeFailedRequests(
	_ context.Context, call *api.Call, r *api.DescribeFailedRequestsRequest,
) (*api.DescribeFailedRequestsResponse, error) {
	found := a.Failures.Newest(func(failed *failures.Request) bool {
		return seesKey(call, &failed.Owner, failed.SecretID) && (r.SecretId == nil || *r.SecretId == failed.SecretID)
	}, int(r.Limit))
	response := &api.DescribeFailedRequestsResponse{Requests: make([]api.FailedRequest, len(found))}
	for i, failed := range found {
		response.Requests[i] = failedRequest(failed)
	}
	return response, nil
}

// seesKey reports whether the caller may know what was done with a key: its own
// account's; of a sub-user its own and temporary ones that it asked for; of a
// temporary key only that.
func seesKey(call *api.Call, owner *failures.Owner, secretID string) bool {
	switch {
	case owner.Account != call.Uin:
		return false
	case call.Temporary:
		return secretID == call.SecretID
	}
	return call.User == 0 || call.User == owner.User
}

func failedRequest(r *failures.Request) api.FailedRequest {
	shown := api.FailedRequest{
		Time: api.FormatTime(r.At), Milliseconds: r.At.UnixMilli(), RequestId: r.RequestID, SecretId: r.SecretID,
		UserUin: r.User, Action: r.Action, Code: r.Code, Signed: r.Signed,
		Method: r.Method, Path: r.Path, Query: r.ShownQuery(), Headers: []api.SentHeader{},
		Body: r.ShownBody(), BodyLength: int64(r.BodyLength),
		Cut: !r.Withheld && (r.Partial || r.Incomplete), Withheld: r.Withheld,
	}
	if r.Address.IsValid() {
		shown.Address = r.Address.String()
	}
	if !r.Withheld { // a password could be found by trying
		shown.BodySha256 = hex.EncodeToString(r.BodySum[:])
	}
	for _, h := range r.ShownHeaders() {
		shown.Headers = append(shown.Headers, api.SentHeader{Name: h.Name, Value: h.Value})
	}
	return shown
}
