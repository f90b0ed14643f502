import { readFileSync } from "node:fs";
import axe from "axe-core";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { useStage, Watched } from "./harness";

const stage = useStage();

async function open(path: string): Promise<Watched> {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  await watched.page.goto(path);
  await watched.page.getByRole("button", { name: "JSON", exact: true }).waitFor();
  return watched;
}

const field = (page: Page, name: string) => page.locator(`[id="field-${name}"]`);
const raw = (page: Page) => page.getByLabel("Parameters as JSON");

async function asJson(page: Page): Promise<string> {
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  const text = await raw(page).inputValue();
  await page.getByRole("button", { name: "Form", exact: true }).click();
  return text.replace(/\s/g, "");
}

test("a list grows and shrinks, and the focus stays with it", async () => {
  const watched = await open("/explorer/QueryCreditByUinList");
  const { page } = watched;
  const add = page.getByRole("button", { name: "Add to UinList" });
  await add.click();
  await page.keyboard.type("200000001001");
  await add.click();
  await page.keyboard.type("9007199254740993");
  expect(await asJson(page)).toBe('{"UinList":[200000001001,9007199254740993]}');
  await expect.poll(() => page.locator("[id='error-UinList.1']").textContent()).toContain("`UinList.1`");
  await page.getByRole("button", { name: "Remove UinList 1" }).click();
  expect(await asJson(page)).toBe('{"UinList":[9007199254740993]}');
  await page.getByRole("button", { name: "Remove UinList 1" }).press("Enter");
  expect(await asJson(page)).toBe("{}");
  await watched.close();
});

test("objects within, values to choose from, and times", async () => {
  const watched = await open("/explorer/DescribeCustomerOwnCostExplorerSummary");
  const { page } = watched;
  await field(page, "Dimension").selectOption("Region");
  await field(page, "StartTime").fill("2026-10-01 00:00:00");
  await page.locator("[data-field=EndTime] input[type=datetime-local]").fill("2026-10-31T23:59:59");
  await field(page, "Filter.TagKey").fill("team");
  await page.getByRole("button", { name: "Add to RegionIn" }).click();
  await page.keyboard.type("ap-singapore");
  expect(await asJson(page)).toBe(
    '{"Dimension":"Region","StartTime":"2026-10-0100:00:00","EndTime":"2026-10-3123:59:59",' +
      '"Filter":{"TagKey":"team","RegionIn":["ap-singapore"]}}',
  );
  expect(await field(page, "EndTime").inputValue()).toBe("2026-10-31 23:59:59");
  await page.getByRole("button", { name: "Remove RegionIn 1" }).click();
  await field(page, "Filter.TagKey").fill("");
  await field(page, "Dimension").selectOption("");
  expect(await asJson(page)).toBe('{"StartTime":"2026-10-0100:00:00","EndTime":"2026-10-3123:59:59"}');
  await watched.close();
});

test("the filter for required fields keeps those that have a value", async () => {
  const watched = await open("/explorer/IssueVoucher");
  const { page } = watched;
  await page.getByRole("button", { name: "Fill in the example" }).click();
  await page.getByLabel("Required only").check();
  const names = () => page.locator(".form-name").allTextContents();
  expect(await names()).toEqual(["ClientUin", "Amount", "ExpireTime"]);
  await page.getByRole("button", { name: "Clear" }).click();
  expect(await names()).toEqual(["ClientUin", "Amount"]);
  await page.getByLabel("Required only").uncheck();
  expect((await names()).length).toBeGreaterThan(5);
  await watched.close();
});

