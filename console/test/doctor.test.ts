import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { seriousFindings } from "./accessible";
import { useStage, Watched } from "./harness";
import {
  call,
  canonicalOf,
  curlOf,
  type Key,
  rawOf,
  reseller,
  sendTo,
  type Sent,
  sha256,
  tc3,
  type Tc3,
  v1,
  type V1,
} from "./requests";

const stage = useStage();

interface Case {
  cause: string;
  make: () => Sent | Promise<Sent>;
  /** Which line of the canonical request differs first, or that a text does. */
  part?: string;
  /** The server remembers no request whose key it cannot tell. */
  forgotten?: boolean;
}

const bad = (cause: string, wrong: (r: Tc3) => void, part?: string): Case => ({
  cause,
  make: () => tc3(stage.tael.endpoint, reseller, wrong),
  ...(part !== undefined && { part }),
});
const badV1 = (cause: string, wrong: (r: V1) => void, part?: string): Case => ({
  cause,
  make: () => v1(stage.tael.endpoint, reseller, wrong),
  ...(part !== undefined && { part }),
});
const setHost = (r: Tc3, host: string) => void (r.headers[1] = ["host", host]);
const day = 86400;

const cases: Case[] = [
  {
    cause: "ClockSkew",
    make: () => tc3(stage.tael.endpoint, reseller, undefined, Math.floor(Date.now() / 1000) - 3600),
  },
  bad("TimestampUnit", r => {
    r.timestamp += "000";
    r.sent.headers["X-TC-Timestamp"] = r.timestamp;
  }),
  bad("TimestampSigned", r => void (r.timestamp = String(Number(r.timestamp) - 1)), "text"),
  bad("DateNotUTC", r => {
    r.date = new Date((Number(r.timestamp) + day) * 1000).toISOString().slice(0, 10);
  }),
  bad("HostPort", r => setHost(r, `${r.headers[1]?.[1].replace(/:\d+$/, "") ?? ""}:443`), "host"),
  bad("HostName", r => setHost(r, "localhost"), "host"),
  bad("ContentType", r => void (r.headers[0] = ["content-type", "application/json;charset=UTF-8"]), "contentType"),
  bad(
    "PayloadChanged",
    r => {
      r.sent.body = '{"A": 1}';
      r.payload = sha256('{"A":1}');
    },
    "payloadHash",
  ),
  bad("PayloadEmpty", r => void (r.payload = sha256("")), "payloadHash"),
  bad("PayloadUnsigned", r => void (r.payload = sha256("UNSIGNED-PAYLOAD")), "payloadHash"),
  bad(
    "QueryForm",
    r => {
      r.sent.target = "/?a=1";
      r.query = "a=1";
    },
    "query",
  ),
  bad(
    "Path",
    r => {
      r.sent.target = "/v3";
      r.path = "/v3";
    },
    "path",
  ),
  bad("Method", r => void (r.method = "post"), "method"),
  bad("HeadersNotSigned", r => {
    r.headers = [["content-type", "application/json"]];
    r.signedHeaders = "content-type";
  }),
  bad("CanonicalForm", r => void (r.afterHeaders = ""), "emptyLine"),
  bad("WrongService", r => void (r.service = "sts")),
  bad("Terminator", r => void (r.terminator = "aws4_request")),
  bad("KeyPrefix", r => void (r.prefix = "")),
  bad("DerivedKey", r => void (r.chain = key => key.toString("hex"))),
  bad("WrongKey", r => void (r.secret = reseller.id)),
  bad("KeyWhitespace", r => void (r.secret += "\n")),
  bad("SignatureForm", r => void (r.encoding = "base64")),
  bad("TokenUnexpected", r => void (r.sent.headers["X-TC-Token"] = "token")),
  {
    forgotten: true,
    ...bad("AuthorizationForm", r => {
      const scope = `${r.date}/${r.service}/${r.terminator}`;
      r.sent.headers.Authorization = `TC3-HMAC-SHA256 Credential=${reseller.id}/${scope}, SignedHeaders=${r.signedHeaders}`;
    }),
  },
  {
    cause: "UnknownKey",
    make: () => tc3(stage.tael.endpoint, { ...reseller, id: "AKIDnobodysxxxxxxxxxxxxxxxxxxxxxxxxx" }),
    forgotten: true,
  },
  bad("HeaderForm", r => void (r.headers = r.headers.map(([name, value]) => [name, ` ${value}`])), "contentType"),
  bad("HeaderMissing", r => {
    r.headers.push(["x-missing", "value"]);
    r.signedHeaders += ";x-missing";
  }),
  { cause: "DisabledKey", make: () => disabledKey().then(key => tc3(stage.tael.endpoint, key)) },
  {
    cause: "TokenInvalid",
    make: async () => withToken((await temporaryKey(60)).key, (await temporaryKey(60)).token),
    forgotten: true,
  },
  { cause: "TokenExpired", make: () => expiredRequest(), forgotten: true },
  badV1("Algorithm", r => void (r.hash = "sha1")),
  badV1("ParameterOrder", r => void (r.signed = parameters => parameters), "text"),
  badV1(
    "ParameterEncoded",
    r => {
      const { signed } = r;
      r.signed = all => signed(all).map(([name, value]) => [name, encodeURIComponent(value)]);
    },
    "text",
  ),
  badV1(
    "ParameterLeftOut",
    r => {
      const { signed } = r;
      r.signed = all => signed(all).filter(([, value]) => value !== "");
    },
    "text",
  ),
  badV1("QuestionMark", r => void (r.mark = ""), "text"),
];

