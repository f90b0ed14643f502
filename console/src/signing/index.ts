// Signs calls as the gateway verifies them (internal/signature). Pure: no
// clock, no state, no request; the secret key goes nowhere but into the HMAC.
import { stringify } from "lossless-json";
import type { Credentials, Draft } from "../explorer/draft";
import { encodeForm, flatten, type Parameter } from "./flatten";
import { availableHashing, bytesOf, type Hashing } from "./hashing";
import { type Step, textOf } from "./step";
import { dateOf, tc3Steps, unsignedPayload } from "./tc3";
import { v1Steps } from "./v1";

export type { Step, StepId } from "./step";

/** A call that is ready to be sent. Host is not among its headers: the client sets it from the url. */
export interface Signed {
  method: "GET" | "POST";
  url: string;
  headers: [name: string, value: string][];
  body: string | null;
  steps: Step[];
  /** Unix seconds; the signature is good for five minutes around it. */
  timestamp: number;
}

/** What is not in a Draft and seldom wanted. */
export interface SigningOptions {
  /** TC3: headers that are signed beside content-type and host, in lower case; those that are not sent are left out. */
  also?: readonly string[];
  /** TC3: leaves the body out of the signature. */
  unsigned?: boolean;
  /** v1: a positive integer; random without it. */
  nonce?: string;
  hashing?: Hashing;
}

/** Signs a call to an endpoint such as http://127.0.0.1:8080 as of a time. */
export async function sign(
  draft: Draft,
  credentials: Credentials,
  endpoint: string,
  at: Date,
  options: SigningOptions = {},
): Promise<Signed> {
  const timestamp = Math.floor(at.getTime() / 1000);
  const hashing = options.hashing ?? (await availableHashing());
  const call = { draft, credentials, endpoint: new URL(endpoint), timestamp, options, hashing };
  return draft.method === "TC3-HMAC-SHA256" ? signTc3(call) : signV1(call);
}

interface Call {
  draft: Draft;
  credentials: Credentials;
  endpoint: URL;
  timestamp: number;
  options: SigningOptions;
  hashing: Hashing;
}

async function signTc3({ draft, credentials, endpoint, timestamp, options, hashing }: Call): Promise<Signed> {
  const get = draft.http === "GET";
  const query = get ? encodeForm(flatten(draft.parameters)) : "";
  const body = get ? null : (stringify(draft.parameters) ?? "{}");
  const headers = withoutEmpty([
    ["Content-Type", get ? "application/x-www-form-urlencoded" : "application/json"],
    ["X-TC-Action", draft.action.name],
    ["X-TC-Version", draft.action.version],
    ["X-TC-Timestamp", String(timestamp)],
    ["X-TC-Language", draft.language],
    ["X-TC-Token", credentials.token],
    ["X-TC-Content-SHA256", options.unsigned ? unsignedPayload : ""],
    ["X-Tael-Idempotency-Key", draft.idempotencyKey],
  ]);
  const request = {
    method: draft.http,
    query,
    signed: signedHeaders(headers, endpoint.host, options.also ?? []),
    payload: bytesOf(options.unsigned ? unsignedPayload : (body ?? "")),
    timestamp,
    service: draft.action.service,
    date: dateOf(timestamp),
  };
  const steps = await tc3Steps(request, credentials, hashing);
  headers.unshift(["Authorization", textOf(steps, "authorization")]);
  const url = `${endpoint.origin}${endpoint.pathname}${query && "?"}${query}`;
  return { method: draft.http, url, headers, body, steps, timestamp };
}

/** By name in order; values as the documentation's samples have them: all but content-type and host in lower case. */
function signedHeaders(sent: [string, string][], host: string, also: readonly string[]): [string, string][] {
  const candidates = sent.map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  return [["host", host] as [string, string], ...candidates]
    .filter(([name]) => name === "content-type" || name === "host" || also.includes(name))
    .map(([name, value]): [string, string] => [
      name,
      name === "content-type" || name === "host" ? value : value.trim().toLowerCase(),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

async function signV1({ draft, credentials, endpoint, timestamp, options, hashing }: Call): Promise<Signed> {
  const common = withoutEmpty([
    ["Action", draft.action.name],
    ["Version", draft.action.version],
    ["Timestamp", String(timestamp)],
    ["Nonce", options.nonce ?? randomNonce()],
    ["SecretId", credentials.secretId],
    ["SignatureMethod", draft.method],
    ["Language", draft.language],
    ["Token", credentials.token],
  ]).map(([name, value]): Parameter => ({ name, value }));
  const parameters = [...common, ...flatten(draft.parameters)];
  const request = { method: draft.http, host: endpoint.host, path: endpoint.pathname, parameters };
  const steps = await v1Steps(request, credentials.secretKey, hashing);
  const form = encodeForm([...parameters, { name: "Signature", value: textOf(steps, "signature") }]);
  const headers = withoutEmpty([["X-Tael-Idempotency-Key", draft.idempotencyKey]]);
  const url = endpoint.origin + endpoint.pathname;
  if (draft.http === "GET") {
    return { method: "GET", url: `${url}?${form}`, headers, body: null, steps, timestamp };
  }
  headers.unshift(["Content-Type", "application/x-www-form-urlencoded"]);
  return { method: "POST", url, headers, body: form, steps, timestamp };
}

/** A positive integer that every client's number can hold. */
export function randomNonce(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return String((number >>> 1) + 1);
}

function withoutEmpty(pairs: [string, string][]): [string, string][] {
  return pairs.filter(([, value]) => value !== "");
}
