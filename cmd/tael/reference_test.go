package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"

	"tael/internal/demo"
)

// A server has its reference at /docs/, and API 3.0 at all paths that nothing else
// claims, also at those that look alike.
func TestReferenceIsServed(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "--demo", "--rate-limits", "off")
	type answer struct {
		status      int
		contentType string
		body        string
	}
	ask := func(method, path, body string) answer {
		t.Helper()
		request, err := http.NewRequestWithContext(t.Context(), method, "http://"+s.address()+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		content, err := io.ReadAll(response.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer{response.StatusCode, response.Header.Get("Content-Type"), string(content)}
	}
	for path, want := range map[string]string{
		"/docs/":                           "intlpartnersmgt",
		"/docs":                            "intlpartnersmgt",
		"/docs/actions/QueryPartnerCredit": "tael call QueryPartnerCredit --endpoint http://" + s.address(),
		"/docs/zh/errors":                  "签名与请求不符",
		"/openapi.json":                    `"url": "http://` + s.address() + `"`,
		"/postman.json":                    `"value": "http://` + s.address() + `"`,
	} {
		if got := ask(http.MethodGet, path, ""); got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d, without %q", path, got.status, want)
		}
	}
	for _, path := range []string{"/docs/", "/docs/none", "/openapi.json"} {
		if got := ask(http.MethodPost, path, "{}"); got.status != http.StatusMethodNotAllowed {
			t.Errorf("POST %s: %d", path, got.status)
		}
	}
	for _, path := range []string{"/", "/documents", "/docs.html", "/v1/docs/", "//docs/", "/?Action=QueryPartnerCredit"} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			got := ask(method, path, "")
			var envelope struct{ Response map[string]any }
			err := json.Unmarshal([]byte(got.body), &envelope)
			if err != nil || envelope.Response["RequestId"] == nil || got.contentType != "application/json" {
				t.Errorf("%s %s: %d %s", method, path, got.status, got.body)
			}
		}
	}
	s.must(t, account(demo.Reseller), "QueryPartnerCredit", "{}")
}
