package gateway_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"tael/api"
	"tael/internal/actions"
	"tael/internal/clock"
	"tael/internal/gateway"
	"tael/internal/partner"
	"tael/internal/signature"
	"tael/internal/testkit"
)

const (
	keyID     = "AKIDtest"
	secretKey = "never shown in any log or answer"
)

// service answers what a test wants it to.
type service struct {
	api.Service
	answer func(*api.Call, *api.QueryVoucherAmountByUinRequest) (*api.QueryVoucherAmountByUinResponse, error)
}

func (s *service) QueryVoucherAmountByUin(
	_ context.Context, call *api.Call, r *api.QueryVoucherAmountByUinRequest,
) (*api.QueryVoucherAmountByUinResponse, error) {
	return s.answer(call, r)
}

func (s *service) QueryPartnerCredit(
	context.Context, *api.Call, *api.QueryPartnerCreditRequest,
) (*api.QueryPartnerCreditResponse, error) {
	return &api.QueryPartnerCreditResponse{TotalCredit: 1}, nil
}

type bench struct {
	*gateway.Gateway
	log *bytes.Buffer
	service
}

func newBench(change func(*gateway.Options)) *bench {
	b := &bench{log: &bytes.Buffer{}}
	b.answer = func(_ *api.Call, r *api.QueryVoucherAmountByUinRequest) (*api.QueryVoucherAmountByUinResponse, error) {
		response := &api.QueryVoucherAmountByUinResponse{Data: []api.QueryVoucherAmountByUinItem{}}
		for _, uin := range r.ClientUins {
			response.Data = append(response.Data, api.QueryVoucherAmountByUinItem{ClientUin: int64(uin)})
		}
		return response, nil
	}
	c := &clock.Clock{}
	o := gateway.Options{
		Contract: api.New(&b.service), Clock: c, Explain: actions.Explain,
		Log: slog.New(slog.NewTextHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Keys: gateway.NewKeyring(c, gateway.Sources{Key: func(_ context.Context, id string) (*gateway.Key, error) {
			if id != keyID {
				return nil, nil
			}
			return &gateway.Key{SecretKey: secretKey, Caller: api.Caller{Uin: 7, Root: 7, Role: partner.Reseller}}, nil
		}}),
	}
	if change != nil {
		change(&o)
	}
	b.Gateway = gateway.New(o)
	return b
}

// request is a request to be signed; its zero value is a good one.
type request struct {
	method, path, query, body, host string
	action, version                 string
	headers                         map[string]string // set before signing
	after                           map[string]string // set after signing; "" deletes
	skew                            int64             // seconds
	id, secret, service             string
	sendBody                        *string // instead of what was signed
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// tc3 builds and signs a request as an SDK does.
func (q request) tc3(t testing.TB) *http.Request {
	t.Helper()
	body := q.body
	if q.sendBody != nil {
		body = *q.sendBody
	}
	r := httptest.NewRequestWithContext(t.Context(), or(q.method, "POST"), or(q.path, "/"), strings.NewReader(body))
	r.URL.RawQuery = q.query
	r.Host = or(q.host, "127.0.0.1:8080")
	now := new(clock.Clock).Real().Unix() + q.skew
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-TC-Action", or(q.action, "QueryVoucherAmountByUin"))
	r.Header.Set("X-TC-Version", or(q.version, "2022-09-28"))
	r.Header.Set("X-TC-Timestamp", strconv.FormatInt(now, 10))
	for name, value := range q.headers {
		r.Header.Set(name, value)
	}
	tc3 := signature.TC3{
		Method: r.Method, Query: q.query, Host: r.Host, Header: r.Header, Payload: []byte(q.body), Timestamp: now,
	}
	credential := signature.Credential{ID: or(q.id, keyID), Key: or(q.secret, secretKey)}
	r.Header.Set("Authorization", tc3.Sign(credential, or(q.service, "intlpartnersmgt")))
	for name, value := range q.after {
		if value == "" {
			r.Header.Del(name)
		} else {
			r.Header.Set(name, value)
		}
	}
	return r
}

// v1 builds and signs a request with HmacSHA256.
func (q request) v1(t *testing.T, change func(url.Values)) *http.Request {
	t.Helper()
	values := url.Values{
		"Action": {or(q.action, "QueryVoucherAmountByUin")}, "Version": {"2022-09-28"}, "Nonce": {"1"},
		"Timestamp": {strconv.FormatInt(new(clock.Clock).Real().Unix(), 10)}, "SecretId": {keyID},
		"SignatureMethod": {"HmacSHA256"}, "ClientUins.0": {"5"},
	}
	if change != nil {
		change(values)
	}
	v1 := signature.V1{Method: or(q.method, "POST"), Host: "127.0.0.1:8080", Path: "/"}
	for name := range values {
		v1.Parameters = append(v1.Parameters, signature.Parameter{Name: name, Value: values.Get(name)})
	}
	values.Set("Signature", v1.Sign(secretKey))
	body, query := values.Encode(), ""
	if v1.Method == http.MethodGet {
		body, query = "", body
	}
	r := httptest.NewRequestWithContext(t.Context(), v1.Method, "/", strings.NewReader(body))
	r.URL.RawQuery = query
	r.Host = v1.Host
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func (b *bench) send(t *testing.T, r *http.Request) testkit.Answer {
	t.Helper()
	recorder := httptest.NewRecorder()
	b.ServeHTTP(recorder, r)
	return (&testkit.World{T: t}).Decode(recorder)
}

const twoUins = `{"ClientUins":[2,1]}`

// What official clients do that the documents do not say (protocol.md §0).
func TestAccepts(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	unsigned := twoUins
	for name, r := range map[string]*http.Request{
		"plain":             request{body: twoUins}.tc3(t),
		"white space":       request{body: "{ \"ClientUins\" :\n[2,\t1] }"}.tc3(t),
		"quoted integers":   request{body: `{"ClientUins":["2","1"]}`}.tc3(t),
		"null is absent":    request{body: `{"ClientUins":[2,1],"Z":null}`}.tc3(t),
		"any region":        request{body: twoUins, headers: map[string]string{"X-TC-Region": "null"}}.tc3(t),
		"charset":           request{body: twoUins, headers: map[string]string{"Content-Type": "application/json; charset=utf-8"}}.tc3(t),
		"unknown header":    request{body: twoUins, headers: map[string]string{"X-Idempotency-Key": "x"}}.tc3(t),
		"scope of address":  request{body: twoUins, service: "127"}.tc3(t),
		"any path":          request{body: twoUins, path: "/tc/v3"}.tc3(t),
		"ignored query":     request{body: twoUins, query: "Action=Nonsense"}.tc3(t),
		"GET":               request{method: "GET", query: "ClientUins.1=1&ClientUins.0=2"}.tc3(t),
		"unsigned payload":  request{body: "UNSIGNED", sendBody: &unsigned, headers: map[string]string{"X-TC-Content-SHA256": "UNSIGNED-PAYLOAD"}}.tc3(t),
		"official name":     signedFor(t, "intlpartnersmgt.tencentcloudapi.com"),
		"regional name":     signedFor(t, "intlpartnersmgt.ap-singapore.tencentcloudapi.com"),
		"name without port": signedFor(t, "127.0.0.1"),
		"name as URL":       signedFor(t, "http://127.0.0.1:8080"),
		"v1 POST":           request{}.v1(t, nil),
		"v1 GET":            request{method: "GET"}.v1(t, nil),
		"v1 empty region":   request{}.v1(t, func(v url.Values) { v.Set("Region", "") }),
		"v1 SHA-1":          request{}.v1(t, func(v url.Values) { v.Del("SignatureMethod") }),
		"v1 SHA-1 named":    request{}.v1(t, func(v url.Values) { v.Set("SignatureMethod", "HmacSHA1") }),
	} {
		answer := b.send(t, r)
		want := `{"Data":[{"ClientUin":2,"TotalAmount":0,"RemainAmount":0},{"ClientUin":1,"TotalAmount":0,"RemainAmount":0}]}`
		if strings.HasPrefix(name, "v1") {
			want = `{"Data":[{"ClientUin":5,"TotalAmount":0,"RemainAmount":0}]}`
		}
		if answer.Code != "" || string(answer.Body) != want {
			t.Errorf("%s: %s %s %s", name, answer.Code, answer.Message, answer.Body)
		}
	}
}

// signedFor signs for a host other than the one sent to.
func signedFor(t *testing.T, host string) *http.Request {
	r := request{body: twoUins, host: host}.tc3(t)
	r.Host = "127.0.0.1:8080"
	return r
}

// The common error table (protocol.md §3.5, §4.3), with the messages known.
func TestRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	strict := newBench(func(o *gateway.Options) { o.StrictService = true })
	large := strings.Repeat("x", 10<<20)
	other := `{"ClientUins":[3]}`
	for name, c := range map[string]struct {
		request       *http.Request
		code, message string
	}{
		"PUT":    {request{method: "PUT", body: twoUins}.tc3(t), "UnsupportedProtocol", ""},
		"HEAD":   {request{method: "HEAD"}.tc3(t), "UnsupportedProtocol", ""},
		"DELETE": {request{method: "DELETE"}.tc3(t), "UnsupportedProtocol", ""},
		"long query": {
			request{method: "GET", query: "ClientUins.0=" + large[:32<<10]}.tc3(t), "RequestSizeLimitExceeded", "",
		},
		"large body": {request{body: large + "x"}.tc3(t), "RequestSizeLimitExceeded", ""},
		"large form": {
			request{}.v1(t, func(v url.Values) { v.Set("X", large[:1<<20]) }), "AuthFailure.SignatureFailure",
			"The provided credentials could not be validated because of exceeding request size limit, " +
				"please use new signature method `TC3-HMAC-SHA256`.",
		},
		"no action": {
			request{after: map[string]string{"X-TC-Action": ""}}.tc3(t), "MissingParameter",
			"The request is missing a required parameter `Action`.",
		},
		"no version": {
			request{after: map[string]string{"X-TC-Version": ""}}.tc3(t), "MissingParameter",
			"The request is missing a required parameter `Version`.",
		},
		"no timestamp": {
			request{after: map[string]string{"X-TC-Timestamp": ""}}.tc3(t), "MissingParameter",
			"The request is missing a required parameter `Timestamp`.",
		},
		"no authorization": {
			request{after: map[string]string{"Authorization": ""}}.tc3(t), "MissingParameter",
			"The request is missing a required parameter `Authorization`.",
		},
		"bad timestamp": {
			request{after: map[string]string{"X-TC-Timestamp": "soon"}}.tc3(t), "InvalidParameter",
			"Parameter `Timestamp` type error.",
		},
		"bad nonce": {
			request{}.v1(t, func(v url.Values) { v.Set("Nonce", "x") }), "InvalidParameter", "Parameter `Nonce` type error.",
		},
		"no nonce": {
			request{}.v1(t, func(v url.Values) { v.Del("Nonce") }), "MissingParameter",
			"The request is missing a required parameter `Nonce`.",
		},
		"empty request": {
			httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader("")), "MissingParameter",
			"The request is missing a required parameter `Action`.",
		},
		"item without =": {
			httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/?Action", nil), "InvalidParameter",
			"Url key and value should be splited by `=`.",
		},
		"unknown version": {
			request{version: "2019-07-22"}.tc3(t), "NoSuchVersion",
			"The specified api version=`2019-07-22` does not exist in service=`intlpartnersmgt`.",
		},
		"unknown action": {
			request{action: "Nonsense"}.tc3(t), "InvalidAction", "The request `Action` is invalid or not found.",
		},
		"action of the other service": {request{action: "CreatePartner"}.tc3(t), "InvalidAction", ""},
		"offline":                     {request{action: "DescribeBillDetail"}.tc3(t), "ActionOffline", ""},
		"SKIP": {
			request{after: map[string]string{"Authorization": "SKIP"}}.tc3(t), "AuthFailure.InvalidAuthorization", "",
		},
		"garbled": {
			request{after: map[string]string{"Authorization": "TC3-HMAC-SHA256 Credential"}}.tc3(t),
			"AuthFailure.InvalidAuthorization", "",
		},
		"unknown key": {
			request{id: "AKIDnobody"}.tc3(t), "AuthFailure.SecretIdNotFound",
			"The SecretId is not found, please ensure that your SecretId is correct.",
		},
		"wrong key": {
			request{secret: "wrong"}.tc3(t), "AuthFailure.SignatureFailure",
			"The provided credentials could not be validated. Please check your signature is correct.",
		},
		"other body":         {request{body: twoUins, sendBody: &other}.tc3(t), "AuthFailure.SignatureFailure", ""},
		"other content type": {request{after: map[string]string{"Content-Type": "text/plain"}}.tc3(t), "AuthFailure.SignatureFailure", ""},
		"token": {
			request{headers: map[string]string{"X-TC-Token": "t"}}.tc3(t), "AuthFailure.TokenFailure",
			"Token verification failed. Please check your Token is correct.",
		},
		"not JSON":    {request{body: `{"ClientUins":`}.tc3(t), "InvalidParameter", "The request body is not valid JSON."},
		"not UTF-8":   {request{body: "{\"ClientUins\":\"\xff\"}"}.tc3(t), "InvalidParameter", "The request is not valid UTF-8."},
		"not object":  {request{body: `[]`}.tc3(t), "InvalidParameter", "The request body is not a JSON object."},
		"NUL":         {request{body: `{"ClientUins":"\u0000"}`}.tc3(t), "InvalidParameter", "The request contains a NUL character."},
		"twice":       {request{body: `{"ClientUins":[1],"ClientUins":[2]}`}.tc3(t), "InvalidParameter", "The parameter `ClientUins` is given more than once."},
		"nested":      {request{body: `{"ClientUins":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`}.tc3(t), "InvalidParameter", "The request is nested too deeply."},
		"a million":   {request{body: `{"ClientUins":[` + strings.Repeat("1,", 1_000_000) + `1]}`}.tc3(t), "InvalidParameterValue", "The parameter `ClientUins` is longer than the limit of 20."},
		"missing":     {request{body: `{}`}.tc3(t), "MissingParameter", "The request is missing a required parameter `ClientUins`."},
		"null":        {request{body: `{"ClientUins":null}`}.tc3(t), "MissingParameter", ""},
		"unknown":     {request{body: `{"ClientUins":[1],"$schema":1}`}.tc3(t), "UnknownParameter", "The parameter `$schema` is not recognized."},
		"wrong type":  {request{body: `{"ClientUins":[1,true]}`}.tc3(t), "InvalidParameter", "The value type of parameter `ClientUins.1` is not valid, input type should be `uint64`"},
		"empty list":  {request{body: `{"ClientUins":[]}`}.tc3(t), "InvalidParameterValue", "The value `[]` specified in the parameter `ClientUins` is not valid."},
		"v1 nothing":  {request{}.v1(t, func(v url.Values) { v.Del("ClientUins.0") }), "MissingParameter", ""},
		"v1 not list": {request{}.v1(t, func(v url.Values) { v.Del("ClientUins.0"); v.Set("ClientUins", "5") }), "InvalidParameter", ""},
	} {
		answer := b.send(t, c.request)
		if answer.Code != c.code || c.message != "" && answer.Message != c.message {
			t.Errorf("%s: %s: %s", name, answer.Code, answer.Message)
		}
	}
	answer := strict.send(t, request{body: twoUins, service: "127"}.tc3(t))
	const message = "The request `Authorization` header does not conform to tencentcloud standards: " +
		"`Service` in Credential not valid."
	if answer.Code != "AuthFailure.InvalidAuthorization" || answer.Message != message {
		t.Errorf("strict service: %s: %s", answer.Code, answer.Message)
	}
	if answer := strict.send(t, request{body: twoUins}.tc3(t)); answer.Code != "" {
		t.Errorf("strict service, right scope: %s", answer.Code)
	}
}

// The order of checks (design.md §6): each request is wrong in two ways, and
// the earlier check answers.
func TestOrderOfChecks(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	for want, r := range map[string]*http.Request{
		"UnsupportedProtocol":          request{method: "PUT", body: strings.Repeat("x", 11<<20)}.tc3(t),
		"RequestSizeLimitExceeded":     request{body: strings.Repeat("x", 11<<20), after: map[string]string{"X-TC-Action": ""}}.tc3(t),
		"MissingParameter":             request{version: "1", after: map[string]string{"X-TC-Action": ""}}.tc3(t),
		"NoSuchVersion":                request{version: "1", skew: 999}.tc3(t),
		"AuthFailure.SignatureExpire":  request{skew: 999, id: "AKIDnobody"}.tc3(t),
		"AuthFailure.SecretIdNotFound": request{id: "AKIDnobody", body: "{"}.tc3(t),
		"AuthFailure.SignatureFailure": request{secret: "x", headers: map[string]string{"X-TC-Token": "t"}}.tc3(t),
		"AuthFailure.TokenFailure":     request{headers: map[string]string{"X-TC-Token": "t"}, body: "{"}.tc3(t),
		"UnknownParameter":             request{body: `{"A":1}`, action: "AllocateCreditPool"}.tc3(t),
	} {
		if answer := b.send(t, r); answer.Code != want {
			t.Errorf("%s, not %s", answer.Code, want)
		}
	}
}

func TestMessagesInChinese(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	zh := map[string]string{"X-TC-Language": "zh-CN"}
	answer := b.send(t, request{secret: "x", headers: zh}.tc3(t))
	if answer.Message != "请求签名验证失败，请检查您的签名计算是否正确。" {
		t.Errorf("TC3: %s", answer.Message)
	}
	answer = b.send(t, request{}.v1(t, func(v url.Values) { v.Set("Language", "zh-CN"); v.Set("SecretId", "x") }))
	if answer.Message != "SecretId不存在，请输入正确的密钥。" {
		t.Errorf("v1: %s", answer.Message)
	}
}

// Every message is there in both languages and says everything it promises.
func TestEveryMessageIsComplete(t *testing.T) {
	t.Parallel()
	for _, e := range api.Definition().Errors {
		if e.About.En == "" || e.Remedy.En == "" || e.Message.En == "" || e.Message.Zh == "" {
			t.Errorf("%s lacks a text", e.Code)
		}
		for name, text := range e.Variants {
			if text.En == "" || text.Zh == "" {
				t.Errorf("%s (%s) lacks a text", e.Code, name)
			}
		}
	}
}

// A failure of our own tells the caller nothing but the request id, which
// finds the cause in the log.
func TestInternalErrorsStayInside(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func() error{
		"error": func() error { return errors.New("secret cause") },
		"panic": func() error { panic("secret cause") },
	} {
		b := newBench(nil)
		b.answer = func(*api.Call, *api.QueryVoucherAmountByUinRequest) (*api.QueryVoucherAmountByUinResponse, error) {
			return nil, answer()
		}
		got := b.send(t, request{body: twoUins}.tc3(t))
		if got.Code != "InternalError" || strings.Contains(got.Message, "secret") {
			t.Errorf("%s: %s: %s", name, got.Code, got.Message)
		}
		if log := b.log.String(); !strings.Contains(log, got.RequestID) || !strings.Contains(log, "secret cause") {
			t.Errorf("%s: the log does not explain it: %s", name, log)
		}
		if again := b.send(t, request{body: `{}`, action: "QueryPartnerCredit"}.tc3(t)); again.Code != "" {
			t.Errorf("%s: the gateway did not live on: %s", name, again.Code)
		}
	}
}

// Neither keys nor signatures are ever logged.
func TestSecretsAreNotLogged(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	for _, r := range []*http.Request{
		request{body: twoUins}.tc3(t), request{secret: "x"}.tc3(t), request{method: "GET"}.v1(t, nil),
	} {
		authorization := r.Header.Get("Authorization")
		b.send(t, r)
		if i := strings.LastIndex(authorization, "="); i > 0 && strings.Contains(b.log.String(), authorization[i+1:]) {
			t.Error("a signature was logged")
		}
	}
	if b.log.Len() == 0 || strings.Contains(b.log.String(), secretKey) || strings.Contains(b.log.String(), "Signature=") {
		t.Errorf("log: %s", b.log)
	}
}

func TestHeadersOfAnswers(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	r := request{body: twoUins, headers: map[string]string{"X-TC-TraceId": "trace"}}.tc3(t)
	answer := b.send(t, r)
	if answer.Header.Get("X-TC-TraceId") != "trace" || answer.Header.Get("X-TC-RequestId") != answer.RequestID {
		t.Errorf("headers: %v", answer.Header)
	}
	ids := map[string]bool{answer.RequestID: true}
	for range 1000 {
		id := b.send(t, request{body: twoUins}.tc3(t)).RequestID
		if ids[id] || len(id) != 36 {
			t.Fatalf("request id %q", id)
		}
		ids[id] = true
	}
}

// A key that was disabled stops working; see Keyring.
func TestKeyringForgets(t *testing.T) {
	t.Parallel()
	loads := 0
	c := &clock.Clock{}
	c.StopReal() // so that nothing is forgotten by itself
	keys := gateway.NewKeyring(c, gateway.Sources{Key: func(context.Context, string) (*gateway.Key, error) {
		if loads++; loads > 1 {
			return nil, nil
		}
		return &gateway.Key{SecretKey: secretKey, Caller: api.Caller{Uin: 7, Role: partner.Reseller}}, nil
	}})
	b := newBench(func(o *gateway.Options) { o.Keys = keys })
	body := request{body: twoUins}
	if first, again := b.send(t, body.tc3(t)), b.send(t, body.tc3(t)); first.Code != "" || again.Code != "" || loads != 1 {
		t.Fatalf("%s, %s, %d loads", first.Code, again.Code, loads)
	}
	keys.Forget(keyID)
	if answer := b.send(t, body.tc3(t)); answer.Code != "AuthFailure.SecretIdNotFound" {
		t.Fatalf("after Forget: %s", answer.Code)
	}
}

// Ids that are longer than any key's are not looked up, and none keeps the
// request that it came in.
func TestKeyringIsBounded(t *testing.T) {
	t.Parallel()
	looked := 0
	b := newBench(func(o *gateway.Options) {
		o.Keys = gateway.NewKeyring(&clock.Clock{}, gateway.Sources{Key: func(context.Context, string) (*gateway.Key, error) {
			looked++
			return nil, nil
		}})
	})
	answer := b.send(t, request{}.v1(t, func(v url.Values) { v.Set("SecretId", strings.Repeat("x", 1000)) }))
	if answer.Code != "AuthFailure.SecretIdNotFound" || looked != 0 {
		t.Errorf("%s after %d look-ups", answer.Code, looked)
	}
}

// A signature made for one of the services does not count for the other: the
// name of the action is not signed.
func TestScopeOfTheOtherService(t *testing.T) {
	t.Parallel()
	b := newBench(nil)
	answer := b.send(t, request{body: twoUins, service: "tael"}.tc3(t))
	if answer.Code != "AuthFailure.InvalidAuthorization" {
		t.Errorf("got %s", answer.Code)
	}
}

// Forwarded addresses count only from trusted proxies.
func TestForwardedAddresses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ trusted, peer, forwarded, want string }{
		"direct":             {"10.0.0.0/8", "192.0.2.1:5", "203.0.113.9", "192.0.2.1"},
		"proxy":              {"10.0.0.0/8", "10.1.1.1:5", "203.0.113.9", "203.0.113.9"},
		"two proxies":        {"10.0.0.0/8", "10.1.1.1:5", "203.0.113.9, 10.2.2.2", "203.0.113.9"},
		"claimed beyond one": {"10.0.0.0/8", "10.1.1.1:5", "198.51.100.1, 203.0.113.9", "203.0.113.9"},
		"garbage":            {"10.0.0.0/8", "10.1.1.1:5", "nonsense", "10.1.1.1"},
		"none":               {"10.0.0.0/8", "10.1.1.1:5", "", "10.1.1.1"},
		"zone":               {"10.0.0.0/8", "10.1.1.1:5", "fe80::1%\xff, 10.2.2.2", "fe80::1"},
	} {
		b := newBench(func(o *gateway.Options) { o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(c.trusted)} })
		r := request{body: twoUins, after: map[string]string{"X-Forwarded-For": c.forwarded}}.tc3(t)
		r.RemoteAddr = c.peer
		b.send(t, r)
		if !strings.Contains(b.log.String(), "address="+c.want+" ") {
			t.Errorf("%s: %s", name, b.log)
		}
	}
}

