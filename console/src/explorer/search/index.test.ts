import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Bundle } from "../../definition/bundle";
import { find, makeIndex, parts } from "./index";

const index = makeIndex(JSON.parse(readFileSync("../api/definition.gen.json", "utf8")) as Bundle);

/** The first results of a query, as "kind action name" without what repeats. */
function first(query: string, count = 1): string[] {
  return find(index, query)
    .slice(0, count)
    .map(({ kind, name, action }) =>
      action === "" || action === name ? `${kind} ${name}` : `${kind} ${action} ${name}`,
    );
}

test.for([
  ["an exact name", "QueryPartnerCredit", "action QueryPartnerCredit"],
  ["a name in small letters", "querypartnercredit", "action QueryPartnerCredit"],
  ["the beginning of a name", "allocatecust", "action AllocateCustomerCredit"],
  ["a name before longer ones", "AssumeRole", "action AssumeRole"],
  ["initials", "QPC", "action QueryPartnerCredit"],
  ["initials in small letters", "qvabu", "action QueryVoucherAmountByUin"],
  ["a field", "AddedCredit", "request AllocateCustomerCredit AddedCredit"],
  ["an error code", "FailedOperation.BalanceInsufficient", "error FailedOperation.BalanceInsufficient"],
  ["the last part of an error code", "BalanceInsufficient", "error FailedOperation.BalanceInsufficient"],
  ["a title in English", "voucher totals of listed", "action QueryVoucherAmountByUin"],
  ["a title in Chinese", "按客户 UIN 查询代金券金额", "action QueryVoucherAmountByUin"],
  ["words in any order", "credit partner query", "action QueryPartnerCredit"],
  ["letters that are missing", "alocatecustmer", "action AllocateCustomerCredit"],
])("finds %s first", ([, query = "", expected]) => {
  expect(first(query)).toEqual([expected]);
});

test("finds a field with each action that has it", () => {
  const names = first("ClientUins", 20);
  expect(names).toContain("request QueryVoucherAmountByUin ClientUins");
  expect(names).toContain("request QueryVoucherListByUin ClientUins");
});

test("finds fields of nested types under their paths", () => {
  expect(first("RemainAmount", 20)).toContain("response QueryVoucherAmountByUin Data.RemainAmount");
});

test("needs every word", () => {
  expect(find(index, "QueryPartnerCredit zebra")).toEqual([]);
});

test("finds nothing for nothing", () => {
  expect(find(index, "  ")).toEqual([]);
});

test("splits a text where words are found, overlapping ones together", () => {
  expect(parts("QueryPartnerCredit", ["partner", "nercr"])).toEqual([
    { text: "Query", hit: false },
    { text: "PartnerCr", hit: true },
    { text: "edit", hit: false },
  ]);
  expect(parts("查询代金券", ["代金券"])).toEqual([
    { text: "查询", hit: false },
    { text: "代金券", hit: true },
  ]);
  expect(parts("plain", [])).toEqual([{ text: "plain", hit: false }]);
  expect(parts("", ["x"])).toEqual([]);
});
