import { type Bytes, bytesOf, type Hashing, hex } from "./hashing";
import type { Step } from "./step";

export const algorithm = "TC3-HMAC-SHA256";

/** Both the value of X-TC-Content-SHA256 that leaves the body out of the signature, and what is hashed instead. */
export const unsignedPayload = "UNSIGNED-PAYLOAD";

/** What TC3-HMAC-SHA256 covers of a request. The path is not among it: "/" is signed, whatever it is. */
export interface Tc3Request {
  method: string;
  /** Without "?"; signed by GET only. */
  query: string;
  /** Signed headers in the order they are signed in, by names in lower case. */
  signed: readonly (readonly [name: string, value: string])[];
  /** The body's bytes, or unsignedPayload; GET signs none. */
  payload: Bytes;
  /** Unix seconds. */
  timestamp: number;
  service: string;
  /** Of the credential scope. */
  date: string;
}

/** The UTC date of a time in Unix seconds: the only right one for a credential scope. */
export function dateOf(timestamp: number): string {
  const time = new Date(timestamp * 1000);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString().slice(0, "2006-01-02".length);
}

/** Every step to the signature, in order; the last is the Authorization header. */
export async function tc3Steps(
  request: Tc3Request,
  key: { secretId: string; secretKey: string },
  hashing: Hashing,
): Promise<Step[]> {
  const sha256 = async (text: Bytes): Promise<string> => hex(await hashing.digest("SHA-256", text));
  const hmac = (secret: Bytes, text: string): Promise<Bytes> => hashing.hmac("SHA-256", secret, bytesOf(text));

  const hashedPayload = await sha256(request.payload);
  const names = request.signed.map(([name]) => name).join(";");
  const canonical = [
    request.method,
    "/",
    request.method === "GET" ? request.query : "",
    ...request.signed.map(([name, value]) => `${name}:${value}`),
    "",
    names,
    hashedPayload,
  ].join("\n");
  const hashedCanonical = await sha256(bytesOf(canonical));
  const scope = `${request.date}/${request.service}/tc3_request`;
  const toSign = [algorithm, request.timestamp, scope, hashedCanonical].join("\n");
  const secretDate = await hmac(bytesOf(`TC3${key.secretKey}`), request.date);
  const secretService = await hmac(secretDate, request.service);
  const secretSigning = await hmac(secretService, "tc3_request");
  const signature = hex(await hmac(secretSigning, toSign));
  const credential = `Credential=${key.secretId}/${scope}`;
  return [
    { id: "hashedPayload", text: hashedPayload },
    { id: "canonicalRequest", text: canonical },
    { id: "hashedCanonicalRequest", text: hashedCanonical },
    { id: "stringToSign", text: toSign },
    { id: "secretDate", text: hex(secretDate) },
    { id: "secretService", text: hex(secretService) },
    { id: "secretSigning", text: hex(secretSigning) },
    { id: "signature", text: signature },
    { id: "authorization", text: `${algorithm} ${credential}, SignedHeaders=${names}, Signature=${signature}` },
  ];
}
