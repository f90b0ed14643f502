import type { Field } from "../definition/bundle";
import type { Call, Member, Value } from "./call";
import { literal, objectLiteral, type Style } from "./literal";
import { environment, lines, notesOf, type Program, snakeCase } from "./program";
import { longUnicode, quoted, usual } from "./quote";
import { isTyped, typeOf } from "./typed";

const text = (value: string) => quoted(value, { quote: '"', escapes: usual, hidden: longUnicode });

const style: Style = {
  string: text,
  integer: digits => digits,
  decimal: digits => digits,
  null: "None",
  boolean: ["False", "True"],
  list: ["[", "]"],
  object: ["{", "}"],
  member: (name, value) => `${name}: ${value}`,
  indent: "    ",
  trailingComma: true,
};

/** A program of the Python SDK: with its models where they know the call, with its generic client otherwise. */
export function python(call: Call): Program {
  const typed = isTyped(call, () => true);
  const code = lines(
    !typed && "import json",
    "import os",
    "import sys",
    "",
    "from tencentcloud.common.credential import Credential",
    !typed && "from tencentcloud.common.common_client import CommonClient",
    "from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException",
    "from tencentcloud.common.profile.client_profile import ClientProfile",
    "from tencentcloud.common.profile.http_profile import HttpProfile",
    typed && "from tencentcloud.intlpartnersmgt.v20220928 import intlpartnersmgt_client, models",
    "",
    `key = Credential(${keyArguments(call.token)})`,
    `http = HttpProfile(protocol=${text(call.scheme)}, endpoint=${text(call.host)})`,
    `profile = ClientProfile(httpProfile=http, language=${text(call.language)})`,
    ...(typed ? typedCall(call) : genericCall(call)),
    "except TencentCloudSDKException as error:",
    '    sys.exit(f"{error.get_code()}: {error.get_message()} (request {error.get_request_id()})")',
  );
  return { file: `${snakeCase(call.action.name)}.py`, code, notes: notesOf(call, { exactDecimals: true }) };
}

function keyArguments(token: boolean): string {
  const names = token ? [environment.id, environment.key, environment.token] : [environment.id, environment.key];
  return names.map(name => `os.environ["${name}"]`).join(", ");
}

function typedCall(call: Call): string[] {
  const { action } = call;
  const statements = assignments("request", call.parameters, action.request ?? [], call);
  const header = `request.headers = {"X-Tael-Idempotency-Key": ${text(call.idempotencyKey)}}`;
  return [
    'client = intlpartnersmgt_client.IntlpartnersmgtClient(key, "", profile)',
    "",
    `request = models.${action.name}Request()`,
    ...statements,
    ...(call.idempotencyKey === "" ? [] : [header]),
    "",
    "try:",
    `    print(client.${action.name}(request).to_json_string(indent=2, ensure_ascii=False))`,
  ];
}

/** Sets the fields of a model; nested ones are made first. */
function assignments(name: string, members: Member[], fields: Field[], call: Call): string[] {
  return members.flatMap(([member, value]) => {
    const type = typeOf(call, fields, member);
    if (!type) {
      return [`${name}.${member} = ${literal(value, style)}`];
    }
    const items = value.kind === "list" ? value.items : [value];
    const made = items.map((_, i) => `${snakeCase(member)}${value.kind === "list" ? `_${i + 1}` : ""}`);
    const models = items.flatMap((item, i) => model(made[i] ?? "", type.name, item, type.fields ?? [], call));
    return [...models, `${name}.${member} = ${value.kind === "list" ? `[${made.join(", ")}]` : (made[0] ?? "")}`];
  });
}

function model(name: string, type: string, value: Value, fields: Field[], call: Call): string[] {
  const members = value.kind === "object" ? value.members : [];
  return [`${name} = models.${type}()`, ...assignments(name, members, fields, call)];
}

function genericCall(call: Call): string[] {
  const { action, idempotencyKey } = call;
  const headers = idempotencyKey === "" ? "" : `, headers={"X-Tael-Idempotency-Key": ${text(idempotencyKey)}}`;
  return [
    `client = CommonClient(${text(action.service)}, ${text(action.version)}, key, "", profile)`,
    "",
    `parameters = ${objectLiteral(call.parameters, style)}`,
    "",
    "try:",
    `    answer = client.call_json(${text(action.name)}, parameters${headers})`,
    '    print(json.dumps(answer["Response"], indent=2, ensure_ascii=False))',
  ];
}
