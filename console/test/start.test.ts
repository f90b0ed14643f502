import { expect, test } from "vitest";
import { useStage, Watched } from "./harness";

const stage = useStage();

test("a browser that opens the server's address finds the Explorer", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  await page.goto("/");
  const list = page.getByRole("navigation", { name: "Actions" });
  await list.getByRole("link", { name: /^QueryPartnerCredit/ }).click();
  expect(page.url()).toBe(`${stage.tael.endpoint}/explorer/QueryPartnerCredit`);
  await watched.close();
});
