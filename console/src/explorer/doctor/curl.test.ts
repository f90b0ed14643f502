import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { isCurl, parseCurl, PasteError } from "./curl";
import { splitWords } from "./shell";

test.each(["curl http://127.0.0.1:8080", "  $ curl -d x y", "/usr/bin/curl 'x'", "curl.exe x", "curl \\\n x"])(
  "%s is a curl command",
  text => expect(isCurl(text)).toBe(true),
);

test.each(["POST / HTTP/1.1", "curling is a sport", "", "GET /curl HTTP/1.1"])("%s is none", text =>
  expect(isCurl(text)).toBe(false),
);

// What bash makes of each is asked of bash itself.
test.each([
  `a b  c`,
  `'single $x "q"' "double 'q'"`,
  '"esc \\" \\\\ \\` \\$x \\n"',
  String.raw`a\ b \'c\" d\\e`,
  `joined'one'"two"three`,
  `'' ""`,
  "line \\\n continues",
  "wo\\\nrd",
  '"in \\\nquotes"',
  "'in \\\nsingle'",
  String.raw`$'it\'s\n\ttab \\ \x41\101 \u4e2d \U0001F600 \xe4\xb8\xad \q \?'`,
  String.raw`$'{"a":"b\u0021"}'`,
  "'éあ😀' é",
  "first; second",
  "first\nsecond",
  "first | second",
  "'{\"a\": 1}'",
])("%s is split as bash splits it", text => {
  const script = `printf '%s\\0' ${text.replace(/([;|\n]) ?second/, "")}`;
  const bash = spawnSync("bash", ["-c", script], { encoding: "utf8", env: { LC_ALL: "C.UTF-8" } });
  expect(bash.status, bash.stderr).toBe(0);
  expect(splitWords(text).words).toEqual(bash.stdout.split("\0").slice(0, -1));
});

test("variables are named, for nobody knows what they hold", () => {
  expect(splitWords("\"$KEY ${OTHER}\" '$not' $KEY \\$neither").variables).toEqual(["KEY", "OTHER"]);
});

test.each(["'open", '"open', "$'open"])("%s is not closed", text => {
  expect(() => parseCurl(`curl ${text}`)).toThrow(new PasteError("quote"));
});

// As Chrome's developer tools copy it ("Copy as cURL (bash)").
const chrome = String.raw`curl 'http://127.0.0.1:8080/' \
  -H 'Accept: */*' \
  -H 'Accept-Language: en-US,en;q=0.9' \
  -H 'Authorization: TC3-HMAC-SHA256 Credential=AKID/2026-11-22/x/tc3_request, SignedHeaders=host, Signature=00' \
  -H 'Connection: keep-alive' \
  -H 'Content-Type: application/json' \
  -b 'session=1' \
  -H 'Origin: http://127.0.0.1:8080' \
  -H 'X-TC-Action: QueryPartnerCredit' \
  --data-raw $'{"Remark":"it\'s \u4e2d\u0021 \ud83d\ude00","N":1}' \
  --compressed --insecure`;

test("what Chrome copies is read", () => {
  expect(parseCurl(chrome)).toEqual({
    variables: [],
    request: {
      method: "POST",
      path: "/",
      query: "",
      headers: [
        ["Host", "127.0.0.1:8080"],
        ["Accept", "*/*"],
        ["Accept-Language", "en-US,en;q=0.9"],
        ["Authorization", "TC3-HMAC-SHA256 Credential=AKID/2026-11-22/x/tc3_request, SignedHeaders=host, Signature=00"],
        ["Connection", "keep-alive"],
        ["Content-Type", "application/json"],
        ["Origin", "http://127.0.0.1:8080"],
        ["X-TC-Action", "QueryPartnerCredit"],
      ],
      body: '{"Remark":"it\'s 中! 😀","N":1}',
    },
  });
});

const form = "application/x-www-form-urlencoded";

test.each<[string, Partial<ReturnType<typeof parseCurl>["request"]>]>([
  ["curl h:1", { method: "GET", path: "/", query: "", headers: [["Host", "h:1"]], body: "" }],
  ["curl http://u:p@h/a/b?x=%2f#y", { path: "/a/b", query: "x=%2f", headers: [["Host", "h"]] }],
  ["curl https://h:443/", { headers: [["Host", "h"]] }],
  ["curl https://h:80/", { headers: [["Host", "h:80"]] }],
  [
    "curl h -d a -d b",
    {
      method: "POST",
      body: "a&b",
      headers: [
        ["Host", "h"],
        ["Content-Type", form],
      ],
    },
  ],
  [
    "curl h --json '{' --json '}'",
    {
      body: "{}",
      headers: [
        ["Host", "h"],
        ["Content-Type", "application/json"],
      ],
    },
  ],
  ["curl -XPUT h --data-ascii a", { method: "PUT", body: "a" }],
  ["curl -sSkX POST h", { method: "POST", body: "" }],
  ["curl -d'{\"a\":1}' h", { method: "POST", body: '{"a":1}' }],
  [
    "curl -G h?a=1 -d b=2 --data-urlencode 'c=x y'",
    { method: "GET", query: "a=1&b=2&c=x%20y", body: "", headers: [["Host", "h"]] },
  ],
  ["curl --get --url h/?a -d b", { method: "GET", query: "a&b" }],
  ["curl -I h", { method: "HEAD" }],
  [
    "curl h -H 'Host: other' -H 'Empty;' -H 'Accept:' -H 'content-type:' -d x",
    {
      headers: [
        ["Host", "other"],
        ["Empty", ""],
      ],
    },
  ],
  ["curl h --data-binary $'a\\r\\nb'", { body: "a\r\nb" }],
  ["curl h --data-raw @not-a-file", { body: "@not-a-file" }],
  ["curl -o out --max-time 3 -w '%{http_code}' -A me h", { method: "GET", headers: [["Host", "h"]] }],
  [
    "curl -H 'X-A: b' -- h",
    {
      headers: [
        ["Host", "h"],
        ["X-A", "b"],
      ],
    },
  ],
  ["curl h ; rm -rf /", { path: "/" }],
])("%s", (command, wanted) => expect(parseCurl(command).request).toMatchObject(wanted));

// What headers are left is compared as a whole: toMatchObject compares lists so.
test.each<[string, PasteError]>([
  ["curl -d @body.json h", new PasteError("file", "body.json")],
  ["curl -H @headers h", new PasteError("file", "headers")],
  ["curl -T up h", new PasteError("file", "up")],
  ["curl -F a=b h", new PasteError("form")],
  ["curl -s", new PasteError("noUrl")],
  ["curl h -H", new PasteError("option", "-H")],
])("%s is refused", (command, error) => {
  let thrown: unknown;
  try {
    parseCurl(command);
  } catch (caught) {
    thrown = caught;
  }
  expect(thrown).toEqual(error);
  expect(thrown).toMatchObject({ problem: error.problem, detail: error.detail });
});
