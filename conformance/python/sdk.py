"""The official Python SDK against a running server."""

import calendar
import json
import re
import threading
import time
import urllib.parse
import warnings

from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.intlpartnersmgt.v20220928 import intlpartnersmgt_client, models
from tencentcloud.sts.v20180813 import models as sts_models, sts_client

from harness import (ADDRESS, CASES, COVERED, LIMITED_ADDRESS, SERVICE, VERSION, Report, case_name, expect,
                     expect_equal, expect_error, generic, key, manage, profile, without_null)

SIGNATURES = ("TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1")
METHODS = ("POST", "GET")
SPENT = 20  # what the distributor's customer has paid out of its credit

# The models warn of fields that they do not know: the server must send none.
warnings.simplefilter("error", UserWarning)


def typed(who, action, parameters, settings=None, headers=None):
    """Calls an action with its model classes."""
    client = intlpartnersmgt_client.IntlpartnersmgtClient(key(who), "", settings or profile())
    request = getattr(models, action + "Request")()
    request.from_json_string(json.dumps(parameters))
    if headers is not None:
        request.headers = headers
    return without_null(json.loads(getattr(client, action)(request).to_json_string()))


def every_signature_and_method(report):
    for signature in SIGNATURES:
        for method in METHODS:
            settings = profile(signature, method)
            run_cases(report, f"{signature} {method} ", typed, settings)
            chinese = profile(signature, method, language="zh-CN")
            case = CASES["errors"][0]
            report.check(f"{signature} {method} {case_name(case)} in Chinese",
                         lambda: expect_error(case, lambda: typed(case["as"], case["action"], {}, chinese), "zh"))


def run_cases(report, prefix, call, settings):
    for case in CASES["steps"]:
        report.check(prefix + case_name(case),
                     lambda: expect(case["response"], call(case["as"], case["action"], case["request"], settings)))
    for case in CASES["errors"]:
        send = generic if case.get("generic") else call
        report.check(prefix + case_name(case), lambda: expect_error(
            case, lambda: send(case["as"], case["action"], case["request"], settings)))


def chinese_messages(report):
    settings = profile(language="zh-CN")
    for case in CASES["errors"]:
        send = generic if case.get("generic") else typed
        report.check(f"{case_name(case)} in Chinese", lambda: expect_error(
            case, lambda: send(case["as"], case["action"], case["request"], settings), "zh"))


def other_actions_are_offline(report):
    """Each action of the SDK is either covered or answers ActionOffline."""
    client = intlpartnersmgt_client.IntlpartnersmgtClient
    actions = [name for name in vars(client) if name[0].isupper()]
    report.check("the SDK has the 46 published actions", lambda: expect_equal(46, len(actions), "their number"))
    for action in actions:
        if action in COVERED:
            continue
        case = {"error": "ActionOffline", "en": f"The action `{action}` is not available."}
        report.check(f"{action} is offline", lambda: expect_error(case, lambda: typed("reseller", action, {})))


def endpoints(report):
    want = CASES["steps"][0]["response"]

    def through(settings):
        expect(want, typed("reseller", "QueryPartnerCredit", {}, settings))

    for signature in SIGNATURES:
        for method in METHODS:
            url = profile(signature, method, address="http://" + ADDRESS)
            report.check(f"{signature} {method} with a URL as Host", lambda: through(url))
            gateway = profile(signature, method, address=None)
            gateway.httpProfile.apigw_endpoint = ADDRESS
            report.check(f"{signature} {method} signed for the official host (apigw_endpoint)",
                         lambda: through(gateway))
    report.check("several calls on one connection with a URL as Host", one_connection)
    for method in METHODS:
        unsigned = profile(method=method)
        unsigned.unsignedPayload = True
        report.check(f"TC3-HMAC-SHA256 {method} UNSIGNED-PAYLOAD", lambda: expect(
            {"Data": [{"Uin": 200000001001, "TotalCredit": 30, "RemainingCredit": 30}]},
            typed("reseller", "QueryCreditByUinList", {"UinList": [200000001001]}, unsigned)))


def one_connection():
    settings = profile(address="http://" + ADDRESS)
    client = CommonClient(SERVICE, VERSION, key("distributor"), "", settings)
    for count, amount in enumerate([0.25, 0.25, -0.5]):
        answer = client.call_json("AllocateCustomerCredit", {
            "AddedCredit": amount, "ClientUin": 200000002001, "Remark": f"Host: http://call-{count}\r\n\r\n"})
        total = [500.25, 500.5, 500][count]
        expect({"TotalCredit": total, "RemainingCredit": total - SPENT}, answer["Response"])
        history = client.call_json("QueryCreditAllocationHistory", {"ClientUin": 200000002001, "PageSize": 1})
        expect_equal(f"Host: http://call-{count}\r\n\r\n", history["Response"]["History"][0]["Remark"], "Remark")


