import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type Hashing, webCrypto, withoutWebCrypto } from "./hashing";
import { type Received, headerOf, readAuthorization, recompute } from "./received";
import { type StepId, textOf } from "./step";
import { v1Steps } from "./v1";

/** The documentation's worked examples, captures of the official clients, and broken requests made of them. */
interface Vector {
  name: string;
  algorithm: string;
  secret_key: string;
  method: string;
  host: string;
  canonical_host?: string;
  path: string;
  query?: string;
  headers?: Record<string, string>;
  body?: string;
  service?: string;
  params?: Record<string, string>;
  underscore_to_dot?: boolean;
  hashed_payload?: string;
  canonical_request?: string;
  hashed_canonical_request?: string;
  signing_key?: string;
  string_to_sign?: string;
  signature?: string;
  authorization?: string;
  expect: string;
}

const vectors = JSON.parse(readFileSync("../internal/signature/testdata/vectors.json", "utf8")) as Vector[];

const implementations: [string, Hashing][] = [
  ["WebCrypto", webCrypto(webcrypto.subtle as SubtleCrypto)],
  ["@noble/hashes", await withoutWebCrypto()],
];

function received(vector: Vector): Received {
  const headers = Object.entries(vector.headers ?? {});
  const present = new Set(headers.map(([name]) => name.toLowerCase()));
  if (!present.has("authorization") && vector.authorization) {
    headers.push(["Authorization", vector.authorization]);
  }
  return {
    method: vector.method,
    path: vector.path,
    query: vector.query ?? "",
    headers: [...headers.filter(([name]) => name.toLowerCase() !== "host"), ["Host", vector.host]],
    body: vector.body ?? "",
  };
}

test("the 86 vectors of the gateway are there", () => {
  expect(vectors).toHaveLength(86);
  expect(vectors.filter(vector => vector.expect !== "ok")).toHaveLength(11);
});

describe.each(implementations)("%s", (_, hashing) => {
  test.each(vectors.filter(({ algorithm, expect }) => expect === "ok" && algorithm === "TC3-HMAC-SHA256"))(
    "$name",
    async vector => {
      const result = await recompute(received(vector), vector.secret_key, hashing, vector.canonical_host);
      expect(result).toMatchObject({ signature: result.given, matches: true });
      const steps: [StepId, string | undefined][] = [
        ["hashedPayload", vector.hashed_payload],
        ["canonicalRequest", vector.canonical_request],
        ["hashedCanonicalRequest", vector.hashed_canonical_request],
        ["secretSigning", vector.signing_key],
        ["stringToSign", vector.string_to_sign],
        ["signature", vector.signature],
        ["authorization", vector.authorization ?? vector.headers?.Authorization],
      ];
      for (const [id, wanted] of steps) {
        expect(textOf(result.steps, id), id).toBe(wanted ?? textOf(result.steps, id));
      }
      // Nothing is compared with itself alone: every vector gives a signature at the least.
      expect(vector.signature ?? vector.authorization ?? vector.headers?.Authorization).toContain(result.signature);
    },
  );

  test.each(vectors.filter(({ algorithm }) => algorithm !== "TC3-HMAC-SHA256"))("$name", async vector => {
    const { params = {}, underscore_to_dot: dotted } = vector;
    // The Python and Java signers write every "_" of a name as ".".
    const parameters = Object.entries(params).map(([name, value]) => ({
      name: dotted ? name.replaceAll("_", ".") : name,
      value,
    }));
    const request = {
      method: vector.method,
      host: vector.canonical_host ?? vector.host,
      path: vector.path,
      parameters,
    };
    const steps = await v1Steps(request, vector.secret_key, hashing);
    expect(textOf(steps, "stringToSign")).toBe(vector.string_to_sign);
    expect(textOf(steps, "signature")).toBe(vector.signature);
    const bytes = Buffer.from(textOf(steps, "signature"), "base64").toString("hex");
    expect(steps.find(({ id }) => id === "signature")?.bytes).toBe(bytes);
    expect(decodeURIComponent(textOf(steps, "encodedSignature"))).toBe(vector.signature);
    const other = await v1Steps(request, `${vector.secret_key}x`, hashing);
    expect(textOf(other, "signature")).not.toBe(vector.signature);
  });

  const captured = vectors.filter(({ algorithm, query, body }) => algorithm !== "TC3-HMAC-SHA256" && (query || body));
  test.each(captured)("$name as it came over the wire", async vector => {
    const result = await recompute(received(vector), vector.secret_key, hashing, vector.canonical_host);
    expect(result.given).toBe(vector.signature);
    // Its names were signed with "." for "_", which recompute does not guess.
    expect(result.matches).toBe(!vector.underscore_to_dot || !/_/.test(vector.body ?? ""));
  });

  test.each(vectors.filter(({ expect }) => expect !== "ok"))("$name", async vector => {
    const request = received(vector);
    if (vector.name === "neg-garbled-authorization") {
      expect(readAuthorization(headerOf(request, "authorization"))).toMatchObject({ signedHeaders: "", signature: "" });
      return;
    }
    const result = await recompute(request, vector.secret_key, hashing);
    // The clock and unknown keys are the server's to check: these are well signed.
    const well = vector.expect === "AuthFailure.SignatureExpire" || vector.expect === "AuthFailure.SecretIdNotFound";
    expect(textOf(result.steps, "authorization") === headerOf(request, "authorization")).toBe(well);
    expect(result.matches).toBe(well);
  });
});
