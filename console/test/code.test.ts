import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { AxeResults } from "axe-core";
import { parse } from "lossless-json";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { callOf, type Language, languages } from "../src/code";
import type { Bundle } from "../src/definition/bundle";
import { define } from "../src/definition/definition";
import type { Draft } from "../src/explorer/draft";
import { useStage, Watched } from "./harness";

const stage = useStage();
const definition = define(JSON.parse(readFileSync("../api/definition.gen.json", "utf8")) as Bundle);

const hostile = `<img src=x onerror="window.pwned=1"></code><script>window.pwned=1</script> '"\\ \${x}`;
const parameters = JSON.stringify({ AddedCredit: 12.5, ClientUin: 200000001001, Remark: hostile });

async function open(action: string, text = "", options = {}): Promise<Watched> {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, options);
  const fragment = text && `#${encodeURIComponent(`{"p":${text}}`)}`;
  await watched.page.goto(`/explorer/${action}/code${fragment}`);
  await watched.page.getByRole("radio", { name: "Go", exact: true }).waitFor();
  return watched;
}

/** The region of a program; those of its install and run lines have other names. */
function program(page: Page) {
  return page.getByRole("region", { name: /^Save as/ });
}

async function choose(page: Page, language: Language): Promise<void> {
  await page.getByRole("radio", { name: language.name, exact: true }).check();
}

function written(language: Language, action: string, text: string): string {
  const draft: Draft = {
    action: definition.action(action) ?? expect.fail(action),
    parameters: parse(text) as Draft["parameters"],
    method: "TC3-HMAC-SHA256",
    http: "POST",
    language: "en-US",
    idempotencyKey: "",
  };
  return language.write(callOf({ draft, endpoint: stage.tael.endpoint, definition })).code;
}

test("each language shows its program, with markup in the parameters as text and without the secret key", async () => {
  const watched = await open("AllocateCustomerCredit", parameters);
  const { page } = watched;
  const server = (await (await page.request.get("/explorer/server.json")).json()) as {
    demo: { secretKey: string; secretId: string }[];
  };
  for (const language of languages) {
    await choose(page, language);
    const shown = program(page);
    await page.waitForFunction(() => document.querySelector("#panel .hljs-string, #panel .hljs-number") !== null);
    if (language.id === "curl") {
      await expect.poll(() => shown.textContent()).toContain("Signature=");
    } else {
      expect(await shown.textContent()).toBe(written(language, "AllocateCustomerCredit", parameters));
    }
    const panel = (await page.locator("#panel").textContent()) ?? "";
    // A demo key's SecretId has its key in it.
    const rest = server.demo.reduce((text, { secretId }) => text.replaceAll(secretId, ""), panel);
    expect(server.demo.filter(({ secretKey }) => rest.includes(secretKey))).toEqual([]);
    expect(panel.includes("AKIDdemo"), language.id).toBe(language.id === "curl");
  }
  expect(await page.locator("#panel img, #panel script").count()).toBe(0);
  expect(await page.evaluate("window.pwned")).toBeUndefined();
  await watched.close();
});

test("the program follows the form, and the language is remembered", async () => {
  const watched = await open("AllocateCustomerCredit", parameters);
  const { page } = watched;
  const python = languages.find(({ id }) => id === "python") ?? expect.fail();
  await choose(page, python);
  await page.locator('[data-field="Remark"]').getByRole("textbox").fill("top-up of May");
  const changed = parameters.replace(JSON.stringify(hostile), '"top-up of May"');
  await expect.poll(() => program(page).textContent()).toBe(written(python, "AllocateCustomerCredit", changed));
  await page.goto("/explorer/QueryPartnerCredit/code");
  await expect.poll(() => program(page).textContent()).toBe(written(python, "QueryPartnerCredit", "{}"));
  await watched.close();
});

test("a program is copied and saved to the letter", async () => {
  const watched = await open("AllocateCustomerCredit", parameters);
  const { page, context } = watched;
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const go = languages.find(({ id }) => id === "go") ?? expect.fail();
  const code = written(go, "AllocateCustomerCredit", parameters);
  await page.getByRole("button", { name: "Copy: Save as main.go" }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download main.go" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("main.go");
  expect(readFileSync(await download.path(), "utf8")).toBe(code);
  await watched.close();
});

test("what curl is shown with is sent as it stands, and says until when", async () => {
  const watched = await open("QueryCreditByUinList", '{"UinList":[200000001001]}');
  const { page } = watched;
  await page.getByRole("radio", { name: "curl", exact: true }).check();
  await expect.poll(() => program(page).textContent()).toContain("Signature=");
  const code = (await program(page).textContent()) ?? "";
  expect(code).toMatch(/^# Signed at \S+Z; the server takes it until \S+Z\.$/m);
  const ran = spawnSync("bash", ["--norc", "-c", code], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  expect(JSON.parse(ran.stdout)).toMatchObject({
    Response: { Data: [{ Uin: 200000001001, TotalCredit: 30, RemainingCredit: 30 }] },
  });
  await page.getByRole("checkbox", { name: /^Signed by this page/ }).uncheck();
  await expect.poll(() => program(page).textContent()).toContain("openssl dgst");
  expect(await program(page).textContent()).not.toContain("AKIDdemo");
  await watched.close();
});

test("a client that does not know a service says which one does", async () => {
  const watched = await open("DescribePartners");
  const { page } = watched;
  await page.getByRole("radio", { name: "tccli", exact: true }).check();
  await page.getByText("tccli does not know the service tael.").waitFor();
  await watched.close();
});

test("languages are chosen by the keyboard", async () => {
  const watched = await open("QueryPartnerCredit");
  const { page } = watched;
  await page.getByRole("radio", { name: "Go", exact: true }).focus();
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => program(page).textContent()).toContain("intlpartnersmgt_client");
  await watched.close();
});

test.for(["light", "dark"] as const)("the tab is accessible in the %s theme, from 360 pixels on", async colorScheme => {
  const watched = await open("AllocateCustomerCredit", parameters, {
    colorScheme,
    viewport: { width: 360, height: 800 },
  });
  const { page } = watched;
  for (const { name } of languages) {
    await page.getByRole("radio", { name, exact: true }).check();
    await page.waitForFunction(() => document.querySelector("#panel .hljs-string, #panel .hljs-number") !== null);
  }
  await page.evaluate(readFileSync("node_modules/axe-core/axe.min.js", "utf8"));
  const results = await page.evaluate<AxeResults>("axe.run('#panel')");
  expect(results.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  await watched.close();
});
