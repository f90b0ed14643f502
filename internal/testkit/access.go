package testkit

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"

	"tael/internal/partner"
	"tael/internal/signature"
	"tael/internal/store"
)

// User makes a sub-user of an account with a key and one policy: the name of a
// preset, a document, or nothing.
func (w *World) User(owner Key, name, policy string) Key {
	w.T.Helper()
	var user struct{ Uin int64 }
	w.decoded(w.Call(owner, "CreateUser", fmt.Sprintf(`{"Name": %q}`, name)), &user)
	if policy != "" {
		w.Attach(owner, fmt.Sprintf(`"UserUin": %d`, user.Uin), "policy-of-"+name, policy)
	}
	return w.UserKey(owner, user.Uin)
}

// UserKey makes a key of a sub-user.
func (w *World) UserKey(owner Key, user int64) Key {
	w.T.Helper()
	var made struct{ SecretId, SecretKey string }
	w.decoded(w.Call(owner, "CreateSecretKey", fmt.Sprintf(`{"UserUin": %d}`, user)), &made)
	return Key{Uin: user, ID: made.SecretId, Secret: made.SecretKey}
}

// Attach attaches a policy, the name of a preset or a document, to a sub-user or
// role, named as a member of JSON.
func (w *World) Attach(owner Key, to, name, policy string) {
	w.T.Helper()
	if strings.HasPrefix(policy, "{") {
		w.decoded(w.Call(owner, "CreatePolicy", fmt.Sprintf(`{"PolicyName": %q, "Document": %q}`, name, policy)), nil)
	} else {
		name = policy
	}
	w.decoded(w.Call(owner, "AttachPolicy", fmt.Sprintf(`{"PolicyName": %q, %s}`, name, to)), nil)
}

// Role makes a role of an account that trusts somebody, such as
// qcs::cam::uin/200000001000:root, with a policy as of User.
func (w *World) Role(owner Key, name, trusted, policy string) (arn string) {
	w.T.Helper()
	trust := fmt.Sprintf(`{"version":"2.0","statement":[{"effect":"allow","action":"sts:AssumeRole",`+
		`"principal":{"qcs":[%q]}}]}`, trusted)
	var made struct{ RoleArn string }
	w.decoded(w.Call(owner, "CreateRole", fmt.Sprintf(`{"RoleName": %q, "TrustPolicy": %q}`, name, trust)), &made)
	if policy != "" {
		w.Attach(owner, fmt.Sprintf(`"RoleName": %q`, name), "policy-of-"+name, policy)
	}
	return made.RoleArn
}

// Federate gets a temporary key of the caller for a policy.
func (w *World) Federate(key Key, policy string) Key {
	w.T.Helper()
	return w.Temporary(key, "GetFederationToken", fmt.Sprintf(`{"Name": "test", "Policy": %q}`, policy))
}

// Assume gets a temporary key of a role.
func (w *World) Assume(key Key, arn string) Key {
	w.T.Helper()
	return w.Temporary(key, "AssumeRole", fmt.Sprintf(`{"RoleArn": %q, "RoleSessionName": "test"}`, arn))
}

// Temporary gets a temporary key.
func (w *World) Temporary(key Key, action, body string) Key {
	w.T.Helper()
	var made struct {
		Credentials struct{ Token, TmpSecretId, TmpSecretKey string }
	}
	w.decoded(w.Call(key, action, body), &made)
	c := made.Credentials
	return Key{Uin: key.Uin, ID: c.TmpSecretId, Secret: c.TmpSecretKey, Token: c.Token}
}

// Allow is a policy that allows some actions.
func Allow(actions ...string) string {
	list, _ := json.Marshal(actions) // strings always encode
	return `{"version":"2.0","statement":[{"effect":"allow","action":` + string(list) + `,"resource":"*"}]}`
}

func (w *World) decoded(answer Answer, into any) {
	w.T.Helper()
	if answer.Code != "" {
		w.T.Fatalf("%s: %s", answer.Code, answer.Message)
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(answer.Body, into); err != nil {
		w.T.Fatal(err)
	}
}

// user: "user U of R policy …", the policy being the rest of the line.
func (s *scenario) user(fields []string) error {
	policy := ""
	if len(fields) > 5 {
		policy = strings.Join(fields[5:], " ")
	}
	s.keys[fields[1]] = s.User(s.keys[fields[3]], fields[1], policy)
	return nil
}

// RequestV1 makes a request without parameters signed with HmacSHA256, by POST.
func (w *World) RequestV1(key Key, action string) *http.Request {
	w.T.Helper()
	_, version := ServiceOf(action)
	parameters := []signature.Parameter{
		{Name: "Action", Value: action},
		{Name: "Version", Value: version},
		{Name: "Timestamp", Value: strconv.FormatInt(w.Clock.Real().Unix(), 10)},
		{Name: "Nonce", Value: "1"},
		{Name: "SecretId", Value: key.ID},
		{Name: "SignatureMethod", Value: "HmacSHA256"},
	}
	if key.Token != "" {
		parameters = append(parameters, signature.Parameter{Name: "Token", Value: key.Token})
	}
	const host = "127.0.0.1:8080"
	v1 := signature.V1{Method: http.MethodPost, Host: host, Path: "/", Parameters: parameters}
	form := url.Values{"Signature": {v1.Sign(key.Secret)}}
	for _, p := range parameters {
		form.Set(p.Name, p.Value)
	}
	r := httptest.NewRequestWithContext(w.T.Context(), http.MethodPost, "/", strings.NewReader(form.Encode()))
	r.Host = host
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

// ReplaceOperatorSecret gives the operator's key another secret, as a start with
// another one in the environment does.
func (w *World) ReplaceOperatorSecret(secret string) {
	w.T.Helper()
	identity := store.Identity{Uin: w.Operator.Uin, Root: w.Operator.Uin, Role: partner.Operator, Name: "Operator"}
	if err := w.Store.PutOperator(w.T.Context(), identity, w.Operator.ID, secret, Start); err != nil {
		w.T.Fatal(err)
	}
	w.Operator.Secret = secret
}
