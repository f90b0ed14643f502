import { isLosslessNumber } from "lossless-json";
import type { Json } from "../explorer/draft";
import type { Refusal } from "./refusal";

/**
 * One node of a request's parameter tree, as the server makes it of the request.
 * `text` is a value of a query or form, whose type only the definition knows.
 */
export type Value =
  | { kind: "null" }
  | { kind: "bool" | "number" | "string" | "text"; text: string }
  | { kind: "list"; items: Value[]; length: number }
  | { kind: "object"; fields: [name: string, value: Value][] };

export type ObjectValue = Extract<Value, { kind: "object" }>;

/** How parameters travel: as a JSON body (TC3 with POST), or as a query or form (everything else). */
export type Encoding = "json" | "form";

// Limits of internal/gateway/parameters.go and of api/value.go.
const depthMax = 16;
const valuesMax = 10_000;
export const listMax = 1000;

export const absent: Value = { kind: "null" };

/** The tree of a request's parameters, or why the server does not read them. */
export function treeOf(parameters: { [name: string]: Json }, encoding: Encoding): ObjectValue | Refusal {
  try {
    const tree = encoding === "json" ? new Reader().value(parameters, 1) : asText(parameters);
    return tree?.kind === "object" ? tree : { kind: "object", fields: [] };
  } catch (refusal) {
    if (refusal instanceof Unreadable) {
      return refusal.refusal;
    }
    throw refusal;
  }
}

class Unreadable extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.variant);
  }
}

function refuse(variant: string): never {
  throw new Unreadable({ code: "InvalidParameter", variant, args: {}, path: "" });
}

function checkText(text: string): string {
  if (/\p{Surrogate}/u.test(text)) {
    refuse("json"); // half of a pair, which can be written only as an escape
  }
  if (text.includes("\0")) {
    refuse("nul");
  }
  return text;
}

/** Reads JSON as the server does: bounded in depth and in number, long lists counted and not kept. */
class Reader {
  private values = 0;

  value(json: Json, depth: number): Value {
    if (json === null) {
      return absent;
    }
    if (typeof json === "boolean") {
      return { kind: "bool", text: String(json) };
    }
    if (typeof json === "string") {
      return { kind: "string", text: checkText(json) };
    }
    if (isLosslessNumber(json)) {
      return { kind: "number", text: json.value };
    }
    if (depth > depthMax) {
      refuse("depth");
    }
    if (Array.isArray(json)) {
      const items = json.slice(0, listMax).map(item => this.count().value(item, depth + 1));
      return { kind: "list", items, length: json.length };
    }
    const fields = Object.entries(json).map(([name, member]): [string, Value] => {
      this.count();
      return [checkText(name), this.value(member, depth + 1)];
    });
    return { kind: "object", fields };
  }

  private count(): this {
    this.values += 1;
    if (this.values > valuesMax) {
      refuse("many");
    }
    return this;
  }
}

/** What is left of a value in a query or form: text without types; null and what is empty vanish. */
function asText(json: Json): Value | null {
  if (json === null) {
    return null;
  }
  if (typeof json === "boolean") {
    return { kind: "text", text: String(json) };
  }
  if (typeof json === "string") {
    return { kind: "text", text: checkText(json) };
  }
  if (isLosslessNumber(json)) {
    return { kind: "text", text: json.value };
  }
  if (Array.isArray(json)) {
    const items = json.map(asText).filter(item => item !== null);
    return items.length > 0 ? { kind: "list", items: items.slice(0, listMax), length: items.length } : null;
  }
  const fields = Object.entries(json).flatMap(([name, member]): [string, Value][] => {
    const value = asText(member);
    return value ? [[checkText(name), value]] : [];
  });
  return fields.length > 0 ? { kind: "object", fields } : null;
}

/** The named member of an object; absent if it has none. */
export function memberOf(value: ObjectValue, name: string): Value {
  return value.fields.find(([field]) => field === name)?.[1] ?? absent;
}
