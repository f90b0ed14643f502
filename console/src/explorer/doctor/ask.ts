// The two actions that the doctor's page calls, and how it calls them.
import type { Definition } from "../../definition/definition";
import { sign } from "../../signing";
import type { Credentials, Draft, Json } from "../draft";

export interface FailedRequest {
  Time: string;
  Milliseconds: number;
  RequestId: string;
  SecretId: string;
  UserUin: number;
  Address: string;
  Action: string;
  Code: string;
  Signed: boolean;
  Method: string;
  Path: string;
  Query: string;
  Headers: { Name: string; Value: string }[];
  Body: string;
  BodyLength: number;
  BodySha256: string;
  Cut: boolean;
  Withheld: boolean;
}

export interface Diagnosis {
  Matches: boolean;
  Cause: string;
  Causes: string[];
  Explanation: string;
  Algorithm: string;
  SecretId: string;
  Authorization: {
    SecretId: string;
    Date: string;
    Service: string;
    Terminator: string;
    SignedHeaders: string;
  } | null;
  CanonicalRequest: string;
  HashedCanonicalRequest: string;
  StringToSign: string;
  SignedCanonicalRequest: string;
  SignedStringToSign: string;
  Scope: string;
  Timestamp: number;
  ServerTime: number;
  Skew: number;
}

/** What the server refused, or did not answer at all: then there is no code. */
export class AskError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Who asks, whom, and in which language messages are wanted. */
export interface Asker {
  definition: Definition;
  credentials: Credentials;
  endpoint: string;
  language: Draft["language"];
}

export async function describeFailedRequests(asker: Asker): Promise<FailedRequest[]> {
  const { Requests } = await ask<{ Requests: FailedRequest[] }>(asker, "DescribeFailedRequests", {});
  return Requests;
}

/** Of a request by its id, or of its text. */
export function diagnose(asker: Asker, what: { RequestId: string } | { RawRequest: string }): Promise<Diagnosis> {
  return ask<Diagnosis>(asker, "DiagnoseRequest", { ...what });
}

async function ask<T>(asker: Asker, name: string, parameters: Record<string, Json>): Promise<T> {
  const action = asker.definition.action(name);
  if (!action) {
    throw new AskError("InvalidAction", name);
  }
  const { credentials, endpoint, language } = asker;
  const draft: Draft = { action, parameters, method: "TC3-HMAC-SHA256", http: "POST", language, idempotencyKey: "" };
  const { url, method, headers, body } = await sign(draft, credentials, endpoint, new Date());
  let response: Response;
  try {
    response = await fetch(url, { method, headers, body, cache: "no-store", credentials: "omit" });
  } catch (error) {
    throw new AskError("", String(error));
  }
  // No figure of these answers is an amount, so numbers may be numbers.
  const { Response: answer } = (await response.json()) as {
    Response: T & { Error?: { Code: string; Message: string } };
  };
  if (answer.Error) {
    throw new AskError(answer.Error.Code, answer.Error.Message);
  }
  return answer;
}
