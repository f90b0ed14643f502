import type { Call } from "./call";
import { literal, objectLiteral, type Style } from "./literal";
import { environment, lines, notesOf, type Program, snakeCase } from "./program";
import { bracedUnicode, quoted, usual } from "./quote";
import { isTyped } from "./typed";

const text = (value: string) => quoted(value, { quote: '"', escapes: usual, hidden: bracedUnicode });

const style: Style = {
  string: text,
  integer: digits => digits,
  decimal: digits => digits,
  null: "null",
  boolean: ["false", "true"],
  list: ["[", "]"],
  object: ["{", "}"],
  member: (name, value) => `${name === '"__proto__"' ? '["__proto__"]' : name}: ${value}`,
  indent: "  ",
  trailingComma: true,
};

/** Published actions that version 3.0.1335 does not know; conformance/samples looks whether that is so. */
export const lacking: ReadonlySet<string> = new Set([
  "DescribeCustomerOwnCostExplorerFilter",
  "DescribeCustomerOwnCostExplorerSummary",
  "DescribeCustomerVoucherUsageDetails",
  "DescribeCustomerOwnVoucherUsageDetails",
]);

/** A program of the Node.js SDK: with its models where they know the call, with its generic client otherwise. */
export function node(call: Call): Program {
  const typed = isTyped(call, action => !lacking.has(action));
  const { idempotencyKey } = call;
  const code = lines(
    `const { common${typed ? ", intlpartnersmgt" : ""} } = require("tencentcloud-sdk-nodejs-intl-en");`,
    typed && "const { Client, Models } = intlpartnersmgt.v20220928;",
    "",
    "const http = new common.HttpProfile();",
    `http.protocol = ${text(`${call.scheme}://`)};`,
    `http.endpoint = ${text(call.host)};`,
    idempotencyKey !== "" && `http.headers = { "X-Tael-Idempotency-Key": ${text(idempotencyKey)} };`,
    'const profile = new common.ClientProfile("TC3-HMAC-SHA256", http);',
    `const key = new common.Credential(${keyArguments(call.token)});`,
    "",
    ...(typed ? typedCall(call) : genericCall(call)),
    "});",
  );
  return {
    file: `${snakeCase(call.action.name)}.js`,
    code,
    notes: notesOf(call, { language: true, exactDecimals: true, exactIntegersBelow: 1n << 53n }),
  };
}

function keyArguments(token: boolean): string {
  const names = token ? [environment.id, environment.key, environment.token] : [environment.id, environment.key];
  return names.map(name => `process.env.${name}`).join(", ");
}

const refused = [
  "  if (error) {",
  "    console.error(`${error.code}: ${error.message} (request ${error.requestId})`);",
  "    process.exitCode = 1;",
  "    return;",
  "  }",
];

function typedCall({ action, parameters }: Call): string[] {
  return [
    'const client = new Client(key, "", profile);',
    `const request = new Models.${action.name}Request();`,
    ...parameters.map(([name, value]) => `request.${name} = ${literal(value, style)};`),
    "",
    `client.${action.name}(request, (error, answer) => {`,
    ...refused,
    "  console.log(JSON.stringify(answer, null, 2));",
  ];
}

function genericCall({ action, parameters, host }: Call): string[] {
  return [
    `const client = new common.CommonClient(${text(host)}, ${text(action.version)}, key, "", profile);`,
    `const parameters = ${objectLiteral(parameters, style)};`,
    "",
    `client.request(${text(action.name)}, parameters, (error, answer) => {`,
    ...refused,
    "  console.log(JSON.stringify(answer, null, 2));",
  ];
}
