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
  const code = lines(
    "# frozen_string_literal: true",
    "",
    "require 'json'",
    "require 'tencentcloud-sdk-common'",
    "",
    `key = TencentCloud::Common::Credential.new(${keyArguments(call.token)})`,
    `http = TencentCloud::Common::HttpProfile.new(${text(call.scheme)}, ${text(call.host)})`,
    `profile = TencentCloud::Common::ClientProfile.new('TC3-HMAC-SHA256', http, ${text(call.language)})`,
    "client = TencentCloud::Common::AbstractClient.new(",
    `  key, '', ${text(action.version)}, ${text(call.host)}, 'SDK_RUBY', profile`,
    ")",
    ...ownPort(call),
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
    notes: notesOf(call, { idempotencyKey: true, exactDecimals: true }),
  };
}

/** The SDK connects to ports 80 and 443, whatever stands in the endpoint. */
function ownPort({ host, scheme }: Call): string[] {
  const [, address, port] = /^\[?(.*?)\]?:(\d+)$/.exec(host) ?? [];
  if (address === undefined || port === undefined) {
    return [];
  }
  return [
    "",
    "# The SDK connects to port 80 or 443 only: its connection is replaced.",
    `connection = Net::HTTP.new(${text(address)}, ${port})`,
    `connection.use_ssl = ${scheme === "https"}`,
    "client.instance_variable_get(:@request).instance_variable_set(:@conn, connection)",
  ];
}

function keyArguments(token: boolean): string {
  const names = token ? [environment.id, environment.key, environment.token] : [environment.id, environment.key];
  return names.map(name => `ENV.fetch('${name}')`).join(", ");
}
