import { expect, test } from "vitest";
import type { Action } from "../definition/bundle";
import type { Draft } from "../explorer/draft";
import { sign } from "./index";
import { type Origin, partsOf } from "./parts";

const action = { name: "QueryPartnerCredit", version: "2022-09-28", service: "intlpartnersmgt" } as Action;
const key = { secretId: "AKID", secretKey: "x", token: "" };

async function parts(draft: Partial<Draft>): Promise<Record<string, string>> {
  const whole: Draft = {
    action,
    parameters: { Name: "a,b=c?d/e\nf" },
    method: "TC3-HMAC-SHA256",
    http: "POST",
    language: "en-US",
    idempotencyKey: "",
    ...draft,
  };
  const { steps } = await sign(whole, key, "http://h:1/", new Date(0), { nonce: "1", also: ["x-tc-action"] });
  for (const step of steps) {
    expect(partsOf(step).map(({ text }) => text).join(""), step.id).toBe(step.text); // prettier-ignore
  }
  return Object.fromEntries(
    steps
      .flatMap(step => partsOf(step).map(part => [step.id, part] as const))
      .filter(([, { origin }]) => origin)
      .map(([id, { origin, text }]) => [`${id} ${origin ?? ""}`, text]),
  );
}

test("parts of TC3 are the whole text, each with its origin", async () => {
  const found = await parts({});
  const origins: [string, Origin, string][] = [
    ["canonicalRequest", "method", "POST\n"],
    ["canonicalRequest", "path", "/\n"],
    ["canonicalRequest", "query", "\n"],
    ["canonicalRequest", "contentType", "content-type:application/json\n"],
    ["canonicalRequest", "host", "host:h:1\n"],
    ["canonicalRequest", "header", "x-tc-action:querypartnercredit\n"],
    ["canonicalRequest", "emptyLine", "\n"],
    ["canonicalRequest", "signedHeaders", "content-type;host;x-tc-action\n"],
    ["stringToSign", "algorithm", "TC3-HMAC-SHA256"],
    ["stringToSign", "timestamp", "0"],
    ["stringToSign", "date", "1970-01-01"],
    ["stringToSign", "service", "intlpartnersmgt"],
    ["stringToSign", "terminator", "tc3_request"],
    ["authorization", "secretId", "AKID"],
    ["authorization", "service", "intlpartnersmgt"],
    ["authorization", "signedHeaders", "content-type;host;x-tc-action"],
  ];
  for (const [id, origin, text] of origins) {
    expect(found[`${id} ${origin}`], `${id} ${origin}`).toBe(text);
  }
  expect(found["canonicalRequest payloadHash"]).toMatch(/^[0-9a-f]{64}$/);
  expect(found["authorization signature"]).toMatch(/^[0-9a-f]{64}$/);
});

test.each(["GET", "POST"] as const)("parts of v1 %s are the whole text", async http => {
  const found = await parts({ method: "HmacSHA1", http });
  expect(found).toMatchObject({
    "stringToSign method": http,
    "stringToSign host": "h:1",
    "stringToSign path": "/",
  });
  expect(found["stringToSign parameters"]).toContain("Name=a,b=c?d/e\nf&Nonce=1");
});
