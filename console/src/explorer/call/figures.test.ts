import { readFileSync } from "node:fs";
import { LosslessNumber } from "lossless-json";
import { expect, test } from "vitest";
import type { Bundle, Role } from "../../definition/bundle";
import { define } from "../../definition/definition";
import { compare, figuresOf, readsOf } from "./figures";

const definition = define(JSON.parse(readFileSync("../api/definition.gen.json", "utf8")) as Bundle);

function reads(name: string, role: Role): string[] {
  const action = definition.action(name);
  if (!action) {
    throw new Error(name);
  }
  const parameters = { ClientUin: new LosslessNumber("1"), SubAgentUin: new LosslessNumber("2") };
  return readsOf(definition, action, role, parameters).map(read => read.action);
}

test("figures are read with what the caller's role may call", () => {
  expect(reads("AllocateCustomerCredit", "reseller")).toEqual(["QueryPartnerCredit", "QueryCreditByUinList"]);
  expect(reads("UnbindCustomer", "operator")).toEqual(["DescribePartners"]);
  expect(reads("UnbindCustomer", "reseller")).toEqual(["QueryPartnerCredit"]);
  expect(reads("AllocateCreditPool", "distributor")).toEqual(["QueryPartnerCredit", "QuerySubAgentsDetailV2"]);
  expect(reads("ModifyClientRemark", "reseller")).toEqual([]);
});

test("figures are money and counts, named by action and owner, with their digits", () => {
  const read = { action: "QueryCreditByUinList", parameters: {} };
  const body =
    '{"Response":{"Data":[{"Uin":200000001001,"TotalCredit":30.10000001,"RemainingCredit":30}],"RequestId":"x"}}';
  expect(figuresOf(definition, read, body)).toEqual([
    { name: "QueryCreditByUinList 200000001001 TotalCredit", value: "30.10000001" },
    { name: "QueryCreditByUinList 200000001001 RemainingCredit", value: "30" },
  ]);
  expect(figuresOf(definition, read, '{"Response":{"Error":{"Code":"X","Message":""},"RequestId":"x"}}')).toEqual([]);
});

test("figures are compared by name, exactly", () => {
  const before = [
    { name: "A", value: "1000.1" },
    { name: "B", value: "1" },
  ];
  const after = [
    { name: "A", value: "989.6" },
    { name: "C", value: "2" },
  ];
  expect(compare(before, after)).toEqual([
    { name: "A", before: "1000.1", after: "989.6", change: "-10.5" },
    { name: "C", before: null, after: "2", change: "" },
    { name: "B", before: "1", after: null, change: "" },
  ]);
});
