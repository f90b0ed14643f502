// Finding, moving about, languages, themes and who calls.
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { useStage, Watched } from "./harness";

const stage = useStage();

async function search(page: Page, query: string) {
  await page.getByRole("combobox", { name: "Search" }).fill(query);
  return page.getByRole("option").first();
}

test("search finds an action by its initials, with the keyboard alone", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  await page.goto("/explorer/");
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("QPC");
  const box = page.getByRole("combobox", { name: "Search" });
  expect(await box.inputValue()).toBe("QPC");
  const active = () => page.getByRole("listbox").getByRole("option", { selected: true });
  await active().filter({ hasText: "QueryPartnerCredit" }).waitFor();
  expect(await box.getAttribute("aria-activedescendant")).toBe(await active().getAttribute("id"));
  await page.keyboard.press("ArrowDown");
  await active().filter({ hasText: "QueryPendingClientsV2" }).waitFor();
  await page.keyboard.press("ArrowUp");
  await active().filter({ hasText: "QueryPartnerCredit" }).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "QueryPartnerCredit" }).waitFor();
  expect(new URL(page.url()).pathname).toBe("/explorer/QueryPartnerCredit");
  await page.keyboard.press("/");
  await page.keyboard.type("zebra");
  await page.getByRole("status").filter({ hasText: "Nothing found" }).waitFor();
  await page.keyboard.press("Escape");
  expect(await box.getAttribute("aria-expanded")).toBe("false");
  expect(await box.evaluate(element => element === document.activeElement)).toBe(false);
  await watched.close();
});

test("a field that was found is focused: a parameter in the form, another in the reference", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  await page.goto("/explorer/");
  await (await search(page, "AddedCredit")).click();
  await page.waitForURL("**/explorer/AllocateCustomerCredit");
  await page.waitForFunction(() => document.activeElement?.closest('[data-field="AddedCredit"]'));
  await (await search(page, "RemainAmount QueryVoucherAmountByUin")).click();
  await page.waitForURL("**/explorer/QueryVoucherAmountByUin/reference");
  await page.waitForFunction(() => document.activeElement?.matches('[data-answer="Data.RemainAmount"]'));
  await watched.close();
});

test("an error code that was found opens its entry", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  await page.goto("/explorer/");
  await (await search(page, "BalanceInsufficient")).click();
  await page.waitForURL("**/explorer/errors/FailedOperation.BalanceInsufficient");
  const entry = page.getByRole("region", { name: "FailedOperation.BalanceInsufficient" });
  await entry.getByRole("link", { name: "AllocateCustomerCredit" }).click();
  await page.getByRole("heading", { level: 1, name: "AllocateCustomerCredit" }).waitFor();
  await watched.close();
});

test("Chinese: texts, lang, search, and all of it again after a reload", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  await page.goto("/explorer/QueryVoucherAmountByUin/reference");
  await page.getByLabel("Language").selectOption("zh");
  await page.getByRole("heading", { name: "请求参数", exact: true }).waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe("zh");
  await page.getByText("客户 UIN 列表，1 至 20 个。").first().waitFor();
  await page.reload();
  await page.getByRole("combobox", { name: "搜索" }).fill("代金券金额");
  const option = page.getByRole("option").first();
  expect(await option.innerText()).toContain("QueryVoucherAmountByUin");
  expect(await option.locator("mark").allInnerTexts()).toContain("代金券金额");
  await watched.close();
});

test.for([
  ["ko-KR", "액션 목록"],
  ["ja-JP", "アクション一覧"],
  ["fr-FR", "Actions"],
] as const)("a browser in %s gets its language, or English", async ([locale, actions]) => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, { locale });
  await watched.page.goto("/explorer/");
  await watched.page.getByRole("navigation", { name: actions }).waitFor();
  await watched.close();
});

test("the theme follows the system until one is chosen, from the first paint on", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, { colorScheme: "dark" });
  const { page } = watched;
  // What the page looks like when its body begins, before any of the application ran.
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (document.querySelector("body")) {
        sessionStorage.setItem("first", document.documentElement.getAttribute("theme-mode") ?? "");
        observer.disconnect();
      }
    }).observe(document, { childList: true, subtree: true });
  });
  const theme = () => page.locator("html").getAttribute("theme-mode");
  const first = () => page.evaluate(() => sessionStorage.getItem("first"));
  await page.goto("/explorer/");
  expect(await first()).toBe("dark");
  await page.emulateMedia({ colorScheme: "light" });
  await page.locator("html[theme-mode=light]").waitFor();
  await page.getByLabel("Theme").selectOption("dark");
  expect(await theme()).toBe("dark");
  await page.reload();
  expect(await first()).toBe("dark");
  expect(await theme()).toBe("dark");
  await watched.close();
});

