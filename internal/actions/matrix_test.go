package actions_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"tael/api"
	"tael/api/bundle"
	"tael/internal/partner"
	"tael/internal/testkit"
)

// ids are what a request may name.
type ids struct {
	customer, subreseller, voucher int64
	invitation                     string // token
	user                           int64
	key                            string
	role                           string // ARN
}

// nobody's ids: none of them was ever given out.
var unknownIDs = ids{
	customer: 299_999_999_998, subreseller: 299_999_999_997, voucher: 99_999_999,
	invitation: "00000000000000000000000000000000", user: 299_999_999_996, key: "AKIDnobody00000000000000000000000000",
	role: "qcs::cam::uin/299999999995:roleName/nobody",
}

// programme is a distributor with all that its requests may name: its own, what
// its second-level reseller has, and what is in the tree beside it.
type programme struct {
	*testkit.World
	callers map[partner.Role]testkit.Key
	own     map[partner.Role]ids
	sibling map[partner.Role]ids // of another partner of the same tree
	foreign ids                  // of another tree
	serial  int                  // makes what must be new
}

func newProgramme(t *testing.T, d testkit.Database) *programme {
	t.Helper()
	p := &programme{World: testkit.New(t, testkit.Options{Database: d})}
	distributor, subreseller, direct, indirect := p.tree("one")
	_, neighbour, _, foreign := p.tree("two")
	foreign.voucher = p.voucher(neighbour, foreign.customer) // a number that no other tree has come to
	reseller := p.Create("CreatePartner", `{"Name": "R", "Role": "Reseller", "TotalCredit": 1000, "VoucherQuota": 500}`)
	customer := p.Create("CreateCustomer", fmt.Sprintf(`{"PartnerUin": %d, "Name": "customer of R"}`, reseller.Uin))
	ofReseller := p.things(reseller, customer)
	p.callers = map[partner.Role]testkit.Key{
		partner.Operator: p.Operator, partner.Distributor: distributor, partner.Subreseller: subreseller,
		partner.Reseller: reseller, partner.Customer: customer,
	}
	p.own = map[partner.Role]ids{
		partner.Operator: direct, partner.Distributor: direct, partner.Subreseller: indirect, partner.Reseller: ofReseller,
		partner.Customer: ofReseller,
	}
	p.sibling = map[partner.Role]ids{partner.Distributor: indirect, partner.Subreseller: direct}
	p.foreign = foreign
	return p
}

// tree makes a distributor with a customer, and a second-level reseller with one.
func (p *programme) tree(name string) (distributor, subreseller testkit.Key, direct, indirect ids) {
	p.T.Helper()
	distributor = p.Create("CreatePartner", fmt.Sprintf(
		`{"Name": "D %s", "Role": "Distributor", "TotalCredit": 5000, "VoucherQuota": 500}`, name))
	subreseller = p.Create("CreateSubAgent", fmt.Sprintf(`{"DistributorUin": %d, "Name": "S %s"}`, distributor.Uin, name))
	for _, give := range []string{"AllocateCreditPool", "AllocateVoucherPool"} {
		amount := map[string]string{"AllocateCreditPool": "Credit", "AllocateVoucherPool": "Quota"}[give]
		p.must(distributor, give, fmt.Sprintf(`{"SubAgentUin": %d, %q: 100}`, subreseller.Uin, amount))
	}
	direct = p.things(distributor, p.Create("CreateCustomer",
		fmt.Sprintf(`{"PartnerUin": %d, "Name": "customer of D %s"}`, distributor.Uin, name)))
	indirect = p.things(subreseller, p.Create("CreateCustomer",
		fmt.Sprintf(`{"PartnerUin": %d, "Name": "customer of S %s"}`, subreseller.Uin, name)))
	direct.subreseller, indirect.subreseller = subreseller.Uin, subreseller.Uin
	return distributor, subreseller, direct, indirect
}

// things are what a partner has with one customer.
func (p *programme) things(owner, customer testkit.Key) (has ids) {
	p.T.Helper()
	has.customer, has.voucher = customer.Uin, p.voucher(owner, customer.Uin)
	p.serial++
	var invitation struct{ InvitationLink string }
	p.read(p.must(owner, "CreateAndSendClientInvitationMail",
		fmt.Sprintf(`{"Email": "invited%d@mail.example"}`, p.serial)), &invitation)
	_, has.invitation, _ = strings.Cut(invitation.InvitationLink, "RegisterToken=")
	user := p.User(owner, "colleague", "QcloudIntlpartnersmgtReadOnlyaccess")
	has.user, has.key = user.Uin, user.ID
	has.role = p.Role(owner, "helper", fmt.Sprintf("qcs::cam::uin/%d:root", owner.Uin), "QcloudIntlpartnersmgtFullAccess")
	return has
}

