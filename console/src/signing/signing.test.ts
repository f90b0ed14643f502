import { createHash, createHmac, webcrypto } from "node:crypto";
import { LosslessNumber, parse } from "lossless-json";
import { describe, expect, test } from "vitest";
import type { Action } from "../definition/bundle";
import type { Credentials, Draft, Json, Method } from "../explorer/draft";
import { encodeForm, flatten } from "./flatten";
import { availableHashing, bytesOf, hex, type Hashing, webCrypto, withoutWebCrypto } from "./hashing";
import { randomNonce, sign, type Signed } from "./index";
import { textOf } from "./step";

const credentials: Credentials = { secretId: "AKIDtest", secretKey: "a key", token: "" };
const endpoint = "http://127.0.0.1:8080";
// A second before midnight in UTC, when it is tomorrow already in Beijing.
const at = new Date("2026-11-22T23:59:59.999Z");
const parameters = {
  Amount: new LosslessNumber("10000000000000000.10000001"),
  Names: ["a b+c&d=é中~*'()!", ""],
  Filters: [{ Name: "x", Values: [new LosslessNumber("1"), true] }, {}],
  Nothing: null,
  Empty: [],
} satisfies Record<string, Json>;

function draft(method: Method, http: "GET" | "POST", more: Partial<Draft> = {}): Draft {
  const action = { name: "QueryPartnerCredit", version: "2022-09-28", service: "intlpartnersmgt" } as Action;
  return { action, parameters, method, http, language: "en-US", idempotencyKey: "", ...more };
}

const implementations: [string, Hashing][] = [
  ["WebCrypto", webCrypto(webcrypto.subtle as SubtleCrypto)],
  ["@noble/hashes", await withoutWebCrypto()],
];

function header(signed: Signed, name: string): string | undefined {
  return signed.headers.find(([candidate]) => candidate === name)?.[1];
}

test("parameters are flattened as the clients do it", () => {
  expect(encodeForm(flatten(parameters))).toBe(
    "Amount=10000000000000000.10000001&Names.0=a%20b%2Bc%26d%3D%C3%A9%E4%B8%AD~%2A%27%28%29%21&Names.1=" +
      "&Filters.0.Name=x&Filters.0.Values.0=1&Filters.0.Values.1=true",
  );
});

describe.each(implementations)("%s", (_, hashing) => {
  test("TC3 POST signs the digits that were typed", async () => {
    const signed = await sign(draft("TC3-HMAC-SHA256", "POST"), credentials, endpoint, at, { hashing });
    expect(signed).toMatchObject({ method: "POST", url: `${endpoint}/`, timestamp: 1795391999 });
    expect(signed.body).toContain('"Amount":10000000000000000.10000001,');
    expect(parse(signed.body ?? "")).toEqual(parameters);
    const canonical =
      "POST\n/\n\ncontent-type:application/json\nhost:127.0.0.1:8080\n\ncontent-type;host\n" +
      sha256(signed.body ?? "");
    expectTc3(signed, canonical, "content-type;host");
    expect(header(signed, "X-TC-Language")).toBe("en-US");
  });

  test("TC3 GET signs the query as it is sent", async () => {
    const signed = await sign(draft("TC3-HMAC-SHA256", "GET"), credentials, endpoint, at, { hashing });
    const query = encodeForm(flatten(parameters));
    expect(signed).toMatchObject({ method: "GET", url: `${endpoint}/?${query}`, body: null });
    expect(new URL(signed.url).search).toBe(`?${query}`); // no browser writes it in another way
    expectTc3(
      signed,
      `GET\n/\n${query}\ncontent-type:application/x-www-form-urlencoded\nhost:127.0.0.1:8080\n\ncontent-type;host\n` +
        sha256(""),
      "content-type;host",
    );
  });

  test("TC3 signs more headers, a token, and no body where that is asked for", async () => {
    const signed = await sign(
      draft("TC3-HMAC-SHA256", "POST", { idempotencyKey: "K 1" }),
      { ...credentials, token: "TOKEN" },
      "https://example.com/x",
      at,
      { hashing, also: ["x-tc-token", "x-tc-action", "x-not-sent"], unsigned: true },
    );
    expect(signed.url).toBe("https://example.com/x");
    expect(header(signed, "X-Tael-Idempotency-Key")).toBe("K 1");
    expectTc3(
      signed,
      "POST\n/\n\ncontent-type:application/json\nhost:example.com\nx-tc-action:querypartnercredit\n" +
        `x-tc-token:token\n\ncontent-type;host;x-tc-action;x-tc-token\n${sha256("UNSIGNED-PAYLOAD")}`,
      "content-type;host;x-tc-action;x-tc-token",
    );
  });

  test.each([
    ["HmacSHA256", "POST", "sha256"],
    ["HmacSHA256", "GET", "sha256"],
    ["HmacSHA1", "POST", "sha1"],
    ["HmacSHA1", "GET", "sha1"],
  ] as const)("%s %s", async (method, http, hash) => {
    const options = { hashing, nonce: "11886" };
    const signed = await sign(draft(method, http), { ...credentials, token: "T+1" }, endpoint, at, options);
    const toSign =
      `${http}127.0.0.1:8080/?Action=QueryPartnerCredit&Amount=10000000000000000.10000001&Filters.0.Name=x` +
      "&Filters.0.Values.0=1&Filters.0.Values.1=true&Language=en-US&Names.0=a b+c&d=é中~*'()!&Names.1=" +
      `&Nonce=11886&SecretId=AKIDtest&SignatureMethod=${method}&Timestamp=1795391999&Token=T+1&Version=2022-09-28`;
    const signature = createHmac(hash, "a key").update(toSign).digest("base64");
    expect(textOf(signed.steps, "stringToSign")).toBe(toSign);
    expect(textOf(signed.steps, "signature")).toBe(signature);
    expect(textOf(signed.steps, "encodedSignature")).toBe(encodeURIComponent(signature));
    const form = http === "GET" ? new URL(signed.url).search.slice(1) : (signed.body ?? "");
    const sent = new URLSearchParams(form);
    expect(sent.get("Signature")).toBe(signature);
    sent.delete("Signature");
    expect(
      [...sent]
        .map(([name, value]) => `${name}=${value}`)
        .sort()
        .join("\n"),
    ).toBe(textOf(signed.steps, "sortedParameters").split("\n").sort().join("\n"));
  });

  test("an empty key is a key", async () => {
    const mac = await hashing.hmac("SHA-1", bytesOf(""), bytesOf("text"));
    expect(hex(mac)).toBe(createHmac("sha1", "").update("text").digest("hex"));
  });
});

