// Says of each part of a step's text where it comes from.
import type { Step } from "./step";

/** What a line of a canonical request holds. */
export type CanonicalOrigin =
  "method" | "path" | "query" | "contentType" | "host" | "header" | "emptyLine" | "signedHeaders" | "payloadHash";

export type Origin =
  | CanonicalOrigin
  | "algorithm"
  | "timestamp"
  | "date"
  | "service"
  | "terminator"
  | "canonicalHash"
  | "secretId"
  | "signature"
  | "parameters";

/** A part of a text; without an origin it only holds others together. */
export interface Part {
  text: string;
  origin?: Origin;
}

/** The parts of a step's text, in order; together they are the text. Steps that are of one piece have one part. */
export function partsOf(step: Step): Part[] {
  switch (step.id) {
    case "canonicalRequest":
      return canonicalParts(step.text);
    case "stringToSign":
      return step.text.startsWith("TC3-HMAC-SHA256\n") ? tc3Parts(step.text) : v1Parts(step.text);
    case "authorization":
      return authorizationParts(step.text);
    default:
      return [{ text: step.text }];
  }
}

/** What each line of a canonical request is for, as the server makes it. */
export function originsOf(lines: string[]): CanonicalOrigin[] {
  return lines.map((line, i) => {
    const fixed = (["method", "path", "query"] as const)[i];
    const fromEnd = (["payloadHash", "signedHeaders", "emptyLine"] as const)[lines.length - 1 - i];
    const named = line.startsWith("host:") ? "host" : line.startsWith("content-type:") ? "contentType" : "header";
    return fixed ?? fromEnd ?? named;
  });
}

function canonicalParts(text: string): Part[] {
  const lines = text.split("\n");
  const origins = originsOf(lines);
  return lines.map((line, i) => ({ text: i < lines.length - 1 ? `${line}\n` : line, origin: origins[i] ?? "header" }));
}

function tc3Parts(text: string): Part[] {
  const [algorithm = "", timestamp = "", scope = "", hash = ""] = text.split("\n");
  return [
    { text: algorithm, origin: "algorithm" },
    { text: "\n" },
    { text: timestamp, origin: "timestamp" },
    { text: "\n" },
    ...scopeParts(scope),
    { text: "\n" },
    { text: hash, origin: "canonicalHash" },
  ];
}

function scopeParts(scope: string): Part[] {
  const [date = "", service = "", terminator = ""] = scope.split("/");
  return [
    { text: date, origin: "date" },
    { text: "/" },
    { text: service, origin: "service" },
    { text: "/" },
    { text: terminator, origin: "terminator" },
  ];
}

function v1Parts(text: string): Part[] {
  const [, method = "", host = "", path = "", parameters = ""] = /^(GET|POST)([^/]*)([^?]*)\?(.*)$/s.exec(text) ?? [];
  return [
    { text: method, origin: "method" },
    { text: host, origin: "host" },
    { text: path, origin: "path" },
    { text: "?" },
    { text: parameters, origin: "parameters" },
  ];
}

function authorizationParts(text: string): Part[] {
  const match = /^(\S+)( Credential=)([^/]*)\/([^,]*)(, SignedHeaders=)([^,]*)(, Signature=)(.*)$/.exec(text);
  if (!match) {
    return [{ text }];
  }
  const [, algorithm = "", credential = "", secretId = "", scope = "", names = "", signed = "", sign = "", mac = ""] =
    match;
  return [
    { text: algorithm, origin: "algorithm" },
    { text: credential },
    { text: secretId, origin: "secretId" },
    { text: "/" },
    ...scopeParts(scope),
    { text: names },
    { text: signed, origin: "signedHeaders" },
    { text: sign },
    { text: mac, origin: "signature" },
  ];
}
