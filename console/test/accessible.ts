import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

interface Finding {
  id: string;
  impact: string | null;
  nodes: { html: string; failureSummary?: string }[];
}

/** What axe finds wrong within a part of a page, as far as it is serious. */
export async function seriousFindings(page: Page, within: string): Promise<string[]> {
  await page.evaluate(axe); // by the debugger, which no policy of the page stops
  const violations = await page.evaluate(async within => {
    const { axe } = globalThis as unknown as {
      axe: { run(within: string): Promise<{ violations: Finding[] }> };
    };
    return (await axe.run(within)).violations;
  }, within);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary = "" }) => `${id}: ${html}\n${failureSummary}`));
}
