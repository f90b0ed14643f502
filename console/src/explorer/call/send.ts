import type { Credentials, Draft } from "../draft";
import { sign, type Signed } from "../../signing";

/** What a server answered. */
export interface Answer {
  kind: "answer";
  status: number;
  headers: [name: string, value: string][];
  /** The body as it came. */
  text: string;
  bytes: number;
  milliseconds: number;
  requestId: string;
  /** "" for success. */
  code: string;
  message: string;
  /** Answered from the record of an earlier request with the same idempotency key. */
  replayed: boolean;
}

/** Why there is no answer. Whether a write had an effect is then unknown, unless it never left. */
export interface Failure {
  kind: "network" | "timeout" | "cancelled" | "unsent";
  milliseconds: number;
  detail: string;
}

export type Outcome = Answer | Failure;

/** What tells the time, so that tests can. */
export interface Clock {
  now(): Date;
  /** Milliseconds since some start; never goes back. */
  ticks(): number;
}

export const pageClock: Clock = { now: () => new Date(), ticks: () => performance.now() };

/** The server itself gives up on a commit in doubt after 30 seconds. */
const patience = 60_000;

export interface Sending {
  endpoint: string;
  clock: Clock;
  cancel?: AbortSignal;
}

/** Signs a call and sends it; an action that takes no key goes unsigned. */
export async function send(draft: Draft, credentials: Credentials, sending: Sending): Promise<Outcome> {
  const { clock, endpoint, cancel } = sending;
  const started = clock.ticks();
  const failed = (kind: Failure["kind"], error: unknown): Failure => ({
    kind,
    milliseconds: clock.ticks() - started,
    detail: error instanceof Error ? error.message : String(error),
  });
  let signed: Signed;
  try {
    signed = await prepare(draft, credentials, endpoint, clock.now());
  } catch (error) {
    return failed("unsent", error);
  }
  const timeout = AbortSignal.timeout(patience);
  try {
    const response = await fetch(signed.url, {
      method: signed.method,
      headers: signed.headers,
      body: signed.body,
      signal: cancel ? AbortSignal.any([cancel, timeout]) : timeout,
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
    });
    const body = await response.arrayBuffer();
    return answerOf(response, body, clock.ticks() - started);
  } catch (error) {
    return failed(cancel?.aborted ? "cancelled" : timeout.aborted ? "timeout" : "network", error);
  }
}

async function prepare(draft: Draft, credentials: Credentials, endpoint: string, at: Date): Promise<Signed> {
  const call = draft.action.kind === "write" ? draft : { ...draft, idempotencyKey: "" };
  if (draft.action.auth !== "none") {
    return sign(call, credentials, endpoint, at);
  }
  const signed = await sign({ ...call, method: "TC3-HMAC-SHA256" }, credentials, endpoint, at);
  const headers = signed.headers.filter(([name]) => name !== "Authorization" && name !== "X-TC-Token");
  return { ...signed, headers };
}

interface Envelope {
  Response?: { RequestId?: unknown; Error?: { Code?: unknown; Message?: unknown } };
}

function answerOf(response: Response, body: ArrayBuffer, milliseconds: number): Answer {
  const text = new TextDecoder().decode(body);
  let envelope: Envelope | null = null;
  try {
    envelope = JSON.parse(text) as Envelope | null;
  } catch {
    // Not Tael's, a proxy's perhaps; it is shown as it is.
  }
  const answer = envelope?.Response;
  const asText = (value: unknown) => (typeof value === "string" ? value : "");
  return {
    kind: "answer",
    status: response.status,
    headers: [...response.headers],
    text,
    bytes: body.byteLength,
    milliseconds,
    requestId: asText(answer?.RequestId),
    code: answer ? asText(answer.Error?.Code) : "?",
    message: asText(answer?.Error?.Message),
    replayed: response.headers.get("X-Tael-Idempotent-Replay") === "true",
  };
}
