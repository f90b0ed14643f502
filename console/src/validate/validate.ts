import type { Action, Bounds, Field, Limits, Type } from "../definition/bundle";
import type { Json } from "../explorer/draft";
import { dollar, parseAmount } from "./amount";
import { badValue, lengthBreach, missing, type Refusal, unknown, wrongType } from "./refusal";
import { compilePattern, isTime, lengthOf } from "./text";
import { type Encoding, listMax, memberOf, type ObjectValue, treeOf, type Value } from "./value";

/** The type of a service with that name, or undefined for string, int64, uint64, bool and decimal. */
export type TypeOf = (name: string) => Type | undefined;

/**
 * Everything that is wrong with an action's parameters, in the order in which the
 * server looks: the first is what it answers. The rules are those of
 * api/validate.go, of which this is a translation; the corpus in
 * internal/gateway/testdata/validation.jsonl holds both to the same answers.
 */
export function* refusals(
  action: Pick<Action, "request">,
  typeOf: TypeOf,
  parameters: { [name: string]: Json },
  encoding: Encoding,
): Generator<Refusal, void> {
  const tree = treeOf(parameters, encoding);
  if ("code" in tree) {
    yield tree;
    return;
  }
  const fields = action.request ?? [];
  const shape = new Shape(typeOf);
  yield* shape.object(tree, fields, "");
  yield* limitsOfObject(tree, fields, "", { typeOf, wrong: shape.wrong });
}

/** What the server answers to the parameters by themselves; null if it takes them. */
export function firstRefusal(...request: Parameters<typeof refusals>): Refusal | null {
  return refusals(...request).next().value ?? null;
}

/** Names, presence and types, in this order at each level. */
class Shape {
  /** Paths of the wrong type, whose limits there is no use in asking. */
  readonly wrong = new Set<string>();

  constructor(private readonly typeOf: TypeOf) {}

  *object(value: ObjectValue, fields: Field[], path: string): Generator<Refusal, void> {
    for (const [name, member] of value.fields) {
      if (member.kind !== "null" && !fields.some(field => field.name === name)) {
        yield unknown(path + name);
      }
    }
    for (const field of fields) {
      if (field.required && memberOf(value, field.name).kind === "null") {
        yield missing(path + field.name);
      }
    }
    for (const field of fields) {
      const member = memberOf(value, field.name);
      if (member.kind !== "null") {
        yield* this.field(member, field, path + field.name);
      }
    }
  }

  private *field(value: Value, field: Field, path: string): Generator<Refusal, void> {
    if (!field.list) {
      yield* this.type(value, field, path);
    } else if (value.kind !== "list") {
      yield this.refuse(path, "list");
    } else {
      for (const [i, item] of value.items.entries()) {
        yield* this.type(item, field, `${path}.${i}`);
      }
    }
  }

  private *type(value: Value, field: Field, path: string): Generator<Refusal, void> {
    const type = this.typeOf(field.type);
    if (!type) {
      if (!isOf(field.type, value)) {
        yield this.refuse(path, field.type);
      }
    } else if (value.kind === "object") {
      yield* this.object(value, type.fields ?? [], `${path}.`);
    } else {
      yield this.refuse(path, field.type);
    }
  }

  private refuse(path: string, type: string): Refusal {
    this.wrong.add(path);
    return wrongType(path, type);
  }
}

function isOf(type: string, value: Value): boolean {
  switch (type) {
    case "string":
      return value.kind === "string" || value.kind === "text";
    case "int64":
      return integerOf(value, -(2n ** 63n), 2n ** 63n - 1n) !== null;
    case "uint64":
      return integerOf(value, 0n, 2n ** 64n - 1n) !== null;
    case "decimal":
      return value.kind === "number" || (value.kind === "text" && parseAmount(value.text) !== "syntax");
    case "bool":
      return (value.kind === "bool" || value.kind === "text") && /^(true|True|1|false|False|0)$/.test(value.text);
  }
  return false;
}

/** Quoted integers are integers too: an official example sends one. */
function integerOf(value: Value, min: bigint, max: bigint): bigint | null {
  if (value.kind !== "number" && value.kind !== "string" && value.kind !== "text") {
    return null;
  }
  const sign = min < 0n ? "-?" : "";
  if (!new RegExp(`^${sign}0*[0-9]{1,20}$`).test(value.text)) {
    return null;
  }
  const number = BigInt(value.text);
  return number >= min && number <= max ? number : null;
}

