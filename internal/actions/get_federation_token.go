package actions

import (
	"context"
	"crypto/rand"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tael/api"
	"tael/internal/access"
)

// ownKeyMax is how long a temporary key lasts at most that an account's own key
// asked for, in seconds (protocol.md §8).
const ownKeyMax = 7200

// GetFederationToken makes a temporary key of the caller.
func (a *Actions) GetFederationToken(
	ctx context.Context, call *api.Call, r *api.GetFederationTokenRequest,
) (*api.GetFederationTokenResponse, error) {
	if call.User == 0 && r.DurationSeconds > ownKeyMax {
		return nil, api.NewError(api.InvalidParameterOverTimeError, "limit", strconv.Itoa(ownKeyMax)).In("account")
	}
	policy, err := sessionPolicy(call, r.Policy)
	if err != nil {
		return nil, err
	}
	made, err := a.newTemporaryKey(ctx, call, r.DurationSeconds, access.Session{Policy: policy})
	if err != nil {
		return nil, err
	}
	return &api.GetFederationTokenResponse{
		Credentials: made.Credentials, ExpiredTime: made.expires.Unix(), Expiration: isoTime(made.expires),
	}, nil
}

// sessionPolicyMax keeps tokens below the 4,096 bytes that clients expect.
const sessionPolicyMax = 2048

// sessionPolicy checks the policy of a temporary key, which may be URL-encoded,
// and that the caller may have such keys.
func sessionPolicy(call *api.Call, text string) (string, error) {
	if call.Temporary {
		return "", api.NewError(api.InvalidParameterAccessKeyNotSupport)
	}
	if !strings.HasPrefix(strings.TrimSpace(text), "{") {
		decoded, err := url.QueryUnescape(text)
		if err != nil {
			return "", api.NewError(api.InvalidParameterStrategyFormatError, "reason", "it is not URL-encoded")
		}
		text = decoded
	}
	if len(text) > sessionPolicyMax {
		return "", api.NewError(api.InvalidParameterPolicyTooLong, "limit", strconv.Itoa(sessionPolicyMax))
	}
	if text == "" {
		return "", nil
	}
	if _, err := access.Parse(text); err != nil {
		return "", api.NewError(api.InvalidParameterStrategyFormatError, "reason", err.Error())
	}
	return text, nil
}

// temporaryKey is a new temporary key.
type temporaryKey struct {
	api.Credentials
	expires time.Time
}

// newTemporaryKey makes a temporary key that ends with the caller's. All that it
// is goes into its token.
func (a *Actions) newTemporaryKey(
	ctx context.Context, call *api.Call, seconds int64, session access.Session,
) (*temporaryKey, error) {
	parent, err := a.Store.Key(ctx, call.SecretID)
	if err != nil {
		return nil, err
	}
	secretID := access.TemporaryID((rand.Text() + rand.Text())[:32])
	_, session.SecretKey = NewKey()
	expires := a.Clock.Real().Add(time.Duration(seconds) * time.Second).Truncate(time.Second)
	session.Parent, session.Proof, session.Expires = call.SecretID, access.Proof(parent.SecretKey), expires.Unix()
	plain, err := session.Encode()
	if err != nil {
		return nil, err
	}
	token, err := a.Store.SealToken(plain, secretID)
	if err != nil {
		return nil, err
	}
	return &temporaryKey{
		Credentials: api.Credentials{Token: token, TmpSecretId: secretID, TmpSecretKey: session.SecretKey},
		expires:     expires,
	}, nil
}

func isoTime(t time.Time) string { return t.UTC().Format(time.RFC3339) }