// However a request is spelt, equal parameters have an equal digest, and
// different ones do not (design.md §4).
func TestCanonicalParameters(t *testing.T) {
	t.Parallel()
	digest := func(body string) [32]byte {
		var got [32]byte
		b := newBench(nil)
		b.answer = func(call *api.Call, _ *api.QueryVoucherAmountByUinRequest) (*api.QueryVoucherAmountByUinResponse, error) {
			got = call.Parameters
			return &api.QueryVoucherAmountByUinResponse{}, nil
		}
		if answer := b.send(t, request{body: body}.tc3(t)); answer.Code != "" {
			t.Fatalf("%s: %s", body, answer.Code)
		}
		return got
	}
	first := digest(`{"ClientUins":[1,2]}`)
	if first != digest(`{"ClientUins":["1", "2"] }`) || first == digest(`{"ClientUins":[2,1]}`) {
		t.Error("digests do not follow the parameters")
	}
}

// FuzzGateway sends anything; every answer has the envelope of API 3.0.
func FuzzGateway(f *testing.F) {
	f.Add("POST", "Action=QueryPartnerCredit", `{"ClientUins":[1]}`, "TC3-HMAC-SHA256 Credential=a/b/c/tc3_request", "x")
	f.Add("GET", "", "", "", "")
	b := newBench(nil)
	f.Fuzz(func(t *testing.T, method, query, body, authorization, action string) {
		r := request{body: body, action: action}.tc3(t)
		r.Method, r.URL.RawQuery = method, query
		if authorization != "" {
			r.Header.Set("Authorization", authorization)
		}
		recorder := httptest.NewRecorder()
		b.ServeHTTP(recorder, r)
		var envelope struct{ Response map[string]json.RawMessage }
		if err := json.Unmarshal(recorder.Body.Bytes(), &envelope); err != nil || envelope.Response["RequestId"] == nil {
			t.Fatalf("answer %q: %v", recorder.Body, err)
		}
		b.log.Reset()
	})
}

func BenchmarkQueryPartnerCredit(b *testing.B) {
	g := newBench(func(o *gateway.Options) { o.Log = slog.New(slog.DiscardHandler) })
	r := request{body: `{}`, action: "QueryPartnerCredit"}.tc3(b)
	body := []byte(`{}`)
	for b.Loop() {
		r.Body = readCloser{bytes.NewReader(body)}
		r.ContentLength = int64(len(body))
		g.ServeHTTP(httptest.NewRecorder(), r)
	}
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }
