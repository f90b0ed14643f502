import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { startTael, type Tael, useStage, Watched } from "./harness";

const stage = useStage();

const field = (page: Page, name: string) => page.locator(`[id="field-${name}"]`);
const send = (page: Page) => page.getByRole("button", { name: "Send", exact: true }).click();
const past = (page: Page) => page.locator(".call-past");

/** Opens an action with parameters, as somebody who follows a link. */
async function open(server: Tael, action: string, parameters = "{}"): Promise<Watched> {
  const watched = await Watched.open(stage.browser, server.endpoint);
  await watched.page.goto(`/explorer/${action}#${encodeURIComponent(`{"p":${parameters}}`)}`);
  await watched.page.getByRole("button", { name: "Send", exact: true }).waitFor();
  return watched;
}

/** The rows of the table of figures. */
async function figures(page: Page): Promise<string[]> {
  await page.locator(".call-figures").waitFor();
  const rows = await page.locator(".call-figures tbody tr").all();
  return Promise.all(rows.map(async row => (await row.locator("th, td").allTextContents()).join(" | ")));
}

test("every way to sign and send is answered the same", async () => {
  const watched = await open(stage.tael, "QueryCreditByUinList", '{"UinList":[200000001002]}');
  const { page } = watched;
  for (const method of ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"]) {
    for (const http of ["POST", "GET"]) {
      await page.getByLabel("Signing method").selectOption(method);
      await page.getByLabel("HTTP method").selectOption(http);
      const before = await past(page).count();
      const request = page.waitForRequest(request => new URL(request.url()).pathname === "/");
      await send(page);
      const sent = await request;
      expect(sent.method()).toBe(http);
      expect(`${sent.url()} ${sent.postData() ?? ""} ${JSON.stringify(sent.headers())}`).toContain(method);
      await expect.poll(() => past(page).count()).toBe(before + 1);
      expect(await past(page).first().textContent(), `${method} ${http}`).toContain("OK");
      expect(await page.locator(".call-body").textContent()).toContain('"RemainingCredit": 20');
    }
  }
  await watched.close();
});

test("an allocation shows the figures before and after, exactly", async () => {
  const own = await startTael();
  const watched = await open(own, "AllocateCustomerCredit", '{"AddedCredit":0.20000001,"ClientUin":200000001001}');
  const { page } = watched;
  await send(page);
  const customer = "QueryCreditByUinList 200000001001";
  expect(await figures(page)).toEqual([
    "QueryPartnerCredit AllocatedCredit | 50 | 50.20000001 | +0.20000001",
    "QueryPartnerCredit RemainingCredit | 1000.1 | 999.89999999 | -0.20000001",
    "QueryPartnerCredit CustomerTotalCredit | 50 | 50.20000001 | +0.20000001",
    "QueryPartnerCredit CustomerRemainingCredit | 50 | 50.20000001 | +0.20000001",
    `${customer} TotalCredit | 30 | 30.20000001 | +0.20000001`,
    `${customer} RemainingCredit | 30 | 30.20000001 | +0.20000001`,
  ]);
  expect(await page.locator(".call-figures").textContent()).toContain("4 more calls");
  await page.getByRole("button", { name: "Unchanged (1)" }).click();
  expect((await figures(page)).length).toBe(7);
  await watched.close();
  await own.stop();
});

test("with an idempotency key a repeated write happens once", async () => {
  const own = await startTael();
  const watched = await open(own, "AllocateCustomerCredit", '{"AddedCredit":1,"ClientUin":200000001001}');
  const { page } = watched;
  await page.getByRole("button", { name: "Generate" }).click();
  expect(await page.getByLabel("X-Tael-Idempotency-Key").inputValue()).toMatch(/^[0-9a-f]{32}$/);
  await send(page);
  await expect.poll(() => past(page).count()).toBe(1);
  await send(page);
  await page.getByText("given back from the record").waitFor();
  expect(await page.locator(".call-figures").textContent()).toContain("No figure changed.");
  await watched.close();
  await own.stop();
});