test("form and JSON hold the same, digits and unknown names included", async () => {
  const watched = await open("/explorer/AllocateCustomerCredit");
  const { page } = watched;
  await field(page, "AddedCredit").fill("10.50000000000000000001");
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  expect(await raw(page).inputValue()).toContain('"AddedCredit": 10.50000000000000000001');
  await raw(page).fill('{"AddedCredit": 1E+2,\n "ClientUin": [1], "Colour": {"A": "<b>"}, "Remark": ""}');
  await page.getByRole("button", { name: "Form", exact: true }).click();
  expect(await field(page, "AddedCredit").inputValue()).toBe("1E+2");
  expect(await page.locator("[data-field=ClientUin] .form-kept").textContent()).toBe("[1]");
  expect(await page.locator("[data-field=Colour]").textContent()).toContain("No parameter of this action");
  expect(await page.locator("[data-field=Colour] .form-kept").textContent()).toBe('{"A":"<b>"}');
  const empty = page.getByRole("button", { name: "Send Remark as an empty text" });
  expect(await empty.getAttribute("aria-pressed")).toBe("true");
  await empty.click();
  await page.getByRole("button", { name: "Remove Colour" }).click();
  expect(await asJson(page)).toBe('{"AddedCredit":1E+2,"ClientUin":[1]}');
  await watched.close();
});

// The address is written 250 ms after a change, and shown a little later where the
// processor is slow: what is typed in between is the newest, whatever the address says.
test("nothing that is typed while the address follows is lost", async () => {
  const watched = await open("/explorer/AllocateCustomerCredit");
  const { page } = watched;
  const slow = await watched.context.newCDPSession(page);
  await slow.send("Emulation.setCPUThrottlingRate", { rate: 8 });
  const lost = await field(page, "Remark").evaluate(async (element: HTMLInputElement) => {
    const value = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value");
    const missing: string[] = [];
    for (let i = 0; i < 40; i++) {
      const before = element.value;
      if (i > 0 && before !== `text ${i - 1}`) {
        missing.push(`text ${i - 1}`);
      }
      value?.set?.call(element, `text ${i}`);
      element.dispatchEvent(new Event("input", { bubbles: true }));
      await new Promise(done => setTimeout(done, 235 + i));
    }
    return missing;
  });
  expect(lost).toEqual([]);
  await watched.close();
});

test("JSON that cannot be read says where, and is not lost", async () => {
  const watched = await open("/explorer/AllocateCustomerCredit");
  const { page } = watched;
  await field(page, "Remark").fill("kept");
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  await raw(page).fill('{\n  "Remark": oops\n}');
  await expect.poll(() => page.locator("#form-raw-error").textContent()).toContain("Line 2, column 13");
  await page.getByRole("button", { name: "Form", exact: true }).click();
  expect(await raw(page).inputValue()).toContain("oops");
  expect(await raw(page).evaluate(element => element === document.activeElement)).toBe(true);
  await raw(page).fill("[]");
  await expect.poll(() => page.locator("#form-raw-error").textContent()).toBe("The request body is not a JSON object.");
  await raw(page).fill('{"Remark": "new"}');
  await page.getByRole("button", { name: "Form", exact: true }).click();
  expect(await field(page, "Remark").inputValue()).toBe("new");
  await watched.close();
});

// Wrong in one way each, of actions that a reseller may call.
const wrong: [action: string, parameters: string][] = [
  ["QueryCreditByUinList", "{}"],
  ["QueryCreditByUinList", '{"UinList": []}'],
  ["QueryCreditByUinList", '{"UinList": [1, "x"]}'],
  ["QueryCreditByUinList", `{"UinList": [${Array(51).fill("1").join()}]}`],
  ["AllocateCustomerCredit", '{"AddedCredit": "10", "ClientUin": 200000001001}'],
  ["AllocateCustomerCredit", '{"AddedCredit": 1000000000.00000001, "ClientUin": 200000001001}'],
  ["AllocateCustomerCredit", '{"AddedCredit": 1, "ClientUin": 0}'],
  ["AllocateCustomerCredit", `{"AddedCredit": 1, "ClientUin": 1, "Remark": "${"😀".repeat(256)}"}`],
  ["AllocateCustomerCredit", '{"AddedCredit": 1, "ClientUin": 200000001001, "Nothing": true}'],
  ["IssueVoucher", '{"ClientUin": 200000001001, "Amount": 1, "ExpireTime": "2026-02-30 00:00:00"}'],
  ["IssueVoucher", '{"ClientUin": 200000001001, "Amount": 1, "PaymentMode": "allpayment"}'],
  ["ModifyClientRemark", '{"ClientUin": "x", "Remark": ""}'],
  ["CreateUser", '{"Name": "a b"}'],
  ["DescribeUsers", '{"Page": 1.5}'],
];