def repeated_calls(report):
    """An increment is repeated, unless both calls carry the same X-Tael-Idempotency-Key."""
    for signature in SIGNATURES:
        key_header = {"X-Tael-Idempotency-Key": "python-" + signature}

        def allocate(amount, headers=None):
            parameters = {"AddedCredit": amount, "ClientUin": 200000002001}
            return typed("distributor", "AllocateCustomerCredit", parameters, profile(signature), headers)

        def after(total, answer):
            expect({"TotalCredit": total, "RemainingCredit": total - SPENT}, answer)
            return answer["RequestId"]

        def twice():
            after(501.5, allocate(1.5, {"X-Idempotency-Key": "x"}))
            after(503, allocate(1.5, {"X-Idempotency-Key": "x"}))
            after(500, allocate(-3))

        def once():
            first = after(501.5, allocate(1.5, dict(key_header)))
            again = after(501.5, allocate(1.5, dict(key_header)))
            if first == again:
                raise AssertionError("both answers have one RequestId")
            after(500, allocate(-1.5))

        other = {"error": "InvalidParameterValue",
                 "en": "The X-Tael-Idempotency-Key was already used with other parameters."}
        report.check(f"{signature} X-Idempotency-Key is no key: two calls apply twice", twice)
        report.check(f"{signature} X-Tael-Idempotency-Key: two calls apply once", once)
        report.check(f"{signature} X-Tael-Idempotency-Key: other parameters are refused",
                     lambda: expect_error(other, lambda: allocate(-3, dict(key_header))))


def limits(report):
    limit = CASES["limit"]

    def refused(language, pattern):
        settings = profile(address=LIMITED_ADDRESS, language=language)
        for _ in range(50):
            counts, strange = burst(limit, settings, pattern)
            if strange:
                raise AssertionError(strange[0])
            if counts and min(counts) <= limit["rate"]:
                raise AssertionError(f"refused was call number {min(counts)} of its second")
            if len(counts) >= 2:  # at most ten of twelve calls pass in two seconds
                return
        raise AssertionError("no burst was refused")

    def passes_again():
        deadline = time.monotonic() + 60
        while True:
            try:
                answer = typed(limit["as"], limit["action"], {}, profile(address=LIMITED_ADDRESS))
                return expect(CASES["steps"][0]["response"], answer)
            except TencentCloudSDKException as error:
                if error.get_code() != limit["error"] or time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    report.check(f"more than {limit['rate']} calls in a second answer {limit['error']}",
                 lambda: refused("en-US", limit["en"]))
    report.check(f"{limit['error']} in Chinese", lambda: refused("zh-CN", limit["zh"]))
    report.check(f"a call passes after {limit['error']}", passes_again)


