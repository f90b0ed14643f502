import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startBrowser, startTael, type Tael, Watched } from "./harness";

let tael: Tael;
let browser: Browser;

beforeAll(async () => {
  [tael, browser] = await Promise.all([startTael(), startBrowser()]);
});

afterAll(async () => {
  await browser.close();
  await tael.stop();
});

test("a browser that opens the server's address finds the Explorer", async () => {
  const watched = await Watched.open(browser, tael.endpoint);
  const { page } = watched;
  await page.goto("/");
  const list = page.getByRole("navigation", { name: "Actions" });
  await list.getByRole("link", { name: /^QueryPartnerCredit/ }).click();
  expect(page.url()).toBe(`${tael.endpoint}/explorer/QueryPartnerCredit`);
  await watched.close();
});