test.for(["en", "zh"])("what the form says (%s) is what the server answers", { timeout: 360_000 }, async language => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, {
    locale: language === "zh" ? "zh-CN" : "en-US",
  });
  const { page } = watched;
  for (const [action, parameters] of wrong) {
    await page.goto(`/explorer/${action}#${encodeURIComponent(`{"p":${parameters}}`)}`);
    await page.reload(); // an address that differs in its fragment alone is the same page
    await page.getByRole("button", { name: language === "zh" ? "发送" : "Send", exact: true }).click();
    const said = await page.locator(".form-problems li").first().textContent();
    const anyway = language === "zh" ? "仍然发送" : "Send anyway";
    await page.getByRole("button", { name: anyway }).click();
    await page.locator(".call-help .call-message").waitFor();
    expect(await page.locator(".call-help .call-message").textContent(), `${action} ${parameters}`).toBe(said);
  }
  await watched.close();
});

test("every action's example fills in without a complaint", { timeout: 600_000 }, async () => {
  const watched = await open("/explorer/QueryPartnerCredit");
  const { page } = watched;
  const bundle = JSON.parse(readFileSync("../api/definition.gen.json", "utf8")) as { actions: { name: string }[] };
  for (const { name } of bundle.actions) {
    // In one turn: the page writes the form into its address a moment after a change.
    await page.evaluate(path => {
      history.pushState(null, "", path);
      dispatchEvent(new PopStateEvent("popstate"));
    }, `/explorer/${name}`);
    await page.getByRole("heading", { level: 1, name }).waitFor();
    await page.getByRole("button", { name: "Fill in the example" }).click();
    await expect
      .poll(() => page.locator(".form-problems").textContent(), { message: name })
      .toContain("pass the server");
  }
  await watched.close();
});

test("a call is put together and sent with the keyboard alone", async () => {
  const watched = await open("/explorer/AllocateCustomerCredit");
  const { page } = watched;
  await page.keyboard.press("Control+Enter"); // goes to what is missing
  await expect.poll(() => field(page, "AddedCredit").evaluate(e => e === document.activeElement)).toBe(true);
  expect(await field(page, "AddedCredit").getAttribute("aria-invalid")).toBe("true");
  await page.keyboard.type("0.00000001");
  await page.keyboard.press("Tab");
  await page.keyboard.type("200000001001");
  await page.keyboard.press("Control+Enter");
  await page.locator(".call-ok").first().waitFor();
  await watched.close();
});

test.for(["light", "dark"] as const)("form and call are accessible (%s)", async colorScheme => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, { colorScheme });
  const { page } = watched;
  await page.goto("/explorer/DescribeCustomerOwnCostExplorerSummary");
  await page.getByRole("button", { name: "Add to RegionIn" }).click();
  await page.getByRole("button", { name: "Send", exact: true }).click();
  expect(await violations(page)).toEqual([]);
  await page.goto("/explorer/AllocateCustomerCredit");
  await page.getByRole("button", { name: "Fill in the example" }).click();
  await page.keyboard.press("Control+Enter");
  await page.locator(".call-figures").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(await page.locator(".action").evaluate(element => element.scrollWidth - element.clientWidth)).toBe(0);
  await page.getByRole("button", { name: "JSON", exact: true }).click();
  expect(await violations(page)).toEqual([]);
  await watched.close();
});

async function violations(page: Page): Promise<string[]> {
  // As a function's body, not as a script: the page's policy admits none from elsewhere.
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => (window as unknown as { axe: typeof axe }).axe.run(document));
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(" ")}`);
}
