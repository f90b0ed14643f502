import type { Call } from "./call";
import { objectLiteral, type Style } from "./literal";
import { environment, lines, notesOf, type Program, snakeCase } from "./program";
import { bracedUnicode, quoted, usual } from "./quote";

/** Double quotes, in which a dollar begins a variable. */
const text = (value: string) => quoted(value, { quote: '"', escapes: { ...usual, $: "\\$" }, hidden: bracedUnicode });

const style: Style = {
  string: text,
  integer: digits => digits,
  decimal: digits => digits,
  null: "null",
  boolean: ["false", "true"],
  list: ["[", "]"],
  object: ["[", "]"],
  member: (name, value) => `${name} => ${value}`,
  indent: "    ",
  trailingComma: true,
  emptyObject: "new stdClass()", // [] would be a list
};

/** A program of the PHP SDK's generic client. */
export function php(call: Call): Program {
  const { action, idempotencyKey } = call;
  const headers = idempotencyKey === "" ? "" : `, ["X-Tael-Idempotency-Key" => ${text(idempotencyKey)}]`;
  const code = lines(
    "<?php",
    "",
    'require "vendor/autoload.php";',
    "",
    "use TencentCloud\\Common\\CommonClient;",
    "use TencentCloud\\Common\\Credential;",
    "use TencentCloud\\Common\\Exception\\TencentCloudSDKException;",
    "use TencentCloud\\Common\\Profile\\ClientProfile;",
    "use TencentCloud\\Common\\Profile\\HttpProfile;",
    "",
    `$key = new Credential(${keyArguments(call.token)});`,
    "$http = new HttpProfile();",
    `$http->setProtocol(${text(`${call.scheme}://`)});`,
    `$http->setEndpoint(${text(call.host)});`,
    "$profile = new ClientProfile();",
    '$profile->setSignMethod("TC3-HMAC-SHA256");',
    "$profile->setHttpProfile($http);",
    `$profile->setLanguage(${text(call.language)});`,
    `$client = new CommonClient(${text(action.service)}, ${text(action.version)}, $key, "", $profile);`,
    "",
    `$parameters = ${objectLiteral(call.parameters, style)};`,
    "try {",
    `    $answer = $client->callJson(${text(action.name)}, $parameters${headers});`,
    '    echo json_encode($answer, JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE), "\\n";',
    "} catch (TencentCloudSDKException $error) {",
    '    fwrite(STDERR, "{$error->getErrorCode()}: {$error->getMessage()} (request {$error->getRequestId()})\\n");',
    "    exit(1);",
    "}",
  );
  return {
    file: `${snakeCase(action.name)}.php`,
    code,
    notes: notesOf(call, { exactDecimals: true, exactIntegersBelow: 1n << 63n }),
  };
}

function keyArguments(token: boolean): string {
  const names = token ? [environment.id, environment.key, environment.token] : [environment.id, environment.key];
  return names.map(name => `getenv("${name}")`).join(", ");
}
