// What the signature's tab lets change of a call, apart from React.
import type { Credentials, Draft, Method } from "../draft";

export const methods: readonly Method[] = ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"];

/** Headers that may be signed beside content-type and host, where they are sent. */
export const signable = ["x-tc-action", "x-tc-language", "x-tc-timestamp", "x-tc-token", "x-tc-version"] as const;

export interface Inputs {
  method: Method;
  http: Draft["http"];
  /** Unix seconds as they were typed; without it: now. */
  fixed: string | undefined;
  token: string;
  also: readonly string[];
  unsigned: boolean;
  nonce: string;
}

export function inputsOf(draft: Draft, credentials: Credentials, nonce: string): Inputs {
  const { method, http } = draft;
  return { method, http, fixed: undefined, token: credentials.token, also: [], unsigned: false, nonce };
}

// The last second of the year 9999: beyond it a date has no four digits for its year.
const secondsMax = 253402300799;

/** The time that was typed; undefined where it is none. */
export function fixedTime(text: string): Date | undefined {
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  return seconds <= secondsMax ? new Date(seconds * 1000) : undefined;
}

/** Whether a nonce is one that every client and the server can read. */
export function isNonce(text: string): boolean {
  return /^[1-9]\d{0,18}$/.test(text);
}

/** A time in UTC, to the second: 2026-11-22 15:04:05. */
export function utc(seconds: number): string {
  const time = new Date(seconds * 1000);
  return Number.isNaN(time.getTime()) ? "" : time.toISOString().slice(0, 19).replace("T", " ");
}
