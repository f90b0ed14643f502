package actions

import (
	"context"
	"errors"
	"strings"

	"tael/api"
	"tael/internal/access"
	"tael/internal/diagnose"
	"tael/internal/failures"
	"tael/internal/store"
)

// DiagnoseRequest says why a request was refused that named a key of the caller's.
func (a *Actions) DiagnoseRequest(
	ctx context.Context, call *api.Call, r *api.DiagnoseRequestRequest,
) (*api.DiagnoseRequestResponse, error) {
	request, at, withheld, err := a.diagnosed(call, r)
	if err != nil {
		return nil, err
	}
	reading := diagnose.Read(request)
	key, err := a.diagnosedKey(ctx, call, reading)
	if err != nil {
		return nil, err
	}
	d := diagnose.Diagnose(reading, key, at, api.Services())
	response := &api.DiagnoseRequestResponse{
		Matches: d.Matches, Causes: make([]string, len(d.Causes)), Explanation: d.Explanation(call.Language),
		Algorithm: reading.Algorithm, SecretId: reading.SecretID,
		Scope: d.Scope, Timestamp: d.Timestamp, ServerTime: at.Now, Skew: d.Skew,
	}
	for i, cause := range d.Causes {
		response.Causes[i] = string(cause)
	}
	if len(d.Causes) > 0 {
		response.Cause = response.Causes[0]
	}
	if sent := reading.Authorization; sent != nil {
		response.Authorization = &api.SentAuthorization{
			SecretId: sent.SecretID, Date: sent.Date, Service: sent.Service, Terminator: sent.Terminator,
			SignedHeaders: sent.SignedHeaders,
		}
	}
	if !withheld { // a password could be found by trying, from the hash of its body
		token := ""
		if at.Arrived {
			token = reading.Token
		}
		response.CanonicalRequest = without(token, d.CanonicalRequest)
		response.HashedCanonicalRequest = d.HashedCanonicalRequest
		response.StringToSign = without(token, d.StringToSign)
		response.SignedCanonicalRequest = without(token, d.SignedCanonicalRequest)
		response.SignedStringToSign = without(token, d.SignedStringToSign)
	}
	return response, nil
}

// tokenMin is the least length of what can be a token, in bytes.
const tokenMin = 32

// without takes the token out of a text about a request that the caller may not have
// sent itself. What is too short for a token is left: it may stand anywhere.
func without(token, text string) string {
	if len(token) < tokenMin {
		return text
	}
	const hidden = "***"
	return strings.NewReplacer(token, hidden, strings.ToLower(token), hidden).Replace(text) // clients lower-case headers
}

// diagnosed is the request that a call asks about, and when it was or is looked at.
func (a *Actions) diagnosed(
	call *api.Call, r *api.DiagnoseRequestRequest,
) (request *diagnose.Request, at diagnose.Moment, withheld bool, err error) {
	if (r.RequestId == nil) == (r.RawRequest == nil) {
		return nil, at, false, api.NewError(api.InvalidParameterValue).In("diagnosed")
	}
	if r.RawRequest != nil {
		request, err = diagnose.Parse(*r.RawRequest)
		if err != nil {
			return nil, at, false, api.NewError(api.InvalidParameterValue,
				"parameter", "RawRequest", "reason", err.Error()).In("request")
		}
		return request, diagnose.Moment{Now: call.Arrived.Unix()}, false, nil
	}
	found := a.Failures.Newest(func(failed *failures.Request) bool {
		return failed.RequestID == *r.RequestId && seesKey(call, &failed.Owner, failed.SecretID)
	}, 1)
	if len(found) == 0 {
		return nil, at, false, store.ErrNotFound
	}
	failed := found[0]
	return &failed.Request, diagnose.Moment{Now: failed.At.Unix(), Arrived: true}, failed.Withheld, nil
}

// diagnosedKey is what the caller may know of the key that a request names: nothing
// of one that is not its own.
func (a *Actions) diagnosedKey(ctx context.Context, call *api.Call, r *diagnose.Reading) (*diagnose.Key, error) {
	if access.IsTemporary(r.SecretID) {
		return a.temporaryKey(ctx, call, r)
	}
	key, err := a.Store.Key(ctx, r.SecretID)
	if errors.Is(err, store.ErrNotFound) {
		return &diagnose.Key{}, nil
	}
	if err != nil {
		return nil, err
	}
	if !seesKey(call, &failures.Owner{Account: key.Identity.Uin, User: key.User}, key.SecretID) {
		return &diagnose.Key{}, nil
	}
	known := &diagnose.Key{Known: true, Disabled: key.Status != store.KeyActive, Secret: key.SecretKey}
	if r.Token != "" {
		known.Token = diagnose.TokenNeedless
	}
	if call.Temporary {
		return known, nil // it is asked about itself, and its siblings are none of its business
	}
	known.Others, err = a.otherSecrets(ctx, &key)
	return known, err
}

// otherSecrets are those of the other keys of a key's holder.
func (a *Actions) otherSecrets(ctx context.Context, key *store.Key) ([]string, error) {
	holder := key.Identity.Uin
	if key.User != 0 {
		holder = key.User
	}
	listed, err := a.Store.Keys(ctx, holder)
	if err != nil {
		return nil, err
	}
	var secrets []string
	for i := range listed {
		if listed[i].SecretID == key.SecretID {
			continue
		}
		other, err := a.Store.Key(ctx, listed[i].SecretID)
		if err != nil {
			return nil, err
		}
		secrets = append(secrets, other.SecretKey)
	}
	return secrets, nil
}

// temporaryKey is a key that stands in the token which came with it.
func (a *Actions) temporaryKey(ctx context.Context, call *api.Call, r *diagnose.Reading) (*diagnose.Key, error) {
	if r.Token == "" {
		return &diagnose.Key{Known: true, Token: diagnose.TokenAbsent}, nil
	}
	foreign := &diagnose.Key{Known: true, Token: diagnose.TokenForeign}
	plain, err := a.Store.OpenToken(r.Token, r.SecretID)
	if err != nil {
		return foreign, nil
	}
	session, err := access.DecodeSession(plain)
	if err != nil {
		return foreign, nil
	}
	parent, err := a.Store.Key(ctx, session.Parent)
	if errors.Is(err, store.ErrNotFound) {
		return foreign, nil
	}
	if err != nil {
		return nil, err
	}
	owner := failures.Owner{Account: parent.Identity.Uin, User: parent.User, Temporary: true}
	ended := parent.Status != store.KeyActive || access.Proof(parent.SecretKey) != session.Proof
	if session.RoleID != 0 {
		owner.Account, owner.User = session.RoleOwner, session.RoleID
		role, err := a.Store.AssumedRole(ctx, session.RoleOwner, session.RoleName)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		ended = ended || role.ID != session.RoleID
	}
	if ended || !seesKey(call, &owner, r.SecretID) {
		return foreign, nil
	}
	key := &diagnose.Key{Known: true, Secret: session.SecretKey}
	if call.Arrived.Unix() >= session.Expires {
		key.Token = diagnose.TokenEnded
	}
	return key, nil
}
