// Which two texts of a diagnosis are worth comparing.
import type { Diagnosis } from "./ask";

export type Compared = "canonicalRequest" | "stringToSign";

/** A text of the client against the one of the server of the same kind. */
export interface Comparison {
  what: Compared;
  client: string;
  server: string;
}

/** What the client signed against what it should have, where a known mistake gives its signature. */
export function comparisonOf(diagnosis: Diagnosis): Comparison | undefined {
  const { CanonicalRequest, SignedCanonicalRequest, StringToSign, SignedStringToSign } = diagnosis;
  if (SignedCanonicalRequest !== "" && SignedCanonicalRequest !== CanonicalRequest) {
    return { what: "canonicalRequest", client: SignedCanonicalRequest, server: CanonicalRequest };
  }
  if (SignedStringToSign !== "" && SignedStringToSign !== StringToSign) {
    return { what: "stringToSign", client: SignedStringToSign, server: StringToSign };
  }
  return undefined;
}

/** A text that a program printed, against the one of the server that it is meant to be. */
export function comparisonWith(text: string, diagnosis: Diagnosis): Comparison | undefined {
  const client = text.replaceAll("\r\n", "\n");
  const toSign = diagnosis.CanonicalRequest === "" || client.startsWith("TC3-HMAC-SHA256");
  const what: Compared = toSign ? "stringToSign" : "canonicalRequest";
  const server = toSign ? diagnosis.StringToSign : diagnosis.CanonicalRequest;
  return server === "" ? undefined : { what, client, server };
}
