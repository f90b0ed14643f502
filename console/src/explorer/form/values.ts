import { isLosslessNumber, LosslessNumber } from "lossless-json";
import type { Json } from "../draft";

export type Parameters = { [name: string]: Json };

/** The way to a value: names of members and indexes of elements. */
export type Path = readonly (string | number)[];

const jsonNumber = /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$/;

export function isObject(json: Json | undefined): json is Parameters {
  return json !== null && typeof json === "object" && !Array.isArray(json) && !isLosslessNumber(json);
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: Json, path: Path): Json | undefined {
  let value: Json | undefined = root;
  for (const step of path) {
    if (typeof step === "number" ? !Array.isArray(value) : !isObject(value)) {
      return undefined;
    }
    value = (value as Record<string | number, Json | undefined>)[step];
  }
  return value;
}

/** The parameters with another value at a path; undefined takes it away, and objects that have nothing left with it. */
export function withValue(parameters: Parameters, path: Path, value: Json | undefined): Parameters {
  return changed(parameters, path, value) as Parameters;
}

function changed(json: Json | undefined, path: Path, value: Json | undefined): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) {
    return value;
  }
  if (typeof step === "number") {
    const items = Array.isArray(json) ? [...json] : [];
    const item = changed(items[step], rest, value);
    // An element stays when its last member goes; only its own removal removes it.
    items.splice(step, 1, ...(item === undefined ? (rest.length > 0 ? [{}] : []) : [item]));
    return items;
  }
  const members = isObject(json) ? { ...json } : {};
  const member = changed(members[step], rest, value);
  if (member === undefined || (rest.length > 0 && isObject(member) && Object.keys(member).length === 0)) {
    // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- a copy, whose other members keep their order
    delete members[step];
  } else {
    members[step] = member;
  }
  return members;
}

/** A value as a control shows it; null for what is more than one value. */
export function textOf(value: Json | undefined): string | null {
  if (value === undefined || value === null) {
    return "";
  }
  if (typeof value === "string") {
    return value;
  }
  if (typeof value === "boolean") {
    return String(value);
  }
  return isLosslessNumber(value) ? value.value : null;
}

/** What somebody typed as a value of a type, with the digits that were typed; what is none of the type stays text. */
export function valueOf(type: string, text: string): Json {
  switch (type) {
    case "int64":
    case "uint64":
    case "decimal":
      return jsonNumber.test(text) ? new LosslessNumber(text) : text;
    case "bool":
      return text === "true" || text === "false" ? text === "true" : text;
  }
  return text;
}

/** A value of the definition, which was read as JavaScript reads JSON. */
export function jsonOf(plain: unknown): Json {
  if (typeof plain === "number") {
    return new LosslessNumber(String(plain));
  }
  if (Array.isArray(plain)) {
    return plain.map(jsonOf);
  }
  if (plain !== null && typeof plain === "object" && !isLosslessNumber(plain)) {
    return Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, jsonOf(value)]));
  }
  return plain as Json;
}
