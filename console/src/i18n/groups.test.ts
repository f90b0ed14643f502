import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Bundle } from "../definition/bundle";
import { groups } from "./en/groups";

const bundle = JSON.parse(readFileSync("../api/definition.gen.json", "utf8")) as Bundle;

test("every group of the definition has its name in the languages of the interface", () => {
  const defined = new Set(bundle.actions.map(action => action.group));
  expect([...defined].filter(group => !(group in groups))).toEqual([]);
});
