import type { Call } from "./call";
import { objectLiteral, type Style } from "./literal";
import { environment, lines, notesOf, type Program, snakeCase } from "./program";
import { bracedUnicode, quoted, usual } from "./quote";

/** Double quotes, in which #{…}, #$… and #@… are replaced. */
const text = (value: string) => quoted(value, { quote: '"', escapes: { ...usual, "#": "\\#" }, hidden: bracedUnicode });

const style: Style = {
  string: text,
  integer: digits => digits,
  decimal: digits => digits,
  null: "nil",
  boolean: ["false", "true"],
  list: ["[", "]"],
  object: ["{", "}"],
  member: (name, value) => `${name} => ${value}`,
  indent: "  ",
  trailingComma: false,
};

/** A program of the Ruby SDK's base client, which takes any action. */
export function ruby(call: Call): Program {
  const { action } = call;
  const ownPort = call.host.includes(":");
  const code = lines(
    "# frozen_string_literal: true",
    "",
    "require 'json'",
    "require 'tencentcloud-sdk-common'",
    "",
    `key = TencentCloud::Common::Credential.new(${keyArguments(call.token)})`,
    `http = TencentCloud::Common::HttpProfile.new(${text(call.scheme)}, ${text(call.host)})`,
    ...(ownPort && call.scheme === "http" ? throughProxy(call.host) : []),
    `profile = TencentCloud::Common::ClientProfile.new('TC3-HMAC-SHA256', http, ${text(call.language)})`,
    "client = TencentCloud::Common::AbstractClient.new(",
    `  key, '', ${text(action.version)}, ${text(call.host)}, 'SDK_RUBY', profile`,
    ")",
    "",
    `parameters = ${objectLiteral(call.parameters, style)}`,
    `answer = JSON.parse(client.send_request(${text(action.name)}, parameters))['Response']`,
    "if answer.key?('Error')",
    "  warn \"#{answer['Error']['Code']}: #{answer['Error']['Message']} (request #{answer['RequestId']})\"",
    "  exit 1",
    "end",
    "puts JSON.pretty_generate(answer)",
  );
  return {
    file: `${snakeCase(action.name)}.rb`,
    code,
    notes: notesOf(call, { idempotencyKey: true, ownHttpsPort: true, exactDecimals: true }),
  };
}

function throughProxy(host: string): string[] {
  return [
    "# The SDK connects to port 80, unless through a proxy: the server takes requests of that form as well.",
    `http.proxy = ${text(`http://${host}`)}`,
  ];
}

function keyArguments(token: boolean): string {
  const names = token ? [environment.id, environment.key, environment.token] : [environment.id, environment.key];
  return names.map(name => `ENV.fetch('${name}')`).join(", ");
}