test("a refusal is explained, and the field it names is marked until it changes", async () => {
  const parameters = '{"ClientUin":200000001001,"Amount":1,"ExpireTime":"2020-01-01 00:00:00"}';
  const watched = await open(stage.tael, "IssueVoucher", parameters);
  const { page } = watched;
  await send(page);
  await page.locator(".call-help").waitFor();
  const help = (await page.locator(".call-help").textContent()) ?? "";
  expect(help).toContain("The time in `ExpireTime` has passed");
  expect(help).toContain("What to do");
  expect(await field(page, "ExpireTime").getAttribute("aria-invalid")).toBe("true");
  await page.getByRole("button", { name: "Go to ExpireTime" }).click();
  expect(await field(page, "ExpireTime").evaluate(element => element === document.activeElement)).toBe(true);
  await field(page, "ExpireTime").fill("2099-01-01 00:00:00");
  expect(await field(page, "ExpireTime").getAttribute("aria-invalid")).toBe("false");
  await page.getByLabel("Language of messages").selectOption("中文");
  await field(page, "ExpireTime").fill("2020-01-01 00:00:00");
  await send(page);
  await page.getByText("指定的时间已过").first().waitFor();
  await watched.close();
});

test("a parameter that the older signatures have no place for is said to be one", async () => {
  const watched = await open(stage.tael, "DescribeAuditEvents", '{"Action":"AllocateCustomerCredit"}');
  const { page } = watched;
  await page.getByLabel("Signing method").selectOption("HmacSHA256");
  await send(page);
  const said = await page.locator("#error-Action").textContent();
  expect(said).toContain("`Action` is given more than once");
  await page.getByRole("button", { name: "Send anyway" }).click();
  await page.locator(".call-help .call-message").waitFor();
  expect(await page.locator(".call-help .call-message").textContent()).toBe(said);
  await page.getByLabel("Signing method").selectOption("TC3-HMAC-SHA256");
  await send(page);
  await expect.poll(() => past(page).first().textContent()).toContain("OK");
  await watched.close();
});

test("a key that fails is a case for the Doctor", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  const key = { secretId: "AKIDdemoHarbourxxxxxxxxxxxxxxxxxxxxx", secretKey: "wrong", token: "" };
  await page.addInitScript(text => localStorage.setItem("tael.key", text), JSON.stringify(key));
  await page.goto("/explorer/QueryPartnerCredit");
  await send(page);
  await page.locator(".call-refused", { hasText: "AuthFailure.SignatureFailure" }).first().waitFor();
  await page.getByRole("link", { name: "Find the cause in the Doctor" }).click();
  expect(new URL(page.url()).pathname).toBe("/explorer/doctor");
  await watched.close();
});

test("where no answer comes, the page says whether to repeat", async () => {
  const own = await startTael();
  const watched = await open(own, "AllocateCustomerCredit", '{"AddedCredit":1,"ClientUin":200000001001}');
  const { page } = watched;
  await own.stop();
  await send(page);
  await page.getByText("It is not known whether this write had an effect.").waitFor();
  expect(await page.locator(".call-help").textContent()).toContain("DescribeAuditEvents");
  await page.getByRole("button", { name: "Generate" }).click();
  await send(page);
  await page.getByText("with the same idempotency key it happens once").waitFor();
  // What the browser itself says of a server that is gone.
  expect(watched.faults.filter(fault => !fault.includes("ERR_CONNECTION_REFUSED"))).toEqual([]);
  watched.faults.length = 0;
  await watched.close();
});

test("the history brings back parameters and answers, of other actions too", async () => {
  const watched = await open(stage.tael, "QueryCreditByUinList", '{"UinList":[200000001002]}');
  const { page } = watched;
  await send(page);
  await expect.poll(() => past(page).count()).toBe(1);
  await field(page, "UinList.0").fill("200000001001");
  await send(page);
  await expect.poll(() => past(page).count()).toBe(2);
  await past(page).nth(1).click();
  expect(await field(page, "UinList.0").inputValue()).toBe("200000001002");
  expect(await page.locator(".call-body").textContent()).toContain('"Uin": 200000001002');
  await page.getByRole("link", { name: "QueryPartnerCredit" }).first().click();
  await page.getByRole("heading", { level: 1, name: "QueryPartnerCredit" }).waitFor();
  await past(page).nth(0).click();
  await page.getByRole("heading", { level: 1, name: "QueryCreditByUinList" }).waitFor();
  await expect.poll(() => field(page, "UinList.0").inputValue()).toBe("200000001001");
  expect(await page.locator(".call-body").textContent()).toContain('"Uin": 200000001001');
  await page.getByRole("button", { name: "Clear the history" }).click();
  expect(await past(page).count()).toBe(0);
  await watched.close();
});

