// One story through everything, told by the official Node.js SDK: accounts come
// in by invitation, are given credit and vouchers, and spend. First a customer of
// a distributor, then a second-level reseller with a customer of its own.
"use strict";

const assert = require("node:assert/strict");
const { address, expect, manage, management, run, typed } = require("./harness");

const password = "Story4ever!Told";

// accept takes an invitation up, which needs no key.
async function accept(link, application) {
  const response = await fetch(`http://${address}/`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-TC-Action": "AcceptInvitation", "X-TC-Version": management },
    body: JSON.stringify({ Token: new URL(link).searchParams.get("RegisterToken"), Password: password, ...application }),
  });
  const { Response: answer } = await response.json();
  if (answer.Error) throw new Error(`${answer.Error.Code}: ${answer.Error.Message}`);
  return answer.Uin;
}

// invite sends an invitation and reads its link where the operator finds it, as
// nothing here delivers mail.
async function invite(partner, mail, role) {
  const { InvitationLink: link } =
    await typed(partner, "CreateAndSendClientInvitationMail", { Email: mail, InvitationRole: role });
  const { Messages: messages } = await manage("operator", "DescribeMessages", { To: mail, Kind: "Invitation" });
  assert.equal(messages.length, 1);
  assert.equal(messages[0].Fields.find((field) => field.Name === "Link").Value, link);
  return link;
}

async function secondTime(link, application) {
  await assert.rejects(accept(link, application), /^Error: ResourceNotFound: /);
}

// becomesCustomer takes a new account from its invitation to its approval.
async function becomesCustomer(check, partner, mail, name) {
  const application = { Mail: mail, Name: name };
  let link, uin;
  await check(`${name} is invited`, async () => { link = await invite(partner, mail, "Client"); });
  await check(`${name} accepts for nobody else`, () =>
    assert.rejects(accept(link, { ...application, Mail: "else@story.example" }), /^Error: InvalidParameterValue: /));
  await check(`${name} accepts`, async () => { uin = await accept(link, application); });
  await check(`${name} cannot accept twice`, () => secondTime(link, application));
  await check(`${name} is pending`, async () => {
    const { Data: pending } = await typed(partner, "QueryPendingClientsV2", { Page: 1, PageSize: 10 });
    const found = pending.find((one) => one.ClientUin === uin);
    assert.deepEqual([found.Email, found.Name, found.Status], [mail, name, "Reviewing"]);
  });
  await check(`${name} is approved`, async () => {
    await typed(partner, "ApproveClientApply", { ClientUin: uin, ApproveType: "pass" });
    const { Data: pending } = await typed(partner, "QueryPendingClientsV2", { Page: 1, PageSize: 10 });
    assert.ok(!pending.some((one) => one.ClientUin === uin));
  });
  return uin;
}

// spends gives a customer credit and a voucher and has it spend more than the
// voucher, then compares what everyone is told.
async function spends(check, partner, uin, name) {
  await check(`${name} is given credit`, async () =>
    expect({ TotalCredit: 60.25, RemainingCredit: 60.25 },
      await typed(partner, "AllocateCustomerCredit", { ClientUin: uin, AddedCredit: 60.25, Remark: "story" })));
  await check(`${name} is given a voucher`, async () =>
    expect({ VoucherId: "*", VoucherCode: "*", ExpireTime: "*" },
      await manage(partner, "IssueVoucher", { ClientUin: uin, Amount: 12.5 })));
  await check(`${name} spends the voucher first, then credit`, async () => {
    const answer = await manage("operator", "RecordCharge", {
      ChargeId: `story-${uin}`, ClientUin: uin, PayMode: "postPay", ProductCode: "p_cvm", OriginalCost: 20.75,
    });
    assert.deepEqual([answer.VoucherDeduction, answer.CreditDeduction], [12.5, 8.25]);
  });
  await check(`${name} has what is left`, async () => {
    const key = await manage("operator", "CreateSecretKey", { Uin: uin });
    const { Data: quota } = await typed(key, "QueryCustomerBillingQuota", {});
    assert.deepEqual([quota.TotalCredit, quota.RemainingCredit, quota.RemainingVoucher], [60.25, 52, 0]);
    expect({ Data: [{ ClientUin: uin, TotalAmount: 12.5, RemainAmount: 0 }] },
      await typed(partner, "QueryVoucherAmountByUin", { ClientUins: [uin] }));
  });
  await check(`${name} has a history of one allocation`, async () => {
    const { Total: total, History: [record] } = await typed(partner, "QueryCreditAllocationHistory", { ClientUin: uin });
    assert.deepEqual([total, record.Credit, record.AllocatedCredit, record.ClientCreditAfter, record.Remark],
      [1, 60.25, 60.25, 60.25, "story"]);
  });
}

run("story", async (check) => {
  const customer = await becomesCustomer(check, "distributor", "hello@quayside.example", "Quayside Analytics");
  await spends(check, "distributor", customer, "Quayside Analytics");

  const application = { Mail: "ops@eastgate.example", Name: "Eastgate Services", AccountType: "company" };
  let subreseller;
  await check("a second-level reseller is invited and accepts", async () => {
    const link = await invite("distributor", application.Mail, "SubAgent");
    subreseller = await accept(link, application);
  });
  await check("it is pending", async () => {
    const { Data: pending } = await typed("distributor", "QueryPendingSubAgentsV2", { Page: 1, PageSize: 10 });
    assert.equal(pending.find((one) => one.SubAgentUin === subreseller).Status, "Reviewing");
  });
  await check("it cannot be approved unverified", () =>
    assert.rejects(typed("distributor", "ApproveSubAgentApply", { SubAgentUin: subreseller, ApproveType: "pass" }),
      { code: "FailedOperation.RealNameNotCompleted" }));
  await check("it is verified and approved", async () => {
    await manage("operator", "SetAccountVerification", { Uin: subreseller, AuthType: 1, AuthStatus: 3 });
    await typed("distributor", "ApproveSubAgentApply", { SubAgentUin: subreseller, ApproveType: "pass" });
  });
  await check("it is given a pool of credit and of vouchers", async () => {
    expect({ TotalCredit: 100, RemainingCredit: 100 },
      await typed("distributor", "AllocateCreditPool", { SubAgentUin: subreseller, Credit: 100 }));
    await manage("distributor", "AllocateVoucherPool", { SubAgentUin: subreseller, Quota: 50 });
  });
  let key;
  await check("it has a key", async () => { key = await manage("operator", "CreateSecretKey", { Uin: subreseller }); });
  const indirect = await becomesCustomer(check, key, "hello@riverside.example", "Riverside Bakery");
  await spends(check, key, indirect, "Riverside Bakery");
  await check("the distributor sees the customer and the pool", async () => {
    const { Total: total, Data: [found] } =
      await typed("distributor", "QueryT1IndirectCustomersDetail", { SubAgentUin: subreseller, Page: 1, PageSize: 10 });
    assert.deepEqual([total, found.ClientUin, found.ClientName], [1, indirect, "Riverside Bakery"]);
    const { Data: [detail] } = await typed("distributor", "QuerySubAgentsDetailV2",
      { Page: 1, PageSize: 10, FilterType: "SubAgentUin", Filter: String(subreseller) });
    assert.deepEqual([detail.CountOfCustomers, detail.Credit, detail.RemainingCredit, detail.Voucher, detail.RemainingVoucher],
      [1, 100, 39.75, 50, 37.5]);
  });
});
