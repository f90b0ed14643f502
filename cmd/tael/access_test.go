package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/testkit"
)

// temporaryKey signs with a temporary key.
type temporaryKey struct {
	demo.Account
	client *http.Client
}

// withToken sends a token with every request; TC3 does not sign it.
type withToken string

func (token withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("X-TC-Token", string(token))
	return http.DefaultTransport.RoundTrip(r)
}

// temporary gets a key that may read what its parent may.
func temporary(t *testing.T, s *server, parent demo.Account) *temporaryKey {
	t.Helper()
	return keyFrom(t, s.must(t, parent, "GetFederationToken",
		fmt.Sprintf(`{"Name": "test", "Policy": %q}`, testkit.Allow("intlpartnersmgt:Query*"))))
}

func keyFrom(t *testing.T, got answer) *temporaryKey {
	t.Helper()
	var made struct {
		Credentials struct{ Token, TmpSecretID, TmpSecretKey string }
	}
	if err := json.Unmarshal(got.Response, &made); err != nil {
		t.Fatal(err)
	}
	c := made.Credentials
	return &temporaryKey{
		demo.Account{SecretID: c.TmpSecretID, SecretKey: c.TmpSecretKey}, &http.Client{Transport: withToken(c.Token)},
	}
}

func (k *temporaryKey) ask(t *testing.T, s *server) string {
	t.Helper()
	got, err := call(t.Context(), k.client, s.endpoint, k.Account, "QueryPartnerCredit", "{}", "")
	if err != nil {
		t.Fatal(err)
	}
	return got.Code
}

func (k *temporaryKey) expect(t *testing.T, s *server, code string) {
	t.Helper()
	if got := k.ask(t, s); got != code {
		t.Errorf("got %q, want %q", got, code)
	}
}

// noticed is how long a change may take to reach every process.
const noticed = 2 * time.Second

// Whatever ends a key ends it in every process within two seconds, with the
// temporary keys that came from it.
func TestRevocationReachesEveryProcess(t *testing.T) {
	t.Parallel()
	database := newDatabase(t, testkit.Postgres)
	serve := append([]string{"--demo", "--rate-limits", "off"}, database...)
	here, there := start(t, nil, serve...), start(t, nil, serve...)
	reseller := account(demo.Reseller)
	trust := fmt.Sprintf(`{"version":"2.0","statement":[{"effect":"allow","action":"*","principal":{"qcs":"qcs::cam::uin/%d:root"}}]}`,
		demo.Reseller)
	// A sub-user for each way to end, whose keys both processes have seen.
	for name, end := range map[string]func(user int64, key demo.Account, role string) (action, body string){
		"policy": func(user int64, _ demo.Account, _ string) (string, string) {
			return "DetachPolicy", fmt.Sprintf(`{"PolicyName": "all", "UserUin": %d}`, user)
		},
		"key disabled": func(user int64, key demo.Account, _ string) (string, string) {
			return "SetSecretKeyStatus", fmt.Sprintf(`{"UserUin": %d, "SecretId": %q, "Status": "Disabled"}`, user, key.SecretID)
		},
		"key deleted": func(user int64, key demo.Account, _ string) (string, string) {
			return "DeleteSecretKey", fmt.Sprintf(`{"UserUin": %d, "SecretId": %q}`, user, key.SecretID)
		},
		"user deleted": func(user int64, _ demo.Account, _ string) (string, string) {
			return "DeleteUser", fmt.Sprintf(`{"UserUin": %d}`, user)
		},
		"role deleted": func(_ int64, _ demo.Account, role string) (string, string) {
			return "DeleteRole", fmt.Sprintf(`{"RoleName": %q}`, role)
		},
		"role's policy": func(_ int64, _ demo.Account, role string) (string, string) {
			return "DetachPolicy", fmt.Sprintf(`{"PolicyName": "all", "RoleName": %q}`, role)
		},
	} {
		id := strings.NewReplacer(" ", "-", "'", "").Replace(name)
		all := fmt.Sprintf(`{"PolicyName": "all", "Document": %q}`, testkit.Allow("*"))
		if got, err := call(t.Context(), http.DefaultClient, here.endpoint, reseller, "CreatePolicy", all, ""); err != nil ||
			got.Code != "" && got.Code != "ResourceInUse" {
			t.Fatal(got, err)
		}
		var user struct{ Uin int64 }
		var key struct{ SecretID, SecretKey string }
		decoded(t, here.must(t, reseller, "CreateUser", fmt.Sprintf(`{"Name": %q}`, id)), &user)
		decoded(t, here.must(t, reseller, "CreateSecretKey", fmt.Sprintf(`{"UserUin": %d}`, user.Uin)), &key)
		own := demo.Account{SecretID: key.SecretID, SecretKey: key.SecretKey}
		here.must(t, reseller, "AttachPolicy", fmt.Sprintf(`{"PolicyName": "all", "UserUin": %d}`, user.Uin))
		here.must(t, reseller, "CreateRole", fmt.Sprintf(`{"RoleName": %q, "TrustPolicy": %q}`, id, trust))
		here.must(t, reseller, "AttachPolicy", fmt.Sprintf(`{"PolicyName": "all", "RoleName": %q}`, id))
		federated := temporary(t, there, own)
		assumed := keyFrom(t, there.must(t, own, "AssumeRole",
			fmt.Sprintf(`{"RoleArn": "qcs::cam::uin/%d:roleName/%s", "RoleSessionName": "test"}`, demo.Reseller, id)))
		ended := map[string]*temporaryKey{"its own key": {own, http.DefaultClient}, "its temporary key": federated}
		if name == "role deleted" || name == "role's policy" {
			ended = map[string]*temporaryKey{"the role's temporary key": assumed}
		} else if name != "policy" {
			ended["a role's temporary key"] = assumed
		}
		for _, k := range ended {
			k.expect(t, here, "")
			k.expect(t, there, "")
		}
		action, body := end(user.Uin, own, id)
		here.must(t, reseller, action, body)
		changed := time.Now()
		for what, k := range ended {
			if k.ask(t, here) == "" {
				t.Errorf("%s: %s goes on in the process that was told", name, what)
			}
			for {
				asked := time.Now()
				if k.ask(t, there) != "" {
					break
				}
				if asked.Sub(changed) > noticed {
					t.Errorf("%s: %s goes on in another process", name, what)
					break
				}
			}
		}
	}
}

func decoded(t *testing.T, got answer, into any) {
	t.Helper()
	if err := json.Unmarshal(got.Response, into); err != nil {
		t.Fatal(err)
	}
}
