import { createHmac } from "node:crypto";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { seriousFindings } from "./accessible";
import { startBrowser, useStage, Watched } from "./harness";
import { reseller, sendTo, sha256 } from "./requests";

const stage = useStage();

const parameters = { ClientUins: [200000001001, 200000001002] };
const address = `/explorer/QueryVoucherAmountByUin/signature#${encodeURIComponent(JSON.stringify({ p: parameters }))}`;

async function openTab(method: string, http: string, timestamp?: number): Promise<Watched> {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  const { page } = watched;
  await page.goto(address);
  await page.getByLabel("Signature method").selectOption(method);
  await page.getByLabel("HTTP method").selectOption(http);
  if (timestamp !== undefined) {
    await page.getByLabel("Timestamp, Unix seconds").fill(String(timestamp));
  }
  return watched;
}

/** A step's text, once it holds what it should. */
async function step(page: Page, id: string, holds: string): Promise<string> {
  const text = page.locator(`[data-step="${id}"]`);
  await expect.poll(() => text.textContent()).toContain(holds);
  return (await text.textContent()) ?? "";
}

const hmac = (key: Buffer | string, text: string) => createHmac("sha256", key).update(text).digest();
// Half past seven in the morning of the 23rd in Beijing.
const time = 1795390200;

test.each(["POST", "GET"])("TC3-HMAC-SHA256 %s: every step is what it should be", async http => {
  const watched = await openTab("TC3-HMAC-SHA256", http, time);
  const { page } = watched;
  const { host } = new URL(stage.tael.endpoint);
  const get = http === "GET";
  const query = get ? "ClientUins.0=200000001001&ClientUins.1=200000001002" : "";
  const type = get ? "application/x-www-form-urlencoded" : "application/json";
  const payload = sha256(get ? "" : JSON.stringify(parameters));
  const canonical = `${http}\n/\n${query}\ncontent-type:${type}\nhost:${host}\n\ncontent-type;host\n${payload}`;
  const toSign = `TC3-HMAC-SHA256\n${time}\n2026-11-22/intlpartnersmgt/tc3_request\n${sha256(canonical)}`;
  const date = hmac(`TC3${reseller.secret}`, "2026-11-22");
  const service = hmac(date, "intlpartnersmgt");
  const signing = hmac(service, "tc3_request");
  const signature = hmac(signing, toSign).toString("hex");
  await step(page, "signature", signature);
  for (const [id, wanted] of Object.entries({
    hashedPayload: payload,
    canonicalRequest: canonical,
    hashedCanonicalRequest: sha256(canonical),
    stringToSign: toSign,
    secretDate: date.toString("hex"),
    secretService: service.toString("hex"),
    secretSigning: signing.toString("hex"),
    signature,
    authorization:
      `TC3-HMAC-SHA256 Credential=${reseller.id}/2026-11-22/intlpartnersmgt/tc3_request, ` +
      `SignedHeaders=content-type;host, Signature=${signature}`,
  })) {
    expect(await step(page, id, wanted), id).toBe(wanted);
  }
  await page.getByRole("button", { name: "Copy: Canonical request" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(canonical);
  await watched.close();
});

test.each([
  ["HmacSHA256", "POST", "sha256"],
  ["HmacSHA256", "GET", "sha256"],
  ["HmacSHA1", "POST", "sha1"],
  ["HmacSHA1", "GET", "sha1"],
] as const)("%s %s: every step is what it should be", async (method, http, hash) => {
  const watched = await openTab(method, http, time);
  const { page } = watched;
  await page.getByLabel("Nonce").fill("11886");
  const sorted = [
    "Action=QueryVoucherAmountByUin",
    "ClientUins.0=200000001001",
    "ClientUins.1=200000001002",
    "Language=en-US",
    "Nonce=11886",
    `SecretId=${reseller.id}`,
    `SignatureMethod=${method}`,
    `Timestamp=${time}`,
    "Version=2022-09-28",
  ];
  const toSign = `${http}${new URL(stage.tael.endpoint).host}/?${sorted.join("&")}`;
  const signature = createHmac(hash, reseller.secret).update(toSign).digest("base64");
  await step(page, "signature", signature);
  expect(await step(page, "sortedParameters", "Nonce=11886")).toBe(sorted.join("\n"));
  expect(await step(page, "stringToSign", "?")).toBe(toSign);
  expect(await step(page, "encodedSignature", "%3D")).toBe(encodeURIComponent(signature));
  await watched.close();
});

test.each([
  ["TC3-HMAC-SHA256", "POST"],
  ["TC3-HMAC-SHA256", "GET"],
  ["HmacSHA256", "POST"],
  ["HmacSHA1", "GET"],
])("%s %s: the server takes the request that is shown", async (method, http) => {
  const watched = await openTab(method, http);
  const raw = await step(watched.page, "request", `${http} /`);
  const [head = "", body = ""] = raw.split("\n\n");
  const [line = "", ...lines] = head.split("\n");
  const headers = Object.fromEntries(lines.map(text => [text.slice(0, text.indexOf(":")), text.split(": ")[1] ?? ""]));
  const answer = await sendTo(stage.tael.endpoint, { method: http, target: line.split(" ")[1] ?? "", headers, body });
  expect(answer.code).toBe("");
  await watched.close();
});

test("more headers, a token and no body are signed where that is asked for", async () => {
  const watched = await openTab("TC3-HMAC-SHA256", "POST", time);
  const { page } = watched;
  await page.getByLabel("Token, of a temporary key only").fill("TOKEN");
  await page.getByLabel("x-tc-token").check();
  await page.getByLabel("x-tc-action").check();
  await page.getByLabel("Leave the body out").check();
  const canonical = await step(page, "canonicalRequest", sha256("UNSIGNED-PAYLOAD"));
  expect(canonical).toContain("x-tc-action:queryvoucheramountbyuin\nx-tc-token:token\n\n");
  expect(await step(page, "request", "X-TC-Token: TOKEN")).toContain("X-TC-Content-SHA256: UNSIGNED-PAYLOAD");
  await watched.close();
});

test("without a key, what needs one is a placeholder", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  await page.route("**/explorer/server.json", route => route.fulfill({ json: { version: "test", demo: null } }));
  await page.goto(address);
  for (const id of ["secretDate", "secretService", "secretSigning", "signature"]) {
    expect(await step(page, id, "secret key"), id).toBe("⟨needs the secret key⟩");
  }
  expect(await step(page, "authorization", "Signature=⟨needs")).toContain("Credential=⟨SecretId⟩/");
  expect(await step(page, "request", "Signature=⟨needs")).not.toMatch(/[0-9a-f]{64}/);
  await page.getByText("There is no key yet.").waitFor();
  await watched.close();
});

// Plain HTTP from another host is no secure context: no WebCrypto, and no clipboard either.
test("a page of another host signs and copies without the browser's cryptography", async () => {
  const host = `tael.test:${new URL(stage.tael.endpoint).port}`;
  const other = await startBrowser("--host-resolver-rules=MAP tael.test 127.0.0.1");
  try {
    const watched = await Watched.open(other, `http://${host}`);
    const { page } = watched;
    await page.goto(address);
    expect(await page.evaluate(() => isSecureContext || "subtle" in crypto)).toBe(false);
    await page.getByLabel("Timestamp, Unix seconds").fill(String(time));
    const canonical = await step(page, "canonicalRequest", `host:${host}\n`);
    const toSign = `TC3-HMAC-SHA256\n${time}\n2026-11-22/intlpartnersmgt/tc3_request\n${sha256(canonical)}`;
    const signing = ["2026-11-22", "intlpartnersmgt", "tc3_request"].reduce<Buffer | string>(
      hmac,
      `TC3${reseller.secret}`,
    );
    await step(page, "signature", hmac(signing, toSign).toString("hex"));
    await page.getByRole("button", { name: "Copy: Canonical request" }).click();
    await page.getByRole("status").getByText("Copied").waitFor();
    await watched.context.close();
    // Chromium remarks on that header wherever it comes by plain HTTP.
    const remark = "error: The Cross-Origin-Opener-Policy header has been ignored";
    expect(watched.faults.filter(fault => !fault.startsWith(remark))).toEqual([]);
  } finally {
    await other.close();
  }
});

test("markup in a parameter is shown as text", async () => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  const { page } = watched;
  const evil = "<img src=x onerror=globalThis.harmed=1>";
  const fragment = encodeURIComponent(JSON.stringify({ p: { ClientUins: [evil] } }));
  await page.goto(`/explorer/QueryVoucherAmountByUin/signature#${fragment}`);
  await page.getByLabel("Signature method").selectOption("HmacSHA1");
  await step(page, "stringToSign", evil);
  expect(await page.locator("img[src=x]").count()).toBe(0);
  expect(await page.evaluate(() => "harmed" in globalThis)).toBe(false);
  await watched.close();
});

test.each(["light", "dark"] as const)(
  "axe finds nothing serious in the %s page, and keys alone are enough",
  async look => {
    const watched = await Watched.open(stage.browser, stage.tael.endpoint, { colorScheme: look });
    const { page } = watched;
    await page.goto(address);
    await step(page, "authorization", "Signature=");
    await page.getByLabel("Signature method").focus();
    await page.keyboard.press("ArrowDown");
    await step(page, "sortedParameters", "SignatureMethod=HmacSHA256");
    const summary = page.locator("summary", { hasText: "What it is made of" }).first();
    await summary.focus();
    await page.keyboard.press("Enter");
    await page.getByText("Sorted parameters", { exact: true }).waitFor();
    expect(await seriousFindings(page, ".signature")).toEqual([]);
    await watched.close();
  },
);
