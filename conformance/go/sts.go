package main

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

// The demo's role, which the reseller may assume and which only reads.
const roleArn = "qcs::cam::uin/200000001000:roleName/reporting"

const denied = "AuthFailure.UnauthorizedOperation"

// temporaryKeys uses the SDK's own provider of a role's keys, and the keys that
// GetFederationToken answers, with every signature.
func (s *suite) temporaryKeys() {
	close, endpoint := s.overTLS()
	defer close()
	key := s.Keys["reseller"]
	provider := common.DefaultRoleArnProvider(key[0], key[1], roleArn)
	provider.Endpoint = endpoint
	assumed, err := provider.GetCredential()
	s.check("sts: RoleArnProvider", err)
	if err != nil {
		return
	}
	stranger := common.DefaultRoleArnProvider(s.Keys["distributor"][0], s.Keys["distributor"][1], roleArn)
	stranger.Endpoint = endpoint
	_, err = stranger.GetCredential()
	s.check("sts: RoleArnProvider of a stranger answers ResourceNotFound.RoleNotFound",
		expectError("ResourceNotFound.RoleNotFound", "角色不存在，或您无权扮演该角色。", nil, err))

	policy := `{"version":"2.0","statement":[{"effect":"allow","action":["name/intlpartnersmgt:Query*"],"resource":["*"]}]}`
	request := tchttp.NewCommonRequest("sts", "2018-08-13", "GetFederationToken")
	got, err := generic(s.credential("reseller"), request, map[string]any{"Name": "go", "Policy": url.QueryEscape(policy)}, s.usual())
	s.check("sts: GetFederationToken", err)
	if err != nil {
		return
	}
	var made struct{ Token, TmpSecretId, TmpSecretKey string }
	if err := json.Unmarshal([]byte(toJSON(got["Credentials"])), &made); err != nil {
		s.check("sts: its credentials", err)
		return
	}
	federated := common.NewTokenCredential(made.TmpSecretId, made.TmpSecretKey, made.Token)
	wrong := common.NewTokenCredential(made.TmpSecretId, made.TmpSecretKey, "x"+made.Token)
	absent := common.NewCredential(made.TmpSecretId, made.TmpSecretKey)
	for _, signature := range signatures {
		for _, method := range methods {
			p := s.settings(signature, method)
			for name, credential := range map[string]common.CredentialIface{"role": assumed, "federation token": federated} {
				prefix := fmt.Sprintf("sts: %s %s with a %s ", signature, method, name)
				s.check(prefix+"QueryPartnerCredit", s.signedWith(credential, "QueryPartnerCredit", p, ""))
				s.check(prefix+"AllocateCustomerCredit is denied", s.signedWith(credential, "AllocateCustomerCredit", p, denied))
			}
			for name, credential := range map[string]common.CredentialIface{"wrong": wrong, "absent": absent} {
				s.check(fmt.Sprintf("sts: %s %s with the token %s", signature, method, name),
					s.signedWith(credential, "QueryPartnerCredit", p, "AuthFailure.TokenFailure"))
			}
		}
	}
}

// signedWith calls an action and compares the code that comes back, "" for
// success.
func (s *suite) signedWith(credential common.CredentialIface, action string, p *profile.ClientProfile, code string) error {
	m := models[action]
	request := m.request(new(tchttp.BaseRequest).Init().WithApiInfo(service, version, action))
	err := common.NewCommonClient(credential, "", p).Send(request, m.response())
	if code == "" || err == nil {
		if err == nil && code != "" {
			return fmt.Errorf("answered, not %s", code)
		}
		return err
	}
	if !strings.Contains(err.Error(), code) {
		return err
	}
	return nil
}

// overTLS puts TLS before the server: the SDK's provider knows no other scheme.
func (s *suite) overTLS() (close func(), endpoint string) {
	target := &url.URL{Scheme: "http", Host: s.address}
	front := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}})
	transport := http.DefaultTransport.(*http.Transport)
	transport.TLSClientConfig = &tls.Config{RootCAs: front.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	return front.Close, front.Listener.Addr().String()
}
