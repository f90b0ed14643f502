import { expect, test } from "vitest";
import { cutAt, firstDifference, partOf, visible } from "./difference";

test.each([
  ["a\nb\nc", "a\nb\nc", undefined],
  ["", "", undefined],
  ["a\nb", "a\nc", { line: 2, column: 1, left: "b", right: "c" }],
  ["host:h:80", "host:h", { line: 1, column: 7, left: "host:h:80", right: "host:h" }],
  ["a", "a\nb", { line: 2, column: 1, left: undefined, right: "b" }],
  ["a\n", "a", { line: 2, column: 1, left: "", right: undefined }],
  ["中😀x", "中😀y", { line: 1, column: 3, left: "中😀x", right: "中😀y" }],
  ["x\r", "x", { line: 1, column: 2, left: "x\r", right: "x" }],
])("%j against %j", (left, right, wanted) => expect(firstDifference(left, right)).toEqual(wanted));

test("a long line is cut on both sides of the place", () => {
  expect(cutAt("short", 3)).toEqual({ before: "sh", from: "ort" });
  expect(cutAt("0123456789", 6, 2)).toEqual({ before: "…34", from: "56…" });
  expect(cutAt("ab", 3)).toEqual({ before: "ab", from: "" });
});

test("what cannot be seen is made visible", () => {
  expect(visible("a b\t\r")).toBe("a b␉␍");
  expect(visible(" a  ")).toBe("␣a␣␣");
  expect(visible("\ufeffa\u00a0b")).toBe("⟨BOM⟩a⟨NBSP⟩b");
});

test("each line of a canonical request has its meaning", () => {
  const canonical = "POST\n/\n\ncontent-type:x\nhost:h\nx-tc-action:a\n\ncontent-type;host;x-tc-action\n00";
  expect(Array.from({ length: 10 }, (_, i) => partOf(canonical, i + 1))).toEqual([
    "method",
    "path",
    "query",
    "contentType",
    "host",
    "header",
    "emptyLine",
    "signedHeaders",
    "payloadHash",
    "tooMuch",
  ]);
});