test("an answer with a secret is shown once and not kept", async () => {
  const own = await startTael();
  const watched = await open(own, "CreateSecretKey");
  const { page } = watched;
  await send(page);
  await page.locator(".call-body").waitFor();
  expect(await page.locator(".call-body").textContent()).toContain('"SecretKey"');
  await page.getByRole("tab", { name: "Reference" }).click();
  await page.getByRole("tab", { name: "Call" }).click();
  await page.getByText("This answer held a secret, so it was not kept.").waitFor();
  expect(await page.locator(".call-body").count()).toBe(0);
  await watched.close();
  await own.stop();
});

test("outside of the demo world a write is confirmed first", async () => {
  const key = {
    secretId: "AKIDtestOperatorxxxxxxxxxxxxxxxxxxxx",
    secretKey: "notToBeSeenByAnybodyxxxxxxxxxxxx",
    token: "",
  };
  process.env.TAEL_OPERATOR_SECRET_ID = key.secretId;
  process.env.TAEL_OPERATOR_SECRET_KEY = key.secretKey;
  const own = await startTael("--demo=false");
  const watched = await Watched.open(stage.browser, own.endpoint);
  const { page } = watched;
  await page.addInitScript(text => localStorage.setItem("tael.key", text), JSON.stringify(key));
  await page.goto("/explorer/CreatePartner");
  await page.getByRole("button", { name: "Fill in the example" }).click();
  await send(page);
  const dialog = page.getByRole("dialog", { name: "Send CreatePartner?" });
  expect(await dialog.textContent()).toContain(key.secretId);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await past(page).count()).toBe(0);
  await send(page);
  await dialog.getByRole("button", { name: "Send it" }).click();
  await expect.poll(() => past(page).first().textContent()).toContain("OK");
  expect(await page.locator(".call-figures").count()).toBe(0);
  expect(await page.content()).not.toContain(key.secretKey);
  await page.goto("/explorer/DescribePartners"); // a read asks nothing
  await send(page);
  await page.locator(".call-body").waitFor();
  await watched.close();
  await own.stop();
});

test("an action without a key is sent without one", async () => {
  const watched = await open(stage.tael, "AcceptInvitation");
  const { page } = watched;
  await page.getByRole("button", { name: "Fill in the example" }).click();
  const request = page.waitForRequest(request => new URL(request.url()).pathname === "/");
  await send(page);
  const headers = (await request).headers();
  expect(headers["x-tc-action"]).toBe("AcceptInvitation");
  expect(headers.authorization).toBeUndefined();
  await page.locator(".call-answer").waitFor();
  expect(await page.locator(".call-refused, .call-ok").first().textContent()).not.toContain("AuthFailure");
  await watched.close();
});

const hostile = '</script><img src=x onerror="window.broken=1"><svg onload="window.broken=1">';

test("what others stored and what is sent is text, and runs nowhere", async () => {
  const own = await startTael();
  const watched = await open(own, "ModifyClientRemark", JSON.stringify({ ClientUin: "200000001001", Remark: hostile }));
  const { page } = watched;
  await send(page);
  await expect.poll(() => past(page).first().textContent()).toContain("OK");
  await page.goto(`/explorer/QueryCustomersCredit#${encodeURIComponent(JSON.stringify({ p: { Nothing: hostile } }))}`);
  await page.getByText("No parameter of this action").waitFor();
  await send(page);
  await page.getByRole("button", { name: "Send anyway" }).click();
  await page.locator(".call-refused", { hasText: "UnknownParameter" }).first().waitFor();
  await page.getByRole("button", { name: "Clear", exact: true }).click();
  await send(page);
  await expect.poll(() => page.locator(".call-body").textContent()).toContain("onerror=");
  await page.goto(
    `/explorer/AllocateCustomerCredit#${encodeURIComponent(JSON.stringify({ p: { [hostile]: hostile } }))}`,
  );
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await send(page);
  await page.getByRole("button", { name: "Send anyway" }).click();
  await page.locator(".call-help").waitFor();
  await page.locator(".rolebar-role", { hasText: "Operator" }).click();
  const partner = JSON.stringify({ p: { Name: hostile, Role: "Reseller" } });
  await page.goto(`/explorer/CreatePartner#${encodeURIComponent(partner)}`);
  await send(page);
  await page.locator(".call-figures").waitFor();
  expect(await page.locator("img[src=x], svg[onload]").count()).toBe(0);
  expect(await page.evaluate(() => "broken" in window)).toBe(false);
  await watched.close();
  await own.stop();
});