async function disabledKey(): Promise<Key> {
  const made = await call(stage.tael.endpoint, reseller, "tael", "CreateSecretKey", {});
  const key = { id: String(made.SecretId), secret: String(made.SecretKey) };
  await call(stage.tael.endpoint, reseller, "tael", "SetSecretKeyStatus", { SecretId: key.id, Status: "Disabled" });
  return key;
}

async function temporaryKey(seconds: number): Promise<{ key: Key; token: string }> {
  const Policy = JSON.stringify({
    version: "2.0",
    statement: [{ effect: "allow", action: ["*"], resource: ["*"] }],
  });
  const parameters = { Name: "test", Policy, DurationSeconds: seconds };
  const made = await call(stage.tael.endpoint, reseller, "sts", "GetFederationToken", parameters);
  const { TmpSecretId, TmpSecretKey, Token } = made.Credentials as Record<string, string>;
  return { key: { id: TmpSecretId ?? "", secret: TmpSecretKey ?? "" }, token: Token ?? "" };
}

const withToken = (key: Key, token: string) =>
  tc3(stage.tael.endpoint, key, r => void (r.sent.headers["X-TC-Token"] = token));

/** A request with a temporary key, once that has expired. */
async function expiredRequest(): Promise<Sent> {
  const { key, token } = await temporaryKey(1);
  await expect
    .poll(async () => (await sendTo(stage.tael.endpoint, withToken(key, token))).code)
    .toBe("AuthFailure.TokenFailure");
  return withToken(key, token);
}

async function openDoctor(): Promise<Watched> {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint);
  await watched.page.goto("/explorer/doctor");
  await watched.page.getByRole("heading", { level: 1, name: "Why is my signature refused?" }).waitFor();
  return watched;
}

const result = ".doctor-result";

interface Found {
  causes: (string | null)[];
  part: string | null;
}

/** What the page found when asked in some way; not what it showed before. */
async function ask(page: Page, way: () => Promise<void>): Promise<Found> {
  const shown = page.locator(result);
  const before = (await shown.count()) > 0 ? await shown.getAttribute("data-turn") : "none";
  await way();
  await page.locator(`${result}:not([data-turn="${before ?? ""}"])`).waitFor();
  const causes = await page
    .locator(".doctor-verdict li")
    .evaluateAll(all => all.map(li => li.getAttribute("data-cause")));
  const difference = page.locator(`${result} > .doctor-difference`);
  const part = (await difference.count()) > 0 ? await difference.getAttribute("data-difference") : null;
  return { causes, part };
}

async function paste(page: Page, text: string): Promise<void> {
  await page.getByLabel("Raw HTTP, or a curl command").fill(text);
  await page.locator("form").getByRole("button", { name: "Find out why" }).click();
}

/** Pastes a request and waits for what is found. */
const pasted = (page: Page, text: string) => ask(page, () => paste(page, text));

async function pick(page: Page, requestId: string): Promise<void> {
  await page.getByRole("button", { name: "Refresh" }).click();
  await page.getByRole("button", { name: `Find out why ${requestId} failed` }).click();
}

test.each(cases)("$cause is found: pasted, as a curl command, and among recent failures", async c => {
  const watched = await openDoctor();
  const { page } = watched;
  const sent = await c.make();
  const { code, requestId } = await sendTo(stage.tael.endpoint, sent);
  expect(code).not.toBe("");
  const ways = [() => paste(page, rawOf(sent)), () => paste(page, curlOf(stage.tael.endpoint, sent))];
  if (!c.forgotten) {
    ways.push(() => pick(page, requestId));
  }
  for (const way of ways) {
    const { causes, part } = await ask(page, way);
    expect(causes[0]).toBe(c.cause);
    expect(c.part === undefined || c.part === part, `${part ?? "nothing"} differs`).toBe(true);
  }
  await watched.close();
});

// Without its token nobody can say whose a temporary key is: only who has it is told.
test("'TokenMissing' is found by the owner of a temporary key", async () => {
  const { key, token } = await temporaryKey(600);
  const watched = await openDoctor();
  const { page } = watched;
  await page.getByRole("button", { name: /^Account: / }).click();
  await page.getByLabel("SecretId").fill(key.id);
  await page.getByLabel("SecretKey").fill(key.secret);
  await page.getByLabel("Token").fill(token);
  await page.getByRole("button", { name: "Use this key" }).click();
  const sent = tc3(stage.tael.endpoint, key);
  expect((await sendTo(stage.tael.endpoint, sent)).code).toBe("AuthFailure.TokenFailure");
  expect((await pasted(page, rawOf(sent))).causes).toEqual(["TokenMissing"]);
  await watched.close();
});

