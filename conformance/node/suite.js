// The official Node.js SDK against a running server.
"use strict";

const assert = require("node:assert/strict");
const tencentcloud = require("tencentcloud-sdk-nodejs-intl-en");
const cases = require("../cases.json");

const { Client, Models } = tencentcloud.intlpartnersmgt.v20220928;
const { ClientProfile, CommonClient, Credential, HttpProfile } = tencentcloud.common;
const { TAEL_ADDRESS: address, TAEL_LIMITED_ADDRESS: limitedAddress } = process.env;

const signatures = ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"];
const methods = ["POST", "GET"];
const requestId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

let failed = 0;

// check runs body, which throws where the server does not do what it should.
async function check(name, body) {
  try {
    await body();
    console.log(`ok  node: ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL  node: ${name}: ${String(error).replace(/\s+/g, " ")}`);
  }
}

// caseName names a case, after what makes its signature.
function caseName(c) {
  const action = c.service ? `${c.service} ${c.action}` : c.action;
  return action + (c.error ? ` answers ${c.error}` : "") + (c.note ? ` (${c.note})` : "");
}

// matches compares whole values: "*" stands for any, and a list may say how it
// is to be compared.
function matches(want, got) {
  if (want === "*") return got !== null && got !== undefined;
  if (Array.isArray(want)) {
    if (!Array.isArray(got)) return false;
    if (["in any order", "among others"].includes(want[0])) {
      const every = want.slice(1).every((w) => got.some((g) => matches(w, g)));
      return every && (want[0] === "among others" || got.length === want.length - 1);
    }
    return want.length === got.length && want.every((w, i) => matches(w, got[i]));
  }
  if (want !== null && typeof want === "object") {
    if (got === null || typeof got !== "object") return false;
    return Object.keys(want).length === Object.keys(got).length &&
      Object.keys(want).every((name) => name in got && matches(want[name], got[name]));
  }
  return want === got;
}

// expect compares an answer's fields; its RequestId must be a UUID.
function expect(want, got) {
  const { RequestId, ...fields } = got;
  assert.match(RequestId, requestId);
  assert.ok(matches(want, fields), `answered ${JSON.stringify(fields)}, not ${JSON.stringify(want)}`);
}

async function expectError(c, call, language = "en") {
  let answer;
  try {
    answer = await call();
  } catch (error) {
    assert.equal(error.code, c.error, String(error));
    assert.equal(error.getMessage(), c[language]);
    assert.match(error.getRequestId(), requestId);
    assert.match(error.getTraceId(), requestId);
    return;
  }
  assert.fail(`answered ${JSON.stringify(answer)}, not ${c.error}`);
}

function credential(who) {
  return new Credential(...cases.keys[who]);
}

function profile({ signature = "TC3-HMAC-SHA256", method = "POST", at = address, headers } = {}) {
  return new ClientProfile(signature, new HttpProfile("http://", at, method, 60, headers));
}

// typed calls an action with its model classes; answers all fields of the
// model, null where absent.
function typed(who, action, parameters, settings = profile(), region = "") {
  const client = new Client(credential(who), region, settings);
  const request = new Models[action + "Request"]();
  request.from_json_string(JSON.stringify(parameters));
  return new Promise((resolve, reject) => {
    client[action](request, (error, answer) => {
      if (error) reject(error);
      else resolve(JSON.parse(answer.to_json_string()));
    });
  });
}

// hasModel says whether the SDK has the case's action: it lags behind the
// other clients, and the generic client sends what it lacks.
function hasModel(c) {
  return `${c.action}Request` in Models;
}

