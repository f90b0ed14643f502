import { beforeEach, expect, test } from "vitest";
import type { Action } from "../../definition/bundle";
import type { Draft } from "../draft";
import { history, type PastCall, remember } from "./history";
import type { Answer } from "./send";

const answer: Answer = {
  kind: "answer",
  status: 200,
  headers: [],
  text: '{"Response":{"SecretKey":"hidden"}}',
  bytes: 35,
  milliseconds: 1,
  requestId: "",
  code: "",
  message: "",
  replayed: false,
};

function call(secret: boolean): Omit<PastCall, "id"> {
  const action = { name: "CreateSecretKey", kind: "write", secret } as Action;
  const draft: Draft = {
    action,
    parameters: {},
    method: "HmacSHA1",
    http: "POST",
    language: "en-US",
    idempotencyKey: "",
  };
  return { at: new Date(0), draft, caller: "", outcome: answer, result: "OK", milliseconds: 1, comparison: null };
}

beforeEach(() => history.set(() => []));

test("the last fifty calls are kept, the newest first", () => {
  const ids = Array.from({ length: 51 }, () => remember(call(false)).id);
  expect(history.get().map(call => call.id)).toEqual(ids.slice(1).reverse());
});

test("an answer that holds a secret is not kept", () => {
  remember(call(true));
  expect(JSON.stringify(history.get())).not.toContain("hidden");
  remember(call(false));
  expect(history.get()[0]?.outcome).toEqual(answer);
});
