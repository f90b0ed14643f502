import { parse, stringify } from "lossless-json";
import type { Json } from "../draft";
import { isObject, type Parameters } from "./values";

/** Where a text is no JSON, and why. */
export interface RawFault {
  reason: string;
  line: number;
  column: number;
}

/** Parameters, or why a text is none: it is no JSON, or JSON but no object. */
export type RawResult =
  { parameters: Parameters; fault?: never } | { parameters?: never; fault: RawFault | "noObject" };

/** Parameters as text to be edited. */
export function rawOf(parameters: Parameters): string {
  return stringify(parameters, null, 2) ?? "{}";
}

/** Reads an edited text; numbers keep their digits. */
export function parseRaw(text: string): RawResult {
  if (text.trim() === "") {
    return { parameters: {} };
  }
  try {
    const parsed = parse(text) as Json;
    return isObject(parsed) ? { parameters: parsed } : { fault: "noObject" };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
    const before = text.slice(0, position).split("\n");
    return {
      fault: {
        reason: message.replace(/(?: encountered)? at position \d+/, ""),
        line: before.length,
        column: (before.at(-1)?.length ?? 0) + 1,
      },
    };
  }
}
