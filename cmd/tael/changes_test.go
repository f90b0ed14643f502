//go:build unix

package main_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"tael/internal/demo"
	"tael/internal/testkit"
)

// Codes of answers that these tests wait for.
const (
	done    = ""
	busy    = "OperationDenied.ServiceBusy"
	unknown = "AuthFailure.SecretIdNotFound"
	refused = "UnauthorizedOperation.UinNoAuth"
)

// noticeTime is how long a change may go unnoticed, of a key or of a database that
// is back.
const noticeTime = 2 * time.Second

// asked is a call and when it was under way.
type asked struct {
	answer
	began time.Time
	took  time.Duration
}

// ask makes a call that has to be answered.
func ask(t *testing.T, s *server, a demo.Account, action, body string) asked {
	t.Helper()
	began := time.Now()
	got, err := call(t.Context(), http.DefaultClient, s.endpoint, a, action, body, "")
	if err != nil {
		t.Errorf("%s: %v", action, err)
		return asked{answer{Code: "none"}, began, time.Since(began)}
	}
	return asked{got, began, time.Since(began)}
}

// becomes repeats a call until it gets an answer, three times. From noticeTime
// after since on it has to be this one, and never another after it.
func becomes(t *testing.T, s *server, since time.Time, code string, a demo.Account, action, body string) {
	t.Helper()
	for right := 0; right < 3; time.Sleep(10 * time.Millisecond) {
		got := ask(t, s, a, action, body)
		late := got.began.Sub(since)
		if got.Code == code {
			right++
		} else if late > noticeTime || right > 0 {
			t.Errorf("%s of %s %s later: %q %s after %d times %q", action, a.SecretID, late, got.Code, got.Message, right, code)
			return
		}
	}
}

