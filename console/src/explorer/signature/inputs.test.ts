import { expect, test } from "vitest";
import { fixedTime, isNonce, utc } from "./inputs";

test.each([
  ["0", "1970-01-01 00:00:00"],
  ["1795305600", "2026-11-22 00:00:00"],
  ["253402300799", "9999-12-31 23:59:59"],
])("%s is a time", (text, wanted) => {
  const time = fixedTime(text);
  expect(utc((time?.getTime() ?? Number.NaN) / 1000)).toBe(wanted);
});

test.each(["", "-1", "1.5", "253402300800", "1e9", " 1", "2026-11-22", "1795305600000"])("%j is no time", text =>
  expect(fixedTime(text)).toBeUndefined(),
);

test("a nonce is a positive integer of at most 19 digits", () => {
  expect(["1", "9223372036854775807"].every(isNonce)).toBe(true);
  expect(["", "0", "01", "-1", "a", "10000000000000000000"].some(isNonce)).toBe(false);
  expect(utc(Number.NaN)).toBe("");
});
