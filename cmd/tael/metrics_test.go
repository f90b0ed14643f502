package main_test

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"tael/internal/demo"
	"tael/internal/testkit"
)

// admin is the address of a server's own listener.
func (s *server) admin(t *testing.T) string {
	t.Helper()
	for line := range strings.SplitSeq(s.stderr.String(), "\n") {
		var entry struct{ Msg, Address string }
		if json.Unmarshal([]byte(line), &entry) == nil && entry.Msg == "admin" {
			return "http://" + entry.Address
		}
	}
	t.Fatalf("no address of the admin listener: %s", s.stderr.String())
	return ""
}

func fetch(t *testing.T, url string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }() // only read
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", url, response.Status, err)
	}
	return string(text)
}

// What the server tells of itself has every metric that the dashboard shows and
// the manual explains, the manual explains all, and no secret is among it.
func TestMetrics(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		s := start(t, []string{webhookSecret}, append([]string{
			"--demo", "--admin-listen", "127.0.0.1:0", "--webhook", "http://127.0.0.1:1/",
		}, newDatabase(t, d)...)...)
		reseller := account(demo.Reseller)
		s.must(t, reseller, "QueryPartnerCredit", "{}")
		s.must(t, reseller, "AllocateCustomerCredit", `{"ClientUin": 200000001001, "AddedCredit": 1}`)
		for _, action := range []string{"QueryPartnerCredit", "NoSuchAction"} {
			wrong := reseller
			wrong.SecretKey = "wrong"
			if _, err := call(t.Context(), http.DefaultClient, s.endpoint, wrong, action, "{}", ""); err != nil {
				t.Fatal(err)
			}
		}
		var text string
		// Calls are recorded, and messages looked for, beside all this: for moments writes are busy.
		testkit.Eventually(t, "no write is under way", func() bool {
			text = fetch(t, s.admin(t)+"/metrics")
			return strings.Contains(text, `tael_database_connections_busy{pool="writes"} 0`+"\n")
		})
		for _, line := range []string{
			`tael_requests_total{action="QueryPartnerCredit",code="OK"} 1`,
			`tael_requests_total{action="AllocateCustomerCredit",code="OK"} 1`,
			`tael_requests_total{action="QueryPartnerCredit",code="AuthFailure.SignatureFailure"} 1`,
			`tael_requests_total{action="unknown",code="InvalidAction"} 1`,
			`tael_request_duration_seconds_count{action="QueryPartnerCredit"} 2`,
			`tael_batch_attempts_total{result="done"} 1`,
			`tael_batch_attempts_total{result="in_doubt"} 0`,
			`tael_batch_commands_count 1`,
			`tael_queued_commands 0`,
			`tael_message_attempts_total{channel="Webhook",result="sent"} 0`,
			`tael_messages_overdue_seconds{channel="Webhook"} 0`,
		} {
			if !strings.Contains(text, line+"\n") {
				t.Errorf("there is no %s", line)
			}
		}
		if strings.Contains(text, reseller.SecretKey) || strings.Contains(text, reseller.SecretID) {
			t.Error("a key is among the metrics")
		}
		checkNames(t, text)
		fetch(t, s.admin(t)+"/debug/pprof/heap")
		if public, err := http.Get(s.endpoint + "/metrics"); err == nil {
			body, _ := io.ReadAll(public.Body)
			_ = public.Body.Close()
			if strings.Contains(string(body), "tael_requests_total") {
				t.Error("the public listener serves metrics")
			}
		}
	})
}

// checkNames compares names of metrics with the dashboard and the manual.
func checkNames(t *testing.T, metrics string) {
	t.Helper()
	served := map[string]bool{}
	for _, name := range regexp.MustCompile(`(?m)^# TYPE (\S+)`).FindAllStringSubmatch(metrics, -1) {
		served[name[1]] = true
	}
	manual, err := os.ReadFile(filepath.Join("..", "..", "docs", "operate.md"))
	if err != nil {
		t.Fatal(err)
	}
	dashboard, err := os.ReadFile(filepath.Join("..", "..", "deploy", "grafana.json"))
	if err != nil {
		t.Fatal(err)
	}
	part := regexp.MustCompile(`_(bucket|sum|count)$`)
	for _, name := range regexp.MustCompile(`\b(?:tael|process|go)_[a-z_]+`).FindAllString(string(dashboard), -1) {
		if !served[name] && !served[part.ReplaceAllString(name, "")] {
			t.Errorf("the dashboard shows %s, which there is not", name)
		}
	}
	for name := range served {
		short := name[strings.LastIndex(name, "_"):]
		if strings.HasPrefix(name, "tael_") && !strings.Contains(string(manual), "`"+name+"`") &&
			!strings.Contains(string(manual), "`"+short+"`") {
			t.Errorf("docs/operate.md does not explain %s", name)
		}
	}
	for _, name := range regexp.MustCompile("`(tael_[a-z_]+)`").FindAllStringSubmatch(string(manual), -1) {
		if !served[name[1]] {
			t.Errorf("docs/operate.md explains %s, which there is not", name[1])
		}
	}
}

// What is logged at the most talkative level has neither secrets nor signatures.
func TestLogsHaveNoSecrets(t *testing.T) {
	t.Parallel()
	s := start(t, nil, "--demo", "--log-level", "debug", "--db", filepath.Join(t.TempDir(), "tael.db"))
	operator := account(demo.OperatorUin)
	made := s.must(t, operator, "CreatePartner", `{"Name": "N", "Role": "Reseller"}`)
	var key struct{ SecretKey string }
	if err := json.Unmarshal(made.Response, &key); err != nil || key.SecretKey == "" {
		t.Fatalf("%s %v", made.Response, err)
	}
	s.stop(t) // once the line is written, which comes after the answer
	log := s.stderr.String()
	if !strings.Contains(log, `"action":"CreatePartner"`) || !strings.Contains(log, `"request":"`) {
		t.Errorf("the request is not logged: %s", log)
	}
	for _, secret := range []string{key.SecretKey, operator.SecretKey, "Signature", "Authorization"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log has %s", secret)
		}
	}
}