// back waits until writes work again, in time.
func back(t *testing.T, s *server, since time.Time) {
	t.Helper()
	becomes(t, s, since, done, account(demo.Reseller), "AllocateCustomerCredit",
		fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 1}`, demo.FirstCustomer))
	if t.Failed() {
		t.FailNow()
	}
	t.Logf("back %s later", time.Since(since))
}

// changing is two processes on one database: what is changed through one is looked
// for at the other.
type changing struct {
	*testing.T
	here, there *server
}

func newChanging(t *testing.T, database []string) *changing {
	serve := append([]string{"--demo", "--rate-limits", "off"}, database...)
	return &changing{t, start(t, nil, serve...), start(t, nil, serve...)}
}

// change makes the operator's change here, and returns the account or key that was
// made, if any.
func (c *changing) change(action, body string) (made demo.Account) {
	c.Helper()
	got := c.here.must(c.T, account(demo.OperatorUin), action, body)
	if err := json.Unmarshal(got.Response, &made); err != nil {
		c.Fatal(err)
	}
	return made
}

// noticed waits until a call is answered so there, in time.
func (c *changing) noticed(since time.Time, code string, a demo.Account, action, body string) {
	c.Helper()
	becomes(c.T, c.there, since, code, a, action, body)
}

// A key that is made, disabled, enabled or deleted through one process is so in
// the others within two seconds, whatever they remember of it.
func TestChangesOfKeysReachOtherProcesses(t *testing.T) {
	t.Parallel()
	database := newDatabase(t, testkit.Postgres)
	c := newChanging(t, database)
	const action, none = "QueryPartnerCredit", "{}"
	key := c.change("CreatePartner", `{"Name": "N", "Role": "Reseller"}`)
	c.noticed(time.Now(), done, key, action, none)
	for _, status := range []struct{ name, code string }{{"Disabled", unknown}, {"Active", done}} {
		body := fmt.Sprintf(`{"Uin": %d, "SecretId": %q, "Status": %q}`, key.Uin, key.SecretID, status.name)
		c.change("SetSecretKeyStatus", body)
		c.noticed(time.Now(), status.code, key, action, none)
	}
	second := c.change("CreateSecretKey", fmt.Sprintf(`{"Uin": %d}`, key.Uin))
	c.noticed(time.Now(), done, second, action, none)
	c.change("DeleteSecretKey", fmt.Sprintf(`{"Uin": %d, "SecretId": %q}`, key.Uin, second.SecretID))
	c.noticed(time.Now(), unknown, second, action, none)

	// A key whose id was asked for before there was one.
	early := demo.Account{SecretID: "AKIDearly", SecretKey: "early"}
	c.noticed(time.Now(), unknown, early, "DescribePartners", `{"Page": 1, "PageSize": 1}`)
	start(t, []string{"TAEL_OPERATOR_SECRET_ID=" + early.SecretID, "TAEL_OPERATOR_SECRET_KEY=" + early.SecretKey},
		append([]string{"--demo"}, database...)...)
	c.noticed(time.Now(), done, early, "DescribePartners", `{"Page": 1, "PageSize": 1}`)
}

// A partner that is frozen through one process does no business at the others, and
// who joins a tree through one is a member at the others.
func TestChangesOfMembersReachOtherProcesses(t *testing.T) {
	t.Parallel()
	c := newChanging(t, newDatabase(t, testkit.Postgres))
	reseller, distributor := account(demo.Reseller), account(demo.Distributor)
	body := fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 0.5}`, demo.FirstCustomer)
	for _, status := range []struct{ name, code string }{{"Active", done}, {"Frozen", refused}, {"Active", done}} {
		c.change("SetPartnerStatus", fmt.Sprintf(`{"Uin": %d, "Status": %q}`, demo.Reseller, status.name))
		c.noticed(time.Now(), status.code, reseller, "AllocateCustomerCredit", body)
	}

	// Neither is asked for in vain first: their UINs are not known before.
	customer := c.change("CreateCustomer", fmt.Sprintf(`{"PartnerUin": %d, "Name": "C"}`, demo.Reseller))
	made := time.Now()
	body = fmt.Sprintf(`{"ClientUin": %d, "AddedCredit": 0.5}`, customer.Uin)
	c.noticed(made, done, reseller, "AllocateCustomerCredit", body)
	c.noticed(made, done, customer, "DescribeCustomerOwnVoucherList", `{"Page": 1, "PageSize": 1}`)

	agent := c.change("CreateSubAgent", fmt.Sprintf(`{"DistributorUin": %d, "Name": "S"}`, demo.Distributor))
	made = time.Now()
	body = fmt.Sprintf(`{"SubAgentUin": %d, "Credit": 0.5}`, agent.Uin)
	c.noticed(made, done, distributor, "AllocateCreditPool", body)
	c.noticed(made, done, agent, "QueryPartnerCredit", "{}")
	if got := ask(t, c.there, reseller, "AllocateCreditPool", body); got.Code != refused {
		t.Errorf("somebody else's: %q", got.Code)
	}
}

// Without the database a key is good for what is left of its second, and then it
// is not known whether it is: no request is accepted or refused by what was
// remembered, not even one that needs nothing but its key.
func TestKeysWithoutADatabase(t *testing.T) {
	t.Parallel()
	postgres := testkit.OwnPostgres(t)
	c := newChanging(t, newDatabaseAt(t, postgres.Address("postgres")))
	active, nobody := account(demo.Reseller), demo.Account{SecretID: "AKIDnobody", SecretKey: "nobody"}
	disabled := c.change("CreatePartner", `{"Name": "N", "Role": "Reseller"}`)
	const action, none = "GetCountryCodes", "{}"
	for _, caller := range []struct {
		demo.Account
		code string
	}{{active, done}, {disabled, done}, {nobody, unknown}} {
		if got := ask(t, c.there, caller.Account, action, none); got.Code != caller.code {
			t.Errorf("%s: %q", caller.SecretID, got.Code)
		}
	}
	c.change("SetSecretKeyStatus",
		fmt.Sprintf(`{"Uin": %d, "SecretId": %q, "Status": "Disabled"}`, disabled.Uin, disabled.SecretID))
	postgres.Halt()
	halted := time.Now()
	var running sync.WaitGroup
	for _, caller := range []demo.Account{active, disabled, nobody} {
		running.Go(func() { c.noticed(halted, busy, caller, action, none) })
	}
	running.Wait()
	if err := postgres.Start(); err != nil {
		t.Fatal(err)
	}
	started := time.Now()
	c.noticed(started, done, active, action, none)
	c.noticed(started, unknown, disabled, action, none)
	c.noticed(started, unknown, nobody, action, none)
}
