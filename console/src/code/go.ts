import { type Call, someNumber } from "./call";
import { objectLiteral, type Style } from "./literal";
import { environment, indented, lines, notesOf, type Program } from "./program";
import { longUnicode, quoted, usual } from "./quote";

const text = (value: string) => quoted(value, { quote: '"', escapes: usual, hidden: longUnicode });

const int64 = 1n << 63n;

function isInt64(number: { kind: string; digits: string }): boolean {
  return number.kind === "integer" && BigInt(number.digits) < int64 && BigInt(number.digits) >= -int64;
}

const style: Style = {
  string: text,
  integer: digits => (isInt64({ kind: "integer", digits }) ? digits : `json.Number(${text(digits)})`),
  decimal: digits => `json.Number(${text(digits)})`,
  null: "nil",
  boolean: ["false", "true"],
  list: ["[]any{", "}"],
  object: ["map[string]any{", "}"],
  member: (name, value) => `${name}: ${value}`,
  indent: "\t",
  trailingComma: true,
};

/** A program of the Go SDK's generic client, whose requests keep every digit. */
export function go(call: Call): Program {
  const parameters = objectLiteral(call.parameters, style);
  const { action, idempotencyKey } = call;
  const code = lines(
    "package main",
    "",
    imports(call.parameters.some(([, value]) => someNumber(value, number => !isInt64(number)))),
    "",
    "func main() {",
    credential(call.token),
    "\tsettings := profile.NewClientProfile()",
    `\tsettings.HttpProfile.Scheme = ${text(call.scheme.toUpperCase())}`,
    `\tsettings.HttpProfile.Endpoint = ${text(call.host)}`,
    `\tsettings.Language = ${text(call.language)}`,
    '\tclient := common.NewCommonClient(key, "", settings)',
    "",
    "\t// Its parameters are sent only with TC3-HMAC-SHA256 and POST, which are the defaults.",
    `\trequest := tchttp.NewCommonRequest(${text(action.service)}, ${text(action.version)}, ${text(action.name)})`,
    `\tparameters := ${indented(parameters, "\t")}`,
    "\tif err := request.SetActionParameters(parameters); err != nil {",
    "\t\tlog.Fatal(err)",
    "\t}",
    idempotencyKey !== "" &&
      `\trequest.SetHeader(map[string]string{"X-Tael-Idempotency-Key": ${text(idempotencyKey)}})`,
    "",
    ...sending,
    "}",
  );
  return { file: "main.go", code, notes: notesOf(call, {}) };
}

function imports(json: boolean): string {
  const sdk = "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common";
  return lines(
    "import (",
    '\t"errors"',
    '\t"fmt"',
    '\t"log"',
    '\t"os"',
    "",
    `\t"${sdk}"`,
    `\ttcerrors "${sdk}/errors"`,
    `\ttchttp "${sdk}/http"`,
    json && `\t"${sdk}/json"`, // encoding/json's Number would be sent as text
    `\t"${sdk}/profile"`,
    ")",
  ).trimEnd();
}

function credential(token: boolean): string {
  const key = `os.Getenv("${environment.id}"), os.Getenv("${environment.key}")`;
  return token
    ? `\tkey := common.NewTokenCredential(${key}, os.Getenv("${environment.token}"))`
    : `\tkey := common.NewCredential(${key})`;
}

const sending = [
  "\tresponse := tchttp.NewCommonResponse()",
  "\terr := client.Send(request, response)",
  "\tvar refused *tcerrors.TencentCloudSDKError",
  "\tif errors.As(err, &refused) {",
  '\t\tlog.Fatalf("%s: %s (request %s)", refused.Code, refused.Message, refused.RequestId)',
  "\t}",
  "\tif err != nil {",
  "\t\tlog.Fatal(err)",
  "\t}",
  "\tfmt.Println(string(response.GetBody()))",
];
