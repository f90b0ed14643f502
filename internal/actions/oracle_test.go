package actions_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"tael/internal/partner"
	"tael/internal/testkit"
)

// managed are requests of Tael's own service, and of sts, that name somebody's ids.
var managed = map[string][]string{
	"AllocateVoucherPool":            {`{"SubAgentUin": {S}, "Quota": 1}`},
	"AssumeRole":                     {`{"RoleArn": "{R}", "RoleSessionName": "x"}`},
	"AttachPolicy":                   {`{"PolicyName": "QcloudIntlpartnersmgtFullAccess", "UserUin": {U}}`},
	"CreateSecretKey":                {`{"Uin": {C}}`, `{"UserUin": {U}}`},
	"DeleteSecretKey":                {`{"SecretId": "{K}"}`, `{"UserUin": {U}, "SecretId": "{K}"}`, `{"Uin": {C}, "SecretId": "{K}"}`},
	"DeleteUser":                     {`{"UserUin": {U}}`},
	"DescribeAuditEvents":            {`{"AccountUin": {C}}`, `{"UserUin": {U}}`, `{"SecretId": "{K}"}`, `{"TreeUin": {C}}`},
	"DescribeAuthenticationFailures": {`{"SecretId": "{K}"}`},
	"DescribeFailedRequests":         {`{"SecretId": "{K}"}`},
	"DiagnoseRequest": {
		`{"RawRequest": "POST / HTTP/1.1\nHost: x\nAuthorization: TC3-HMAC-SHA256 Credential={K}/2026-11-22/tael/tc3_request,` +
			` SignedHeaders=content-type;host, Signature=` + strings.Repeat("00", 32) + `\n\n{}"}`,
		`{"RawRequest": "GET /?Action=x&SecretId={K}&Signature=` + strings.Repeat("A", 27) + `%3D HTTP/1.1\nHost: x\n\n"}`,
	},
	"DescribeSecretKeys": {`{"Uin": {C}}`, `{"UserUin": {U}}`},
	"DescribeTransfers":  {`{"ClientUin": {C}}`, `{"Uin": {S}}`},
	"DetachPolicy":       {`{"PolicyName": "QcloudIntlpartnersmgtReadOnlyaccess", "UserUin": {U}}`},
	"IssueVoucher":       {`{"ClientUin": {C}, "Amount": 1}`},
	"SetSecretKeyStatus": {
		`{"SecretId": "{K}", "Status": "Disabled"}`, `{"UserUin": {U}, "SecretId": "{K}", "Status": "Disabled"}`,
	},
	"SubmitVerification": {`{"Uin": {C}, "AuthType": 0}`},
	"UnbindCustomer":     {`{"ClientUin": {C}}`},
	"WithdrawVoucher":    {`{"VoucherId": {V}}`},
}

// seesItsTree are the actions that tell a distributor of its second-level
// resellers' customers.
var seesItsTree = map[string]bool{"QuerySubAgentsDetailV2": true, "DescribeTransfers": true}

// Every request that names an id of another tree, or of a partner beside the caller
// in its own, is answered as one that names an id which does not exist, after as
// many looks into the database: nobody finds out what others have.
func TestNobodyLearnsWhatOthersHave(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		p := newProgramme(t, d)
		p.Clock.StopReal() // so that a remembered key is never looked up while reads are counted
		for action, c := range published {
			if namesIDs(c.body) {
				p.compare(action, c.body)
			}
		}
		for action, bodies := range managed {
			for _, body := range bodies {
				p.compare(action, body)
			}
		}
		p.Verify()
	})
}

func (p *programme) compare(action, body string) {
	p.T.Helper()
	for role, key := range p.callers {
		if role == partner.Operator || !mayCall(action, role) {
			continue
		}
		want := p.seen(key, action, body, &unknownIDs)
		others := map[string]ids{"another tree's": p.foreign}
		sibling, ok := p.sibling[role]
		allowed := role == partner.Distributor && seesItsTree[action]
		if ok && !allowed && !strings.Contains(body, "{S}") {
			others["a sibling's"] = sibling
		}
		for whose, with := range others {
			if got := p.seen(key, action, body, &with); got != want {
				p.T.Errorf("%s %s by a %s:\nwith %s ids %s\nwith unknown ones %s", action, body, role, whose, got, want)
			}
		}
	}
}

func mayCall(action string, role partner.Role) bool {
	for _, a := range implemented() {
		if a.Name == action {
			return slices.Contains(a.Roles, string(role))
		}
	}
	return false
}

// serverTime is what differs between two answers a second apart.
var serverTime = regexp.MustCompile(`"ServerTime":[0-9]+`)

// seen is all that a caller sees of an answer, with the ids that it named taken
// out, and how often the database was read for it.
func (p *programme) seen(key testkit.Key, action, body string, with *ids) string {
	p.T.Helper()
	filled := p.filled(body, with)
	p.Call(key, "DescribeSecretKeys", "{}") // so that the caller's key is remembered
	var reads atomic.Int64
	p.CountReads(&reads)
	answer := p.Call(key, action, filled)
	p.CountReads(nil)
	body = serverTime.ReplaceAllString(string(answer.Body), "")
	text := fmt.Sprintf("%s %s %s after %d reads", answer.Code, answer.Message, body, reads.Load())
	return strings.NewReplacer(
		fmt.Sprint(with.customer), "{C}", fmt.Sprint(with.subreseller), "{S}", fmt.Sprint(with.voucher), "{V}",
		with.invitation, "{T}", fmt.Sprint(with.user), "{U}", with.key, "{K}", with.role, "{R}",
	).Replace(text)
}
