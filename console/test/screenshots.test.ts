// The pictures of the documentation. `TAEL_SCREENSHOTS=1 make test-browser` writes them anew; otherwise a run only
// sees that the pages can be pictured, and leaves the files alone.
import { writeFileSync } from "node:fs";
import type { BrowserContextOptions } from "playwright-core";
import { expect, test } from "vitest";
import { useStage, Watched } from "./harness";

const sizeMax = 250_000;

const stage = useStage();

const wide = { width: 1280, height: 720 };
const allocation = `#${encodeURIComponent('{"p":{"ClientUin":200000001001,"AddedCredit":12.5}}')}`;

const pictures: Record<string, [path: string, options: BrowserContextOptions]> = {
  "explorer-light-en": [`/explorer/AllocateCustomerCredit${allocation}`, { viewport: wide, colorScheme: "light" }],
  "explorer-dark-zh": [
    `/explorer/AllocateCustomerCredit/signature${allocation}`,
    { viewport: wide, colorScheme: "dark", locale: "zh-CN" },
  ],
  "explorer-mobile": [
    `/explorer/QueryVoucherAmountByUin/reference`,
    { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 },
  ],
};

test.for(Object.entries(pictures))("%s", async ([name, [path, options]]) => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, { ...options, reducedMotion: "reduce" });
  const { page } = watched;
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await page.waitForFunction(() => document.querySelector(".app-loading") === null);
  await page.waitForLoadState("networkidle");
  // The caret is left as it is: hiding it takes an inline style, which the policy forbids.
  const picture = await page.screenshot({ caret: "initial" });
  expect(picture.length).toBeLessThanOrEqual(sizeMax);
  if (process.env.TAEL_SCREENSHOTS) {
    writeFileSync(`../docs/images/${name}.png`, picture);
  }
  await watched.close();
});