test("a link restores action, parameters and tab; back and forward go over them", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  const fragment = `#${encodeURIComponent('{"p":{"ClientUins":[200000001001]},"m":"HmacSHA1"}')}`;
  await page.goto(`/explorer/QueryVoucherAmountByUin/reference${fragment}`);
  const selected = page.getByRole("tab", { selected: true });
  await selected.filter({ hasText: "Reference" }).waitFor();
  await page.getByRole("tab", { name: "Signature" }).click();
  await selected.filter({ hasText: "Signature" }).waitFor();
  expect(page.url()).toBe(`${stage.tael.endpoint}/explorer/QueryVoucherAmountByUin/signature${fragment}`);
  await page.getByRole("tabpanel").getByText("200000001001").first().waitFor();
  await page
    .getByRole("navigation", { name: "Actions" })
    .getByRole("link", { name: /^AssumeRole/ })
    .click();
  await page.getByRole("heading", { level: 1, name: "AssumeRole" }).waitFor();
  await page.goBack();
  await selected.filter({ hasText: "Signature" }).waitFor();
  expect(new URL(page.url()).hash).toBe(fragment);
  await page.goBack();
  await selected.filter({ hasText: "Reference" }).waitFor();
  await page.goForward();
  await selected.filter({ hasText: "Signature" }).waitFor();
  await watched.close();
});

test("an action that does not exist is said not to", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  await watched.page.goto("/explorer/DescribeZebras");
  await watched.page.getByRole("heading", { name: "There is no action DescribeZebras." }).waitFor();
  await watched.close();
});

test("names in addresses and demo data are text, never markup", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  const markup = "<img src=x onerror=alert(1)>";
  await page.goto(`/explorer/${encodeURIComponent(markup)}`);
  await page.getByRole("heading", { name: markup }).waitFor();
  await page.goto(`/explorer/errors/${encodeURIComponent(markup)}`);
  await page.getByRole("alert").filter({ hasText: markup }).waitFor();
  await page.getByRole("combobox", { name: "Search" }).fill(markup);
  await page.getByRole("status").filter({ hasText: "Nothing found" }).waitFor();
  expect(await page.locator("img[src=x]").count()).toBe(0);
  await watched.close();
});

test("the role switcher says who may call, and calls as whom is chosen", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  await page.goto("/explorer/AllocateCustomerCredit/reference");
  const bar = page.getByRole("group", { name: "Call as" });
  await bar.getByRole("button", { name: "Reseller, may call this action", exact: true, pressed: true }).waitFor();
  await bar.getByRole("button", { name: "Customer, may not call this action" }).click();
  await page.getByText("Customer may not call this action; the server will refuse.").waitFor();
  await page.getByRole("button", { name: "Account: Pier Nine Studio" }).waitFor();
  await page.getByLabel("Account", { exact: true }).selectOption({ label: "Cedar Clinic · 200000003001" });
  await page.getByRole("button", { name: "Account: Cedar Clinic" }).waitFor();
  await page.getByLabel("Only what this role may call: Customer").check();
  const list = page.getByRole("navigation", { name: "Actions" });
  expect(await list.getByRole("link", { name: /^AllocateCustomerCredit/ }).count()).toBe(0);
  expect(await list.getByRole("link", { name: /^DescribeCustomerOwnVoucherList/ }).count()).toBe(1);
  await page.reload();
  await page.getByRole("button", { name: "Account: Cedar Clinic" }).waitFor();
  await watched.close();
});

test("a key that was typed in is stored only if asked, and forgotten if asked", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  const enter = async (keep: boolean) => {
    await page.getByRole("button", { name: /^Account: / }).click();
    await page.getByLabel("SecretId").fill("AKIDmine");
    await page.getByLabel("SecretKey").fill("k-secret");
    await page.getByLabel("Token").fill("t-secret");
    await page.getByLabel("Remember on this device").setChecked(keep);
    await page.getByRole("button", { name: "Use this key" }).click();
    await page.getByRole("button", { name: "Account: AKIDmine" }).waitFor();
  };
  const stored = () => page.evaluate(() => JSON.stringify([localStorage, sessionStorage]));
  await page.goto("/explorer/QueryPartnerCredit/reference");
  await enter(false);
  expect(await stored()).not.toContain("secret");
  expect(page.url()).not.toContain("AKID");
  await page.reload();
  await page.getByRole("button", { name: "Account: Harbour Cloud" }).waitFor();
  await enter(true);
  expect(await stored()).toContain("k-secret");
  await page.reload();
  await page.getByRole("button", { name: "Account: AKIDmine" }).click();
  await page.getByRole("button", { name: "Forget the key" }).click();
  expect(await stored()).not.toContain("secret");
  await page.keyboard.press("Escape");
  await page.getByText("No key is set, so calls cannot be signed.").waitFor();
  await watched.close();
});

