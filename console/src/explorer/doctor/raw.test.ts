import { expect, test } from "vitest";
import { PasteError } from "./curl";
import { parsePasted, parseRaw, writeRaw } from "./raw";

const plain = {
  method: "POST",
  path: "/",
  query: "",
  headers: [
    ["Host", "h:1"],
    ["X-A", "b: c"],
  ],
  body: '{"a":\n1}\n',
} as const;

test("a request is read to the byte, and written as it was", () => {
  const text = 'POST / HTTP/1.1\nHost: h:1\nX-A: b: c\n\n{"a":\n1}\n';
  expect(parseRaw(text)).toEqual(plain);
  expect(writeRaw(plain)).toBe(text);
});

test("lines may end as they do on the wire, and the body keeps its own", () => {
  const text = "\r\nPOST / HTTP/1.1\r\nHost:h:1\r\nX-A:  b: c \r\n\r\na\r\nb";
  expect(parseRaw(text)).toEqual({ ...plain, body: "a\r\nb" });
});

test.each([
  ["GET /a/b?x=1&y=%20 HTTP/1.1\nHost: h", { path: "/a/b", query: "x=1&y=%20", headers: [["Host", "h"]] }],
  ["GET http://other:2?x", { path: "/", query: "x", headers: [["Host", "other:2"]] }],
  ["GET http://other:2/p HTTP/1.1\nHost: h", { path: "/p", headers: [["Host", "h"]] }],
  ["POST / HTTP/1.1\nContent-Length: 2\n\n{}\r\n\n", { body: "{}" }],
  ["POST / HTTP/1.1\nContent-Length: 3\n\n中\n", { body: "中" }],
  ["POST / HTTP/1.1\nContent-Length: 1\n\n{}\n", { body: "{}\n" }],
  ["POST / HTTP/1.1\nContent-Length: 9\n\n{}", { body: "{}" }],
])("%s", (text, wanted) => expect(parseRaw(text)).toMatchObject(wanted));

test.each([
  ["", "empty"],
  ["  \n", "empty"],
  ['{"a":1}', "firstLine"],
  ["POST / HTTP/1.1 x", "firstLine"],
  ["POST / HTTP/1.1\nnot a header", "header"],
  ["POST / HTTP/1.1\n: x", "header"],
  ["curl 'x", "quote"],
] as const)("%s is refused", (text, problem) => {
  expect(() => parsePasted(text)).toThrow(problem);
  expect(() => parsePasted(text)).toThrow(PasteError);
});

test("a curl command is known by its first word", () => {
  expect(parsePasted(" curl h -d '$x' -d \"$y\"")).toMatchObject({ request: { body: "$x&$y" }, variables: ["y"] });
});
