package testkit

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"tael/internal/engine"
	"tael/internal/ledger"
	"tael/internal/partner"
	"tael/internal/store"
)

// Password is that of accounts whose password does not matter to a test.
const Password = "Harbour1!"

// PlantCode makes code the verification code that an account has for a phone
// number, as if it had been sent now.
func (w *World) PlantCode(of Key, country, number, code string) {
	w.T.Helper()
	phone := partner.PhoneKey(country, number)
	before, err := w.Store.CodeSends(w.T.Context(), phone)
	if err != nil {
		w.T.Fatal(err)
	}
	now := w.Clock.Now(w.Operator.Uin)
	_, err = w.Engine.Do(w.T.Context(), engine.Request{
		Root: w.Operator.Uin, Answer: func(ledger.Outcome) any { return nil },
		Claims: w.Store.ClaimCode(store.Verification{Uin: of.Uin, Phone: phone, Code: code}, before, "", now),
	})
	if err != nil {
		w.T.Fatal(err)
	}
}

// Invite makes an invitation and returns its token.
func (w *World) Invite(key Key, mail, role string) (string, error) {
	w.T.Helper()
	answer := w.Call(key, "CreateAndSendClientInvitationMail",
		fmt.Sprintf(`{"Email": %q, "InvitationRole": %q}`, mail, role))
	var made struct{ InvitationLink string }
	if answer.Code != "" {
		return "", fmt.Errorf("invite: %s: %s", answer.Code, answer.Message)
	}
	if err := json.Unmarshal(answer.Body, &made); err != nil {
		return "", err
	}
	_, token, _ := strings.Cut(made.InvitationLink, "?RegisterToken=")
	return token, nil
}

// Apply takes up an invitation with a new account, or with one that has the
// mail address and Password, and returns its UIN.
func (w *World) Apply(token, mail, accountType string) (int64, error) {
	w.T.Helper()
	answer := w.Call(Nobody, "AcceptInvitation", fmt.Sprintf(
		`{"Token": %q, "Mail": %q, "Name": "Applicant", "Password": %q, "AccountType": %q}`,
		token, mail, Password, accountType))
	var made struct{ Uin int64 }
	if answer.Code != "" {
		return 0, fmt.Errorf("apply: %s: %s", answer.Code, answer.Message)
	}
	return made.Uin, json.Unmarshal(answer.Body, &made)
}

// Sent is what the last message to a mail address or phone number says, by name.
func (w *World) Sent(to string) map[string]string {
	w.T.Helper()
	var root int64
	var id string
	var sealed []byte
	QueryRow(w.T, w.Address,
		`SELECT root_uin, id, content FROM message WHERE recipient = $1 ORDER BY created_at DESC, id DESC LIMIT 1`,
		[]any{to}, &root, &id, &sealed)
	plain, err := w.vault.Open(sealed, fmt.Sprintf("message %d %s", root, id))
	if err != nil {
		w.T.Fatal(err)
	}
	var fields map[string]string
	if err := json.Unmarshal(plain, &fields); err != nil {
		w.T.Fatal(err)
	}
	return fields
}

// invitation: "invitation T of R SubAgent".
func (s *scenario) invitation(fields []string) error {
	role := "Client"
	if slices.Contains(fields, "SubAgent") {
		role = "SubAgent"
	}
	token, err := s.Invite(s.keys[fields[3]], strings.ToLower(fields[1])+"@mail.example", role)
	s.texts[fields[1]] = token
	return err
}

// applicant: "applicant A to R company SubAgent".
func (s *scenario) applicant(fields []string) error {
	if err := s.invitation(fields); err != nil {
		return err
	}
	kind := partner.Personal
	if slices.Contains(fields, partner.Company) {
		kind = partner.Company
	}
	uin, err := s.Apply(s.texts[fields[1]], strings.ToLower(fields[1])+"@mail.example", kind)
	s.keys[fields[1]] = Key{Uin: uin}
	return err
}

// code: "code 852 91230005 123456 of R".
func (s *scenario) code(fields []string) error {
	s.PlantCode(s.keys[fields[5]], fields[1], fields[2], fields[3])
	return nil
}
