import { LosslessNumber } from "lossless-json";
import { expect, test } from "vitest";
import type { Field } from "../definition/bundle";
import type { Json } from "../explorer/draft";
import { compilePattern } from "./text";
import { firstRefusal, refusals } from "./validate";
import type { Encoding } from "./value";

const about = { en: "" };
const fields: Field[] = [
  { name: "Name", type: "string", required: true, about, length: { max: 3 } },
  { name: "Old", type: "int64", disabled: true, about, range: { max: 1 } },
  { name: "Filters", type: "Filter", list: true, about },
];
const filter = {
  service: "s",
  name: "Filter",
  about,
  fields: [
    { name: "Key", type: "string", required: true, about },
    { name: "Values", type: "int64", list: true, about, elements: { range: { min: 1 } } },
  ] satisfies Field[],
};
const typeOf = (name: string) => (name === "Filter" ? filter : undefined);
const one = new LosslessNumber("1");
const zero = new LosslessNumber("0");

function paths(parameters: Record<string, Json>, encoding: Encoding = "json"): string[] {
  return [...refusals({ request: fields }, typeOf, parameters, encoding)].map(
    ({ code, variant, path }) => `${code}${variant && ` ${variant}`} ${path}`,
  );
}

test("all that is wrong is found, in the order in which the server looks", () => {
  const parameters = {
    Nothing: one,
    Old: new LosslessNumber("7"),
    Filters: [{ Key: one, Values: [zero, "x", one] }, { Value: one }, one],
  };
  expect(paths(parameters)).toEqual([
    "UnknownParameter Nothing",
    "MissingParameter Name",
    "InvalidParameter type Filters.0.Key",
    "InvalidParameter type Filters.0.Values.1",
    "UnknownParameter Filters.1.Value",
    "MissingParameter Filters.1.Key",
    "InvalidParameter type Filters.2",
    "InvalidParameterValue Filters.0.Values.0",
  ]);
  expect(firstRefusal({ request: fields }, typeOf, parameters, "json")?.path).toBe("Nothing");
});

function nested(depth: number): Json {
  return depth === 0 ? "x" : [nested(depth - 1)];
}

test.for([
  ["a NUL in a value", { Name: "a\0" }, "InvalidParameter nul "],
  ["a NUL in a name", { "a\0": "" }, "InvalidParameter nul "],
  ["half of a character", { Name: "\ud83d" }, "InvalidParameter json "],
  ["16 levels", { Name: nested(15) }, "InvalidParameter type Name"],
  ["17 levels", { Name: nested(16) }, "InvalidParameter depth "],
  [
    "too many values",
    Object.fromEntries(Array.from({ length: 10_001 }, (_, i) => [`n${i}`, null])),
    "InvalidParameter many ",
  ],
  ["a long list", { Name: "x", Filters: Array<Json>(1001).fill({ Key: "x" }) }, "InvalidParameterValue length Filters"],
] as [string, Record<string, Json>, string][])("%s is refused as a whole", ([, parameters, refusal]) => {
  expect(paths(parameters)[0]).toBe(refusal);
});

test("in a form what is empty vanishes, and indexes close up", () => {
  expect(paths({ Name: null, Filters: [] }, "form")).toEqual(["MissingParameter Name"]);
  expect(paths({ Name: "x", Filters: [null, { Key: one, Values: ["0"] }] }, "form")).toEqual([
    "InvalidParameterValue Filters.0.Values.0",
  ]);
});

test("a pattern that JavaScript might read in another way is not compiled", () => {
  for (const pattern of ["a.b", "\\bx", "(?i)x", "[[:alpha:]]", "\\pL", "\\p{L}", "\\Qx\\E"]) {
    expect(() => compilePattern(pattern), pattern).toThrow();
  }
  expect(compilePattern("^[^\\s]$").test("\u00a0")).toBe(true);
  expect(compilePattern("^[\\S]$").test("\u00a0")).toBe(true);
  expect(compilePattern("^\\s$").test("\v")).toBe(false);
});
