package actions

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"time"

	"tael/api"
	"tael/internal/audit"
	"tael/internal/partner"
	"tael/internal/store"
)

// DescribeAuthenticationFailures lists counts of calls that were refused before
// it was known whose they were: all of them to the operator, to others those that
// named a key of theirs.
func (a *Actions) DescribeAuthenticationFailures(
	ctx context.Context, call *api.Call, r *api.DescribeAuthenticationFailuresRequest,
) (*api.DescribeAuthenticationFailuresResponse, error) {
	filter := store.StrangerFilter{
		SecretID: value(r.SecretId), From: unixSecond(r.StartTime) / 60, To: unixSecond(r.EndTime) / 60, Limit: r.Limit + 1,
	}
	if call.Role != partner.Operator {
		filter.Account = call.Uin
	}
	var err error
	if r.Address != nil {
		if filter.Address, err = netip.ParseAddr(*r.Address); err != nil {
			return nil, api.NewError(api.InvalidParameterValue, "parameter", "Address", "value", *r.Address)
		}
	}
	if r.Cursor != nil {
		if filter.Before, err = strangerOf(*r.Cursor); err != nil {
			return nil, api.NewError(api.InvalidParameterValue, "parameter", "Cursor", "value", *r.Cursor)
		}
	}
	counts, err := a.Store.Strangers(ctx, filter)
	if err != nil {
		return nil, err
	}
	response := &api.DescribeAuthenticationFailuresResponse{}
	if len(counts) > int(r.Limit) {
		counts = counts[:r.Limit]
		response.NextCursor = strangerCursor(&counts[r.Limit-1])
	}
	response.Failures = make([]api.DescribedFailures, len(counts))
	for i := range counts {
		c := &counts[i]
		response.Failures[i] = api.DescribedFailures{
			Time: api.FormatTime(time.Unix(60*c.Minute, 0)), SecretId: c.SecretID, Address: c.AddressText(),
			Code: c.Code, Count: c.Calls,
		}
	}
	return response, nil
}

// strangerCursor is the key of a count as it goes over the wire.
func strangerCursor(c *audit.Strangers) string {
	text, err := json.Marshal(c)
	if err != nil {
		panic(err) // numbers and texts always encode
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

func strangerOf(cursor string) (c audit.Strangers, err error) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return c, err
	}
	err = json.Unmarshal(text, &c)
	if strings.ContainsRune(c.SecretID+c.Code+c.AddressText(), 0) {
		err = errors.New("no text of a database")
	}
	return c, err
}