interface Context {
  typeOf: TypeOf;
  wrong: ReadonlySet<string>;
}

function* limitsOfObject(
  value: ObjectValue,
  fields: Field[],
  path: string,
  context: Context,
): Generator<Refusal, void> {
  for (const field of fields) {
    const member = memberOf(value, field.name);
    if (!field.disabled && member.kind !== "null" && !context.wrong.has(path + field.name)) {
      yield* limitsOfField(member, field, path + field.name, context);
    }
  }
}

function* limitsOfField(value: Value, field: Field, path: string, context: Context): Generator<Refusal, void> {
  if (!field.list) {
    yield* limitsOfValue(value, field, field, path, context);
    return;
  }
  if (value.kind !== "list") {
    return;
  }
  const breach = lengthRefusal(field.length, value.length, path, "[]");
  if (breach) {
    yield breach;
  } else if (value.length > value.items.length) {
    yield lengthBreach(undefined, path, listMax);
  }
  for (const [i, item] of value.items.entries()) {
    if (!context.wrong.has(`${path}.${i}`)) {
      yield* limitsOfValue(item, field, field.elements ?? {}, `${path}.${i}`, context);
    }
  }
}

function* limitsOfValue(
  value: Value,
  field: Field,
  limits: Limits,
  path: string,
  context: Context,
): Generator<Refusal, void> {
  if (value.kind === "object") {
    yield* limitsOfObject(value, context.typeOf(field.type)?.fields ?? [], `${path}.`, context);
    return;
  }
  const breach = value.kind === "list" || value.kind === "null" ? null : scalarRefusal(field.type, limits, value, path);
  if (breach) {
    yield breach;
  }
}

function scalarRefusal(type: string, limits: Limits, value: { text: string }, path: string): Refusal | null {
  switch (type) {
    case "string":
      return textRefusal(limits, value.text, path);
    case "int64":
    case "uint64":
      return integerRefusal(limits, value.text, path);
    case "decimal":
      return decimalRefusal(limits.range, value.text, path);
  }
  return null;
}

function integerRefusal(limits: Limits, text: string, path: string): Refusal | null {
  const number = BigInt(text);
  if (isOutside(limits.range, number, 1n)) {
    return badValue(limits.range?.error, path, text);
  }
  // Beyond int64 the server compares the largest there is.
  const known = number > 2n ** 63n - 1n ? 2n ** 63n - 1n : number;
  if (limits.enum && !limits.enum.of.includes(known.toString())) {
    return badValue(limits.enum.error, path, text);
  }
  return null;
}

/** parameterMax of api/validate.go: a decimal parameter is within ±10⁹ USD. */
export const decimalMax = 1_000_000_000n * dollar;

/** Bounds of a decimal are in whole USD. */
function decimalRefusal(bounds: Bounds | undefined, text: string, path: string): Refusal | null {
  const amount = parseAmount(text);
  if (typeof amount !== "bigint" || amount > decimalMax || amount < -decimalMax) {
    return badValue(undefined, path, text);
  }
  return isOutside(bounds, amount, dollar) ? badValue(bounds?.error, path, text) : null;
}

function isOutside(bounds: Bounds | undefined, number: bigint, unit: bigint): boolean {
  return (
    (bounds?.min !== undefined && number < BigInt(bounds.min) * unit) ||
    (bounds?.max !== undefined && number > BigInt(bounds.max) * unit)
  );
}

function textRefusal(limits: Limits, text: string, path: string): Refusal | null {
  const breach = lengthRefusal(limits.length, lengthOf(text), path, text);
  if (breach) {
    return breach;
  }
  if (limits.enum && !limits.enum.of.includes(text)) {
    return badValue(limits.enum.error, path, text);
  }
  if (limits.pattern && !compilePattern(limits.pattern.is).test(text)) {
    return badValue(limits.pattern.error, path, text);
  }
  if (limits.format && !isTime(limits.format.is, text)) {
    return badValue(limits.format.error, path, text);
  }
  return null;
}

function lengthRefusal(bounds: Bounds | undefined, length: number, path: string, text: string): Refusal | null {
  if (bounds?.max !== undefined && length > bounds.max) {
    return lengthBreach(bounds.error, path, bounds.max);
  }
  if (bounds?.min !== undefined && length < bounds.min) {
    return badValue(bounds.error, path, text);
  }
  return null;
}
