"""What the Python SDK's suite and tccli's suite share: the cases, the comparison and the report."""

import json
import os
import pathlib
import re
import sys

from tencentcloud.common import credential
from tencentcloud.common.common_client import CommonClient
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile

CASES = json.loads((pathlib.Path(__file__).parent.parent / "cases.json").read_text("utf-8"))
ADDRESS = os.environ["TAEL_ADDRESS"]  # a server without rate limits
LIMITED_ADDRESS = os.environ["TAEL_LIMITED_ADDRESS"]  # one with the documented limits
SERVICE, VERSION = "intlpartnersmgt", "2022-09-28"
# The published actions that a case of any kind has in service.
COVERED = {case["action"] for kind in ("steps", "errors", "management") for case in CASES[kind]
           if "service" not in case and case.get("error") != "ActionOffline"}
REQUEST_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Report:
    """Prints one line a check."""

    def __init__(self, client):
        self.client = client
        self.failed = 0

    def check(self, name, body):
        """Runs body, which raises where the server does not do what it should."""
        try:
            body()
            print(f"ok  {self.client}: {name}", flush=True)
        except Exception as error:  # whatever goes wrong is this check's failure
            self.failed += 1
            text = " ".join(f"{type(error).__name__}: {error}".split())
            print(f"FAIL  {self.client}: {name}: {text}", flush=True)

    def end(self):
        sys.exit(1 if self.failed else 0)


def profile(signature="TC3-HMAC-SHA256", method="POST", address=ADDRESS, language="en-US"):
    http = HttpProfile(protocol="http", endpoint=address, reqMethod=method)
    return ClientProfile(signMethod=signature, httpProfile=http, language=language)


def key(name):
    return credential.Credential(*CASES["keys"][name])


def generic(who, action, parameters, settings=None, headers=None, service=SERVICE, version=VERSION):
    client = CommonClient(service, version, who if not isinstance(who, str) else key(who), "", settings or profile())
    return client.call_json(action, parameters, headers=headers)["Response"]


def manage(who, action, parameters, settings=None):
    """Calls Tael's own service."""
    return generic(who, action, parameters, settings, service="tael", version="2026-11-01")


def case_name(case):
    """The name of a case, after what makes its signature."""
    name = case["action"]
    if "service" in case:
        name = f"{case['service']} {name}"
    if "error" in case:
        name += " answers " + case["error"]
    if "note" in case:
        name += f" ({case['note']})"
    return name


def matches(want, got):
    """Compares whole values: "*" stands for any that is not empty, and a list may say how it is to be compared."""
    if want == "*":
        return got is not None and got != ""
    if isinstance(want, dict):
        return isinstance(got, dict) and want.keys() == got.keys() and all(matches(want[k], got[k]) for k in want)
    if isinstance(want, list):
        if not isinstance(got, list):
            return False
        if want and want[0] in ("in any order", "among others"):
            every = all(any(matches(w, g) for g in got) for w in want[1:])
            return every and (want[0] == "among others" or len(got) == len(want) - 1)
        return len(want) == len(got) and all(map(matches, want, got))
    return type(want) is type(got) and want == got or is_number(want) and is_number(got) and want == got


def without_null(answer):
    """An answer shows all fields of its model, null where absent: they are left out."""
    return {name: value for name, value in answer.items() if value is not None}


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def expect(want, got):
    """Compares an answer's fields; its RequestId must be a UUID."""
    got = dict(got)
    expect_request_id(got.pop("RequestId", None))
    if not matches(want, got):
        shown, wanted = (json.dumps(value, ensure_ascii=False) for value in (got, want))
        raise AssertionError(f"answered {shown}, not {wanted}")


def expect_request_id(value):
    if not REQUEST_ID.fullmatch(value or ""):
        raise AssertionError(f"RequestId is {value!r}, not a UUID")


def expect_equal(want, got, what):
    if want != got:
        raise AssertionError(f"{what} is {got!r}, not {want!r}")


def expect_error(case, call, language="en"):
    try:
        answer = call()
    except TencentCloudSDKException as error:
        expect_equal(case["error"], error.get_code(), "code")
        expect_equal(case[language], error.get_message(), "message")
        expect_request_id(error.get_request_id())
        return
    raise AssertionError(f"answered {answer}, not {case['error']}")
