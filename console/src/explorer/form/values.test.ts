import { LosslessNumber, stringify } from "lossless-json";
import { expect, test } from "vitest";
import { parseRaw } from "./raw";
import { jsonOf, type Parameters, type Path, valueAt, valueOf, withValue } from "./values";

const one = new LosslessNumber("1");

test.for([
  [{}, ["A"], "x", { A: "x" }],
  [{ A: "x", B: "y" }, ["A"], undefined, { B: "y" }],
  [{}, ["A", "B", 0], "x", { A: { B: ["x"] } }],
  [{ A: { B: ["x", "y", "z"] } }, ["A", "B", 1], undefined, { A: { B: ["x", "z"] } }],
  [{ A: { B: "x" } }, ["A", "B"], undefined, {}],
  [{ A: [{ B: "x" }] }, ["A", 0, "B"], undefined, { A: [{}] }],
  [{ A: "text" }, ["A", "B"], "x", { A: { B: "x" } }],
] as [Parameters, Path, string | undefined, Parameters][])("%j with %j as %j is %j", ([before, path, value, after]) => {
  const original = stringify(before);
  const changed = withValue(before, path, value);
  expect(changed).toEqual(after);
  expect(valueAt(changed, path)).toEqual(valueAt(after, path));
  expect(stringify(before)).toBe(original);
});

test("members keep their order", () => {
  expect(Object.keys(withValue({ A: "1", B: "2", C: "3" }, ["B"], "x"))).toEqual(["A", "B", "C"]);
});

test.for([
  ["int64", "12345678901234567890", "12345678901234567890"],
  ["decimal", "10.50", "10.50"],
  ["decimal", "1E+3", "1E+3"],
  ["int64", "007", '"007"'],
  ["int64", "+1", '"+1"'],
  ["decimal", ".5", '".5"'],
  ["uint64", "x", '"x"'],
  ["string", "1", '"1"'],
  ["bool", "true", "true"],
  ["bool", "yes", '"yes"'],
] as const)("%s %s is sent as %s", ([type, text, json]) => {
  expect(stringify(valueOf(type, text))).toBe(json);
});

test("examples keep their digits", () => {
  expect(stringify(jsonOf({ A: 10.5, B: [200000001001], C: { D: null } }))).toBe(
    '{"A":10.5,"B":[200000001001],"C":{"D":null}}',
  );
});

test.for([
  ["", {}],
  ['{"A": 1}', { A: one }],
] as const)("%j is read", ([text, parameters]) => {
  expect(parseRaw(text)).toEqual({ parameters });
});

test.for([
  ['{\n  "A": 1,\n  "B": x\n}', 3, 8],
  ['{"A": 1', 1, 8],
  ['{"A": 1, "A": 2}', 1, 11],
  ['{"A": 01}', 1, 8],
] as const)("%j is wrong in line %i, column %i", ([text, line, column]) => {
  expect(parseRaw(text).fault).toMatchObject({ line, column });
});

test("JSON that is no object is said to be none", () => {
  expect(parseRaw("[1]").fault).toBe("noObject");
});
