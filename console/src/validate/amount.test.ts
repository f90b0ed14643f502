import { expect, test } from "vitest";
import { difference, formatAmount, parseAmount } from "./amount";

test.for([
  ["0", 0n],
  ["-0", 0n],
  ["1050.1", 105_010_000_000n],
  ["1.23456792E8", 12_345_679_200_000_000n],
  ["1e-07", 10n],
  ["0.000000005", 1n],
  ["0.0000000049", 0n],
  ["-0.000000005", -1n],
  ["92233720368.54775807", 2n ** 63n - 1n],
  ["-92233720368.54775808", -(2n ** 63n)],
  ["92233720368.54775808", "range"],
  ["1e21", "range"],
  ["1e99999999999999999999", "range"],
  ["0".repeat(65), "range"],
  ["", "syntax"],
  ["01", "syntax"],
  ["+1", "syntax"],
  ["1.", "syntax"],
  ["1e", "syntax"],
  ["١", "syntax"],
] as [string, bigint | string][])("%s is %s", ([text, amount]) => {
  expect(parseAmount(text)).toBe(amount);
});

test.for(["0", "-0.00000001", "1000.1", "92233720368.54775807", "-3"])("%s is written as it was read", text => {
  expect(formatAmount(parseAmount(text) as bigint)).toBe(text);
});

test.for([
  ["1000.1", "989.6", "-10.5"],
  ["0.1", "0.3", "+0.2"], // 0.19999999999999998 to a JavaScript number
  ["9007199254.74099301", "9007199254.74099302", "+0.00000001"],
  ["5", "5", "0"],
  ["5", "five", null],
] as const)("from %s to %s it is %s", ([before, after, change]) => {
  expect(difference(before, after)).toBe(change);
});
