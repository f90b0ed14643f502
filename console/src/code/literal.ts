import type { Member, Value } from "./call";

/** How a language writes values. */
export interface Style {
  string(text: string): string;
  integer(digits: string): string;
  decimal(digits: string): string;
  null: string;
  boolean: [no: string, yes: string];
  list: [open: string, close: string];
  object: [open: string, close: string];
  member(name: string, value: string): string;
  /** One step. */
  indent: string;
  /** After the last of several lines. */
  trailingComma: boolean;
  emptyObject?: string;
}

const width = 88;

/** A value as a literal of the language: a list of plain values on one line where it fits, all else spread out. */
export function literal(value: Value, style: Style): string {
  switch (value.kind) {
    case "null":
      return style.null;
    case "boolean":
      return style.boolean[value.is ? 1 : 0];
    case "integer":
      return style.integer(value.digits);
    case "decimal":
      return style.decimal(value.digits);
    case "string":
      return style.string(value.text);
    case "list":
      return listLiteral(value.items, style);
    case "object":
      return objectLiteral(value.members, style);
  }
}

function listLiteral(items: Value[], style: Style): string {
  const [open, close] = style.list;
  const written = items.map(item => literal(item, style));
  if (items.length === 0) {
    return open.trimEnd() + close.trimStart();
  }
  const line = `${open}${written.join(", ")}${close}`;
  if (line.length <= width && !line.includes("\n") && items.every(item => item.kind !== "object")) {
    return line;
  }
  return spread(written, style.list, style);
}

/** An object of several lines; that of all parameters is one. */
export function objectLiteral(members: Member[], style: Style): string {
  if (members.length === 0) {
    return style.emptyObject ?? style.object.join("");
  }
  const written = members.map(([name, value]) => style.member(style.string(name), literal(value, style)));
  return spread(written, style.object, style);
}

function spread(written: string[], [open, close]: [string, string], style: Style): string {
  const inner = written.map(text => style.indent + text.replaceAll("\n", `\n${style.indent}`));
  return `${open.trimEnd()}\n${inner.join(",\n")}${style.trailingComma ? "," : ""}\n${close.trimStart()}`;
}
