import { readFileSync } from "node:fs";
import { LosslessNumber } from "lossless-json";
import { expect, test } from "vitest";
import type { Action, Bundle } from "../definition/bundle";
import type { Draft } from "./draft";
import { fromFragment, toFragment } from "./fragment";

const bundle = JSON.parse(readFileSync("../api/definition.gen.json", "utf8")) as Bundle;
const action = bundle.actions.find(({ name }) => name === "AllocateCustomerCredit") as Action;
const fresh: Draft = {
  action,
  parameters: {},
  method: "TC3-HMAC-SHA256",
  http: "POST",
  language: "en-US",
  idempotencyKey: "",
};

test("a fresh draft has no fragment", () => {
  expect(toFragment(fresh, fresh)).toBe("");
  expect(fromFragment("", fresh)).toEqual(fresh);
});

test("a draft comes back from its fragment, with every digit", () => {
  const draft: Draft = {
    ...fresh,
    parameters: {
      ClientUin: new LosslessNumber("9007199254740993"),
      AddedCredit: new LosslessNumber("10.10000000"),
      Remark: "a & b # % ü 备注 '\"",
      Tags: [{ Key: null, On: true }],
    },
    method: "HmacSHA1",
    http: "GET",
    language: "zh-CN",
  };
  const fragment = toFragment(draft, fresh);
  expect(fragment).toMatch(/^#[\w%!'()*~.-]+$/);
  expect(fromFragment(fragment, fresh)).toEqual(draft);
});

test("what opens doors is no part of a fragment, however deep it lies", () => {
  const parameters = {
    Mail: "a@example.com",
    Password: "p-secret",
    ConfirmPassword: "p-secret",
    InvitationToken: "t-secret",
    VerifyCode: "v-secret",
    Inner: [{ Password: "i-secret", Kept: "yes" }],
  };
  const fragment = toFragment({ ...fresh, parameters, idempotencyKey: "once" }, fresh);
  expect(decodeURIComponent(fragment)).not.toMatch(/secret|once/);
  expect(fromFragment(fragment, fresh).parameters).toEqual({ Mail: "a@example.com", Inner: [{ Kept: "yes" }] });
});

test.for(["#%", "#{", "#[]", "#1", "#null", "#%7B%22p%22%3A7%7D", "#%7B%22m%22%3A%22x%22%2C%22l%22%3A1%7D"])(
  "%s says nothing, and breaks nothing",
  fragment => {
    expect(fromFragment(fragment, fresh)).toEqual(fresh);
  },
);

test("a draft that is too long for an address is left out of it", () => {
  expect(toFragment({ ...fresh, parameters: { Remark: "x".repeat(40_000) } }, fresh)).toBe("");
});
