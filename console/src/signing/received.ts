// Computes anew what a request that somebody else made should have signed.
import type { Parameter } from "./flatten";
import { bytesOf, type Hashing } from "./hashing";
import { type Step, textOf } from "./step";
import { dateOf, tc3Steps, unsignedPayload } from "./tc3";
import { v1Steps } from "./v1";

/** A request as it went over the wire. */
export interface Received {
  method: string;
  path: string;
  /** Without "?". */
  query: string;
  headers: readonly (readonly [name: string, value: string])[];
  body: string;
}

/** What an Authorization header of TC3 says; what is not there is empty. */
export interface Authorization {
  secretId: string;
  date: string;
  service: string;
  signedHeaders: string;
  signature: string;
}

/** The value of the first header of a name, without spaces around it; empty without one. */
export function headerOf(request: Received, name: string): string {
  return request.headers.find(([candidate]) => candidate.toLowerCase() === name)?.[1].trim() ?? "";
}

/** Reads the header's fields in any order; nothing where it is not of the TC3 form. */
export function readAuthorization(header: string): Authorization | undefined {
  const [, fields] = /^TC3-HMAC-SHA256\s+(.*)$/s.exec(header) ?? [];
  if (fields === undefined) {
    return undefined;
  }
  const field = (name: string): string => new RegExp(`(?:^|,)\\s*${name}=([^,\\s]*)`).exec(fields)?.[1] ?? "";
  const [secretId = "", date = "", service = ""] = field("Credential").split("/");
  return { secretId, date, service, signedHeaders: field("SignedHeaders"), signature: field("Signature") };
}

/** A query or form, decoded; what is not percent-encoded properly stays as it is. */
export function decodeForm(form: string): Parameter[] {
  return form
    .split("&")
    .filter(item => item !== "")
    .map(item => {
      const equals = item.indexOf("=");
      const [name, value] = equals < 0 ? [item, ""] : [item.slice(0, equals), item.slice(equals + 1)];
      return { name: decode(name), value: decode(value) };
    });
}

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** The request's parameters if it is signed by v1: those of its query, or of its form. */
export function parametersOf(request: Received): Parameter[] {
  return decodeForm(request.method === "GET" ? request.query : request.body);
}

/** What a request should have signed, and what it came with. */
export interface Recomputed {
  secretId: string;
  steps: Step[];
  signature: string;
  given: string;
  /** Whether it was signed with this key for this host; clock and token are other matters. */
  matches: boolean;
}

/** The key that a request names, however it is signed; empty without one. */
export function secretIdOf(request: Received): string {
  return (
    readAuthorization(headerOf(request, "authorization"))?.secretId ??
    parametersOf(request).find(({ name }) => name === "SecretId")?.value ??
    ""
  );
}

/** Signs a request as a client with this secret key should have; host is the one that it signed, if not its Host. */
export async function recompute(
  request: Received,
  secretKey: string,
  hashing: Hashing,
  host = headerOf(request, "host"),
): Promise<Recomputed> {
  const authorization = readAuthorization(headerOf(request, "authorization"));
  if (!authorization) {
    const all = parametersOf(request);
    const parameters = all.filter(({ name }) => name !== "Signature");
    const steps = await v1Steps({ method: request.method, host, path: request.path, parameters }, secretKey, hashing);
    const given = all.find(({ name }) => name === "Signature")?.value ?? "";
    const signature = textOf(steps, "signature");
    return { secretId: secretIdOf(request), steps, signature, given, matches: signature === given };
  }
  const timestamp = Number(headerOf(request, "x-tc-timestamp"));
  const tc3 = {
    method: request.method,
    query: request.query,
    signed: authorization.signedHeaders.split(";").map(name => [name, signedValue(request, name, host)] as const),
    payload: bytesOf(payloadOf(request)),
    timestamp,
    service: authorization.service,
    date: dateOf(timestamp),
  };
  const { secretId } = authorization;
  const steps = await tc3Steps(tc3, { secretId, secretKey }, hashing);
  const signature = textOf(steps, "signature");
  const given = authorization.signature;
  const whole = authorization.date === tc3.date && isSigned(authorization.signedHeaders);
  return { secretId, steps, signature, given, matches: whole && signature === given };
}

function isSigned(names: string): boolean {
  const all = names.split(";");
  return all.includes("content-type") && all.includes("host");
}

function payloadOf(request: Received): string {
  if (headerOf(request, "x-tc-content-sha256") === unsignedPayload) {
    return unsignedPayload;
  }
  return request.method === "GET" ? "" : request.body;
}

function signedValue(request: Received, name: string, host: string): string {
  if (name === "host") {
    return host;
  }
  const value = headerOf(request, name);
  return name === "content-type" ? value : value.toLowerCase();
}