function generic(who, action, parameters, settings = profile(), version = "2022-09-28") {
  const client = new CommonClient(address, version, credential(who), "", settings);
  return new Promise((resolve, reject) => {
    client.request(action, parameters, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

async function runCases(prefix, call, settings) {
  for (const c of cases.steps) {
    if (call === typed && !hasModel(c)) continue;
    await check(prefix + caseName(c), async () =>
      expect(c.response, await call(c.as, c.action, c.request, settings)));
  }
  for (const c of cases.errors) {
    if (call === typed && !c.generic && !hasModel(c)) continue;
    const send = c.generic ? generic : call;
    await check(prefix + caseName(c), () => expectError(c, () => send(c.as, c.action, c.request, settings)));
  }
}

async function everySignatureAndMethod() {
  for (const signature of signatures) {
    for (const method of methods) {
      await runCases(`${signature} ${method} `, typed, profile({ signature, method }));
    }
  }
  await runCases("CommonClient TC3-HMAC-SHA256 POST ", generic, profile());
  const { response } = cases.steps[0];
  await check("default signature and method QueryPartnerCredit", async () =>
    expect(response, await typed("reseller", "QueryPartnerCredit", {},
      new ClientProfile(undefined, new HttpProfile("http://", address)))));
  for (const signature of signatures) {
    await check(`${signature} POST QueryPartnerCredit with a region`, async () =>
      expect(response, await typed("reseller", "QueryPartnerCredit", {}, profile({ signature }), "ap-singapore")));
  }
}

// The SDK has no setting for the language, but TC3 takes it from a header.
async function chineseMessages() {
  const settings = profile({ headers: { "X-TC-Language": "zh-CN" } });
  for (const c of cases.errors) {
    const send = c.generic || !hasModel(c) ? generic : typed;
    await check(`${caseName(c)} in Chinese`, () =>
      expectError(c, () => send(c.as, c.action, c.request, settings), "zh"));
  }
}

// Each action of the SDK is either covered by a step or answers ActionOffline.
async function otherActionsAreOffline() {
  const covered = new Set(cases.steps.map((c) => c.action));
  const actions = Object.getOwnPropertyNames(Client.prototype).filter((name) => /^[A-Z]/.test(name));
  await check("the SDK has 42 of the published actions", () => assert.equal(actions.length, 42));
  for (const action of actions.filter((name) => !covered.has(name))) {
    const c = { error: "ActionOffline", en: `The action \`${action}\` is not available.` };
    await check(`${action} is offline`, () => expectError(c, () => typed("reseller", action, {})));
  }
}

// An increment is repeated, unless both calls carry the same X-Tael-Idempotency-Key.
async function repeatedCalls() {
  for (const signature of signatures) {
    const settings = profile({ signature, headers: { "X-Tael-Idempotency-Key": `node-${signature}` } });
    const call = (amount, using) =>
      typed("distributor", "AllocateCustomerCredit", { AddedCredit: amount, ClientUin: 200000002001 }, using);
    const after = (total) => ({ TotalCredit: total, RemainingCredit: total - 20 }); // it has spent 20
    await check(`${signature} X-Tael-Idempotency-Key: two calls apply once`, async () => {
      const first = await call(1.5, settings);
      const again = await call(1.5, settings);
      expect(after(501.5), first);
      expect(after(501.5), again);
      assert.notEqual(first.RequestId, again.RequestId);
      expect(after(500), await call(-1.5));
    });
    await check(`${signature} X-Tael-Idempotency-Key: other parameters are refused`, () =>
      expectError(
        {
          error: "InvalidParameterValue",
          en: "The X-Tael-Idempotency-Key was already used with other parameters.",
        },
        () => call(-1.5, settings)));
    await check(`${signature} no key: two calls apply twice`, async () => {
      expect(after(501.5), await call(1.5));
      expect(after(503), await call(1.5));
      expect(after(500), await call(-3));
    });
  }
}

// A burst of twelve lies in at most two seconds, so at most ten of it pass.
async function limits() {
  const { limit } = cases;
  const refused = async (language, headers) => {
    const settings = profile({ at: limitedAddress, headers });
    for (let attempt = 0; attempt < 5; attempt++) {
      const calls = Array.from({ length: 12 }, () => typed(limit.as, limit.action, {}, settings));
      const errors = (await Promise.allSettled(calls)).flatMap((call) => call.reason ?? []);
      for (const error of errors) {
        assert.equal(error.code, limit.error, String(error));
        const [, count] = error.getMessage().match(new RegExp(limit[language])) ?? [];
        assert.ok(Number(count) > limit.rate, error.getMessage());
      }
      if (errors.length >= 2) return;
    }
    assert.fail("no burst was refused");
  };
  await check(`more than ${limit.rate} calls in a second answer ${limit.error}`, () => refused("en"));
  await check(`${limit.error} in Chinese`, () => refused("zh", { "X-TC-Language": "zh-CN" }));
  await check(`a call passes after ${limit.error}`, async () => {
    for (const deadline = Date.now() + 5000; ;) {
      try {
        const answer = await typed(limit.as, limit.action, {}, profile({ at: limitedAddress }));
        return expect(cases.steps[0].response, answer);
      } catch (error) {
        if (error.code !== limit.error || Date.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
  });
}

// managementCases use Tael's own service and look at what comes of it.
async function managementCases() {
  for (const c of cases.management) {
    const version = c.service ? "2026-11-01" : undefined;
    const call = () => (!c.service && hasModel(c)
      ? typed(c.as, c.action, c.request)
      : generic(c.as, c.action, c.request, profile(), version));
    await check(`management: ${caseName(c)}`, async () =>
      (c.error ? expectError(c, call) : expect(c.response, await call())));
  }
}

// Tael's own service: a new customer and a voucher for it.
async function management() {
  const manage = (who, action, parameters) => generic(who, action, parameters, profile(), "2026-11-01");
  let customer;
  await check("tael CreateCustomer", async () => {
    const answer = await manage("operator", "CreateCustomer", { PartnerUin: 200000001000, Name: "Quayside Analytics" });
    expect({ Uin: "*", SecretId: "*", SecretKey: "*" }, answer);
    customer = answer.Uin;
  });
  await check("tael IssueVoucher", async () =>
    expect({ VoucherId: "*", VoucherCode: "*", ExpireTime: "*" },
      await manage("reseller", "IssueVoucher", { ClientUin: customer, Amount: 12.5 })));
  await check("QueryVoucherAmountByUin shows the voucher", async () =>
    expect({ Data: [{ ClientUin: customer, TotalAmount: 12.5, RemainAmount: 12.5 }] },
      await typed("reseller", "QueryVoucherAmountByUin", { ClientUins: [customer] })));
}

async function main() {
  await everySignatureAndMethod();
  await chineseMessages();
  await otherActionsAreOffline();
  await repeatedCalls();
  await limits();
  await managementCases();
  await management();
  process.exitCode = failed ? 1 : 0;
}

process.exitCode = 1; // until main has ended
main();