test("names are sorted by bytes: 12 before 2, and an emoji behind what UTF-16 puts after it", async () => {
  const names = { "A.2": "", "A.12": "", "\u{1F600}": "", "\uFF5E": "" };
  const signed = await sign(draft("HmacSHA1", "POST", { parameters: names }), credentials, endpoint, at);
  const order = textOf(signed.steps, "sortedParameters").split("\n");
  expect(order.slice(0, 3)).toEqual(["A.12=", "A.2=", "Action=QueryPartnerCredit"]);
  expect(order.slice(-2)).toEqual(["\uFF5E=", "\u{1F600}="]);
});

test("a nonce is a positive integer, another one each time", () => {
  const nonces = new Set(Array.from({ length: 100 }, randomNonce));
  expect(nonces.size).toBeGreaterThan(95);
  for (const nonce of nonces) {
    expect(nonce).toMatch(/^[1-9]\d*$/);
  }
});

test("WebCrypto is used where there is one", async () => {
  const hashing = await availableHashing();
  expect(hex(await hashing.digest("SHA-256", bytesOf("")))).toBe(sha256(""));
});

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

function expectTc3(signed: Signed, canonical: string, names: string): void {
  const toSign = `TC3-HMAC-SHA256\n1795391999\n2026-11-22/intlpartnersmgt/tc3_request\n${sha256(canonical)}`;
  const hmac = (key: Buffer | string, text: string): Buffer => createHmac("sha256", key).update(text).digest();
  const date = hmac("TC3a key", "2026-11-22");
  const service = hmac(date, "intlpartnersmgt");
  const signing = hmac(service, "tc3_request");
  const signature = hmac(signing, toSign).toString("hex");
  const authorization =
    "TC3-HMAC-SHA256 Credential=AKIDtest/2026-11-22/intlpartnersmgt/tc3_request, " +
    `SignedHeaders=${names}, Signature=${signature}`;
  expect(signed.steps).toEqual([
    { id: "hashedPayload", text: canonical.split("\n").at(-1) },
    { id: "canonicalRequest", text: canonical },
    { id: "hashedCanonicalRequest", text: sha256(canonical) },
    { id: "stringToSign", text: toSign },
    { id: "secretDate", text: date.toString("hex") },
    { id: "secretService", text: service.toString("hex") },
    { id: "secretSigning", text: signing.toString("hex") },
    { id: "signature", text: signature },
    { id: "authorization", text: authorization },
  ]);
  expect(header(signed, "Authorization")).toBe(authorization);
}
