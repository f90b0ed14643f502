import type { Field } from "../definition/bundle";
import type { Call, Value } from "./call";
import { json } from "./json";
import { environment, lines, notesOf, type Program } from "./program";
import { hasHidden } from "./quote";
import { command, word } from "./shell";

/** A command of `tael call`: parameters as flags where they can be, as one JSON object otherwise. */
export function tael(call: Call): Program {
  const { action, idempotencyKey } = call;
  const flags = call.parameters.map(([name, value]) =>
    flagsOf(
      name,
      value,
      action.request?.find(field => field.name === name),
    ),
  );
  const parameters = flags.every(flag => flag !== null) ? flags.flat() : [`--json ${word(json(call.parameters))}`];
  const code = lines(
    ...keys(call),
    command(`tael call ${action.name}`, [
      `--endpoint ${word(`${call.scheme}://${call.host}`)}`,
      ...(call.language === "en-US" ? [] : [`--language ${call.language}`]),
      ...(idempotencyKey === "" ? [] : [`--idempotency-key=${word(idempotencyKey)}`]),
      ...parameters,
    ]),
  );
  return { file: "call.sh", code, notes: notesOf(call, {}) };
}

function keys({ action, token }: Call): string[] {
  if (action.auth === "none") {
    return [];
  }
  const names: [string, string][] = [
    ["TAEL_SECRET_ID", environment.id],
    ["TAEL_SECRET_KEY", environment.key],
  ];
  if (token) {
    names.push(["TAEL_TOKEN", environment.token]);
  }
  return [`export ${names.map(([own, variable]) => `${own}="$${variable}"`).join(" ")}`];
}

/** A flag an element; null for what flags cannot say. */
function flagsOf(name: string, value: Value, field: Field | undefined): string[] | null {
  if (!field || (value.kind === "list") !== (field.list ?? false)) {
    return null;
  }
  const texts = (value.kind === "list" ? value.items : [value]).map(item => flagText(item, field.type));
  // No flag is no parameter, not an empty list.
  return texts.length === 0 || texts.includes(null) ? null : texts.map(text => `--${name}${argument(text ?? "")}`);
}

function argument(text: string): string {
  return text.startsWith("-") ? `=${word(text)}` : ` ${word(text)}`;
}

/** The text that `tael call` makes this very value of. */
function flagText(value: Value, type: string): string | null {
  switch (value.kind) {
    case "string":
      return type === "string" && !hasHidden(value.text) ? value.text : null;
    case "integer":
    case "decimal":
      return type === "int64" || type === "uint64" || type === "decimal" ? value.digits : null;
    case "boolean":
      return type === "bool" ? String(value.is) : null;
    default:
      return null;
  }
}
