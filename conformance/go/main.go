// The official Go SDK against a running server.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tcerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"
	tchttp "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/http"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
)

const (
	service = "intlpartnersmgt"
	version = "2022-09-28"
	tc3     = "TC3-HMAC-SHA256"
)

// Accounts of the demo world.
const (
	reseller             = 200_000_001_000
	resellersCustomer    = 200_000_001_001
	distributorsCustomer = 200_000_002_001
)

// What the distributor's customer has paid out of its credit, and a voucher that it has used in part.
const (
	distributorsCustomerSpent   = 20.0
	distributorsCustomerVoucher = 10_000_001
)

const (
	burstSize = 12
	patience  = time.Minute // until a second with room for a call
	retries   = 240
)

var (
	signatures = []string{tc3, "HmacSHA256", "HmacSHA1"}
	methods    = []string{"POST", "GET"}
)

type suite struct {
	report
	cases
	address, limitedAddress string
}

func main() {
	c, err := readCases(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s := &suite{cases: c, address: os.Getenv("TAEL_ADDRESS"), limitedAddress: os.Getenv("TAEL_LIMITED_ADDRESS")}
	s.everySignatureAndMethod()
	s.genericClient()
	s.chineseMessages()
	s.endpoints()
	s.repeatedCalls()
	s.limits()
	s.managementCases()
	s.monthOfUsage()
	s.management()
	s.temporaryKeys()
	if s.failed > 0 {
		os.Exit(1)
	}
}

// settings are a client profile for the server without rate limits.
func (s *suite) settings(signature, method string) *profile.ClientProfile {
	p := profile.NewClientProfile()
	p.SignMethod, p.Language = signature, "en-US"
	p.HttpProfile.Scheme, p.HttpProfile.Endpoint, p.HttpProfile.ReqMethod = "HTTP", s.address, method
	return p
}

func (s *suite) usual() *profile.ClientProfile { return s.settings(tc3, "POST") }

// call is how a case is sent.
type call func(who, action string, parameters any, p *profile.ClientProfile) (map[string]any, error)

// typed calls an action with its models.
func (s *suite) typed(who, action string, parameters any, p *profile.ClientProfile) (map[string]any, error) {
	return s.typedWith(who, action, parameters, p, nil)
}

func (s *suite) typedWith(
	who, action string, parameters any, p *profile.ClientProfile, header map[string]string,
) (map[string]any, error) {
	m, ok := models[action]
	if !ok {
		return nil, fmt.Errorf("models.go has no %s", action)
	}
	request := m.request(new(tchttp.BaseRequest).Init().WithApiInfo(service, version, action))
	if err := json.Unmarshal([]byte(toJSON(parameters)), request); err != nil {
		return nil, err
	}
	request.SetHeader(header)
	got := m.response()
	if err := common.NewCommonClient(s.credential(who), "", p).Send(request, got); err != nil {
		return nil, err
	}
	text, err := got.fields()
	if err != nil {
		return nil, err
	}
	var fields map[string]any
	return fields, json.Unmarshal(text, &fields)
}

// generic calls an action with the SDK's CommonRequest.
func (s *suite) generic(who, action string, parameters any, p *profile.ClientProfile) (map[string]any, error) {
	return generic(s.credential(who), tchttp.NewCommonRequest(service, version, action), parameters, p)
}

// manage calls Tael's own service.
func (s *suite) manage(who, action string, parameters any) (map[string]any, error) {
	request := tchttp.NewCommonRequest("tael", "2026-11-01", action)
	return generic(s.credential(who), request, parameters, s.usual())
}

func generic(
	key *common.Credential, request *tchttp.CommonRequest, parameters any, p *profile.ClientProfile,
) (map[string]any, error) {
	if err := request.SetActionParameters(toJSON(parameters)); err != nil {
		return nil, err
	}
	got := tchttp.NewCommonResponse()
	if err := common.NewCommonClient(key, "", p).Send(request, got); err != nil {
		return nil, err
	}
	var body struct{ Response map[string]any }
	return body.Response, json.Unmarshal(got.GetBody(), &body)
}

func (s *suite) credential(who string) *common.Credential {
	return common.NewCredential(s.Keys[who][0], s.Keys[who][1])
}

func (s *suite) everySignatureAndMethod() {
	for _, signature := range signatures {
		for _, method := range methods {
			p := s.settings(signature, method)
			s.runCases(signature+" "+method+" ", s.typed, p)
			chinese := s.settings(signature, method)
			chinese.Language = "zh-CN"
			c := s.Errors[0]
			got, err := s.typed(c.As, c.Action, c.Request, chinese)
			s.check(signature+" "+method+" "+c.name()+" in Chinese", expectError(c.Error, c.Chinese, got, err))
		}
	}
}

func (s *suite) runCases(prefix string, send call, p *profile.ClientProfile) {
	for _, c := range s.Steps {
		got, err := send(c.As, c.Action, c.Request, p)
		s.check(prefix+c.name(), expect(c.Response, got, err))
	}
	for _, c := range s.Errors {
		if c.Generic { // its parameters do not fit the models
			continue
		}
		got, err := send(c.As, c.Action, c.Request, p)
		s.check(prefix+c.name(), expectError(c.Error, c.English, got, err))
	}
}

// genericClient uses CommonRequest, whose parameters travel with TC3 over POST
// only: the SDK drops them silently with GET and with the older signatures.
func (s *suite) genericClient() {
	s.runCases("CommonRequest TC3-HMAC-SHA256 POST ", s.generic, s.usual())
	for _, c := range s.Errors {
		if c.Generic {
			got, err := s.generic(c.As, c.Action, c.Request, s.usual())
			s.check("CommonRequest TC3-HMAC-SHA256 POST "+c.name(), expectError(c.Error, c.English, got, err))
		}
	}
	for _, signature := range signatures {
		for _, method := range methods {
			if signature == tc3 && method == "POST" {
				continue
			}
			prefix, p := "CommonRequest "+signature+" "+method+" ", s.settings(signature, method)
			got, err := s.generic("reseller", "QueryPartnerCredit", struct{}{}, p)
			s.check(prefix+"QueryPartnerCredit", expect(s.Steps[0].Response, got, err))
			vouchers := map[string]any{"ClientUins": []int{resellersCustomer}}
			got, err = s.generic("reseller", "QueryVoucherAmountByUin", vouchers, p)
			s.check(prefix+"QueryVoucherAmountByUin answers MissingParameter", expectError(
				"MissingParameter", "The request is missing a required parameter `ClientUins`.", got, err))
		}
	}
}

// chineseMessages uses the SDK's default language.
func (s *suite) chineseMessages() {
	p := profile.NewClientProfile()
	p.HttpProfile.Scheme, p.HttpProfile.Endpoint = "HTTP", s.address
	for _, c := range s.Errors {
		send := s.typed
		if c.Generic {
			send = s.generic
		}
		got, err := send(c.As, c.Action, c.Request, p)
		s.check(c.name()+" in Chinese", expectError(c.Error, c.Chinese, got, err))
	}
}

func (s *suite) endpoints() {
	through := func(name string, p *profile.ClientProfile) {
		got, err := s.typed("reseller", "QueryCreditByUinList", map[string]any{"UinList": []int{resellersCustomer}}, p)
		s.check(name, expect(map[string]any{"Data": []any{map[string]any{
			"Uin": float64(resellersCustomer), "TotalCredit": 30.0, "RemainingCredit": 30.0,
		}}}, got, err))
	}
	for _, signature := range signatures {
		for _, method := range methods {
			prefix := signature + " " + method + " "
			gateway := s.settings(signature, method)
			gateway.HttpProfile.Endpoint, gateway.HttpProfile.ApigwEndpoint = "", s.address
			through(prefix+"signed for the official host (ApigwEndpoint)", gateway)
			path := s.settings(signature, method)
			path.HttpProfile.Endpoint += "/tc/v3"
			through(prefix+"with a path in the endpoint", path)
		}
	}
	for _, method := range methods {
		unsigned := s.settings(tc3, method)
		unsigned.UnsignedPayload = true
		through(tc3+" "+method+" UNSIGNED-PAYLOAD", unsigned)
	}
}

// repeatedCalls checks that an increment is repeated, unless both calls carry
// the same X-Tael-Idempotency-Key. The SDK's own X-Idempotency-Key is always x.
func (s *suite) repeatedCalls() {
	allocate := func(amount float64, p *profile.ClientProfile, header map[string]string) (map[string]any, error) {
		parameters := map[string]any{"ClientUin": distributorsCustomer, "AddedCredit": amount}
		return s.typedWith("distributor", "AllocateCustomerCredit", parameters, p, header)
	}
	step := func(name string, total, amount float64, p *profile.ClientProfile, header map[string]string) {
		got, err := allocate(amount, p, header)
		want := map[string]any{"TotalCredit": total, "RemainingCredit": total - distributorsCustomerSpent}
		s.check(name, expect(want, got, err))
	}
	for _, signature := range signatures {
		p := s.settings(signature, "POST")
		p.UnsafeRetryOnConnectionFailure = true
		step(signature+" X-Idempotency-Key: x is no key: first call", 501.5, 1.5, p, nil)
		step(signature+" X-Idempotency-Key: x is no key: second call", 503, 1.5, p, nil)
		step(signature+" taking back", 500, -3, p, nil)

		key := map[string]string{"X-Tael-Idempotency-Key": "go-" + signature}
		plain := s.settings(signature, "POST")
		step(signature+" X-Tael-Idempotency-Key: first call", 501.5, 1.5, plain, key)
		step(signature+" X-Tael-Idempotency-Key: second call applies nothing", 501.5, 1.5, plain, key)
		got, err := allocate(-1.5, plain, key)
		s.check(signature+" X-Tael-Idempotency-Key: other parameters are refused", expectError("InvalidParameterValue",
			"The X-Tael-Idempotency-Key was already used with other parameters.", got, err))
		step(signature+" taking back what was applied once", 500, -1.5, plain, nil)
	}
}

func (s *suite) limits() {
	english, chinese := s.usual(), s.usual()
	english.HttpProfile.Endpoint, chinese.HttpProfile.Endpoint = s.limitedAddress, s.limitedAddress
	chinese.Language = "zh-CN"
	name := fmt.Sprintf("more than %d calls in a second answer %s", s.Limit.Rate, s.Limit.Error)
	s.check(name, s.refused(english, s.Limit.English))
	s.check(s.Limit.Error+" in Chinese", s.refused(chinese, s.Limit.Chinese))

	retrying := s.usual()
	retrying.HttpProfile.Endpoint = s.limitedAddress
	retrying.RateLimitExceededMaxRetries = retries
	retrying.RateLimitExceededRetryDuration = profile.ConstantDurationFunc(patience / retries)
	got, err := s.typed(s.Limit.As, s.Limit.Action, struct{}{}, retrying)
	s.check("the SDK's retry passes after "+s.Limit.Error, expect(s.Steps[0].Response, got, err))
}

// refused sends bursts until one is refused. A burst lies in at most two
// seconds, so at most ten of its twelve calls pass.
func (s *suite) refused(p *profile.ClientProfile, message string) error {
	pattern := regexp.MustCompile(message)
	for range 50 {
		refusals := 0
		for _, err := range s.burst(p) {
			var typed *tcerrors.TencentCloudSDKError
			if !errors.As(err, &typed) || typed.Code != s.Limit.Error || !pattern.MatchString(typed.Message) {
				return err
			}
			if count, _ := strconv.Atoi(pattern.FindStringSubmatch(typed.Message)[1]); count <= s.Limit.Rate {
				return err
			}
			refusals++
		}
		if refusals >= 2 {
			return nil
		}
	}
	return errors.New("no burst was refused")
}

// burst calls from many goroutines at once; it answers what was refused.
func (s *suite) burst(p *profile.ClientProfile) []error {
	results := make([]error, burstSize)
	var group sync.WaitGroup
	for i := range results {
		group.Go(func() { _, results[i] = s.typed(s.Limit.As, s.Limit.Action, struct{}{}, p) })
	}
	group.Wait()
	refused := results[:0]
	for _, err := range results {
		if err != nil {
			refused = append(refused, err)
		}
	}
	return refused
}

// managementCases use Tael's own service and look at what comes of it.
func (s *suite) managementCases() {
	for _, c := range s.Management {
		var got map[string]any
		var err error
		if c.Service != "" {
			got, err = s.manage(c.As, c.Action, c.Request)
		} else {
			got, err = s.typed(c.As, c.Action, c.Request, s.usual())
		}
		if c.Error != "" {
			err = expectError(c.Error, c.English, got, err)
		} else {
			err = expect(c.Response, got, err)
		}
		s.check("management: "+c.name(), err)
	}
}

// monthOfUsage asks for the month of a charge, which depends on the day.
func (s *suite) monthOfUsage() {
	s.monthOf("distributor", "DescribeCustomerVoucherUsageDetails", map[string]any{
		"Page": 1, "PageSize": 10, "CustomerUin": distributorsCustomer, "VoucherId": distributorsCustomerVoucher,
	})
	s.monthOf("customer of the distributor", "DescribeCustomerOwnVoucherUsageDetails", map[string]any{
		"Page": 1, "PageSize": 10, "VoucherId": distributorsCustomerVoucher,
	})
}

func (s *suite) monthOf(who, action string, request map[string]any) {
	name := action + " (the month of its charge)"
	want, err := s.typed(who, action, request, s.usual())
	data, _ := want["Data"].([]any)
	if err != nil || len(data) != 1 {
		s.check(name, fmt.Errorf("answered %s, %v, not one record", toJSON(want), err))
		return
	}
	month := data[0].(map[string]any)["PayTime"].(string)[:len("2006-01")]
	request["Month"], want["Month"] = month, month
	delete(want, "RequestId")
	got, err := s.typed(who, action, request, s.usual())
	s.check(name, expect(any(want), got, err))
}

// management uses Tael's own service: a new customer, a voucher for it, and the
// transfers behind them.
func (s *suite) management() {
	made, err := s.manage("operator", "CreateCustomer", map[string]any{
		"PartnerUin": reseller, "Name": "Quayside Analytics", "Mail": "go@quayside.example",
	})
	s.check("tael CreateCustomer", expect(map[string]any{"Uin": "*", "SecretId": "*", "SecretKey": "*"}, made, err))
	if err != nil {
		return
	}
	issued, err := s.manage("reseller", "IssueVoucher", map[string]any{
		"ClientUin": made["Uin"], "Amount": 12.5, "ApplyReason": "Welcome",
	})
	voucher := map[string]any{"VoucherId": "*", "VoucherCode": "*", "ExpireTime": "*"}
	s.check("tael IssueVoucher", expect(voucher, issued, err))

	got, err := s.typed("reseller", "QueryVoucherAmountByUin", map[string]any{"ClientUins": []any{made["Uin"]}}, s.usual())
	s.check("QueryVoucherAmountByUin shows the voucher", expect(map[string]any{"Data": []any{
		map[string]any{"ClientUin": made["Uin"], "TotalAmount": 12.5, "RemainAmount": 12.5},
	}}, got, err))

	got, err = generic(common.NewCredential(made["SecretId"].(string), made["SecretKey"].(string)),
		tchttp.NewCommonRequest(service, version, "QueryCustomerBillingQuota"), struct{}{}, s.usual())
	s.check("QueryCustomerBillingQuota with the new customer's key", expect(map[string]any{"Data": map[string]any{
		"TotalCredit": 0.0, "RemainingCredit": 0.0, "RemainingVoucher": 12.5,
		"Force": 0.0, "PrepayFrozen": 0.0, "PostpayFrozen": 0.0,
	}}, got, err))

	got, err = s.manage("reseller", "DescribeTransfers", map[string]any{"RequestId": issued["RequestId"]})
	s.check("tael DescribeTransfers", expect(map[string]any{"NextSequence": "*", "Hash": "*", "Transfers": []any{
		map[string]any{
			"Sequence": "*", "Time": "*", "Kind": "IssueVoucher", "Debit": "quota:200000001000", "Credit": "*",
			"Amount": 12.5, "RequestId": issued["RequestId"], "Operator": "Harbour Cloud", "Remark": "*",
		},
	}}, got, err))

	got, err = s.manage("reseller", "CreateCustomer", map[string]any{"PartnerUin": reseller, "Name": "No"})
	s.check("tael CreateCustomer as reseller answers UnauthorizedOperation.UinNoAuth", expectError(
		"UnauthorizedOperation.UinNoAuth", "The account has no permission for this operation.", got, err))
}