func (p *programme) voucher(issuer testkit.Key, customer int64) int64 {
	p.T.Helper()
	var voucher struct {
		ID int64 `json:"VoucherId"`
	}
	p.read(p.must(issuer, "IssueVoucher", fmt.Sprintf(`{"ClientUin": %d, "Amount": 10}`, customer)), &voucher)
	return voucher.ID
}

func (p *programme) must(key testkit.Key, action, body string) json.RawMessage {
	p.T.Helper()
	answer := p.Call(key, action, body)
	if answer.Code != "" {
		p.T.Fatalf("%s %s: %s: %s", action, body, answer.Code, answer.Message)
	}
	return answer.Body
}

func (p *programme) read(body json.RawMessage, into any) {
	p.T.Helper()
	if err := json.Unmarshal(body, into); err != nil {
		p.T.Fatal(err)
	}
}

// cell is how an action is called and answered: with what is the caller's, and
// with what is somebody else's. "" is success.
type cell struct {
	body    string // {C} customer, {S} second-level reseller, {V} voucher, {T} invitation, {U} user, {K} key, {R} role, {N} a number of its own
	own     string
	foreign string // of another tree, of a sibling, and of what does not exist
}

const noAuth = "UnauthorizedOperation.UinNoAuth"

// published are the actions of intlpartnersmgt that serve; where nobody is named,
// the foreign answer is the own.
var published = map[string]cell{
	"AllocateCreditPool":                     {`{"SubAgentUin": {S}, "Credit": 1}`, "", noAuth},
	"AllocateCustomerCredit":                 {`{"ClientUin": {C}, "AddedCredit": 1}`, "", noAuth},
	"ApproveClientApply":                     {`{"ClientUin": {C}, "ApproveType": "pass"}`, "FailedOperation.ClientNotApply", "FailedOperation.ClientNotApply"},
	"ApproveSubAgentApply":                   {`{"SubAgentUin": {S}, "ApproveType": "pass"}`, "FailedOperation.ResellerNotApply", "FailedOperation.ResellerNotApply"},
	"CreateAccount":                          {createAccountBody, "FailedOperation.VerificationCodeIllegal", ""},
	"DescribeCustomerInfo":                   {`{"CustomerUin": [{C}]}`, "", noAuth},
	"DescribeCustomerUin":                    {`{"Page": 1, "PageSize": 10}`, "", ""},
	"DescribeCustomerVoucherList":            {`{"Page": 1, "PageSize": 10, "CustomerUin": {C}}`, "", noAuth},
	"DescribeCustomerOwnVoucherList":         {`{"Page": 1, "PageSize": 10}`, "", ""},
	"DescribeCustomerOwnVoucherUsageDetails": {`{"Page": 1, "PageSize": 10, "VoucherId": {V}}`, "", "FailedOperation"},
	"DescribeCustomerVoucherUsageDetails": {
		`{"Page": 1, "PageSize": 10, "CustomerUin": {C}, "VoucherId": {V}}`, "", noAuth,
	},
	"CreateAndSendClientInvitationMail": {`{"Email": "new{N}@mail.example"}`, "", ""},
	"ForceQN":                           {`{"ClientUin": {C}, "Type": 0}`, "", "InvalidParameterValue"},
	"GetCountryCodes":                   {`{}`, "", ""},
	"GetTradeConfigList":                {`{}`, "", ""},
	"ModifyClientRemark":                {`{"ClientUin": "{C}", "Remark": "x"}`, "", noAuth},
	"QueryAccountVerificationStatus":    {`{"ClientUin": {C}}`, "", "UnauthorizedOperation.NotCustomerUin"},
	"QueryCreditAllocationHistory":      {`{"ClientUin": {C}}`, "", noAuth},
	"QueryCreditByUinList":              {`{"UinList": [{C}]}`, "", "UnauthorizedOperation.NotCustomerUin"},
	"QueryCustomerBillingQuota":         {`{}`, "", ""},
	"QueryCustomersCredit":              {`{"FilterType": "ClientUin", "Filter": "{C}"}`, "", ""},
	"QueryDirectCustomersCredit":        {`{}`, "", ""},
	"QueryInvitationInfo":               {`{"InvitationToken": ["{T}"]}`, "", ""},
	"QueryPartnerCredit":                {`{}`, "", ""},
	"QueryPendingClientsV2":             {`{"Page": 1, "PageSize": 10}`, "", ""},
	"QueryPendingSubAgentsV2":           {`{"Page": 1, "PageSize": 10}`, "", ""},
	"QuerySubAgentsDetailV2":            {`{"Page": 1, "PageSize": 10, "FilterType": "ClientUin", "Filter": "{C}"}`, "", ""},
	"QueryT1IndirectCustomersDetail":    {`{"SubAgentUin": {S}, "Page": 1, "PageSize": 10}`, "", "FailedOperation.InvalidSubAgentUin"},
	"QueryVoucherAmountByUin":           {`{"ClientUins": [{C}]}`, "", noAuth},
	"QueryVoucherListByUin":             {`{"ClientUins": [{C}]}`, "", noAuth},
	"QueryVoucherPool":                  {`{}`, "", ""},
	"SendVerifyCode":                    {`{"CountryCode": "852", "PhoneNum": "9123{N}"}`, "", ""},
}