test("at 360 pixels nothing sticks out, and the actions are in a drawer", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, { viewport: { width: 360, height: 740 } });
  const { page } = watched;
  await page.goto("/explorer/");
  await page.getByRole("button", { name: "Actions" }).click();
  const drawer = page.getByRole("dialog", { name: "Actions" });
  await drawer.getByRole("link", { name: /^QueryVoucherListByUin/ }).click();
  await page.getByRole("heading", { level: 1, name: "QueryVoucherListByUin" }).waitFor();
  expect(await drawer.count()).toBe(0);
  for (const path of ["", "QueryVoucherListByUin", "QueryVoucherListByUin/reference", "errors"]) {
    await page.goto(`/explorer/${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForFunction(() => document.querySelector(".app-loading") === null);
    const overflow = await page.evaluate(() =>
      [document.documentElement, document.getElementById("page")].map(e => (e ? e.scrollWidth - e.clientWidth : -1)),
    );
    expect(overflow, path).toEqual([0, 0]);
  }
  await watched.close();
});

test("focus mode shows nothing but the action, text size changes its letters", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  await page.goto("/explorer/QueryPartnerCredit/reference");
  const size = () => page.locator("body").evaluate(body => Number.parseFloat(getComputedStyle(body).fontSize));
  expect(await size()).toBeCloseTo(14);
  await page.getByLabel("Text size").selectOption("Largest");
  expect(await size()).toBeGreaterThan(18);
  await page.getByRole("button", { name: "Focus mode", exact: true }).click();
  expect(await page.getByRole("navigation", { name: "Actions" }).count()).toBe(0);
  expect(await page.getByRole("banner").count()).toBe(0);
  await page.getByRole("button", { name: "Leave focus mode" }).click();
  await page.getByRole("navigation", { name: "Actions" }).waitFor();
  await watched.close();
});

test.for(["en-US", "zh-CN"])("links that leave the Explorer arrive, %s", async locale => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, { locale });
  const { page } = watched;
  const addresses = new Set<string>();
  for (const path of ["", "QueryPartnerCredit/reference"]) {
    await page.goto(`/explorer/${path}`);
    await page.locator('a[href="/openapi.json"]').waitFor();
    const hrefs = await page
      .locator("a[href]")
      .evaluateAll(links => links.map(link => link.getAttribute("href") ?? ""));
    hrefs.filter(href => href.startsWith("/") && !href.startsWith("/explorer")).forEach(href => addresses.add(href));
  }
  expect(addresses.size).toBe(4); // the docs, this action's, OpenAPI, Postman
  for (const address of addresses) {
    expect((await watched.context.request.get(address)).status(), address).toBe(200);
  }
  await watched.close();
});

const axeSource = readFileSync("node_modules/axe-core/axe.min.js", "utf8");

interface Finding {
  impact: string;
  id: string;
  nodes: { html: string }[];
}

test.for([
  ["light", "en-US"],
  ["dark", "zh-CN"],
] as const)("axe has no serious finding on any view, %s, %s", { timeout: 360_000 }, async ([colorScheme, locale]) => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, { colorScheme, locale });
  const { page } = watched;
  const views: Record<string, (() => Promise<void>) | undefined> = {
    "": undefined,
    QueryVoucherListByUin: undefined,
    "QueryVoucherListByUin/reference": undefined,
    doctor: undefined,
    "AllocateCustomerCredit/signature": undefined,
    "AllocateCustomerCredit/code": undefined,
    "errors/FailedOperation.BalanceInsufficient": undefined,
    DescribeZebras: () => page.getByRole("button", { name: "Harbour Cloud" }).click(),
    CreateUser: async () => {
      await page.getByRole("combobox").first().fill("credit");
      await page.getByRole("option").first().waitFor();
    },
  };
  for (const [path, act] of Object.entries(views)) {
    await page.goto(`/explorer/${path}`);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.waitForFunction(() => document.querySelector(".app-loading") === null);
    await act?.();
    await page.evaluate(axeSource);
    const found = await page.evaluate(async () => {
      const { axe } = window as unknown as { axe: { run: () => Promise<{ violations: Finding[] }> } };
      return (await axe.run()).violations;
    });
    const grave = found
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes
            .map(node => node.html)
            .slice(0, 4)
            .join("\n")}`,
      );
    expect(grave, `/explorer/${path}`).toEqual([]);
  }
  await watched.close();
});
