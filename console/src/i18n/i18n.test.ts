import { expect, test } from "vitest";
import { texts as en } from "./en";
import { texts as ja } from "./ja";
import { texts as ko } from "./ko";
import { texts as zh } from "./zh";

type Texts = Record<string, Record<string, string>>;

/** Each text's name with what is put into it; how many forms of number there are is the language's own matter. */
function shape(texts: Texts): string[] {
  const all = Object.entries(texts).flatMap(([part, names]) =>
    Object.entries(names)
      .filter(([name]) => !name.endsWith("_one"))
      .map(([name, text]) => `${part}.${name} ${(text.match(/{{\w+}}|<\/?\w+>/g) ?? []).sort().join(" ")}`),
  );
  return all.sort();
}

test.for([
  ["zh", zh],
  ["ko", ko],
  ["ja", ja],
] as [string, Texts][])("%s has the texts of English, with the same things put in", ([, texts]) => {
  expect(shape(texts)).toEqual(shape(en));
});

test.for([
  ["en", en],
  ["zh", zh],
  ["ko", ko],
  ["ja", ja],
] as [string, Texts][])("%s has no empty text", ([, texts]) => {
  const empty = Object.values(texts).flatMap(names => Object.entries(names).filter(([, text]) => text.trim() === ""));
  expect(empty).toEqual([]);
});
