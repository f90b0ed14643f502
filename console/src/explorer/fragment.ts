import { isLosslessNumber, parse, stringify } from "lossless-json";
import type { Draft, Json, Method } from "./draft";

// A draft as the part of an address after "#", which browsers send to nobody.

const methods: Method[] = ["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"];

// A link is passed on, and browsers remember it: what opens doors is no part of it.
const secret = /password|token$|^verifycode$/i;

interface Shared {
  p?: Json;
  m?: Method;
  h?: "GET";
  l?: Draft["language"];
}

function shareable(value: Json): Json {
  if (Array.isArray(value)) {
    return value.map(shareable);
  }
  if (value !== null && typeof value === "object" && !isLosslessNumber(value)) {
    const kept = Object.entries(value).filter(([name]) => !secret.test(name));
    return Object.fromEntries(kept.map(([name, value]) => [name, shareable(value)]));
  }
  return value;
}

// Longer ones are not for passing on, and some browsers cut them.
const lengthMax = 32_000;

/** The fragment of a draft, "#" included; empty where it is like a fresh one, or too long. */
export function toFragment(draft: Draft, fresh: Draft): string {
  const parameters = shareable(draft.parameters) as Draft["parameters"];
  const shared: Shared = {
    ...(Object.keys(parameters).length > 0 && { p: parameters }),
    ...(draft.method !== fresh.method && { m: draft.method }),
    ...(draft.http === "GET" && { h: "GET" }),
    ...(draft.language !== fresh.language && { l: draft.language }),
  };
  const fragment = Object.keys(shared).length > 0 ? `#${encodeURIComponent(stringify(shared) ?? "")}` : "";
  return fragment.length > lengthMax ? "" : fragment;
}

/** The draft of a fragment; what it does not say, or says wrongly, is as in a fresh one. */
export function fromFragment(fragment: string, fresh: Draft): Draft {
  let shared: Record<string, unknown>;
  try {
    const parsed = parse(decodeURIComponent(fragment.replace(/^#/, "")));
    if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) {
      return fresh;
    }
    shared = parsed as Record<string, unknown>;
  } catch {
    return fresh; // cut off, or none of ours
  }
  const { p, m, h, l } = shared;
  const isObject = p !== null && typeof p === "object" && !Array.isArray(p) && !isLosslessNumber(p);
  return {
    ...fresh,
    parameters: isObject ? (p as Draft["parameters"]) : {},
    method: methods.find(method => method === m) ?? fresh.method,
    http: h === "GET" ? "GET" : "POST",
    language: l === "en-US" || l === "zh-CN" ? l : fresh.language,
  };
}
