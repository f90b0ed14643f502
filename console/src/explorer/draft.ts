import type { LosslessNumber } from "lossless-json";
import type { Action } from "../definition/bundle";

/** A parameter's value as it will be sent: JSON whose numbers keep the digits that were typed. */
export type Json = null | boolean | LosslessNumber | string | Json[] | { [name: string]: Json };

export type Method = "TC3-HMAC-SHA256" | "HmacSHA256" | "HmacSHA1";

/** A call that is being put together: what every tab of the Explorer works on. */
export interface Draft {
  action: Action;
  parameters: { [name: string]: Json };
  method: Method;
  http: "POST" | "GET";
  /** Of messages: en-US or zh-CN. */
  language: "en-US" | "zh-CN";
  /** Sent as X-Tael-Idempotency-Key if not empty; only writes take one. */
  idempotencyKey: string;
}

export interface Credentials {
  secretId: string;
  secretKey: string;
  /** Of a temporary key; empty otherwise. */
  token: string;
}
