// The official Node.js SDK against a running server.
"use strict";

const assert = require("node:assert/strict");
const {
  address, cases, Client, ClientProfile, covered, expect, generic, HttpProfile, manage, management, Models, profile,
  requestId, run, typed,
} = require("./harness");

const { TAEL_LIMITED_ADDRESS: limitedAddress } = process.env;

const signatures = ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"];
const methods = ["POST", "GET"];
// caseName names a case, after what makes its signature.
function caseName(c) {
  const action = c.service ? `${c.service} ${c.action}` : c.action;
  return action + (c.error ? ` answers ${c.error}` : "") + (c.note ? ` (${c.note})` : "");
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

// hasModel says whether the SDK has the case's action: it lags behind the
// other clients, and the generic client sends what it lacks.
function hasModel(c) {
  return `${c.action}Request` in Models;
}

async function runCases(check, prefix, call, settings) {
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

async function everySignatureAndMethod(check) {
  for (const signature of signatures) {
    for (const method of methods) {
      await runCases(check, `${signature} ${method} `, typed, profile({ signature, method }));
    }
  }
  await runCases(check, "CommonClient TC3-HMAC-SHA256 POST ", generic, profile());
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
async function chineseMessages(check) {
  const settings = profile({ headers: { "X-TC-Language": "zh-CN" } });
  for (const c of cases.errors) {
    const send = c.generic || !hasModel(c) ? generic : typed;
    await check(`${caseName(c)} in Chinese`, () =>
      expectError(c, () => send(c.as, c.action, c.request, settings), "zh"));
  }
}

// Each action of the SDK is either covered or answers ActionOffline.
async function otherActionsAreOffline(check) {
  const actions = Object.getOwnPropertyNames(Client.prototype).filter((name) => /^[A-Z]/.test(name));
  await check("the SDK has 42 of the published actions", () => assert.equal(actions.length, 42));
  for (const action of actions.filter((name) => !covered.has(name))) {
    const c = { error: "ActionOffline", en: `The action \`${action}\` is not available.` };
    await check(`${action} is offline`, () => expectError(c, () => typed("reseller", action, {})));
  }
}

// An increment is repeated, unless both calls carry the same X-Tael-Idempotency-Key.
async function repeatedCalls(check) {
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
async function limits(check) {
  const { limit } = cases;
  const refused = async (language, headers) => {
    const settings = profile({ at: limitedAddress, headers });
    for (let attempt = 0; attempt < 50; attempt++) {
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
    for (const deadline = Date.now() + 60_000; ;) {
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
async function managementCases(check) {
  for (const c of cases.management) {
    const version = c.service ? management : undefined;
    const call = () => (!c.service && hasModel(c)
      ? typed(c.as, c.action, c.request)
      : generic(c.as, c.action, c.request, profile(), version));
    await check(`management: ${caseName(c)}`, async () =>
      (c.error ? expectError(c, call) : expect(c.response, await call())));
  }
}

// Tael's own service: a new customer and a voucher for it.
async function newCustomer(check) {
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

run("node", async (check) => {
  await everySignatureAndMethod(check);
  await chineseMessages(check);
  await otherActionsAreOffline(check);
  await repeatedCalls(check);
  await limits(check);
  await managementCases(check);
  await newCustomer(check);
});
