import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Bundle } from "./bundle";
import { define } from "./definition";

const bundle = JSON.parse(readFileSync("../api/definition.gen.json", "utf8")) as Bundle;

test("every type that a field names is found", () => {
  const definition = define(bundle);
  const plain = new Set(["string", "int64", "uint64", "bool", "decimal"]);
  for (const action of definition.actions) {
    for (const field of [...(action.request ?? []), ...(action.response ?? [])]) {
      if (!plain.has(field.type)) {
        expect(definition.type(action.service, field.type), `${action.name}.${field.name}`).toBeDefined();
      }
    }
  }
});

test("names of actions are unique over all services, so that a path names one", () => {
  expect(new Set(bundle.actions.map(action => action.name)).size).toBe(bundle.actions.length);
});