test("a right signature is said to be right, by the server and by the page", async () => {
  const watched = await openDoctor();
  const { page } = watched;
  expect((await pasted(page, rawOf(tc3(stage.tael.endpoint, reseller)))).causes).toEqual(["right"]);
  await page.getByText("the very signature that it came with").waitFor();
  await page.getByText("to the character", { exact: false }).first().waitFor();
  expect((await pasted(page, rawOf(v1(stage.tael.endpoint, reseller)))).causes).toEqual(["right"]);
  await watched.close();
});

test("a secret key of somebody else is no known mistake, and the page's own signature is another", async () => {
  const watched = await openDoctor();
  const { page } = watched;
  expect(
    (await pasted(page, rawOf(tc3(stage.tael.endpoint, { id: reseller.id, secret: "somebody else's" })))).causes,
  ).toEqual(["none"]);
  await page.getByText("gets another signature").waitFor();
  await watched.close();
});

test("what a program printed is compared, to the first character that differs", async () => {
  const watched = await openDoctor();
  const { page } = watched;
  let canonical = "";
  await pasted(page, rawOf(tc3(stage.tael.endpoint, reseller, r => void (canonical = canonicalOf(r)))));
  const own = page.getByLabel("Canonical request or string to sign");
  const compared = page.locator("[data-compare]");
  await own.fill(canonical.replace("application/json\n", "application/json \n"));
  await compared.getByText("Line 4, character 30").waitFor();
  expect(await compared.locator("mark").allTextContents()).toEqual(["␣", "⏎"]);
  await own.fill(canonical);
  await compared.getByText("They are the same to the last character").waitFor();
  await watched.close();
});

test("texts that cannot be read say why", async () => {
  const watched = await openDoctor();
  const { page } = watched;
  const problem = page.locator("#doctor-raw-problem");
  for (const [text, wanted] of [
    [" ", "nothing to look into"],
    ["curl 'http://x", "not closed"],
    ["curl -d @body.json http://x", "body.json"],
    ['{"Action": 1}', "neither of HTTP"],
  ] as const) {
    await paste(page, text);
    await expect.poll(() => problem.textContent()).toContain(wanted);
  }
  await watched.close();
});

const evil = "<img src=x onerror=globalThis.harmed=1>";

test("markup in a request is shown as text, pasted or remembered", async () => {
  const watched = await openDoctor();
  const { page } = watched;
  const sent = tc3(stage.tael.endpoint, reseller, r => {
    r.sent.target = `/${encodeURI(evil)}?q=<img%20src=x%20onerror=alert(1)>`;
    r.sent.headers["X-TC-Evil"] = evil;
    r.headers.push(["x-tc-evil", evil]);
    r.signedHeaders += ";x-tc-evil";
    r.sent.body = JSON.stringify({ Evil: evil });
    r.payload = sha256(evil);
  });
  const { requestId } = await sendTo(stage.tael.endpoint, sent);
  await ask(page, () => pick(page, requestId));
  await page.locator(`[data-request="${requestId}"] summary`).click();
  await page.locator(`[data-request="${requestId}"] pre`).getByText(evil).first().waitFor();
  await pasted(page, rawOf(sent));
  await page.getByLabel("Canonical request or string to sign").fill(evil);
  await page.locator("[data-compare] mark").first().waitFor();
  await paste(page, `${evil}\n${evil}`);
  await expect.poll(() => page.locator("#doctor-raw-problem").textContent()).toContain(evil);
  expect(await page.locator("img[src=x]").count()).toBe(0);
  expect(await page.evaluate(() => "harmed" in globalThis)).toBe(false);
  await watched.close();
});

test.each(["light", "dark"] as const)("axe finds nothing serious in the %s page", async colorScheme => {
  const watched = await Watched.open(stage.browser, stage.tael.endpoint, { colorScheme });
  const { page } = watched;
  const sent = tc3(stage.tael.endpoint, reseller, r => setHost(r, "localhost"));
  await sendTo(stage.tael.endpoint, sent);
  await page.goto("/explorer/doctor");
  await pasted(page, rawOf(sent));
  expect(await seriousFindings(page, ".doctor")).toEqual([]);
  await watched.close();
});

test("the keyboard is enough, and the result takes the focus", async () => {
  const watched = await openDoctor();
  const { page } = watched;
  await page.getByLabel("Raw HTTP, or a curl command").focus();
  await page.keyboard.insertText(rawOf(tc3(stage.tael.endpoint, reseller, r => setHost(r, "localhost"))));
  await page.keyboard.press("Tab");
  await ask(page, () => page.keyboard.press("Enter"));
  await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe("What was found");
  await watched.close();
});
