package main_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"tael/internal/demo"
	"tael/internal/testkit"
)

// inviter is clients that invite, apply with what they were sent, and have codes
// sent, until the server stops answering. What was answered is kept.
type inviter struct {
	t        *testing.T
	endpoint string
	running  sync.WaitGroup

	mu      sync.Mutex
	invited map[string]string // tokens, by mail address
	applied map[string]int64  // applicants, by mail address
	coded   map[string]string // numbers, by themselves
}

func newInviter(t *testing.T, endpoint string, round int) *inviter {
	f := &inviter{
		t: t, endpoint: endpoint, invited: map[string]string{}, applied: map[string]int64{}, coded: map[string]string{},
	}
	for client := range 2 {
		f.running.Go(func() { f.invite(fmt.Sprintf("r%d-%d", round, client)) })
	}
	f.running.Go(func() { f.code(round) })
	return f
}

// ask calls an action until it is not told that the server is busy; false where it
// was not answered.
func (f *inviter) ask(client *http.Client, action, body string, into any) bool {
	got, err := insist(f.t.Context(), client, f.endpoint, account(demo.Reseller), action, body)
	if err != nil {
		return false
	}
	if got.Code != "" {
		f.t.Errorf("%s %s: %s %s", action, body, got.Code, got.Message)
		return false
	}
	if err := json.Unmarshal(got.Response, into); err != nil {
		f.t.Error(err)
		return false
	}
	return true
}

// awaitApplication waits until somebody's application was answered.
func (f *inviter) awaitApplication() {
	f.t.Helper()
	testkit.Eventually(f.t, "somebody applied", func() bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.applied) > 0
	})
}

func (f *inviter) invite(name string) {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for n := 0; ; n++ {
		mail := fmt.Sprintf("%s-%d@applicants.example", name, n)
		var made struct{ InvitationLink string }
		if !f.ask(client, "CreateAndSendClientInvitationMail", fmt.Sprintf(`{"Email": %q}`, mail), &made) {
			return
		}
		_, token, _ := strings.Cut(made.InvitationLink, "RegisterToken=")
		f.mu.Lock()
		f.invited[mail] = token
		f.mu.Unlock()
		if n%4 != 0 { // a password costs much
			continue
		}
		var applied struct{ Uin int64 }
		if !f.ask(client, "AcceptInvitation", application(mail, token), &applied) {
			return
		}
		f.mu.Lock()
		f.applied[mail] = applied.Uin
		f.mu.Unlock()
	}
}

func application(mail, token string) string {
	return fmt.Sprintf(`{"Token": %q, "Mail": %q, "Name": "Applicant", "Password": "Harbour1!"}`, token, mail)
}

func (f *inviter) code(round int) {
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	for n := 0; ; n++ {
		number := fmt.Sprintf("5%02d%05d", round, n)
		if !f.ask(client, "SendVerifyCode", fmt.Sprintf(`{"CountryCode": "852", "PhoneNum": %q}`, number), &struct{}{}) {
			return
		}
		f.mu.Lock()
		f.coded["+852"+number] = number
		f.mu.Unlock()
	}
}

// However often the process is killed, every invitation and every code that was
// answered reaches its receiver, and again only with a mark; every application that
// was answered is pending once, and a token whose use was not answered is used or
// can be.
func TestInvitationsAndCodesSurviveKill(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		random := randomness(t)
		rounds := 5
		if d == testkit.Postgres || testing.Short() || raceEnabled {
			rounds = 2
		}
		mails, texts := testkit.MailServer(t), testkit.Webhook(t)
		database := newDatabase(t, d)
		serve := append([]string{
			"--demo", "--rate-limits", "off", "--smtp", mails.URL, "--mail-from", "tael@example.com", "--sms-webhook", texts.URL,
			"--set", "codes_per_day=10000000",
		}, database...)
		invited, coded, applied := map[string]string{}, map[string]string{}, map[string]int64{}
		for round := range rounds {
			s := start(t, []string{webhookSecret}, serve...)
			f := newInviter(t, s.endpoint, round)
			if round == 0 {
				f.awaitApplication() // a password takes long on a slow machine
			}
			awaitDelivery(t, mails, random, round)
			s.kill()
			f.running.Wait()
			forgetScheduler(t, database[1])
			maps.Copy(invited, f.invited)
			maps.Copy(coded, f.coded)
			maps.Copy(applied, f.applied)
		}
		freeTaken(t, database[1])
		s := start(t, []string{webhookSecret}, serve...)
		awaitEmptyOutbox(t, s, database[1])
		checkDeliveries(t, "mail", mails.Received(), invited, func(m testkit.Received) string { return m.To })
		checkDeliveries(t, "text", texts.Received(), coded, func(m testkit.Received) string {
			var body struct{ To string }
			if err := json.Unmarshal(m.Body, &body); err != nil {
				t.Error(err)
			}
			return body.To
		})
		checkApplications(t, s, invited, applied)
		if code := s.stop(t); code != 0 {
			t.Errorf("exit code %d", code)
		}
		verified(t, database, "")
	})
}

// freeTaken frees the messages that killed processes had taken, as some minutes do.
// PostgreSQL may still be at what they sent last: the trees' locks come first, in
// one transaction with the rest.
func freeTaken(t *testing.T, address string) {
	t.Helper()
	testkit.Execute(t, address, `
		UPDATE tree SET batch = batch + 0;
		UPDATE message SET next_at = 0 WHERE status = 'Waiting';
		INSERT INTO due (root_uin, kind, at) SELECT DISTINCT root_uin, channel, 0 FROM message WHERE status = 'Waiting'
			ON CONFLICT (root_uin, kind) DO UPDATE SET at = 0`)
}

// checkApplications holds the pending list against what was answered, and takes up
// every invitation again.
func checkApplications(t *testing.T, s *server, invited map[string]string, applied map[string]int64) {
	t.Helper()
	pending := map[string]int64{}
	for page := 1; ; page++ {
		var list struct {
			Data []struct {
				ClientUin int64
				Email     string
			}
		}
		got := s.must(t, account(demo.Reseller), "QueryPendingClientsV2", fmt.Sprintf(`{"Page": %d, "PageSize": 100}`, page))
		if err := json.Unmarshal(got.Response, &list); err != nil {
			t.Fatal(err)
		}
		if len(list.Data) == 0 {
			break
		}
		for _, one := range list.Data {
			if pending[one.Email] != 0 {
				t.Errorf("%s is pending twice", one.Email)
			}
			pending[one.Email] = one.ClientUin
		}
	}
	for mail, uin := range applied {
		if pending[mail] != uin {
			t.Errorf("%s applied as %d, pending is %d", mail, uin, pending[mail])
		}
	}
	repeated := 0
	for mail, token := range invited {
		if pending[mail] == 0 && repeated > 20 {
			continue // a password costs much
		}
		repeated++
		got, err := call(t.Context(), http.DefaultClient, s.endpoint, account(demo.Reseller), "AcceptInvitation",
			application(mail, token), "")
		if used := got.Code == "ResourceNotFound"; err != nil || !used && got.Code != "" || used != (pending[mail] != 0) {
			t.Errorf("%s, pending %d, again: %s %v", mail, pending[mail], got.Code, err)
		}
	}
	t.Logf("%d invitations, %d applications answered, %d pending", len(invited), len(applied), len(pending))
	if len(applied) == 0 {
		t.Error("nobody applied: the test tested nothing")
	}
}
