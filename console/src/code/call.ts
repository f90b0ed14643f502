// What the generators of programs are given. Everything in this folder is
// pure; the secret key is not among what it is given.
import { isLosslessNumber } from "lossless-json";
import type { Action } from "../definition/bundle";
import type { Definition } from "../definition/definition";
import type { Draft, Json } from "../explorer/draft";
import type { Signed } from "../signing";

/** A JSON value; numbers are the digits that were typed. */
export type Value =
  | { kind: "null" }
  | { kind: "boolean"; is: boolean }
  | { kind: "integer" | "decimal"; digits: string }
  | { kind: "string"; text: string }
  | { kind: "list"; items: Value[] }
  | { kind: "object"; members: Member[] };

export type Member = [name: string, value: Value];

/** A filled-in call, as programs are made of it. */
export interface Call {
  action: Action;
  /** In the definition's order; what it does not know comes last. */
  parameters: Member[];
  scheme: "http" | "https";
  /** Host, with the port where it is not the scheme's own. */
  host: string;
  language: "en-US" | "zh-CN";
  /** Empty without one; always empty for reads, which take none. */
  idempotencyKey: string;
  /** Whether the key is a temporary one, which comes with a token. */
  token: boolean;
  /** Whether the draft asks for another signature than TC3 or another method than POST: an SDK's program uses these. */
  otherSignature: boolean;
  definition: Pick<Definition, "type">;
  /** What the page has signed, if it has a key. Only curl shows it. */
  signed: Signed | null;
}

export interface CallOptions {
  draft: Draft;
  /** Such as http://127.0.0.1:8080. */
  endpoint: string;
  definition: Pick<Definition, "type">;
  token?: boolean;
  signed?: Signed | null;
}

export function callOf({ draft, endpoint, definition, token = false, signed = null }: CallOptions): Call {
  const url = new URL(endpoint);
  return {
    action: draft.action,
    parameters: ordered(draft),
    scheme: url.protocol === "https:" ? "https" : "http",
    host: url.host,
    language: draft.language,
    idempotencyKey: draft.action.kind === "write" ? wellFormed(draft.idempotencyKey) : "",
    token,
    otherSignature: draft.method !== "TC3-HMAC-SHA256" || draft.http !== "POST",
    definition,
    signed,
  };
}

function ordered({ action, parameters }: Draft): Member[] {
  const known = (action.request ?? []).map(field => field.name).filter(name => name in parameters);
  const unknown = Object.keys(parameters).filter(name => !known.includes(name));
  return [...known, ...unknown].map(name => [wellFormed(name), valueOf(parameters[name] ?? null)]);
}

const integer = /^-?(0|[1-9]\d*)$/;

/** The value as a tree that says what each part is. */
export function valueOf(json: Json): Value {
  if (json === null) {
    return { kind: "null" };
  }
  if (typeof json === "boolean") {
    return { kind: "boolean", is: json };
  }
  if (typeof json === "string") {
    return { kind: "string", text: wellFormed(json) };
  }
  if (isLosslessNumber(json)) {
    const digits = json.toString();
    return { kind: integer.test(digits) ? "integer" : "decimal", digits };
  }
  if (Array.isArray(json)) {
    return { kind: "list", items: json.map(valueOf) };
  }
  const members = Object.entries(json).map(([name, value]): Member => [wellFormed(name), valueOf(value)]);
  return { kind: "object", members };
}

/** Half of a pair of surrogates is no character: what is sent in its place is U+FFFD, as a browser does. */
function wellFormed(text: string): string {
  return new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(text));
}

/** Whether a number stays what it is in a 64-bit float that is written with as few digits as identify it. */
export function survivesFloat(digits: string): boolean {
  return plain(digits) === plain(String(Number(digits)));
}

/** A number's sign, significant digits and power of ten: the same for every way to write it. */
function plain(digits: string): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(digits);
  if (!parts) {
    return digits; // Infinity
  }
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const significant = (whole + fraction).replace(/^0+/, "");
  const trimmed = significant.replace(/0+$/, "");
  const power = Number(exponent) - fraction.length + (significant.length - trimmed.length);
  return trimmed === "" ? "0" : `${sign}${trimmed}e${power}`;
}

/** Whether a number of the value satisfies a condition. */
export function someNumber(value: Value, condition: (number: Value & { digits: string }) => boolean): boolean {
  switch (value.kind) {
    case "integer":
    case "decimal":
      return condition(value);
    case "list":
      return value.items.some(item => someNumber(item, condition));
    case "object":
      return value.members.some(([, member]) => someNumber(member, condition));
    default:
      return false;
  }
}