const createAccountBody = `{"AccountType": "company", "Mail": "new{N}@mail.example", "Password": "Harbour1!",
	"ConfirmPassword": "Harbour1!", "PhoneNum": "9123{N}", "CountryCode": "852", "Area": "HK", "VerifyCode": "123456",
	"TradeOne": "kghy_01", "TradeTwo": "kghy_0101"}`

// filled is a request that names some ids.
func (p *programme) filled(body string, with *ids) string {
	p.serial++
	return strings.NewReplacer(
		"{C}", fmt.Sprint(with.customer), "{S}", fmt.Sprint(with.subreseller), "{V}", fmt.Sprint(with.voucher),
		"{T}", with.invitation, "{U}", fmt.Sprint(with.user), "{K}", with.key, "{R}", with.role,
		"{N}", fmt.Sprintf("%04d", p.serial),
	).Replace(body)
}

// Each of the 46 published actions, by each role, with what is its own and what is
// of another tree, by the account's key, by a sub-user with all permissions, and by
// one with none: allowed, or refused with just the code that is documented.
func TestWhoMayCallWhat(t *testing.T) {
	t.Parallel()
	testkit.OnEach(t, func(t *testing.T, d testkit.Database) {
		p := newProgramme(t, d)
		for role, root := range p.callers {
			full := p.User(root, "full", testkit.Allow("*"))
			none := p.User(root, "none", "")
			own := p.own[role]
			for _, a := range publishedActions() {
				for _, with := range []*ids{&own, &p.foreign} {
					want := wanted(t, a, role, with == &own)
					body := published[a.Name].body
					for who, key := range map[string]testkit.Key{"root": root, "sub-user": full} {
						if got := p.Call(key, a.Name, p.filled(body, with)); got.Code != want {
							t.Errorf("%s by %s of %s, own %t: %s (%s), not %q", a.Name, who, role, with == &own, got.Code, got.Message, want)
						}
					}
					if want != "ActionOffline" {
						want = "AuthFailure.UnauthorizedOperation"
					}
					if got := p.Call(none, a.Name, p.filled(body, with)); got.Code != want {
						t.Errorf("%s by a sub-user of %s without permissions: %s, not %s", a.Name, role, got.Code, want)
					}
				}
			}
		}
		p.Verify()
	})
}

// publishedActions are all 46.
func publishedActions() []bundle.Action {
	var all []bundle.Action
	for _, a := range api.Definition().Actions {
		if a.Service == "intlpartnersmgt" {
			all = append(all, a)
		}
	}
	return all
}

// wanted is what the definition and the table say.
func wanted(t *testing.T, a bundle.Action, role partner.Role, own bool) string {
	t.Helper()
	if a.Offline {
		return "ActionOffline"
	}
	c, ok := published[a.Name]
	if !ok {
		t.Fatalf("%s is not in the table", a.Name)
	}
	for _, may := range a.Roles {
		if may == string(role) {
			if own || !namesIDs(c.body) {
				return c.own
			}
			return c.foreign
		}
	}
	if a.WrongRole != "" && role != partner.Operator {
		return a.WrongRole
	}
	return noAuth
}

func namesIDs(body string) bool {
	for _, id := range []string{"{C}", "{S}", "{V}", "{T}", "{U}", "{K}", "{R}"} {
		if strings.Contains(body, id) {
			return true
		}
	}
	return false
}
