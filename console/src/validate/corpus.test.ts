// Holds the translation to the server's own answers: internal/gateway/corpus_test.go
// writes them, and fails when they are no longer what the server says.
import { readFileSync } from "node:fs";
import { parse } from "lossless-json";
import { expect, test } from "vitest";
import type { Bundle } from "../definition/bundle";
import { define } from "../definition/definition";
import type { Json } from "../explorer/draft";
import { messageOf } from "./refusal";
import { firstRefusal } from "./validate";
import type { Encoding } from "./value";

type Case = [action: string, set: Record<string, Json>, encoding: Encoding, language: string, ...answer: string[]];

const text = readFileSync("../api/definition.gen.json", "utf8");
const definition = define(JSON.parse(text) as Bundle);
const examples = new Map(
  (parse(text) as { actions: { name: string; example: { request: Record<string, Json> } }[] }).actions.map(action => [
    action.name,
    action.example.request,
  ]),
);

test("every request of the corpus is refused as the server refuses it, or taken", () => {
  const lines = readFileSync("../internal/gateway/testdata/validation.jsonl", "utf8").trim().split("\n");
  expect(lines.length).toBeGreaterThan(5000);
  const tried = new Set<string>();
  const wrong: string[] = [];
  for (const line of lines) {
    const [name, set, encoding, language, ...answer] = parse(line) as Case;
    tried.add(name);
    const action = definition.action(name);
    if (!action) {
      throw new Error(line);
    }
    const parameters = { ...examples.get(name), ...set };
    const refusal = firstRefusal(action, type => definition.type(action.service, type), parameters, encoding);
    const got = refusal ? [refusal.code, messageOf(definition, refusal, language)] : [];
    if (JSON.stringify(got) !== JSON.stringify(answer)) {
      wrong.push(`${line}\n  got ${JSON.stringify(got)}`);
    }
  }
  expect(wrong.slice(0, 20)).toEqual([]);
  expect(tried).toEqual(new Set(definition.actions.map(action => action.name)));
});
