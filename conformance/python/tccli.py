"""The official command line client, tccli, against a running server."""

import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time

from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.intlpartnersmgt.v20220928 import intlpartnersmgt_client, models

from harness import (ADDRESS, CASES, COVERED, LIMITED_ADDRESS, Report, case_name, expect, expect_equal, expect_error,
                     expect_request_id, key, manage, profile, without_null)

PROGRAM = os.path.join(os.path.dirname(sys.executable), "tccli")
ERROR = re.compile(r"\[TencentCloudSDKException\] code:(\S+) message:(.*) requestId:(\S+)", re.DOTALL)


class Tccli:
    """Runs tccli in a home folder of its own, where it keeps its settings and its log."""

    def __init__(self, home):
        self.environment = {
            "HOME": home, "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TENCENTCLOUD_REGION": "ap-singapore"}

    def run(self, who, action, *arguments, address=ADDRESS, language="en-US"):
        secret_id, secret_key = CASES["keys"][who]
        environment = self.environment | {
            "TENCENTCLOUD_SECRET_ID": secret_id, "TENCENTCLOUD_SECRET_KEY": secret_key}
        return subprocess.run(
            [PROGRAM, "intlpartnersmgt", action, "--endpoint", "http://" + address, "--language", language, *arguments],
            env=environment, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)

    def answer(self, who, action, *arguments):
        done = self.run(who, action, *arguments)
        if done.returncode != 0:
            raise AssertionError(f"exit {done.returncode}: {done.stderr}")
        return without_null(json.loads(done.stdout))

    def expect_error(self, case, *arguments, language="en", **options):
        tongue = {"en": "en-US", "zh": "zh-CN"}[language]
        done = self.run(case["as"], case["action"], *arguments, language=tongue, **options)
        expect_equal(255, done.returncode, "exit code")
        found = ERROR.search(done.stderr)
        if not found:
            raise AssertionError(f"stderr is {done.stderr!r}")
        expect_equal(case["error"], found[1], "code")
        expect_request_id(found[3])
        if not re.fullmatch(case.get(language + "_pattern") or re.escape(case[language]), found[2]):
            raise AssertionError(f"message is {found[2]!r}")


def unfolded(parameters):
    """The flags of --cli-unfold-argument: a list's values follow its name."""
    flags = ["--cli-unfold-argument"]
    for name, value in parameters.items():
        values = value if isinstance(value, list) else [value]
        flags += ["--" + name, *map(str, values)]
    return flags


def folded(parameters):
    """One flag a parameter, lists as JSON."""
    pairs = (("--" + name, json.dumps(value) if isinstance(value, list) else str(value))
             for name, value in parameters.items())
    return list(itertools.chain.from_iterable(pairs))


def cases(report, tccli):
    for case in CASES["steps"]:
        report.check(f"--cli-unfold-argument {case_name(case)}", lambda: expect(
            case["response"], tccli.answer(case["as"], case["action"], *unfolded(case["request"]))))
    case = CASES["steps"][6]
    report.check(f"a list as JSON {case_name(case)}", lambda: expect(
        case["response"], tccli.answer(case["as"], case["action"], *folded(case["request"]))))
    # Parameters that tccli itself refuses never reach a server.
    for case in CASES["errors"]:
        if not case.get("generic") and case["error"] != "MissingParameter":
            report.check(case_name(case), lambda: tccli.expect_error(case, *folded(case["request"])))
    case = CASES["errors"][0]
    report.check(f"{case_name(case)} in Chinese", lambda: tccli.expect_error(case, language="zh"))


def parameters_from_a_file(report, tccli, home):
    case = CASES["steps"][4]
    path = os.path.join(home, "request.json")
    with open(path, "w", encoding="utf-8") as file:
        json.dump(case["request"], file)
    report.check(f"--cli-input-json {case_name(case)}", lambda: expect(
        case["response"], tccli.answer(case["as"], case["action"], "--cli-input-json", "file://" + path)))


def other_actions_are_offline(report, tccli, home):
    """Each published action is either covered or answers ActionOffline."""
    path = os.path.join(home, "nothing.json")  # in a file tccli misses no parameter
    with open(path, "w", encoding="utf-8") as file:
        file.write("{}")
    actions = [name for name in vars(intlpartnersmgt_client.IntlpartnersmgtClient) if name[0].isupper()]
    for action in sorted(set(actions) - COVERED):
        case = {"as": "reseller", "action": action, "error": "ActionOffline",
                "en": f"The action `{action}` is not available."}
        report.check(f"{action} is offline",
                     lambda: tccli.expect_error(case, "--cli-input-json", "file://" + path))


def management_cases(report, tccli):
    """What Tael's own service does, which tccli does not know, and what comes of it."""
    for case in CASES["management"]:
        flags = folded(case["request"])

        def call():
            if "service" in case:
                return manage(case["as"], case["action"], case["request"])
            return tccli.answer(case["as"], case["action"], *flags)

        def refused():
            if "service" in case:
                expect_error(case, call)
            else:
                tccli.expect_error(case, *flags)

        report.check("management: " + case_name(case),
                     refused if "error" in case else lambda: expect(case["response"], call()))


def limits(report, tccli):
    """tccli is too slow to pass five calls a second by itself: the SDK uses them up meanwhile."""
    limit = CASES["limit"]
    case = limit | {"en_pattern": limit["en"].strip("^$")}

    def refused():
        deadline = time.monotonic() + 120
        while True:
            try:
                return tccli.expect_error(case, address=LIMITED_ADDRESS)
            except AssertionError:
                if time.monotonic() > deadline:
                    raise

    done = threading.Event()
    other = threading.Thread(target=use_up, args=(limit, done))
    other.start()
    try:
        report.check(f"more than {limit['rate']} calls in a second answer {limit['error']}", refused)
    finally:
        done.set()
        other.join()


def use_up(limit, done):
    client = intlpartnersmgt_client.IntlpartnersmgtClient(key(limit["as"]), "", profile(address=LIMITED_ADDRESS))
    while not done.wait(0.01):
        try:
            client.QueryPartnerCredit(models.QueryPartnerCreditRequest())
        except TencentCloudSDKException:
            pass


def temporary_keys(report, tccli):
    """tccli assumes the role that it is told to, at the endpoint that it is configured with."""
    subprocess.run([PROGRAM, "configure", "set", "sts.endpoint", "http://" + ADDRESS],
                   env=tccli.environment, capture_output=True, timeout=120, check=True)
    first = CASES["steps"][0]
    report.check(f"sts: {first['action']} with --role-arn", lambda: expect(first["response"], tccli.answer(
        first["as"], first["action"], "--role-arn", "qcs::cam::uin/200000001000:roleName/reporting",
        "--role-session-name", "tccli")))


def main():
    report = Report("tccli")
    with tempfile.TemporaryDirectory() as home:
        tccli = Tccli(home)
        cases(report, tccli)
        parameters_from_a_file(report, tccli, home)
        other_actions_are_offline(report, tccli, home)
        limits(report, tccli)
        management_cases(report, tccli)
        temporary_keys(report, tccli)
    report.end()


main()
