import type { Member, Value } from "./call";
import { literal, objectLiteral, type Style } from "./literal";
import { quoted, usual, utf16 } from "./quote";

const style: Style = {
  string: text => quoted(text, { quote: '"', escapes: usual, hidden: utf16 }),
  integer: digits => digits,
  decimal: digits => digits,
  null: "null",
  boolean: ["false", "true"],
  list: ["[", "]"],
  object: ["{", "}"],
  member: (name, value) => `${name}: ${value}`,
  indent: "  ",
  trailingComma: false,
};

/** JSON of several lines, for people; hidden characters are escaped. */
export function json(members: Member[]): string {
  return objectLiteral(members, style);
}

/** JSON of one line. */
export function jsonLine(value: Value): string {
  if (value.kind === "list") {
    return `[${value.items.map(jsonLine).join(", ")}]`;
  }
  if (value.kind === "object") {
    const members = value.members.map(([name, member]) => `${style.string(name)}: ${jsonLine(member)}`);
    return `{${members.join(", ")}}`;
  }
  return literal(value, style);
}
