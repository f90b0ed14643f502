import type { Call, Value } from "./call";
import { json, jsonLine } from "./json";
import { lines, notesOf, type Program } from "./program";
import { hasHidden } from "./quote";
import { command, word } from "./shell";

/** The services that tccli knows. */
export const services: readonly string[] = ["intlpartnersmgt", "sts"];

/** A command of tccli: parameters as flags where tccli takes them as they are, as JSON from stdin otherwise. */
export function tccli(call: Call): Program {
  const { action } = call;
  const first = `tccli ${action.service} ${action.name}`;
  const common = [
    `--endpoint ${word(`${call.scheme}://${call.host}`)}`,
    `--region ap-singapore --language ${call.language}`,
  ];
  const simple = call.parameters.every(([name, value]) => known(call, name) && isFlag(value));
  const flags = call.parameters.map(([name, value]) => `--${name} ${flag(value)}`);
  const code =
    simple && !lacksRequired(call)
      ? lines(command(first, [...common, ...flags]))
      : lines(
          `${command(first, [...common, "--cli-input-json file:///dev/stdin"])} <<'JSON'`,
          json(call.parameters),
          "JSON",
        );
  return {
    file: "call.sh",
    code,
    notes: notesOf(call, { idempotencyKey: true, exactDecimals: true }),
  };
}

/** tccli refuses what it does not know, and a call without what it requires, unless they come in a file. */
function known({ action }: Call, name: string): boolean {
  return (action.request ?? []).some(field => field.name === name);
}

function lacksRequired({ action, parameters }: Call): boolean {
  return (action.request ?? []).some(field => field.required && !parameters.some(([name]) => name === field.name));
}

function isFlag(value: Value): boolean {
  if (value.kind === "list") {
    return value.items.every(item => item.kind === "integer");
  }
  return value.kind === "string"
    ? value.text !== "" && !/^-|\n/.test(value.text) && !hasHidden(value.text)
    : value.kind === "integer" || value.kind === "decimal";
}

function flag(value: Value): string {
  return value.kind === "string" ? word(value.text) : word(jsonLine(value));
}
