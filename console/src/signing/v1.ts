import { type Parameter, percentEncode } from "./flatten";
import { base64, bytesOf, type Hashing, hex } from "./hashing";
import type { Step } from "./step";

/** What HmacSHA256 and HmacSHA1 cover of a request. */
export interface V1Request {
  method: string;
  host: string;
  path: string;
  /** Decoded, without Signature, in any order. */
  parameters: readonly Parameter[];
}

/** Every step to the signature, in order; the last is what a query or form holds. */
export async function v1Steps(request: V1Request, secretKey: string, hashing: Hashing): Promise<Step[]> {
  const sorted = [...request.parameters]
    .sort((a, b) => compareBytes(a.name, b.name))
    .map(({ name, value }) => `${name}=${value}`);
  const method = request.parameters.find(({ name }) => name === "SignatureMethod")?.value;
  const toSign = `${request.method}${request.host}${request.path}?${sorted.join("&")}`;
  // Whatever is not HmacSHA256 means HmacSHA1.
  const hash = method === "HmacSHA256" ? "SHA-256" : "SHA-1";
  const mac = await hashing.hmac(hash, bytesOf(secretKey), bytesOf(toSign));
  const signature = base64(mac);
  return [
    { id: "sortedParameters", text: sorted.join("\n") },
    { id: "stringToSign", text: toSign },
    { id: "signature", text: signature, bytes: hex(mac) },
    { id: "encodedSignature", text: percentEncode(signature) },
  ];
}

/** Orders by the bytes of UTF-8, which the units of JavaScript's strings do not above U+FFFF. */
function compareBytes(a: string, b: string): number {
  const [left, right] = [bytesOf(a), bytesOf(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) {
      return difference;
    }
  }
  return left.length - right.length;
}
