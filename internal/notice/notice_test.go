package notice_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"mime/quotedprintable"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/notice"
	"tael/internal/store"
	"tael/internal/testkit"
)

// Whatever the tests start has to end: goroutines too.
func TestMain(m *testing.M) { testkit.Main(m) }

const secret = "sixteen letters."

// world is a tree with an outbox and what empties it.
type world struct {
	*testkit.World
	root    int64
	options notice.Options
	log     *strings.Builder
}

func newWorld(t *testing.T, d testkit.Database, o notice.Options) *world {
	t.Helper()
	w := &world{World: testkit.New(t, testkit.Options{Database: d}), options: o, log: &strings.Builder{}}
	w.root = w.Create("CreatePartner",
		`{"Role": "Reseller", "Name": "North", "Mail": "north@example.com", "TotalCredit": 1000}`).Uin
	return w
}

// notices are those of one process.
func (w *world) notices() *notice.Notices {
	w.T.Helper()
	n, err := notice.New(w.Store, w.Clock, slog.New(slog.NewTextHandler(w.log, nil)), w.options)
	if err != nil {
		w.T.Fatal(err)
	}
	return n
}

// cause puts a message into the outbox as an action does.
func (w *world) cause(m store.Message) {
	w.T.Helper()
	m.At = w.Clock.Now(w.root)
	claims, err := w.Store.ClaimMessage(w.root, m)
	if err != nil {
		w.T.Fatal(err)
	}
	_, err = w.Engine.Do(w.T.Context(), engine.Request{
		Root: w.root, Claims: claims, Answer: func(ledger.Outcome) any { return nil },
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

func (w *world) later(d time.Duration) { w.Clock.Set(w.Clock.Now(0).Add(d)) }

func (w *world) deliver(n *notice.Notices, channel store.Channel) {
	w.T.Helper()
	if err := n.Deliver(w.T.Context(), channel); err != nil {
		w.T.Fatal(err)
	}
}

// outbox are the messages of the tree, newest first.
func (w *world) outbox() []store.StoredMessage {
	w.T.Helper()
	page, err := w.Store.Messages(
		w.T.Context(), store.MessageFilter{Root: w.root}, store.MessagePlace{}, store.MessagesMax)
	if err != nil || int64(len(page.Messages)) != page.Total {
		w.T.Fatal(len(page.Messages), page.Total, err)
	}
	return page.Messages
}

var invitation = store.Message{
	Kind: store.Invitation, Channel: store.Mail, To: "ada@example.com", Language: "en-US",
	Fields: map[string]string{"Link": "https://example.com/?RegisterToken=abc", "Role": "Client", "Partner": "North"},
}

func TestMailReachesItsReceiver(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		server := testkit.MailServer(t)
		w := newWorld(t, d, notice.Options{SMTP: server.URL, From: "Tael <no-reply@example.com>"})
		w.cause(invitation)
		chinese := invitation
		chinese.Language, chinese.To = "zh-CN", "bo@example.com"
		w.cause(chinese)
		n := w.notices()
		w.deliver(n, store.Mail)
		w.deliver(n, store.Mail) // finds nothing
		got := server.Received()
		if len(got) != 2 {
			t.Fatalf("%d mails", len(got))
		}
		for i, want := range []struct{ to, subject, word string }{
			{"ada@example.com", "Invitation from North", "https://example.com/?RegisterToken=3Dabc"},
			{"bo@example.com", "North的邀请", "RegisterToken=3Dabc"},
		} {
			subject, err := new(mime.WordDecoder).DecodeHeader(got[i].Header["Subject"][0])
			if err != nil || subject != want.subject || got[i].To != want.to || got[i].Attempt != 1 ||
				!strings.Contains(string(got[i].Body), want.word) {
				t.Errorf("mail %d: subject %q %v, %+v\n%s", i, subject, err, got[i], got[i].Body)
			}
		}
		for _, m := range w.outbox() {
			if m.Status != store.MessageSent || m.Attempts != 1 || m.Error != "" {
				t.Errorf("%+v", m)
			}
		}
		if n := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM due WHERE kind = 'Mail'`); n != 0 {
			t.Error("the tree is still due")
		}
	})
}

// A name of an earlier release may hold line breaks: they make neither headers nor
// lines.
func TestNamesMakeNoLines(t *testing.T) {
	t.Parallel()
	server, sms := testkit.MailServer(t), testkit.Webhook(t)
	w := newWorld(t, testkit.SQLite, notice.Options{
		SMTP: server.URL, From: "no-reply@example.com", SMS: sms.URL, Secret: secret,
	})
	hostile := invitation
	hostile.Fields = map[string]string{
		"Link": "https://example.com/", "Role": "SubAgent",
		"Partner":     "North\r\nBcc: eve@example.com\r\n\r\nPay\u2028here\x00\u0085",
		"MaterialUrl": "https://example.com/\nPay here",
	}
	w.cause(hostile)
	w.cause(store.Message{
		Kind: store.VerificationCode, Channel: store.SMS, To: "+85291230005",
		Fields: map[string]string{"Code": "123456\nPay here", "Minutes": "10"},
	})
	n := w.notices()
	w.deliver(n, store.Mail)
	w.deliver(n, store.SMS)
	mails, texts := server.Received(), sms.Received()
	if len(mails) != 1 || len(texts) != 1 {
		t.Fatalf("%d mails, %d texts", len(mails), len(texts))
	}
	const name = "North  Bcc: eve@example.com    Pay here  "
	subject, err := new(mime.WordDecoder).DecodeHeader(strings.Join(mails[0].Header["Subject"], "|"))
	if err != nil || subject != strings.TrimSpace("Invitation from "+name) || mails[0].Header["Bcc"] != nil {
		t.Errorf("header %q %v", mails[0].Header, err)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(bytes.NewReader(mails[0].Body)))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		name + " invites you to become a second-level reseller.", "",
		"To accept, open this link within 30 days:", "https://example.com/", "",
		"More about it: https://example.com/ Pay here", "", "If you did not expect this, ignore it.",
	}
	got := strings.Split(strings.TrimSpace(strings.ReplaceAll(string(body), "\r\n", "\n")), "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var text struct{ Text string }
	if err := json.Unmarshal(texts[0].Body, &text); err != nil || strings.ContainsAny(text.Text, "\r\n") {
		t.Errorf("%q %v", text.Text, err)
	}
}

// A short message has its text in it, an event its fields; both can be checked
// with the secret.
func TestWebhooksAreSigned(t *testing.T) {
	t.Parallel()
	sms, hook := testkit.Webhook(t), testkit.Webhook(t)
	w := newWorld(t, testkit.SQLite, notice.Options{SMS: sms.URL, Webhook: hook.URL, Secret: secret})
	w.cause(store.Message{
		Kind: store.VerificationCode, Channel: store.SMS, To: "+6580001234", Partner: w.root,
		Fields: map[string]string{"Code": "123456"},
	})
	w.cause(store.Message{Kind: store.CreditWarning, Channel: store.Webhook, Fields: map[string]string{"Threshold": "25"}})
	n := w.notices()
	w.deliver(n, store.SMS)
	w.deliver(n, store.Webhook)
	at := w.Clock.Now(0).UTC().Format(time.RFC3339)
	for _, c := range []struct {
		receiver *testkit.Receiver
		want     map[string]any
	}{
		{sms, map[string]any{
			"Kind": "VerificationCode", "At": at, "Tree": float64(w.root), "Partner": float64(w.root), "To": "+6580001234",
			"Text": "Your verification code is 123456. It is valid for 10 minutes.", "Fields": map[string]any{"Code": "123456"},
		}},
		{hook, map[string]any{
			"Kind": "CreditWarning", "At": at, "Tree": float64(w.root), "Fields": map[string]any{"Threshold": "25"},
		}},
	} {
		received := c.receiver.Received()
		if len(received) != 1 {
			t.Fatalf("%d requests", len(received))
		}
		got := received[0]
		var body map[string]any
		if err := json.Unmarshal(got.Body, &body); err != nil {
			t.Fatal(err)
		}
		c.want["Id"] = got.ID
		if diff := cmp.Diff(c.want, body); diff != "" {
			t.Error(diff)
		}
		header := func(name string) string { return strings.Join(got.Header[name], ",") }
		mac := hmac.New(sha256.New, []byte(secret)) // as docs/operate.md says
		fmt.Fprintf(mac, "%s.%s", header("X-Tael-Timestamp"), got.Body)
		sent, err := strconv.ParseInt(header("X-Tael-Timestamp"), 10, 64)
		if err != nil || time.Since(time.Unix(sent, 0)).Abs() > time.Minute ||
			header("X-Tael-Signature") != hex.EncodeToString(mac.Sum(nil)) {
			t.Errorf("signature of %v", got.Header)
		}
	}
}

// A message that is refused is tried again after longer and longer pauses, with
// a mark, and given up after three days, or once it is of no use.
func TestFailuresAreRepeatedAndGivenUp(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		server, sms := testkit.MailServer(t), testkit.Webhook(t)
		refuse := func(testkit.Received) error { return errors.New("go away") }
		server.Judge(refuse)
		sms.Judge(refuse)
		w := newWorld(t, d, notice.Options{SMTP: server.URL, From: "a@example.com", SMS: sms.URL, Secret: secret})
		results := map[string]int{}
		n := w.notices()
		n.Observe = func(c store.Channel, result string) { results[fmt.Sprint(c, " ", result)]++ }
		w.cause(invitation)
		w.cause(store.Message{Kind: store.VerificationCode, Channel: store.SMS, Fields: map[string]string{"Code": "987654"}})
		began, previous := w.Clock.Now(0), time.Duration(0)
		for attempts := int64(1); ; attempts++ {
			w.deliver(n, store.Mail)
			w.deliver(n, store.Mail) // not due yet
			m := w.outbox()[1]
			if m.Status == store.MessageGivenUp {
				break
			}
			pause := m.NextAt.Sub(w.Clock.Now(0))
			if m.Attempts != attempts || m.Status != store.MessageWaiting || m.Error == "" ||
				pause < 5*time.Second || pause > 90*time.Minute || attempts < 8 && pause <= previous/3 {
				t.Fatalf("after %s and %s: %+v", previous, pause, m)
			}
			previous = pause
			w.later(pause)
		}
		if took := w.Clock.Now(0).Sub(began); took < 70*time.Hour || took > 72*time.Hour {
			t.Errorf("given up after %s", took)
		}
		for range 20 {
			w.deliver(n, store.SMS)
			w.later(time.Minute)
		}
		code := w.outbox()[0]
		if code.Status != store.MessageGivenUp || !strings.Contains(code.Error, "too old") {
			t.Errorf("code %+v", code)
		}
		if results["Mail sent"] != 0 || results["Mail given_up"] != 1 || results["Mail failed"] < 20 || results["SMS given_up"] != 1 {
			t.Errorf("results %v", results)
		}
		for _, word := range []string{"987654", "RegisterToken", secret} {
			if strings.Contains(w.log.String(), word) {
				t.Errorf("the log has %s", word)
			}
		}
		if len(server.Received())+len(sms.Received()) != 0 {
			t.Error("a refused message was taken")
		}
	})
}

// What was sent but not confirmed is sent again, under the same id and marked.
func TestRepeatsAreMarked(t *testing.T) {
	t.Parallel()
	server := testkit.MailServer(t)
	server.Judge(func(m testkit.Received) error {
		if m.Attempt == 1 {
			return testkit.ErrAfterTaking
		}
		return nil
	})
	w := newWorld(t, testkit.SQLite, notice.Options{SMTP: server.URL, From: "a@example.com"})
	w.cause(invitation)
	n := w.notices()
	w.deliver(n, store.Mail)
	w.later(time.Minute)
	w.deliver(n, store.Mail)
	got := server.Received()
	if len(got) != 2 || got[0].ID != got[1].ID || got[0].ID != w.outbox()[0].ID || got[1].Attempt != 2 {
		t.Errorf("%+v", got)
	}
}

// However many processes deliver at the same time, each message is sent once; one
// that was taken and not heard of comes back after its lease, marked.
func TestNobodySendsWhatAnotherHas(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		server := testkit.MailServer(t)
		w := newWorld(t, d, notice.Options{SMTP: server.URL, From: "a@example.com"})
		const count = 60
		for range count {
			w.cause(invitation)
		}
		lost, err := w.Store.TakeMessages(t.Context(), store.Take{
			Root: w.root, Channel: store.Mail, Now: w.Clock.Now(0), Lease: 2 * time.Minute, Limit: 5,
		})
		if err != nil || len(lost) != 5 {
			t.Fatal(len(lost), err)
		}
		var all sync.WaitGroup
		for range 4 {
			n := w.notices()
			all.Go(func() {
				if err := n.Deliver(t.Context(), store.Mail); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		attempts := func() map[string][]int {
			by := map[string][]int{}
			for _, m := range server.Received() {
				by[m.ID] = append(by[m.ID], m.Attempt)
			}
			return by
		}
		if by := attempts(); len(by) != count-5 || len(server.Received()) != count-5 {
			t.Errorf("%d messages in %d mails", len(by), len(server.Received()))
		}
		w.later(3 * time.Minute)
		w.deliver(w.notices(), store.Mail)
		by := attempts()
		if len(by) != count || len(server.Received()) != count {
			t.Errorf("%d messages in %d mails after the lease", len(by), len(server.Received()))
		}
		for _, m := range lost {
			if diff := cmp.Diff([]int{2}, by[m.ID]); diff != "" {
				t.Errorf("message that was taken and not sent: %s", diff)
			}
		}
	})
}

// A receiver that is away costs one attempt of a few messages a sweep, and is
// found when it is back.
func TestChannelThatIsDownIsSpared(t *testing.T) {
	t.Parallel()
	w := newWorld(t, testkit.SQLite, notice.Options{SMTP: "smtp://127.0.0.1:1", From: "a@example.com"})
	for range 20 {
		w.cause(invitation)
	}
	w.deliver(w.notices(), store.Mail)
	tried := 0
	for _, m := range w.outbox() {
		tried += int(m.Attempts)
	}
	if tried != 8 {
		t.Errorf("%d attempts", tried)
	}
	server := testkit.MailServer(t)
	w.options.SMTP = server.URL
	w.later(time.Minute)
	w.deliver(w.notices(), store.Mail)
	if got := len(server.Received()); got != 20 {
		t.Errorf("%d mails", got)
	}
}

// Without a name for its receiver a channel's messages stay.
func TestUnnamedChannelsStayInTheOutbox(t *testing.T) {
	t.Parallel()
	server := testkit.MailServer(t)
	w := newWorld(t, testkit.SQLite, notice.Options{})
	w.cause(invitation)
	if channels := w.notices().Channels(); len(channels) != 0 {
		t.Fatalf("channels %v", channels)
	}
	if m := w.outbox()[0]; m.Status != store.MessageWaiting || m.Attempts != 0 || m.Fields["Role"] != "Client" {
		t.Errorf("%+v", m)
	}
	w.options = notice.Options{SMTP: server.URL, From: "a@example.com"}
	n := w.notices()
	if diff := cmp.Diff([]store.Channel{store.Mail}, n.Channels()); diff != "" {
		t.Error(diff)
	}
	w.deliver(n, store.Mail)
	if len(server.Received()) != 1 {
		t.Error("not sent once its receiver had a name")
	}
}

// What cannot be served is said at the start, without a secret.
func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	for want, o := range map[string]notice.Options{
		"":                        {SMTP: "smtps://u:verysecret@mail.example", From: "a@example.com"},
		"--mail-from has to":      {SMTP: "smtp://u:verysecret@mail.example"},
		"not a mail address":      {SMTP: "smtp://u:verysecret@mail.example", From: "nobody"},
		"use smtp://":             {SMTP: "http://u:verysecret@mail.example", From: "a@example.com"},
		"use smtp:// ":            {SMTP: "smtp://u:verysecret@mail.example:%zz", From: "a@example.com"},
		"starttls is":             {SMTP: "smtp://u:verysecret@mail.example?starttls=perhaps", From: "a@example.com"},
		"at least 16 characters":  {Webhook: "https://hook.example/", Secret: "verysecret"},
		"needs https://":          {SMS: "http://hook.example/verysecret", Secret: secret},
		"--webhook: use https://": {Webhook: "hook.example/verysecret", Secret: secret},
	} {
		err := o.Check()
		if want = strings.TrimSpace(want); want == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), want) ||
			err != nil && strings.Contains(err.Error(), "verysecret") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// Invitations are deleted 60 days after they were made, but not while somebody's
// application is open; then they go with the next sweep.
func TestInvitationsAreForgotten(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, notice.Options{})
		n := w.notices()
		partner := w.Create("CreatePartner", `{"Role": "Reseller", "Name": "South"}`)
		invite := func(mail string) string {
			t.Helper()
			token, err := w.Invite(partner, mail, "Client")
			if err != nil {
				t.Fatal(err)
			}
			return token
		}
		applicant, err := w.Apply(invite("a@mail.example"), "a@mail.example", "personal")
		if err != nil {
			t.Fatal(err)
		}
		w.later(time.Hour)
		invite("b@mail.example")
		forget := func(after time.Duration, want int) {
			t.Helper()
			w.later(after)
			if err := n.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"invitation", "invitation_token"} {
				if left := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM `+table); left != want {
					t.Errorf("%s has %d rows, not %d", table, left, want)
				}
			}
		}
		const days = 24 * time.Hour
		forget(60*days-time.Hour, 2) // one is old enough, but under review
		forget(time.Hour, 1)
		reject := w.JSON(`{"ClientUin": %d, "ApproveType": "reject", "RejectReason": "too late"}`, applicant)
		if answer := w.Call(partner, "ApproveClientApply", reject); answer.Code != "" {
			t.Fatalf("%s: %s", answer.Code, answer.Message)
		}
		forget(days, 0)
		if due := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM due WHERE kind = 'Retention'`); due != 0 {
			t.Error("the tree is still due")
		}
	})
}

// Messages are deleted 60 days after their cause, sent or not, however many there
// are, and the younger ones stay until theirs are over.
func TestMessagesAreForgotten(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		w := newWorld(t, d, notice.Options{})
		w.cause(invitation)
		w.later(time.Hour)
		w.cause(invitation)
		// More than one step deletes.
		w.Damage(`INSERT INTO message (root_uin, id, kind, channel, recipient, partner_uin, language, content, created_at,
				status, next_at)
			WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
			SELECT root_uin, id || '-' || i, kind, channel, recipient, partner_uin, language, content, created_at,
				status, next_at FROM message, n WHERE created_at = $1`, testkit.Start.UnixMilli())
		n := w.notices()
		forget := func() int {
			t.Helper()
			if err := n.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			return testkit.Count(t, w.Address, `SELECT COUNT(*) FROM message`)
		}
		const days = 24 * time.Hour
		w.later(60*days - time.Hour - time.Millisecond)
		if left := forget(); left != 1202 {
			t.Errorf("%d messages before their time", left)
		}
		w.later(time.Millisecond)
		if left := forget(); left != 1 {
			t.Errorf("%d messages after the time of all but one", left)
		}
		w.later(time.Hour)
		if left := forget(); left != 0 {
			t.Errorf("%d messages after the time of all", left)
		}
		if due := testkit.Count(t, w.Address, `SELECT COUNT(*) FROM due WHERE kind = 'Retention'`); due != 0 {
			t.Error("the tree is still due")
		}
	})
}