def burst(limit, settings, pattern):
    """Calls from twelve threads at once: in one of the two seconds they may fall into, more than five."""
    counts, strange = [], []

    def call():
        try:
            typed(limit["as"], limit["action"], {}, settings)
        except TencentCloudSDKException as error:
            match = re.match(pattern, error.get_message() or "")
            if error.get_code() == limit["error"] and match:
                counts.append(int(match[1]))
            else:
                strange.append(str(error))

    threads = [threading.Thread(target=call) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return counts, strange


def management_cases(report):
    """Tael's own service, and what comes of it."""
    for case in CASES["management"]:
        send = manage if "service" in case else typed

        def call(language="en-US"):
            return send(case["as"], case["action"], case["request"], profile(language=language))

        def refused():
            expect_error(case, call)
            expect_error(case, lambda: call("zh-CN"), "zh")

        report.check("management: " + case_name(case),
                     refused if "error" in case else lambda: expect(case["response"], call()))


def month_of_usage(report):
    """The month of a charge, which depends on the day."""
    def month(who, action, request):
        want = typed(who, action, request)
        want["Month"] = want["Data"][0]["PayTime"][:len("2006-01")]
        del want["RequestId"]
        expect(want, typed(who, action, request | {"Month": want["Month"]}))

    request = {"Page": 1, "PageSize": 10, "VoucherId": 10000001}
    for who, action, more in (
            ("distributor", "DescribeCustomerVoucherUsageDetails", {"CustomerUin": 200000002001}),
            ("customer of the distributor", "DescribeCustomerOwnVoucherUsageDetails", {})):
        report.check(f"{action} (the month of its charge)", lambda: month(who, action, request | more))


def management(report):
    """Tael's own service: a new customer, a voucher for it, and the transfers behind them."""
    made = {}

    def create():
        answer = manage("operator", "CreateCustomer", {
            "PartnerUin": 200000001000, "Name": "Quayside Analytics", "Mail": "python@quayside.example"})
        made.update(answer)
        expect({"Uin": "*", "SecretId": "*", "SecretKey": "*"}, answer)

    def issue():
        answer = manage("reseller", "IssueVoucher", {
            "ClientUin": made["Uin"], "Amount": 12.5, "ApplyReason": "Welcome"})
        made["IssueRequest"] = answer["RequestId"]
        expect({"VoucherId": "*", "VoucherCode": "*", "ExpireTime": "*"}, answer)

    def transfers():
        answer = manage("reseller", "DescribeTransfers", {"RequestId": made["IssueRequest"]})
        expect({"NextSequence": "*", "Hash": "*", "Transfers": [{
            "Sequence": "*", "Time": "*", "Kind": "IssueVoucher", "Debit": "quota:200000001000", "Credit": "*",
            "Amount": 12.5, "RequestId": made["IssueRequest"], "Operator": "Harbour Cloud", "Remark": "*"}]}, answer)

    report.check("tael CreateCustomer", create)
    report.check("tael IssueVoucher", issue)
    report.check("QueryVoucherAmountByUin shows the voucher", lambda: expect(
        {"Data": [{"ClientUin": made["Uin"], "TotalAmount": 12.5, "RemainAmount": 12.5}]},
        typed("reseller", "QueryVoucherAmountByUin", {"ClientUins": [made["Uin"]]})))
    report.check("QueryVoucherPool shows the voucher", lambda: expect(
        {"AgentName": "Harbour Cloud", "AccountType": 1, "TotalQuota": 500, "RemainingQuota": 362.5, "IssuedNum": 3},
        typed("reseller", "QueryVoucherPool", {})))
    report.check("QueryCustomerBillingQuota with the new customer's key", lambda: expect(
        {"Data": {"TotalCredit": 0, "RemainingCredit": 0, "RemainingVoucher": 12.5,
                  "Force": 0, "PrepayFrozen": 0, "PostpayFrozen": 0}},
        generic(credential.Credential(made["SecretId"], made["SecretKey"]), "QueryCustomerBillingQuota", {})))
    report.check("tael DescribeTransfers", transfers)
    report.check("tael CreateCustomer as reseller answers UnauthorizedOperation.UinNoAuth", lambda: expect_error(
        CASES["errors"][2], lambda: manage("reseller", "CreateCustomer", {"PartnerUin": 200000001000, "Name": "No"})))


def temporary_keys(report):
    """The SDK's own provider of a role's keys, and the typed client of sts."""
    arn = "qcs::cam::uin/200000001000:roleName/reporting"
    assumed = credential.STSAssumeRoleCredential(
        *CASES["keys"]["reseller"], arn, "python", endpoint="http://" + ADDRESS)
    policy = {"version": "2.0", "statement": [
        {"effect": "allow", "action": ["name/intlpartnersmgt:Query*"], "resource": ["*"]}]}
    request = sts_models.GetFederationTokenRequest()
    request.Name, request.Policy = "python", urllib.parse.quote(json.dumps(policy))
    answer = sts_client.StsClient(key("reseller"), "", profile()).GetFederationToken(request)
    report.check("sts: Expiration and ExpiredTime agree", lambda: expect_equal(
        answer.ExpiredTime, calendar.timegm(time.strptime(answer.Expiration, "%Y-%m-%dT%H:%M:%SZ")), "expiry"))
    made = answer.Credentials
    federated = credential.Credential(made.TmpSecretId, made.TmpSecretKey, made.Token)
    absent = credential.Credential(made.TmpSecretId, made.TmpSecretKey)
    first = CASES["steps"][0]
    no = {"error": "AuthFailure.TokenFailure", "en": "Token verification failed. Please check your Token is correct."}
    for signature in SIGNATURES:
        for method in METHODS:
            settings = profile(signature, method)
            for name, who in (("role", assumed), ("federation token", federated)):
                report.check(f"sts: {signature} {method} {first['action']} with a {name}", lambda: expect(
                    first["response"], generic(who, first["action"], {}, settings)))
            report.check(f"sts: {signature} {method} without the token", lambda: expect_error(
                no, lambda: generic(absent, first["action"], {}, settings)))


def main():
    report = Report("python")
    every_signature_and_method(report)
    run_cases(report, "CommonClient TC3-HMAC-SHA256 POST ", generic, profile())
    chinese_messages(report)
    other_actions_are_offline(report)
    endpoints(report)
    repeated_calls(report)
    limits(report)
    management_cases(report)
    month_of_usage(report)
    management(report)
    temporary_keys(report)
    report.end()


main()
